"""What a shopper is told of the person they asked for, and may do about it: wait, leave an address, end, rate, ask
again.

The assistant helps on while they wait, and is silent while a person has the conversation.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import structlog

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.database import Clock, utc_now
from assistant.events import AgentLeft, HandedOff
from assistant.pages import UnknownConversation
from assistant.records.changes import QUEUE
from assistant.records.contacts import Contact
from assistant.records.conversations import SHOPPER_MESSAGE, Conversation, Message, Sender
from assistant.records.ratings import Rating, Ratings
from assistant.service.open_conversations import OpenConversations
from assistant.service.parting import is_over
from assistant.service.presence import Presence
from assistant.shop.views import TicketView

log = structlog.get_logger()

CLOSED_SHOWN = timedelta(days=3)
"""How long a conversation that was closed says so, and may be rated."""
_SETTLE_S = 0.3
_LOOK_S = 20.0
_LOOKED_AT = 60
"""Messages looked through for how the last ticket ended."""

_MAX_TABS, _MAX_CONVERSATIONS = 8, 10_000

_WAITING: tuple[Literal["waiting"], ...] = ("waiting",)

State = Literal["assistant", "waiting", "person", "closed", "over"]
"""``over``: no person was there, and the shopper is done with the assistant."""


class ConsentMissing(ValueError):
    """An address is kept with the shopper's explicit consent only."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a conversation stands. ``agent`` has it, or had it when it was closed.

    ``ahead``: how many wait before them. ``staffed``: whether somebody is there to answer; else ``back_at``, where the
    hours tell. ``fresh``: nothing was written since it was closed. ``email`` is masked; ``can_mail``: whether one may
    be left at all.
    """

    state: State = "assistant"
    ticket_id: str = ""
    agent: str = ""
    typing: bool = False
    ahead: int = 0
    staffed: bool = True
    back_at: datetime | None = None
    ended_by_shopper: bool = False
    fresh: bool = True
    email: str = ""
    can_mail: bool = False
    rating: Rating | None = None


class PersonService:
    """Calls raise ``UnknownConversation``."""

    def __init__(
        self,
        app: Shopclerk,
        access: Access,
        conversations: OpenConversations,
        presence: Presence,
        clock: Clock = utc_now,
    ) -> None:
        self.app = app
        self.access = access
        self.conversations = conversations
        self.presence = presence
        self._clock = clock
        self._records = app.commerce.records
        self._tabs: OrderedDict[str, dict[str, bool]] = OrderedDict()
        """The pages that have said whether they are looked at, by conversation."""

    @property
    def ratings(self) -> Ratings:
        return self._records.ratings

    async def standing(self, conversation_id: str) -> Standing:
        return await asyncio.to_thread(self._standing, conversation_id)

    def staffed(self) -> bool:
        """Whether it is the time for it, and somebody is signed in at the desk."""
        at_desk = any(each.side == "agent" for each in self.presence.of(QUEUE))
        return at_desk and self.app.commerce.hours.open_at(self._clock())

    async def known(self, conversation_id: str) -> bool:
        try:
            await self._record(conversation_id)
        except UnknownConversation:
            return False
        return True

    def here(self, conversation_id: str) -> None:
        """A page of the shopper's has the conversation open: whoever looks at one counts as there. To be said again
        before ``presence.LOOKING_S`` are over; in an event loop."""
        for tab, looked_at in self._tabs.get(conversation_id, {"page": True}).items():
            if looked_at:
                self.presence.here(conversation_id, "shopper", tab)

    def typing(self, conversation_id: str, tab: str, on: bool) -> None:
        """In an event loop."""
        self.seen(conversation_id, tab, True)
        self.presence.here(conversation_id, "shopper", tab, typing=on)

    def seen(self, conversation_id: str, tab: str, on: bool) -> None:
        """Whether the shopper looks at that page: one in the background is nobody there. In an event loop."""
        tabs = self._tabs.setdefault(conversation_id, {})
        tabs[tab] = on
        self._tabs.move_to_end(conversation_id)
        while len(tabs) > _MAX_TABS:
            del tabs[next(iter(tabs))]
        while len(self._tabs) > _MAX_CONVERSATIONS:
            self._tabs.popitem(last=False)
        self.presence.gone(conversation_id, "shopper", "page")
        if on:
            self.presence.here(conversation_id, "shopper", tab)
        else:
            self.presence.gone(conversation_id, "shopper", tab)

    async def leave_email(self, conversation_id: str, email: str, consent: bool) -> None:
        """For answers while they are away. Raises ``NoAddress`` and ``ConsentMissing``."""
        record = await self._record(conversation_id)
        if not consent:
            raise ConsentMissing
        await asyncio.to_thread(self._records.contacts.leave, conversation_id, email, record.language)

    async def take_back_email(self, conversation_id: str) -> None:
        await self._record(conversation_id)
        await asyncio.to_thread(self._records.contacts.take_back, conversation_id)

    async def end(self, conversation_id: str) -> None:
        """The shopper wants no person any more: leaves the queue, or ends what is settled. The assistant answers.
        Where there is none, they end the conversation with the assistant, which goes on when they write."""
        await self._record(conversation_id)
        await asyncio.to_thread(self._end, conversation_id)

    async def ask_again(self, conversation_id: str) -> None:
        """Back into the queue, for the same person if they are there."""
        record = await self._record(conversation_id)
        await asyncio.to_thread(self._ask_again, conversation_id, record.language)
        memory = await self.conversations.memory(conversation_id)
        memory.handed = True
        await self.conversations.remember(conversation_id, memory)

    async def rate(self, conversation_id: str, score: int, text: str = "") -> None:
        """Of the time that a person had the conversation last, or of the assistant where none had. Given again, it
        takes the place of the former. Raises ``ValueError`` for what is no score."""
        await self._record(conversation_id)
        await asyncio.to_thread(self._rate, conversation_id, score, text)

    def returning(self, token: str | None) -> str | None:
        """The conversation that the signed link of a mail leads back into, while it holds."""
        return self.access.read_return(token)

    async def follow_queue(self) -> None:
        """Tells those who wait when their place, or whether somebody is there, has changed; until it is cancelled."""
        told: tuple[object, ...] = ()
        with self._records.changes.watch(QUEUE) as watch:
            while True:
                try:
                    waiting = await asyncio.to_thread(self._records.tickets.list, _WAITING, limit=1000)
                    ids = tuple(ticket.conversation_id for ticket in waiting)
                    now = (self.staffed(), *ids)
                    if now != told:
                        told, watched = now, set(self._records.changes.watched())
                        self._records.changes.announce(*(id_ for id_ in ids if id_ in watched))
                except Exception:  # the database is away; it comes back
                    log.exception("the queue cannot be seen")
                await watch.changed(_LOOK_S)
                await asyncio.sleep(_SETTLE_S)

    async def _record(self, conversation_id: str) -> Conversation:
        return await self.conversations.record(conversation_id)

    def _standing(self, conversation_id: str) -> Standing:
        ticket = self._records.tickets.latest_of(conversation_id)
        if ticket is None or (ticket.state == "closed" and not ticket.agent):
            return self._alone(conversation_id)
        contact = self._records.contacts.of(conversation_id)
        if ticket.state == "waiting":
            return self._waiting(ticket, contact)
        if ticket.state == "taken":
            typing = bool(self.presence.typing(conversation_id, "agent"))
            return Standing(
                "person",
                ticket.id,
                ticket.agent or "",
                typing,
                email=contact.masked if contact else "",
                can_mail=self.app.commerce.notifications.can_mail,
            )
        return self._closed(ticket)

    def _alone(self, conversation_id: str) -> Standing:
        """With the assistant, and no person before."""
        rating = self._records.ratings.of(conversation_id, "")
        rated_at = rating.at if rating else None
        over = is_over(self._records.conversations, conversation_id, self._clock(), rated_at)
        return Standing("over", rating=rating) if over else Standing()

    def _waiting(self, ticket: TicketView, contact: Contact | None) -> Standing:
        staffed, now = self.staffed(), self._clock()
        hours = self.app.commerce.hours
        back_at = None if staffed or hours.open_at(now) else hours.next_open(now)
        return Standing(
            "waiting",
            ticket.id,
            ahead=self._records.tickets.ahead_of(ticket),
            staffed=staffed,
            back_at=back_at,
            email=contact.masked if contact else "",
            can_mail=self.app.commerce.notifications.can_mail,
        )

    def _closed(self, ticket: TicketView) -> Standing:
        """Of what a person has had and closed; what was handed back goes on with the assistant, and says so by that."""
        messages = self._records.conversations.latest(ticket.conversation_id, _LOOKED_AT)
        left = next((each for each in reversed(messages) if _person_left(each)), None)
        event = left.event if left else None
        if left is None or not isinstance(event, AgentLeft) or event.reason not in ("closed", "ended"):
            return Standing()
        if self._clock() - left.at > CLOSED_SHOWN:
            return Standing()
        return Standing(
            "closed",
            ticket.id,
            event.agent,
            ended_by_shopper=event.reason == "ended",
            fresh=not any(_written(each) and each.sequence > left.sequence for each in messages),
            rating=self._records.ratings.of(ticket.conversation_id, ticket.id),
        )

    def _end(self, conversation_id: str) -> None:
        if self._records.tickets.end(conversation_id) is not None:
            return
        last = next(iter(self._records.conversations.latest(conversation_id, 1)), None)
        if last is not None and not isinstance(last.event, AgentLeft):
            left = AgentLeft(agent="", reason="finished")
            self._records.conversations.append(conversation_id, f"end-{last.sequence}", Sender.AGENT, [left])

    def _ask_again(self, conversation_id: str, language: str) -> None:
        messages = self._records.conversations.latest(conversation_id, _LOOKED_AT)
        said = next((each.text for each in reversed(messages) if _written(each) and each.text), "")
        ticket, already = self._records.tickets.open(conversation_id, "asked", said[:200], language)
        if not already:
            event = HandedOff(ticket_id=ticket.id, reason="asked")
            self._records.conversations.append(conversation_id, f"again-{ticket.id}", Sender.ASSISTANT, [event])

    def _rate(self, conversation_id: str, score: int, text: str) -> None:
        ticket = self._records.tickets.latest_of(conversation_id)
        had = ticket is not None and bool(ticket.agent)
        self._records.ratings.give(
            conversation_id,
            ticket.id if ticket and had else "",
            (ticket.agent or "") if ticket and had else "",
            score,
            text,
        )


def _person_left(message: Message) -> bool:
    return isinstance(message.event, AgentLeft) and message.event.reason != "finished"


def _written(message: Message) -> bool:
    return message.kind == SHOPPER_MESSAGE
