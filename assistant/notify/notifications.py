"""What is told to whom: on every channel that the settings name, each thing once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.database import Clock, utc_now
from assistant.notify.outbox import DESK, Kind, Outbox, Told
from assistant.privacy import redact
from assistant.records.contacts import address
from assistant.settings import Settings
from assistant.shop.views import TicketView

TEAM_KINDS = (Kind.TICKET_OPENED, Kind.NOBODY_LOOKS, Kind.DEADLINE_NEAR)


@dataclass(frozen=True, slots=True)
class Channels:
    """By the outbox's names: whom the settings name."""

    team: tuple[str, ...]
    shopper: tuple[str, ...]
    help_desks: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings) -> Channels:
        mail = bool(settings.smtp_url.get_secret_value())
        hook = ("webhook",) if settings.webhook_url else ()
        desks = [
            name
            for name, url in (("chatwoot", settings.chatwoot_url), ("zendesk", settings.zendesk_url))
            if url.strip()
        ]
        team = (DESK, *(("mail",) if mail and settings.team_mail.strip() else ()), *hook)
        return cls(team, ("mail",) if mail else (), tuple(desks))


class Notifications:
    """Safe from any thread; every call only writes down. ``name_of`` says what a conversation's customer is called."""

    def __init__(
        self,
        outbox: Outbox,
        settings: Settings,
        name_of: Callable[[str], str | None] = lambda conversation_id: None,
        clock: Clock = utc_now,
    ) -> None:
        self.outbox = outbox
        self.channels = Channels.of(settings)
        self.base_url = (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
        self._hook = ("webhook",) if settings.webhook_url else ()
        self.name_of = name_of
        self._clock = clock

    def ticket_opened(self, ticket: TicketView) -> int:
        key = f"{Kind.TICKET_OPENED}:{ticket.id}:{ticket.opened_at.isoformat()}"
        return self._tell_team(key, Kind.TICKET_OPENED, ticket)

    def nobody_looks(self, ticket: TicketView, sequence: int, since: datetime) -> int:
        """``sequence`` and ``since`` are of the first message that has no answer."""
        minutes = max(1, round((self._clock() - since).total_seconds() / 60))
        key = f"{Kind.NOBODY_LOOKS}:{ticket.id}:{sequence}"
        return self._tell_team(key, Kind.NOBODY_LOOKS, ticket, minutes=minutes)

    def deadline_near(self, ticket: TicketView, due_at: datetime) -> int:
        minutes = max(0, round((due_at - self._clock()).total_seconds() / 60))
        key = f"{Kind.DEADLINE_NEAR}:{ticket.id}:{due_at.isoformat()}"
        return self._tell_team(key, Kind.DEADLINE_NEAR, ticket, minutes=minutes, due_at=due_at.isoformat())

    def answered(self, conversation_id: str, sequence: int) -> int:
        """A person answered with the message ``sequence`` while the shopper was away, who had left an address."""
        key = f"{Kind.ANSWERED}:{conversation_id}:{sequence}"
        return self.outbox.put(key, Kind.ANSWERED, self.channels.shopper, {}, conversation_id)

    def wish_came_true(
        self,
        key: str,
        email: str | None,
        language: str,
        *,
        title: str,
        text: str,
        path: str = "/chat/",
        conversation_id: str | None = None,
    ) -> int:
        """Something that a shopper waited for is there ("back in stock"). ``title`` and ``text`` are what the mail
        says, in their language; ``path`` leads to it. ``key`` names the wish and what came of it: it is told once.
        Without an address only the webhook hears of it. Raises ``NoAddress``."""
        link = path if "://" in path else f"{self.base_url}{path}"
        told = self.outbox.put(
            f"{Kind.WISH_CAME_TRUE}:{key}",
            Kind.WISH_CAME_TRUE,
            self._hook,
            {"title": title, "language": language, "link": link},
            conversation_id,
        )
        if email:
            body = {"to": address(email), "language": language, "title": title, "text": text, "link": link}
            told += self.outbox.put(
                f"{Kind.WISH_CAME_TRUE}:{key}", Kind.WISH_CAME_TRUE, self.channels.shopper, body, conversation_id
            )
        return told

    def mirrored(self, conversation_id: str, sequence: int) -> int:
        """The other help desks are to hold the conversation up to the message ``sequence``."""
        key = f"{Kind.MIRRORED}:{conversation_id}:{sequence}"
        return self.outbox.put(key, Kind.MIRRORED, self.channels.help_desks, {}, conversation_id)

    @property
    def can_mail(self) -> bool:
        """Whether shoppers can be answered by mail at all."""
        return bool(self.channels.shopper)

    @property
    def tells_outside(self) -> bool:
        """Whether there is any channel but the desk."""
        return bool(set(self.channels.team) - {DESK} or self.channels.shopper or self.channels.help_desks)

    def latest(self, since: datetime, limit: int = 50) -> list[Told]:
        """For the desk: what the team was told since, the latest first."""
        return self.outbox.told(TEAM_KINDS, since, limit)

    def _tell_team(self, key: str, kind: Kind, ticket: TicketView, **facts: Any) -> int:
        body = {
            "ticket": ticket.id,
            "state": ticket.state,
            "reason": ticket.reason,
            "summary": redact(ticket.summary),
            "language": ticket.language,
            "agent": ticket.agent,
            "opened_at": ticket.opened_at.isoformat(),
            "customer": self.name_of(ticket.conversation_id),
            "link": f"{self.base_url}/agent/#ticket={ticket.id}",
            **facts,
        }
        return self.outbox.put(key, kind, self.channels.team, body, ticket.conversation_id)
