"""Interleaving: two rankings share one list, and what the shopper takes says which of them is better.

Team draft (Radlinski, Kurup, Joachims 2008, "How does clickthrough data reflect retrieval quality?"): round by round a
coin says which ranking picks first; each picks its best product that is not on the list yet. An indifferent shopper
takes as many of the one as of the other, whatever the places attract.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from itertools import product as all_of
from random import Random
from typing import Literal

Team = Literal["control", "treatment"]

MAX_COUNTED_ROUNDS = 10
"""Past so many rounds (1,024 outcomes) propensities are not counted out any more; lists shown are far shorter."""


@dataclass(frozen=True, slots=True)
class Pick:
    """``propensity``: how likely the draft was to put this item at this place, over all its coins."""

    item: str
    team: Team
    propensity: float


def team_draft(control: Sequence[str], treatment: Sequence[str], limit: int, random: Random) -> list[Pick]:
    """At most ``limit`` items of both, each once. ``random`` throws one coin a round."""
    rounds = (limit + 1) // 2
    coins = [random.random() < 0.5 for _ in range(rounds)]
    drawn = list(_draft(control, treatment, limit, coins))
    if rounds > MAX_COUNTED_ROUNDS:
        return [Pick(item, team, 1.0) for item, team in drawn]
    outcomes: defaultdict[tuple[int, str], float] = defaultdict(float)
    for tried in all_of((True, False), repeat=rounds):
        for place, (item, _) in enumerate(_draft(control, treatment, limit, tried)):
            outcomes[place, item] += 0.5**rounds
    return [Pick(item, team, outcomes[place, item]) for place, (item, team) in enumerate(drawn)]


def winner(taken: Iterable[Team]) -> Team | None:
    """Whose items were taken more often; None for a tie."""
    ahead = sum(1 if team == "treatment" else -1 for team in taken)
    return None if ahead == 0 else "treatment" if ahead > 0 else "control"


def _draft(
    control: Sequence[str], treatment: Sequence[str], limit: int, coins: Sequence[bool]
) -> Iterator[tuple[str, Team]]:
    """A coin that is true lets the treatment pick first. A ranking that has run out lets the other go on alone."""
    placed: set[str] = set()
    rankings: dict[Team, Iterator[str]] = {"control": iter(control), "treatment": iter(treatment)}
    orders: list[tuple[Team, ...]] = [("treatment", "control") if coin else ("control", "treatment") for coin in coins]
    alone: tuple[Team, ...] = ("control", "treatment") * limit
    for team in (*chain.from_iterable(orders), *alone):
        item = next((item for item in rankings[team] if item not in placed), None)
        if item is not None and len(placed) < limit:
            placed.add(item)
            yield item, team
