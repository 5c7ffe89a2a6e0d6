"""A few conversations and desks of strange steps, always the same; the long runs are ``python -m laboratory.fuzz``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.bootstrap import Shopclerk
from laboratory.fuzz.alive import Alive
from laboratory.fuzz.conversations import Cast, Shoppers
from laboratory.fuzz.desk import Desk, team_of
from laboratory.fuzz.finds import Tally, explore


@pytest.fixture(scope="module")
def alive(shop: Shopclerk) -> Iterator[Alive]:
    with Alive(shop) as alive:
        yield alive


def test_nothing_is_lost_doubled_or_anothers(alive: Alive) -> None:
    kind = type("Shoppers", (Shoppers,), {"cast": Cast.of(alive), "tally": Tally()})
    explore(kind, 3, 12, 1)
    assert kind.tally.runs > 20  # type: ignore[attr-defined]


def test_the_desk_is_as_its_rules_say(alive: Alive) -> None:
    kind = type("Desk", (Desk,), {"alive": alive, "team": team_of(alive), "tally": Tally()})
    explore(kind, 6, 20, 1)
    assert kind.tally.runs > 60  # type: ignore[attr-defined]
