"""What everybody's behaviour says, kept up with the live catalogue; rankers that differ otherwise share one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from retrieval.ranking.behaviour import Behaved
from retrieval.ranking.features import Learned
from retrieval.ranking.neighbours import Neighbours
from retrieval.search.index import SearchIndex


class Learner:
    """Safe to call from several threads."""

    def __init__(
        self,
        index: Callable[[], SearchIndex],
        events: Iterable[Behaved],
        clock: Callable[[], datetime],
        learned: Learned | None = None,
    ) -> None:
        self._index = index
        self._clock = clock
        self._events = list(events)
        self._learned = learned or self._of(index())

    def learn(self, events: Iterable[Behaved]) -> None:
        """Takes up everybody's behaviour anew, between two requests."""
        self._events = list(events)
        self._learned = self._of(self._index())

    def __call__(self) -> Learned:
        """What is known now; learned anew when another version of the catalogue is live."""
        learned, index = self._learned, self._index()
        if index.catalogue is not learned.index.catalogue:
            learned = self._learned = self._of(index)
        return learned

    def _of(self, index: SearchIndex) -> Learned:
        catalogue = index.catalogue
        neighbours = Neighbours.learn(len(catalogue.products), catalogue.position, self._events, self._clock())
        return Learned.of(index, neighbours)
