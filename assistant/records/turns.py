"""Which messages of shoppers have been answered: each is recorded once by the id its page gave it, and answered once.

A turn belongs to the process that runs it, which says from time to time that it is alive. One whose process died is
answered by whoever claims it first.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

import psutil
from sqlalchemy import ColumnElement, and_, select, tuple_, update
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.events import Event, event_adapter
from assistant.records.changes import Changes
from assistant.records.conversations import (
    SHOPPER_MESSAGE,
    Sender,
    UnknownConversation,
    append_rows,
    message_body,
    read_body,
)
from assistant.records.tables import ConversationRow, MessageRow, TurnRow

BEAT_S = 3.0
"""How often a running turn says that it is alive."""
DEAD_AFTER = timedelta(seconds=4 * BEAT_S)
"""How long after its last word a process on another machine counts as dead. On this machine one can look."""

Press = Literal["confirm", "cancel"]


def this_process() -> str:
    """Host, process and when it began: a later process under the same number is another, and so is a fork."""
    return _named(os.getpid())


@cache
def _named(number: int) -> str:
    return f"{socket.gethostname()}/{number}/{_began(number)}"


def _began(number: int) -> str:
    """Seconds from the machine's start to the process's, which stay the same when the clock is set."""
    return f"{psutil.Process(number).create_time() - psutil.boot_time():.2f}"


def alive(process: str, beat_at: datetime, now: datetime) -> bool:
    host, _, rest = process.partition("/")
    number, _, began = rest.partition("/")
    if host != socket.gethostname():
        return abs(now - beat_at) < DEAD_AFTER  # one from the future is of a clock that was wrong
    try:
        return _began(int(number)) == began
    except (psutil.Error, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class Asked:
    """A message of the shopper's as it is recorded. ``replaces``: the turn whose message it is written anew for.

    ``checkpoint``: what the dialogue remembered before it.
    """

    turn_id: str
    text: str
    attachments: tuple[str, ...] = ()
    press: Press | None = None
    replaces: str | None = None
    checkpoint: str | None = None


@dataclass(frozen=True, slots=True)
class TurnState:
    """``running``: by a living process; ``left``: its process died, and it waits to be answered. ``mine``: this process
    is to answer it."""

    turn_id: str
    state: Literal["running", "left", "done"]
    checkpoint: str | None
    started_at: datetime
    mine: bool


def _its_message() -> ColumnElement[bool]:
    """Joins a turn to what the shopper said."""
    return and_(
        MessageRow.conversation_id == TurnRow.conversation_id,
        MessageRow.turn_id == TurnRow.turn_id,
        MessageRow.kind == SHOPPER_MESSAGE,
    )


class Turns:
    def __init__(
        self, database: Database, clock: Clock = utc_now, changes: Changes | None = None, process: str | None = None
    ) -> None:
        """``process`` stands for another process in tests."""
        self._database = database
        self._clock = clock
        self._changes = changes or Changes()
        self._given = process

    @property
    def _process(self) -> str:
        return self._given or this_process()

    def begin(self, conversation_id: str, asked: Asked) -> bool:
        """Records the message, and that this process answers it; False when it is recorded already.

        Raises ``UnknownConversation``.
        """
        now = self._clock()
        row = self._database.insert(TurnRow).values(
            conversation_id=conversation_id,
            turn_id=asked.turn_id,
            press=asked.press,
            replaces=asked.replaces,
            checkpoint=asked.checkpoint,
            process=self._process,
            started_at=now,
            beat_at=now,
        )
        with self._database.write() as session:
            # The lock on the conversation's row makes two senders take turns.
            if session.get(ConversationRow, conversation_id, with_for_update=True) is None:
                raise UnknownConversation(conversation_id)
            added = row.on_conflict_do_nothing().returning(TurnRow.turn_id)
            if session.scalar(added) is None:
                return False
            body = message_body(asked.text, asked.attachments)
            append_rows(session, conversation_id, asked.turn_id, Sender.SHOPPER, [(SHOPPER_MESSAGE, body)], now)
        self._changes.announce(conversation_id)
        return True

    def state(self, conversation_id: str, turn_id: str) -> TurnState | None:
        with self._database.read() as session:
            row = session.get(TurnRow, (conversation_id, turn_id))
            return None if row is None else self._state(row)

    def left(self, conversation_id: str) -> list[Asked]:
        """The messages that were recorded and not answered yet, oldest first, but for those that another living process
        answers."""
        query = select(TurnRow).join(MessageRow, _its_message())
        query = query.where(TurnRow.conversation_id == conversation_id, TurnRow.done_at.is_(None))
        with self._database.read() as session:
            rows = session.scalars(query.order_by(MessageRow.sequence)).all()
            states = [(row, self._state(row)) for row in rows]
            return [self._asked(session, row) for row, now in states if now.state == "left" or now.mine]

    def unanswered(self, limit: int) -> list[str]:
        """Conversations with messages that no living process answers but maybe this one, those waited for longest
        first."""
        query = select(TurnRow).where(TurnRow.done_at.is_(None)).order_by(TurnRow.started_at).limit(limit)
        with self._database.read() as session:
            states = [(row.conversation_id, self._state(row)) for row in session.scalars(query)]
        return list(dict.fromkeys(id_ for id_, state in states if state.state == "left" or state.mine))

    def latest(self, conversation_id: str) -> TurnState | None:
        """Of the shopper's last message: the order is that of the record, whatever the clock said."""
        query = select(TurnRow).join(MessageRow, _its_message()).where(TurnRow.conversation_id == conversation_id)
        with self._database.read() as session:
            row = session.scalars(query.order_by(MessageRow.sequence.desc()).limit(1)).first()
            return None if row is None else self._state(row)

    def claim(self, conversation_id: str, turn_id: str) -> bool:
        """Takes a turn over from a process that died; False when another was quicker, or it is answered."""
        with self._database.write() as session:
            row = session.get(TurnRow, (conversation_id, turn_id), with_for_update=True)
            if row is None or self._state(row).state != "left":
                return False
            row.process, row.beat_at = self._process, self._clock()
            return True

    def beat(self, alive: Collection[tuple[str, str]]) -> None:
        """Those turns of this process, by conversation and id, go on."""
        keys = tuple_(TurnRow.conversation_id, TurnRow.turn_id).in_(alive)
        with self._database.write() as session:
            session.execute(update(TurnRow).where(keys, TurnRow.process == self._process).values(beat_at=self._clock()))

    def finish(self, conversation_id: str, turn_id: str, events: Sequence[Event]) -> None:
        """Records the reply, and that the message is answered: both or neither. A turn that another process has taken
        over meanwhile is that one's to answer."""
        rows = [(event.type, event_adapter.dump_json(event).decode()) for event in events]
        now = self._clock()
        with self._database.write() as session:
            row = session.get(TurnRow, (conversation_id, turn_id), with_for_update=True)
            # No row at all: the shopper has been forgotten by this very turn, and the reply says so.
            if row is not None and (row.process != self._process or row.done_at is not None):
                return
            if row is not None:
                row.done_at = now
            if rows and session.get(ConversationRow, conversation_id) is not None:
                append_rows(session, conversation_id, turn_id, Sender.ASSISTANT, rows, now)
        self._changes.announce(conversation_id)

    def reply(self, conversation_id: str, turn_id: str) -> list[Event]:
        """What was answered, as it was streamed."""
        query = select(MessageRow.body).where(
            MessageRow.conversation_id == conversation_id,
            MessageRow.turn_id == turn_id,
            MessageRow.role == str(Sender.ASSISTANT),
        )
        with self._database.read() as session:
            return [event_adapter.validate_json(body) for body in session.scalars(query.order_by(MessageRow.sequence))]

    def replaced(self, conversation_id: str) -> frozenset[str]:
        """Ids of the turns whose messages were written anew."""
        query = select(TurnRow.replaces).where(
            TurnRow.conversation_id == conversation_id, TurnRow.replaces.is_not(None)
        )
        with self._database.read() as session:
            return frozenset(turn for turn in session.scalars(query) if turn)

    def _state(self, row: TurnRow) -> TurnState:
        if row.done_at is not None:
            state: Literal["running", "left", "done"] = "done"
        elif row.process == self._process or alive(row.process, row.beat_at, self._clock()):
            state = "running"
        else:
            state = "left"
        return TurnState(row.turn_id, state, row.checkpoint, row.started_at, row.process == self._process)

    @staticmethod
    def _asked(session: Session, row: TurnRow) -> Asked:
        said = session.scalars(
            select(MessageRow.body).where(
                MessageRow.conversation_id == row.conversation_id,
                MessageRow.turn_id == row.turn_id,
                MessageRow.kind == SHOPPER_MESSAGE,
            )
        ).first()
        text, attachments = read_body(said) if said else ("", ())
        press: Press | None = "confirm" if row.press == "confirm" else "cancel" if row.press == "cancel" else None
        return Asked(row.turn_id, text, attachments, press, row.replaces, row.checkpoint)
