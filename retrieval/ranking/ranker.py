"""The personal ranker: orders what a search found, within bounds, and recommends without a search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from retrieval.ranking.because import because
from retrieval.ranking.behaviour import Behaved, Event
from retrieval.ranking.blend import BlendWeights, by_part, evened, lifts
from retrieval.ranking.diversity import diverse
from retrieval.ranking.exploration import MAX_ENTRANTS, MAX_GAP, drawn, lot, outcomes, propensities
from retrieval.ranking.features import Column, Learned, Reading, features
from retrieval.ranking.learner import Learner
from retrieval.ranking.merchandise import NO_MERCHANDISE, PIN_MAX_GAP, Merchandise
from retrieval.ranking.next_items import NextItems
from retrieval.ranking.person import Person
from retrieval.ranking.preferences import in_size
from retrieval.ranking.sponsorship import Placement, Sponsors, at_places
from retrieval.search.filters import Mask
from retrieval.search.index import SearchIndex
from retrieval.search.query import Filters, Hit, Query

__all__ = ["Event", "Ranker"]


@dataclass(frozen=True)
class _Answer:
    """An order, and what may still change it: a lot among newcomers, pins, and sponsored places, which come last."""

    order: Sequence[Hit]
    newcomers: Sequence[str] = ()
    pins: Mapping[int, str] = field(default_factory=dict)
    sponsored: Mapping[int, Placement] = field(default_factory=dict)

    def drawn(self, ticket: float, limit: int) -> list[Hit]:
        """The first ``limit`` hits as the lot has it, each with its propensity."""
        names = [hit.product.id for hit in self.order]
        possible = outcomes(names, self.newcomers, limit)
        final = [(chance, self._final(order)[:limit]) for chance, order in possible]
        shown = drawn(final, ticket)
        lucky = set(drawn(possible, ticket)) - set(names[:limit])
        campaigns = {placement.product_id: placement.campaign for placement in self.sponsored.values()}
        hit_of = {hit.product.id: hit for hit in self.order}
        found = []
        for name, chance in zip(shown, propensities(shown, final), strict=True):
            hit = replace(hit_of[name], propensity=round(chance, 6), sponsored=campaigns.get(name))
            if name in self.pins.values():
                hit = replace(hit, parts={**hit.parts, "pin": 0.0})
            if name in lucky and name in self.newcomers and name not in campaigns:
                hit = replace(hit, parts={**hit.parts, "exploration": 0.0}, reasons=(*hit.reasons, ("new_here", "")))
            found.append(hit)
        return found

    def _final(self, order: Sequence[str]) -> tuple[str, ...]:
        return at_places(at_places(order, self.pins), {at: one.product_id for at, one in self.sponsored.items()})


class Ranker:
    """Safe to call from several threads. Follows the live catalogue: what was learned is learned anew for a new
    version."""

    def __init__(
        self,
        index: Callable[[], SearchIndex],
        events: Iterable[Behaved],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        weights: BlendWeights | None = None,
        merchandise: Callable[[], Merchandise] = lambda: NO_MERCHANDISE,
        next_items: Callable[[], NextItems | None] = lambda: None,
        learned: Learned | None = None,
    ) -> None:
        """``events`` are everybody's; ``index`` gives the live one, e.g. ``lambda: search.index``. ``weights`` None are
        the shipped ones; ``learned`` is what the events say, where that is known already."""
        self._learned = Learner(index, events, clock, learned)
        self._clock = clock
        self._weights = weights or BlendWeights.read()
        self._merchandise = merchandise
        self._next_items = next_items

    def learn(self, events: Iterable[Behaved]) -> None:
        """Takes up everybody's behaviour anew, between two requests."""
        self._learned.learn(events)

    def with_model(self, next_items: Callable[[], NextItems | None]) -> Ranker:
        """The same ranking with another model of what comes next; what is learned from everybody is learned once."""
        other = copy(self)
        other._next_items = next_items
        return other

    def rerank(
        self,
        hits: Sequence[Hit],
        person: Person,
        limit: int,
        query: Query | None = None,
        sponsors: Sponsors | None = None,
    ) -> list[Hit]:
        """The best ``limit`` of the hits by relevance, lifted within bounds; parts and reasons say by what.

        Without ``query`` no place is given by lot. Products that the catalogue does not have (any more) keep their
        relevance.
        """
        if not hits or limit <= 0:
            return []
        learned, now = self._learned(), self._clock()
        reading = Reading.of(person, learned, now)
        places = [learned.index.catalogue.position(hit.product.id) for hit in hits]
        carried = np.array([at is not None for at in places])
        known = np.array([at for at in places if at is not None], dtype=np.int64)

        def of_hits(column: Column) -> Column:
            whole = np.zeros(len(hits))
            whole[carried] = column
            return whole

        columns = features(person, reading, learned, self._next_items(), known)
        parts = lifts({name: of_hits(column) for name, column in columns.items()}, self._weights.search)
        wanted = self._merchandise()
        parts |= {
            "evened": evened(hits),
            "margin": of_hits(wanted.margin(learned.index)[known]),
            "promotion": of_hits(wanted.promotion(learned.index, now)[known]),
        }
        scored = sorted(_with(hits, parts), key=lambda hit: -hit.score)
        relevance = {hit.product.id: hit.score for hit in hits}
        asked = query or Query()
        best = max(relevance.values())

        def near(name: str, within: float) -> bool:
            return relevance.get(name, -np.inf) >= best - within

        new = [name for hit in scored if near(name := hit.product.id, MAX_GAP) and learned.new(name)]
        answer = _Answer(
            _varied(scored, learned, 2 * limit),
            newcomers=new if query else (),
            pins={at: name for at, name in wanted.pins(now).items() if near(name, PIN_MAX_GAP)},
            sponsored={placement.place: placement for placement in (sponsors(relevance) if sponsors else ())},
        )
        shown = answer.drawn(lot(now.date(), asked.text, asked.filters), limit)
        return self._explained(shown, person, reading, learned, asked.filters)

    def recommend(self, person: Person, limit: int, filters: Filters | None = None, viewed: bool = True) -> list[Hit]:
        """Products for this customer among those that meet the filters; popular ones for strangers.

        Never what the customer bought or rated badly; what they only looked at unless ``viewed`` is False.
        """
        learned, now = self._learned(), self._clock()
        index = learned.index
        filters = filters or Filters()
        reading = Reading.of(person, learned, now)
        mask = index.table.matching(filters)
        found = np.flatnonzero(self._open_to(reading, learned, mask, viewed))
        columns = features(person, reading, learned, self._next_items())
        told = by_part({name: self._weights.recommend[name] * column[found] for name, column in columns.items()})
        wanted = self._merchandise()
        told["margin"] = wanted.margin(index)[found]
        told["promotion"] = wanted.promotion(index, now)[found]
        score = np.sum(list(told.values()), axis=0)
        ranked = np.argsort(-score, kind="stable")
        new = [at for at in ranked if learned.new(index.catalogue.ids[int(found[at])])][:MAX_ENTRANTS]
        best = [*ranked[: 4 * limit], *(at for at in new if at not in ranked[: 4 * limit])]
        variants = {at: index.table.best_variant(int(found[at]), mask) for at in best}
        scored = [
            Hit(
                index.catalogue.products[int(found[at])],
                variants[at],
                float(score[at]),
                dearer_too=index.table.costs_more(int(found[at]), mask, variants[at]),
                parts={name: round(float(part[at]), 4) for name, part in told.items() if part[at]},
            )
            for at in best
        ]
        shown = _Answer(
            _varied(scored, learned, 2 * limit),
            newcomers=[hit.product.id for hit in scored if learned.new(hit.product.id)],
        ).drawn(lot(now.date(), "", filters), limit)
        explained = self._explained(shown, person, reading, learned, filters)
        return [hit if hit.reasons else replace(hit, reasons=(("popular", ""),)) for hit in explained]

    def _explained(
        self, hits: Sequence[Hit], person: Person, reading: Reading, learned: Learned, filters: Filters
    ) -> list[Hit]:
        sized = [in_size(hit, person.preferences, filters) for hit in hits]
        return [_reasoned(hit, because(hit, person, reading, learned)) for hit in sized]

    def _open_to(self, reading: Reading, learned: Learned, mask: Mask, viewed: bool) -> Mask:
        """(products,) which may be recommended."""
        taste = reading.taste
        open_to = learned.index.table.products_of(mask)
        for product_id in {*taste.bought, *taste.rated_badly, *(() if viewed else taste.viewed)}:
            open_to[learned.index.catalogue.position(product_id)] = False
        return open_to


