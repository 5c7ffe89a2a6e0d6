"""Keeps a conversation with a ticket in another help desk as well: its transcript first, then every message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.events import AgentJoined, AgentLeft, AgentMessage, TurnDone
from assistant.notify.courier import NothingToTell
from assistant.notify.links import Links, came_from
from assistant.notify.outbox import Delivery
from assistant.records.conversations import SHOPPER_MESSAGE, Message
from assistant.records.records import Records

_MAX_MESSAGES = 400


@dataclass(frozen=True, slots=True)
class Line:
    """``who``: the shopper, the assistant, a person of the shop (``name``), or what happened."""

    who: Literal["shopper", "assistant", "agent", "note"]
    text: str
    name: str = ""

    @property
    def labelled(self) -> str:
        if self.who == "note":
            return self.text
        return f"{ {'shopper': 'Customer', 'assistant': 'Assistant'}.get(self.who, self.name) }: {self.text}"


@dataclass(frozen=True, slots=True)
class Opening:
    """``ticket`` is ours. ``email`` only where the shopper left it for answers."""

    ticket: str
    subject: str
    lines: tuple[Line, ...]
    name: str
    email: str | None
    language: str
    link: str


class HelpDesk(Protocol):
    """Each call raises ``DeliveryFailed``. ``key`` is the same when it is tried again."""

    name: str
    at_once: bool
    """Whether it takes what was said in one call, and the transcript with the opening; else line by line."""

    def begin(self, opening: Opening, key: str) -> str:
        """Its id for the conversation."""

    def add(self, theirs: str, lines: Sequence[Line]) -> None: ...

    def close(self, theirs: str) -> None: ...


class Mirror:
    """The channel of one help desk."""

    def __init__(
        self,
        desk: HelpDesk,
        records: Records,
        links: Links,
        name_of: Callable[[str], str | None],
        base_url: str,
    ) -> None:
        self.name = desk.name
        self._desk = desk
        self._records = records
        self._links = links
        self._name_of = name_of
        self._base_url = base_url

    def send(self, delivery: Delivery) -> None:
        conversation_id = delivery.conversation_id or ""
        conversation, ticket = (
            self._records.conversations.get(conversation_id),
            self._records.tickets.latest_of(conversation_id),
        )
        if conversation is None or ticket is None:
            raise NothingToTell
        link = self._links.of(conversation_id, self.name)
        after = link.sent_sequence if link else 0
        messages = self._records.conversations.messages_since(conversation_id, after, _MAX_MESSAGES)
        lines = [(message.sequence, line) for message in messages if (line := self._line(message)) is not None]
        last = messages[-1].sequence if messages else after
        if link is None:
            contact = self._records.contacts.of(conversation_id)
            opening = Opening(
                ticket=ticket.id,
                subject=ticket.summary[:150] or ticket.id,
                lines=tuple(line for _, line in lines),
                name=self._name_of(conversation_id) or "Visitor",
                email=contact.email if contact else None,
                language=ticket.language,
                link=f"{self._base_url}/agent/#ticket={ticket.id}",
            )
            theirs = self._desk.begin(opening, delivery.id)
            self._links.begun(conversation_id, self.name, theirs, last if self._desk.at_once else 0)
            if not self._desk.at_once:
                transcript = "\n\n".join([*(line.labelled for _, line in lines[:-1]), opening.link])
                before = lines[-2][0] if len(lines) > 1 else 0
                lines = [(before, Line("note", transcript)), *lines[-1:]]
                self._add(conversation_id, theirs, lines)
        else:
            theirs = link.theirs
            self._add(conversation_id, theirs, lines)
        self._links.sent(conversation_id, self.name, last)
        if ticket.state == "closed" and not any(_closed_there(message, self.name) for message in messages):
            self._desk.close(theirs)

    def _add(self, conversation_id: str, theirs: str, lines: list[tuple[int, Line]]) -> None:
        """Line by line it is known how far they have come: what was taken is not sent again."""
        if self._desk.at_once and lines:
            self._desk.add(theirs, [line for _, line in lines])
        elif not self._desk.at_once:
            for sequence, line in lines:
                self._desk.add(theirs, [line])
                self._links.sent(conversation_id, self.name, sequence)

    def _line(self, message: Message) -> Line | None:
        if message.turn_id.startswith(came_from(self.name)):
            return None
        if message.kind == SHOPPER_MESSAGE:
            return Line("shopper", message.text) if message.text else Line("note", "(Customer sent a picture)")
        match message.event:
            case TurnDone(text=text) if text:
                return Line("assistant", text)
            case AgentMessage(agent=agent, text=text):
                return Line("agent", text, agent)
            case AgentJoined(agent=agent):
                return Line("note", f"({agent} joined in Shopclerk)")
            case AgentLeft(agent=agent, reason=reason):
                return Line("note", f"({agent or 'Customer'}: {reason.replace('_', ' ')})")
        return None


def _closed_there(message: Message, desk: str) -> bool:
    return message.turn_id.startswith(came_from(desk)) and isinstance(message.event, AgentLeft)
