"""Turns that run detached from whoever reads them: a reader that goes, comes back or never was changes nothing.

Each is an asyncio task. Readers follow it from its first event, as many as there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import structlog

from assistant.dialogue.turn import BEFORE_ACTING, Turn
from assistant.events import Event
from assistant.pages import Receipt
from assistant.records.changes import Changes

log = structlog.get_logger()

CLOSING_S = 4.0
"""How long turns may go on when the shop stops. Those that are not done then are answered after the next start."""

TAKEN_WITHIN_S = 15.0
"""How long a message may take to be recorded until its sender is told to try again. It is taken all the same."""
ACTS_WITHIN_S = 25.0
"""How long a turn, once it is its turn, may take until it acts, besides what the model may take to read it; then its
shopper is told that the shop is busy."""
MODEL_READS = 3
"""How often a turn asks the model before it acts, at most: what is meant, which of several, and once again."""


def progress(conversation_id: str) -> str:
    """What ``Changes`` announces of the pieces of running turns, of which a reader of the record need not hear."""
    return f"progress:{conversation_id}"


def cart(conversation_id: str) -> str:
    """What ``Changes`` announces of the cart."""
    return f"cart:{conversation_id}"


class RunningTurn:
    """``events`` so far. ``receipt`` comes when the message is recorded, or refused."""

    def __init__(self, conversation_id: str, turn_id: str, changed: Callable[[], None]) -> None:
        self.conversation_id = conversation_id
        self.turn_id = turn_id
        self.events: list[Event] = []
        self.receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self.turn: Turn | None = None
        """The dialogue's workbench, once it works."""
        self.closing = False
        """Its reply is being recorded: the record has the last word."""
        self.done = False
        self.stopped = False
        self.late = False
        """Given up, since nothing could be answered in time."""
        self.place = 0
        """In the line of those that wait to be answered; 0: it waits no more."""
        self.answering = False
        """Its message is recorded and its reply is not: from the receipt that says so until the turn ends."""
        self.task: asyncio.Task[None] | None = None
        self._grown = asyncio.Event()
        self._changed = changed

    def add(self, event: Event) -> None:
        self.events.append(event)
        self._tell()

    def moved(self, place: int) -> None:
        self.place = place
        self._tell()

    def taken(self, receipt: Receipt) -> None:
        if not self.receipt.done():
            self.receipt.set_result(receipt)
            self.answering = receipt.state == "running"

    async def received(self) -> Receipt:
        """Raises ``TimeoutError`` where it takes long; the same message again asks again."""
        async with asyncio.timeout(TAKEN_WITHIN_S):
            return await asyncio.shield(self.receipt)

    def give_up(self) -> None:
        """Unless it acts already: then it goes to its end, however long that takes."""
        if self.turn is None or self.task is None or self.turn.at not in BEFORE_ACTING:
            return
        log.warning("turn given up", conversation=self.conversation_id, turn=self.turn_id, at=self.turn.at)
        self.late = True
        self.task.cancel()

    def end(self) -> None:
        self.done, self.answering = True, False
        self._tell()

    def _tell(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()
        self._changed()

    async def follow(self, waiting: Callable[[int], Event]) -> AsyncIterator[Event]:
        """All its events, those that have been as well; before the first what ``waiting`` makes of its place."""
        at = place = 0
        while True:
            grown = self._grown
            if self.place not in (0, place):
                place = self.place
                yield waiting(place)
            while at < len(self.events):
                yield self.events[at]
                at += 1
            if self.done:
                return
            await grown.wait()


class RunningTurns:
    """Those of this process."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._turns: dict[tuple[str, str], RunningTurn] = {}
        self._closed = False

    def get(self, conversation_id: str, turn_id: str) -> RunningTurn | None:
        return self._turns.get((conversation_id, turn_id))

    def shown(self, conversation_id: str) -> RunningTurn | None:
        """The turn whose reply is under way in the conversation: there is one at a time."""
        for (conversation, _), turn in self._turns.items():
            if conversation == conversation_id and turn.turn is not None and not turn.closing and not turn.done:
                return turn
        return None

    def answering(self, conversation_id: str) -> str | None:
        """The turn whose reply is still to be recorded in the conversation, whether any of it can be shown or not."""
        turns = self._turns.values()
        return next(
            (turn.turn_id for turn in turns if turn.conversation_id == conversation_id and turn.answering), None
        )

    def start(
        self, conversation_id: str, turn_id: str, work: Callable[[RunningTurn], Coroutine[Any, Any, None]]
    ) -> RunningTurn:
        """The turn of this id, begun now unless it runs already."""
        running = self.get(conversation_id, turn_id)
        if running is not None:
            return running
        running = RunningTurn(conversation_id, turn_id, lambda: self._changes.announce(progress(conversation_id)))
        self._turns[conversation_id, turn_id] = running
        running.task = asyncio.create_task(self._run(running, work), name=f"turn {turn_id}")
        return running

    async def _run(self, running: RunningTurn, work: Callable[[RunningTurn], Coroutine[Any, Any, None]]) -> None:
        try:
            await work(running)
        except asyncio.CancelledError:
            if not running.receipt.done():
                running.receipt.cancel()
            raise
        except Exception as error:
            if running.receipt.done():
                log.exception("turn failed", conversation=running.conversation_id, turn=running.turn_id)
            else:
                running.receipt.set_exception(error)
        finally:
            self._turns.pop((running.conversation_id, running.turn_id), None)
            running.end()

    async def close(self, within_s: float = CLOSING_S) -> None:
        """Lets what runs come to its end, and gives up what does not."""
        tasks = [turn.task for turn in self._turns.values() if turn.task is not None]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=within_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
