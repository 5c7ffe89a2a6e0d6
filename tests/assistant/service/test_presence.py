"""Who looks and who types is known for seconds, and whoever watches is told when it changes."""

from __future__ import annotations

from assistant.records.changes import Changes
from assistant.service import presence
from assistant.service.presence import Presence, Present


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_typing_ends_sooner_than_looking() -> None:
    time = Time()
    here = Presence(Changes(), time)
    here.here("c", "shopper", "tab-1", typing=True)
    here.here("c", "agent", "maya", "Maya")
    assert here.of("c") == (Present("agent", "maya", "Maya", False), Present("shopper", "tab-1", "", True))
    assert here.typing("c", "shopper") == ("",) and here.typing("c", "agent") == ()
    time.now += presence.TYPING_S
    assert here.typing("c", "shopper") == () and len(here.of("c")) == 2
    here.here("c", "agent", "maya", "Maya")
    time.now += presence.LOOKING_S - 1
    assert [each.who for each in here.of("c")] == ["maya"]
    here.gone("c", "agent", "maya")
    assert here.of("c") == () and here.of("another") == ()


def test_who_sent_no_longer_types_and_looking_on_does_not_end_typing() -> None:
    here = Presence(Changes(), Time())
    here.here("c", "agent", "maya", "Maya", typing=True)
    here.here("c", "agent", "maya", "Maya")
    assert here.typing("c", "agent") == ("Maya",)
    here.here("c", "agent", "maya", "Maya", typing=False)
    assert here.typing("c", "agent") == ()


async def test_watchers_are_told_of_changes_alone() -> None:
    changes = Changes()
    here = Presence(changes)
    with changes.watch("c") as watch:
        here.here("c", "agent", "maya", "Maya")
        assert await watch.changed(1)
        here.here("c", "agent", "maya", "Maya")
        assert not await watch.changed(0.02), "nothing new"
        here.here("c", "agent", "maya", "Maya", typing=True)
        assert await watch.changed(1)
        here.gone("c", "agent", "maya")
        assert await watch.changed(1)


async def test_watchers_are_told_when_somebody_silently_stops() -> None:
    before, presence.TYPING_S = presence.TYPING_S, 0.05
    try:
        changes = Changes()
        here = Presence(changes)
        with changes.watch("c") as watch:
            here.here("c", "shopper", "tab-1", typing=True)
            assert await watch.changed(1) and here.typing("c", "shopper") == ("",)
            assert await watch.changed(2) and here.typing("c", "shopper") == ()
    finally:
        presence.TYPING_S = before
