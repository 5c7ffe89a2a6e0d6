"""The seam in a turn: which ranking makes this list, and the note of what was shown. Nothing here can fail a turn."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal

from assistant.database import Clock, utc_now
from assistant.online.experiments import Experiment, Experiments
from assistant.online.exposures import ExposedItem, Exposure, Exposures, Outcome, Surface
from assistant.online.policies import LIVE, Policies, RankingPolicy
from assistant.profile.owner import Owner
from retrieval.ranking.interleaving import Team, team_draft
from retrieval.ranking.person import Person
from retrieval.ranking.sponsorship import Sponsors, places, with_sponsored
from retrieval.search.query import Filters, Hit, Query

log = logging.getLogger(__name__)

UNRANKED = "unranked"
"""Lists whose order the shopper chose (cheapest first) or a picture made: no policy had a say."""
INTERLEAVED = "interleaved"


@dataclass(slots=True)
class Served:
    """One list in the making. ``rerank`` and ``recommend`` are those of ``RankingPolicy``."""

    list_id: str
    conversation_id: str
    turn_id: str
    customer: str | None
    """The pseudonym."""
    policy: str
    rankings: tuple[RankingPolicy, ...]
    """One, or control and treatment to interleave."""
    live: RankingPolicy
    """Answers when those of an experiment fail."""
    experiment: Experiment | None = None
    ranked: bool = False
    teams: dict[str, Team] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        return self.customer or self.conversation_id

    def rerank(
        self,
        hits: Sequence[Hit],
        person: Person,
        limit: int,
        query: Query | None = None,
        sponsors: Sponsors | None = None,
    ) -> list[Hit]:
        if len(self.rankings) == 1:
            return self._ranked(lambda ranking: ranking.rerank(hits, person, limit, query, sponsors), limit)
        # Two rankings draft what is not sponsored, and then the sponsored products get their places: no team's merit.
        placements = places(sponsors, hits)
        sold = {placement.product_id for placement in placements}
        organic = [hit for hit in hits if hit.product.id not in sold]
        drafted = self._ranked(lambda ranking: ranking.rerank(organic, person, limit, query), limit)
        return with_sponsored(drafted, hits, placements, limit)

    def recommend(self, person: Person, limit: int, filters: Filters | None = None, viewed: bool = True) -> list[Hit]:
        return self._ranked(lambda ranking: ranking.recommend(person, limit, filters, viewed), limit)

    def _ranked(self, ask: Callable[[RankingPolicy], list[Hit]], limit: int) -> list[Hit]:
        self.ranked = True
        try:
            return self._joined([ask(ranking) for ranking in self.rankings], limit)
        except Exception as error:
            if self.experiment is None:
                raise
            # What is tried out must not cost a shopper the answer.
            log.warning("the live ranking answers for %s (%s: %s)", self.policy, type(error).__name__, error)
            self.experiment, self.policy, self.teams = None, LIVE, {}
            return ask(self.live)

    def _joined(self, lists: Sequence[list[Hit]], limit: int) -> list[Hit]:
        if len(lists) == 1:
            return lists[0]
        hits = {team: {hit.product.id: hit for hit in found} for team, found in zip(_TEAMS, lists, strict=True)}
        # Fresh coins for each list: a shopper who asks again must be as undecided as one who asks first.
        picks = team_draft(list(hits["control"]), list(hits["treatment"]), limit, Random(secrets.randbits(64)))
        self.teams = {pick.item: pick.team for pick in picks}
        drafted = [(hits[pick.team][pick.item], pick.propensity) for pick in picks]
        return [replace(hit, propensity=hit.propensity * drawn) for hit, drawn in drafted]


_TEAMS: tuple[Team, Team] = ("control", "treatment")


class Serving:
    """Safe to call from several threads."""

    def __init__(
        self,
        exposures: Exposures,
        experiments: Experiments,
        policies: Policies,
        version: Callable[[], str] = lambda: "",
        personalised: Callable[[Owner], bool] = lambda owner: True,
        clock: Clock = utc_now,
    ) -> None:
        """``version`` names the trained ranker that is live; ``personalised`` says whether a customer lets ranking know
        them, in this conversation: whoever does not is logged and assigned as an anonymous visitor is."""
        self.exposures = exposures
        self.experiments = experiments
        self.policies = policies
        self._version = version
        self._personalised = personalised
        self._clock = clock

    def serve(self, conversation_id: str, turn_id: str, customer_id: str | None) -> Served:
        """Chooses the ranking of one list."""
        ranking = self.policies[LIVE]
        live = Served(secrets.token_urlsafe(18), conversation_id, turn_id, None, LIVE, (ranking,), ranking)
        try:
            if customer_id is not None and self._personalised(Owner(customer_id, conversation_id)):
                live.customer = self.exposures.names.customer(customer_id)
            experiment = self.experiments.running()
            if experiment is None:
                return live
            if experiment.kind == "interleaving":
                rankings = self.policies[experiment.control], self.policies[experiment.treatment]
                return replace(live, policy=INTERLEAVED, rankings=rankings, experiment=experiment)
            policy = experiment.policy(experiment.arm(live.unit))
            return replace(live, policy=policy, rankings=(self.policies[policy],), experiment=experiment)
        except Exception as error:
            log.warning("no experiment for this list (%s: %s)", type(error).__name__, error)
            return live

    def log(self, served: Served, surface: Surface, query: str, hits: Sequence[Hit]) -> None:
        """``hits`` as they were shown; ``query`` in the shopper's words, of which a fingerprint is kept."""
        try:
            experiment = served.experiment if served.ranked else None
            self.exposures.record(
                Exposure(
                    id=served.list_id,
                    conversation_id=served.conversation_id,
                    turn_id=served.turn_id,
                    customer=served.customer,
                    surface=surface,
                    query=self.exposures.names.query(query),
                    policy=served.policy if served.ranked else UNRANKED,
                    version=self._version(),
                    experiment_id=experiment.id if experiment else None,
                    unit=served.unit,
                    at=self._clock(),
                    items=tuple(
                        ExposedItem(
                            hit.product.id, hit.propensity, hit.parts, hit.sponsored, served.teams.get(hit.product.id)
                        )
                        for hit in hits
                    ),
                )
            )
        except Exception as error:
            log.warning("a list was not logged (%s: %s)", type(error).__name__, error)

    def outcome(self, conversation_id: str | None, customer_id: str | None, product_id: str, kind: Outcome) -> None:
        """What a shopper did with a product, wherever they saw it."""
        try:
            known = customer_id and self._personalised(Owner(customer_id, conversation_id or ""))
            self.exposures.outcome(conversation_id, customer_id if known else None, product_id, kind)
        except Exception as error:
            log.warning("an outcome was not logged (%s: %s)", type(error).__name__, error)

    def thumb(self, conversation_id: str, turn_id: str, verdict: Literal["up", "down"] | None) -> None:
        try:
            self.exposures.thumb(conversation_id, turn_id, verdict)
        except Exception as error:
            log.warning("a thumb was not logged (%s: %s)", type(error).__name__, error)
