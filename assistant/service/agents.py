"""What agents do with a conversation: open it, read on, answer, and settle whose it is and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from assistant.bootstrap import Shopclerk
from assistant.database import clean
from assistant.pages import News, Refused, StaffMember
from assistant.records.audit import LookedAt
from assistant.records.changes import QUEUE
from assistant.records.conversations import Conversation
from assistant.records.inbox import Listed
from assistant.records.notes import Note
from assistant.records.tickets import NotYourTicket
from assistant.records.triage import PRIORITIES, NotOpen, OpenElsewhere
from assistant.service.history import news
from assistant.service.presence import Presence, Present

CloseReason = Literal["solved", "no_reply", "duplicate", "spam", "other"]
CLOSE_REASONS: tuple[CloseReason, ...] = ("solved", "no_reply", "duplicate", "spam", "other")
Rest = Literal["hour", "evening", "morning", "week", "written"]
RESTS: tuple[Rest, ...] = ("hour", "evening", "morning", "week", "written")
"""Until when a conversation is snoozed: in an hour, this evening at six, tomorrow at nine, in a week, or until the
shopper writes. Hours are the agent's."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation as an agent sees it: ``news`` and ``notes`` since a cursor, the rest as it is now."""

    listed: Listed
    news: News
    notes: tuple[Note, ...]
    present: tuple[Present, ...]


