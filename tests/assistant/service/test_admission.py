"""Turns beyond what can be answered at once wait in line, the first to come first, and know their place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.dialogue.turn import Turn as WorkedTurn
from assistant.events import Event, Notice
from assistant.pages import Message, News
from assistant.service.admission import Admission
from assistant.service.services import Services
from tests.app import fresh
from ui import line
from ui.line import Line
from ui.shopper import ShopperPage
from ui.texts import words

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
    admission = Admission(at_once=2, waiting=2, told_every_s=0)
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


async def test_those_who_wait_are_not_told_each_time_but_in_the_end() -> None:
    admission = Admission(at_once=1, waiting=50, told_every_s=0.05)
    turns = [Turn(admission) for _ in range(30)]
    await turns[0].running.wait()
    await asyncio.sleep(0)
    for turn in turns[:20]:
        await turn.running.wait()
        await turn.end()
    last = turns[-1].places
    assert last[0] == 29 and len(last) < 15, "not at each of twenty ends"
    while last[-1] != 9:
        await asyncio.sleep(0.01)
    await asyncio.gather(*(turn.end() for turn in turns))
    assert last[-1] == 0


async def test_who_goes_away_leaves_the_line_to_the_others() -> None:
    admission = Admission(at_once=1, waiting=5, told_every_s=0)
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
    admission = Admission(at_once=1, waiting=5, told_every_s=0)
    first, gone, last = Turn(admission), Turn(admission), Turn(admission)
    await first.running.wait()
    await asyncio.sleep(0)
    first.let_go.set()
    await first.task  # the second has been called, and has not run since
    gone.task.cancel()
    await last.running.wait()
    await last.end()


async def test_a_shopper_who_has_to_wait_is_told_their_place(
    shop: Shopclerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = fresh(shop, tmp_path, {"turns_at_once": 1, "turns_waiting": 1})
    async with shop.opened():
        shoppers = Services.of(shop, Access.from_settings(shop.settings)).shoppers
        run, let_go = shop.dialogue.run, asyncio.Event()

        async def slow(turn: WorkedTurn) -> AsyncIterator[Event]:
            await let_go.wait()
            async for event in run(turn):
                yield event

        monkeypatch.setattr(shop.dialogue, "run", slow)
        first, second, third = [(await shoppers.start(None, language)).id for language in ("en", "de", "zh")]
        assert (await shoppers.send(first, Message("turn-0001", "kettles"))).state == "running"
        _, events = await shoppers.taken(second, "hallo", None, "turn-0002")
        told = await anext(events)
        assert isinstance(told, Notice) and told.code == "waiting" and "Nummer 1" in told.text
        page = ShopperPage(shoppers, shoppers.shopping, "shop")
        stream = Line(shoppers, shoppers.shopping, page, []).stream(second, 0, words("de"))
        async with aclosing(stream):
            shown = [await anext(stream) for _ in range(2)]
        assert "Nummer 1" in json.dumps(dict(shown)["turn"])
        refused = await shoppers.send(third, Message("turn-0003", "你好"))
        assert refused.state == "refused" and refused.wait_s and refused.notice and "顾客太多" in refused.notice.text
        let_go.set()
        assert [event.type async for event in events][-1] == "turn_done"
        entries = (await shoppers.news(second, 0)).entries
        assert [entry.speaker for entry in entries] == ["shopper", "assistant"]
        assert "Nummer 1" not in repr(entries), "the place in the line is no part of the reply"
        await shoppers.close()


async def test_an_open_page_asks_the_database_nothing_while_nothing_happens(
    shop: Shopclerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "LOOK_S", 0.0)
    monkeypatch.setattr(line, "LOOK_WARMING_S", 0.0)
    monkeypatch.setattr(line, "PIECE_S", 0.01)
    shop = fresh(shop, tmp_path)
    async with shop.opened():
        shoppers = Services.of(shop, Access.from_settings(shop.settings)).shoppers
        chat, read, looked = (await shoppers.start(None, "en")).id, shoppers.news, 0

        async def counted(*asked: Any) -> News:
            nonlocal looked
            looked += 1
            return await read(*asked)

        monkeypatch.setattr(shoppers, "news", counted)
        page = Line(shoppers, shoppers.shopping, ShopperPage(shoppers, shoppers.shopping, "shop"), [])
        stream = page.stream(chat, 0, words("en"))
        assert [(await anext(stream))[0] for _ in range(2)] == ["cart", "state"]
        reading = asyncio.create_task(anext(stream))
        await asyncio.sleep(0.2)
        assert looked == 1
        await shoppers.send(chat, Message("turn-0001", "kettles"))
        name, _ = await asyncio.wait_for(reading, 30)
        assert name in ("parts", "turn", "state")
        await stream.aclose()
        await shoppers.close()
