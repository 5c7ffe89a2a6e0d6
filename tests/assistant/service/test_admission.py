"""Turns beyond what can be answered at once wait in line, the first to come first, and know their place."""

from __future__ import annotations

import asyncio

import pytest

from assistant.service.admission import Admission

pytestmark = pytest.mark.asyncio


class Turn:
    """One that goes on until it is let go."""

    def __init__(self, admission: Admission) -> None:
        self.places: list[int] = []
        self.running = asyncio.Event()
        self.let_go = asyncio.Event()
        self.task = asyncio.create_task(self._run(admission))

    async def _run(self, admission: Admission) -> None:
        async with admission.admitted(self.places.append):
            self.running.set()
            await self.let_go.wait()

    async def end(self) -> None:
        self.let_go.set()
        await self.task


async def test_the_line_moves_up_in_order() -> None:
    admission = Admission(at_once=2, waiting=2)
    turns = []
    for _ in range(4):
        turns.append(Turn(admission))
        await asyncio.sleep(0)
    a, b, c, d = turns
    assert (a.places, b.places, c.places, d.places) == ([], [], [1], [2])
    assert admission.full and not c.running.is_set()
    await b.end()
    await c.running.wait()
    assert (c.places, d.places) == ([1, 0], [2, 1]) and not admission.full
    await asyncio.gather(a.end(), c.end(), d.end())
    assert d.places == [2, 1, 0]
    again = Turn(admission)
    await again.running.wait()
    assert again.places == []
    await again.end()


async def test_who_goes_away_leaves_the_line_to_the_others() -> None:
    admission = Admission(at_once=1, waiting=5)
    first, gone, last = Turn(admission), Turn(admission), Turn(admission)
    await first.running.wait()
    await asyncio.sleep(0)
    gone.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone.task
    assert last.places == [2, 1]
    await first.end()
    await last.running.wait()
    last.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await last.task
    after = Turn(admission)
    await after.running.wait()
    await after.end()


async def test_who_goes_away_as_they_are_called_passes_it_on() -> None:
    admission = Admission(at_once=1, waiting=5)
    first, gone, last = Turn(admission), Turn(admission), Turn(admission)
    await first.running.wait()
    await asyncio.sleep(0)
    first.let_go.set()
    await first.task  # the second has been called, and has not run since
    gone.task.cancel()
    await last.running.wait()
    await last.end()
