"""Sees from what is recorded what has to be told: so a restart loses nothing, and no turn waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import inf
from time import monotonic

import structlog

from assistant.database import Clock, Database, utc_now
from assistant.events import AgentMessage
from assistant.notify.notifications import Notifications
from assistant.profile.profiles import Profiles
from assistant.records.awaiting import Awaiting, awaiting, unreplied
from assistant.records.changes import QUEUE
from assistant.records.records import Records
from assistant.shop.views import TicketView

log = structlog.get_logger()
LOOK_EVERY_S = 5.0
SETTLE_S = 1.0
"""What comes close together is looked at together."""
UNSEEN_AFTER = timedelta(seconds=60)
"""How long a shopper's message may stand before an agent who does not look is told of it."""
AWAY_AFTER = timedelta(seconds=30)
"""How long an agent's message waits for the shopper to see it before it goes by mail too."""
DEADLINE_BEFORE = timedelta(minutes=5)
_LATE = timedelta(days=1)
"""What happened longer ago, before there was anybody to tell, is told no more."""
_MAX_TICKETS = 500

Here = Callable[[str], bool]
"""Whether somebody of a side has the conversation open just now, by its id."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What only the running application knows."""

    shopper_here: Here = lambda conversation_id: False
    agent_here: Here = lambda conversation_id: False
    first_reply_in: timedelta | None = None
    """How soon whoever asks for a person is to have a first answer."""


class Lookout:
    def __init__(
        self, database: Database, records: Records, notifications: Notifications, sight: Sight, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._records = records
        self._notifications = notifications
        self._sight = sight
        self._clock = clock
        self._open: set[str] = set()
        """Conversations whose tickets were open at the last look."""
        self._told: set[tuple[str, object]] = set()
        """What this process has put into the outbox already."""

    def look(self) -> None:
        """Blocks: a few queries, however many conversations are open."""
        tickets = self.look_for_tickets()
        waiting, unanswered = awaiting(self._database), unreplied(self._database)
        for ticket in tickets:
            if ticket.id in unanswered and self._sight.first_reply_in is not None:
                self._look_at_clock(ticket, unanswered[ticket.id] + self._sight.first_reply_in)
            self._look_at(ticket, waiting.get(ticket.conversation_id))
        self._look_for_answers()
        if self._notifications.channels.help_desks:
            ids = {ticket.conversation_id for ticket in tickets}
            self._mirror(ids | self._open)  # once more, when a ticket is open no longer
            self._open = ids

    def look_for_tickets(self) -> list[TicketView]:
        """The open ones; new ones are told."""
        tickets = self._records.tickets.list(limit=_MAX_TICKETS)
        for ticket in tickets:
            if ticket.state == "waiting" and self._clock() - ticket.opened_at < _LATE:
                self._once(("opened", ticket.id), partial(self._notifications.ticket_opened, ticket))
        return tickets

    def _look_at_clock(self, ticket: TicketView, due_at: datetime) -> None:
        left, whole = due_at - self._clock(), self._sight.first_reply_in or DEADLINE_BEFORE
        if timedelta(0) < left <= min(DEADLINE_BEFORE, whole / 3):
            self._once(("due", (ticket.id, due_at)), partial(self._notifications.deadline_near, ticket, due_at))

    def _look_at(self, ticket: TicketView, first: Awaiting | None) -> None:
        now = self._clock()
        if first is None or ticket.state != "taken" or self._sight.agent_here(ticket.conversation_id):
            return
        since = max(first.at, ticket.opened_at)
        if UNSEEN_AFTER < now - since < _LATE:
            tell = partial(self._notifications.nobody_looks, ticket, first.sequence, since)
            self._once(("unseen", (ticket.id, first.sequence)), tell)

    def _mirror(self, conversation_ids: set[str]) -> None:
        for id_, sequence in self._records.conversations.sequences(conversation_ids).items():
            self._once(("mirror", (id_, sequence)), partial(self._notifications.mirrored, id_, sequence))

    def _look_for_answers(self) -> None:
        """Shoppers who left an address: what an agent wrote while they were away."""
        contacts = self._records.contacts
        for contact in contacts.behind():
            messages = self._records.conversations.messages_since(contact.conversation_id, contact.told_sequence)
            if self._sight.shopper_here(contact.conversation_id):
                contacts.told(contact.conversation_id, messages[-1].sequence if messages else contact.told_sequence)
                continue
            answers = [message for message in messages if isinstance(message.event, AgentMessage)]
            if messages and not answers:  # nothing of it is a person's
                contacts.told(contact.conversation_id, messages[-1].sequence)
            elif answers and self._clock() - answers[-1].at > AWAY_AFTER:
                sequence = answers[0].sequence
                what = ("answered", (contact.conversation_id, sequence))
                self._once(what, partial(self._notifications.answered, contact.conversation_id, sequence))

    def _once(self, what: tuple[str, object], tell: Callable[[], int]) -> None:
        """The outbox knows too, but a look costs nothing this way."""
        if what not in self._told:
            tell()
            self._told.add(what)

    async def run(self) -> None:
        """Until it is cancelled: new tickets at once, all else every few seconds."""
        with self._records.changes.watch(QUEUE) as watch:
            looked = -inf
            while True:
                try:
                    now = monotonic()
                    if now - looked >= LOOK_EVERY_S:
                        looked = now
                        await asyncio.to_thread(self.look)
                    else:
                        await asyncio.to_thread(self.look_for_tickets)
                except Exception:  # the database is away; it comes back
                    log.exception("what is to be told cannot be seen")
                await watch.changed(max(0.0, looked + LOOK_EVERY_S - monotonic()))
                await asyncio.sleep(SETTLE_S)


def keep_private(profiles: Profiles, records: Records, notifications: Notifications) -> None:
    """Whoever is forgotten leaves no address, no rating, and nothing that is still to be told."""
    erasers = profiles.erasers
    erasers.register(
        "addresses for answers",
        lambda subject: records.contacts.erase(subject.conversations),
        lambda subject: [
            {"email": contact.email, "consented_at": contact.consented_at.isoformat()}
            for contact in records.contacts.of_all(subject.conversations)
        ],
    )
    erasers.register("ratings", lambda subject: records.ratings.erase(subject.conversations))
    erasers.register("messages to be sent", lambda subject: notifications.outbox.erase(subject.conversations))