class AgentService:
    """``agent`` is the signed-in agent's name, the one shoppers see."""

    def __init__(self, app: Shopclerk, presence: Presence) -> None:
        self.app = app
        self.records = app.commerce.records
        self.presence = presence

    async def open(self, who: StaffMember, ticket_id: str) -> Talk:
        """All of it, which counts as read from now on and is kept in the audit. Raises Refused."""

        def opened() -> Talk:
            talk = self._talk(ticket_id, 0)
            listed = talk.listed
            self._looked(who, ("conversation", listed.conversation_id, listed.customer_id, ticket_id))
            self._read(who, listed)
            return talk

        return await asyncio.to_thread(opened)

    async def talk(self, ticket_id: str, after: int) -> Talk:
        """What came after the cursor, for who has opened it. Raises Refused."""
        return await asyncio.to_thread(self._talk, ticket_id, after)

    def _talk(self, ticket_id: str, after: int) -> Talk:
        listed = self._listed(ticket_id)
        record = self.records.conversations.get(listed.conversation_id)
        if record is None:
            raise Refused(key="conversation_gone")
        notes = self.records.notes.of(record.id)
        return Talk(listed, news(self.records, record, after), tuple(notes), self.presence.of(record.id))

    async def read(self, who: StaffMember, ticket_id: str) -> None:
        """They have seen everything up to now."""
        await asyncio.to_thread(lambda: self._read(who, self._listed(ticket_id)))

    def _read(self, who: StaffMember, listed: Listed) -> None:
        self.records.inbox.mark_read(who.id, listed.conversation_id, listed.shopper_sequence)
        self.records.changes.announce(QUEUE)

    async def unread(self, who: StaffMember, ticket_id: str) -> None:
        def marked() -> None:
            self.records.inbox.mark_read(who.id, self._listed(ticket_id).conversation_id, 0)
            self.records.changes.announce(QUEUE)

        await asyncio.to_thread(marked)

    async def past(self, who: StaffMember, conversation_id: str) -> tuple[Conversation, News]:
        """Any conversation, to be read only; kept in the audit. Raises Refused."""

        def opened() -> tuple[Conversation, News]:
            record = self.records.conversations.get(conversation_id)
            if record is None:
                raise Refused(key="conversation_gone")
            self._looked(who, ("past_conversation", record.id, record.customer_id, ""))
            return record, news(self.records, record, after=0)

        return await asyncio.to_thread(opened)

    async def take(self, ticket_id: str, agent: str) -> None:
        """Raises Refused when another agent has it."""
        if await asyncio.to_thread(self.records.tickets.take, ticket_id, agent) is None:
            raise Refused(key="taken_already")

    async def send(self, ticket_id: str, agent: str, text: str, key: str = "") -> None:
        """Into the shopper's open chat, once for each ``key``. Raises Refused when the ticket is closed or another
        agent's."""
        text = _written(text)
        await self._own(self.records.tickets.reply, ticket_id, agent, text, key, refused="take_first")

    async def close(self, ticket_id: str, agent: str, because: CloseReason | None = None) -> None:
        """The assistant answers again. Raises Refused."""
        await self._own(self.records.tickets.close, ticket_id, agent, because)

    async def hand_back(self, ticket_id: str, agent: str) -> None:
        """The assistant goes on with it. Raises Refused."""
        await self._own(self.records.tickets.hand_back, ticket_id, agent)

    async def release(self, who: StaffMember, ticket_id: str) -> None:
        """Back into the queue: one's own, or for a lead anybody's. Raises Refused."""
        if not who.leads:
            await self._own(self.records.tickets.release, ticket_id, who.name)
        else:
            await self._settle(self.records.triage.assign, ticket_id, None)

    async def assign(self, who: StaffMember, ticket_id: str, to: str) -> None:
        """For leads: to anybody of the team, themselves included. Raises Refused."""
        if not who.leads:
            raise Refused(key="leads_only")
        if to not in await self.team():
            raise Refused(key="no_account")
        await self._settle(self.records.triage.assign, ticket_id, to)

    async def team(self) -> Sequence[str]:
        """The names that a conversation may be given to."""
        accounts = await asyncio.to_thread(self.records.accounts.list)
        return [account.name for account in accounts if account.disabled_at is None]

    async def reopen(self, who: StaffMember, ticket_id: str) -> None:
        """A closed one goes on with them. Raises Refused."""
        await self._settle(self.records.triage.reopen, ticket_id, who.name)

    async def set_priority(self, ticket_id: str, priority: str) -> None:
        """Raises Refused."""
        if priority not in PRIORITIES:
            raise Refused(key="no_priority")
        await self._settle(self.records.triage.set_priority, ticket_id, PRIORITIES.index(priority))

    async def snooze(self, ticket_id: str, rest: str, zone_minutes: int) -> None:
        """``zone_minutes``: how far the agent's clock is ahead of UTC. Raises Refused."""
        await self._settle(self.records.triage.snooze, ticket_id, until(rest, datetime.now(UTC), zone_minutes))

    async def wake(self, ticket_id: str) -> None:
        """Raises Refused."""
        await self._settle(self.records.triage.wake, ticket_id)

    async def tag(self, ticket_id: str, tag: str, *, on: bool) -> None:
        """Raises Refused."""
        change = self.records.triage.tag if on else self.records.triage.untag
        await asyncio.to_thread(lambda: change(self._listed(ticket_id).conversation_id, tag))

    async def note(self, who: StaffMember, ticket_id: str, text: str) -> None:
        """For the team alone. Raises Refused."""
        text, add = _written(text), self.records.notes.add
        await asyncio.to_thread(lambda: add(self._listed(ticket_id).conversation_id, who.name, text))

    async def _own(self, do: Callable[..., object], *values: object, refused: str = "not_yours") -> None:
        try:
            await asyncio.to_thread(do, *values)
        except NotYourTicket as error:
            raise Refused(key=refused) from error

    async def _settle(self, do: Callable[..., object], *values: object) -> None:
        try:
            await asyncio.to_thread(do, *values)
        except NotOpen as error:
            raise Refused(key="not_open") from error
        except OpenElsewhere as error:
            raise Refused(key="open_elsewhere") from error

    def _listed(self, ticket_id: str) -> Listed:
        listed = self.records.inbox.get(ticket_id)
        if listed is None:
            raise Refused(key="no_ticket")
        return listed

    def _looked(self, who: StaffMember, *looks: LookedAt) -> None:
        self.records.audit.record(who, *looks)


def _written(text: str) -> str:
    """As it is kept. Raises Refused for what would be nothing."""
    if not (kept := clean(text).strip()):
        raise Refused(key="empty")
    return kept


def until(rest: str, now: datetime, zone_minutes: int) -> datetime | None:
    """When a snooze ends, in UTC; ``None``: when the shopper writes. What is no rest is an hour."""
    ahead = timedelta(minutes=max(-840, min(840, zone_minutes)))
    local = now + ahead
    match rest:
        case "written":
            return None
        case "evening":
            at = local.replace(hour=18, minute=0, second=0, microsecond=0)
            return (at if at > local else at + timedelta(days=1)) - ahead
        case "morning":
            return (local + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0) - ahead
        case "week":
            return now + timedelta(days=7)
        case _:
            return now + timedelta(hours=1)
