"""Ranking policies by name: what experiments compare and lists are made by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from retrieval.ranking.person import STRANGER, Person
from retrieval.ranking.sponsorship import Sponsors, places, with_sponsored
from retrieval.search.query import Filters, Hit, Query

LIVE = "live"
RELEVANCE = "relevance"


class RankingPolicy(Protocol):
    """What ``retrieval.ranking.ranker.Ranker`` does. Safe to call from several threads."""

    def rerank(
        self,
        hits: Sequence[Hit],
        person: Person,
        limit: int,
        query: Query | None = None,
        sponsors: Sponsors | None = None,
    ) -> list[Hit]: ...

    def recommend(
        self, person: Person, limit: int, filters: Filters | None = None, viewed: bool = True
    ) -> list[Hit]: ...


class RelevanceAlone:
    """Knows nobody: what a search found as it is, and recommendations as a stranger gets them. Sponsored places are
    sold as by any other, so that an experiment compares nothing but the order of the rest."""

    def __init__(self, ranker: RankingPolicy) -> None:
        self._ranker = ranker

    def rerank(
        self,
        hits: Sequence[Hit],
        person: Person,
        limit: int,
        query: Query | None = None,
        sponsors: Sponsors | None = None,
    ) -> list[Hit]:
        return with_sponsored(hits, hits, places(sponsors, hits), limit)

    def recommend(self, person: Person, limit: int, filters: Filters | None = None, viewed: bool = True) -> list[Hit]:
        return self._ranker.recommend(STRANGER, limit, filters)


class Policies:
    """``live`` is the ranker in use and ``relevance`` ranks without the person; ``of_version`` makes the ranking of a
    trained version, or raises ``LookupError``."""

    def __init__(self, live: RankingPolicy, of_version: Callable[[str], RankingPolicy] | None = None) -> None:
        self._known: dict[str, RankingPolicy] = {LIVE: live, RELEVANCE: RelevanceAlone(live)}
        self._of_version = of_version

    @property
    def names(self) -> Mapping[str, RankingPolicy]:
        return self._known

    def __getitem__(self, name: str) -> RankingPolicy:
        """Raises ``LookupError`` for a name that nothing stands for."""
        if name not in self._known:
            if self._of_version is None:
                raise LookupError(f"there is no ranking {name}; there are {', '.join(self._known)}")
            self._known[name] = self._of_version(name)
        return self._known[name]
