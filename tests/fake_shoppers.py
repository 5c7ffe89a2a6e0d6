"""The scripted desk's side of the shopper's line: messages are taken once, replies run detached from their readers."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from assistant import events as e
from assistant import pages as d
from assistant.dialogue.turn import Turn
from assistant.records.changes import Watch
from assistant.service.turns import RunningTurn, RunningTurns, cart, progress
from tests.fake_desk import FakeDesk, Room


class FakeShoppers:
    def __init__(self, desk: FakeDesk) -> None:
        self.desk = desk
        self.turns = RunningTurns(desk.changes)
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.desk, name)

    async def send(self, conversation_id: str, message: d.Message) -> d.Receipt:
        room = self.desk.room(conversation_id)
        if message.turn_id in room.answered:
            return d.Receipt("done")
        work = partial(self._take, room, message)
        return await asyncio.shield(self.turns.start(room.id, message.turn_id, work).receipt)

    async def _take(self, room: Room, message: d.Message, running: RunningTurn) -> None:
        async with self.locks[room.id]:
            self.desk.calls.append(("turn", (message.text, message.picture)))
            press = "Yes, confirm" if isinstance(message.press, d.Confirm) else "No, cancel" if message.press else ""
            room.say("shopper", text=press or message.text, turn_id=message.turn_id)
            self.desk.changes.announce(room.id)
            room.answered.add(message.turn_id)
            if self.desk._human(room):
                running.taken(d.Receipt("human"))
                return
            running.turn = Turn(room.id, message.turn_id)
            running.taken(d.Receipt("running"))
            try:
                async for event in (
                    self._pressed(room, press) if press else self.desk._answer(room, message.text, message.picture)
                ):
                    running.add(event)
                    await asyncio.sleep(self.desk.delay)
                    if running.stopped:
                        running.add(e.Notice(code="stopped", text="You stopped the reply here."))
                        break
            except RuntimeError:
                running.add(e.Notice(code="failed", text="Something went wrong on our side."))
            running.closing = True
            self.desk.changes.announce(progress(room.id))
            await asyncio.sleep(self.desk.recording)
            room.say("assistant", events=tuple(running.events), turn_id=message.turn_id)
            self.desk.changes.announce(room.id)

    async def _pressed(self, room: Room, words: str) -> AsyncIterator[e.Event]:
        yes = words.startswith("Yes")
        yield e.TextDelta(text="Done. Order SC-9T2M5XW1 is cancelled." if yes else "Nothing was changed.")
        yield self.desk._done(room, "en")

    async def stop(self, conversation_id: str, turn_id: str) -> bool:
        running = self.turns.get(conversation_id, turn_id)
        if running is not None:
            running.stopped = True
        return running is not None

    async def answer_left(self, conversation_id: str) -> None:
        pass

    def running(self, conversation_id: str) -> RunningTurn | None:
        return self.turns.shown(conversation_id)

    def answering(self, conversation_id: str) -> str | None:
        return self.turns.answering(conversation_id)

    def watch(self, conversation_id: str) -> AbstractContextManager[Watch]:
        return self.desk.changes.watch(conversation_id, progress(conversation_id), cart(conversation_id))

    async def news(self, conversation_id: str, after: int) -> d.News:
        room = self.desk.room(conversation_id)
        new = tuple(entry for entry in room.entries if entry.cursor > after)
        return d.News(new, len(room.entries), self.desk._human(room))