def _with(hits: Sequence[Hit], parts: Mapping[str, Column]) -> list[Hit]:
    """The hits with the parts, of which those are told that are not 0."""
    total = np.sum(list(parts.values()), axis=0).tolist()
    rounded = np.round(np.stack(list(parts.values())), 4).T.tolist()
    return [
        replace(
            hit,
            score=hit.score + more,
            parts=hit.parts | {name: part for name, part in zip(parts, told, strict=True) if part},
        )
        for hit, more, told in zip(hits, total, rounded, strict=True)
    ]


def _varied(scored: Sequence[Hit], learned: Learned, places: int) -> list[Hit]:
    """The first places with variety; what lies below them follows by score."""
    first = [_lifted(hit, "diversity", taken) for hit, taken in diverse(scored, learned.index.catalogue, places)]
    named = {hit.product.id for hit in first}
    return [*first, *(hit for hit in scored if hit.product.id not in named)]


def _lifted(hit: Hit, part: str, by: float) -> Hit:
    if not round(by, 4):
        return hit
    return replace(hit, score=hit.score + by, parts={**hit.parts, part: round(by, 4)})


def _reasoned(hit: Hit, more: Sequence[tuple[str, str]]) -> Hit:
    return replace(hit, reasons=(*hit.reasons, *(reason for reason in more if reason not in hit.reasons)))
