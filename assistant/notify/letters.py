"""What mails say: composed when they are sent, from what is recorded then."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from typing import Any

from assistant.events import AgentMessage
from assistant.languages import FALLBACK, LANGUAGES, added, spoken
from assistant.notify.courier import DeliveryFailed, NothingToTell
from assistant.notify.mail import Letter
from assistant.notify.outbox import Delivery, Kind
from assistant.records.records import Records
from assistant.settings import ROOT

_MAX_SAID_CHARS = 6000
_SECTIONS = {
    Kind.TICKET_OPENED: "ticket_opened",
    Kind.NOBODY_LOOKS: "nobody_looks",
    Kind.DEADLINE_NEAR: "deadline_near",
}


@cache
def texts(language: str) -> dict[str, dict[str, str]]:
    path = ROOT / "prompts" / "mail" / f"{spoken(language)}.toml"
    if path.exists():
        return tomllib.loads(path.read_text(encoding="utf-8"))
    english = tomllib.loads(path.with_name(f"{FALLBACK}.toml").read_text(encoding="utf-8"))
    own = added(spoken(language), "mail")
    return {section: entries | own.get(section, {}) for section, entries in english.items()}


class Letters:
    """``way_back`` makes the link that leads the shopper of a conversation back into it, for ``days``."""

    def __init__(
        self,
        records: Records,
        shop_name: str,
        team: tuple[str, ...],
        team_language: str,
        way_back: Callable[[str], str],
        days: int,
    ) -> None:
        self._records = records
        self._shop = shop_name
        self._team = team
        self._team_language = spoken(team_language)
        self._way_back = way_back
        self._days = days

    def of(self, delivery: Delivery) -> Letter:
        """Raises ``NothingToTell`` and ``DeliveryFailed``."""
        match delivery.kind:
            case Kind.ANSWERED:
                return self._answered(delivery)
            case Kind.WISH_CAME_TRUE:
                return self._wish(delivery.body)
            case Kind.TICKET_OPENED | Kind.NOBODY_LOOKS | Kind.DEADLINE_NEAR:
                return self._to_team(delivery)
        raise DeliveryFailed(f"there is no mail for {delivery.kind}", final=True)

    def _to_team(self, delivery: Delivery) -> Letter:
        ticket = self._records.tickets.get(str(delivery.body["ticket"]))
        if ticket is None or ticket.state == "closed" or not self._team:
            raise NothingToTell
        known = texts(self._team_language)
        section, words = known[_SECTIONS[delivery.kind]], known["words"]
        facts = {
            "shop": self._shop,
            "ticket": ticket.id,
            "reason": words.get(f"reason_{ticket.reason}", words["reason_other"]),
            "summary": ticket.summary,
            "language": LANGUAGES[spoken(ticket.language)],
            "agent": ticket.agent or words["nobody"],
            "customer": str(delivery.body.get("customer") or words["visitor"]),
            "minutes": str(delivery.body.get("minutes", "")),
            "link": str(delivery.body.get("link", "")),
        }
        subject, text = section["subject"].format_map(facts), section["text"].format_map(facts)
        return Letter(self._team, subject, text, self._team_language)

    def _answered(self, delivery: Delivery) -> Letter:
        conversation_id = delivery.conversation_id or ""
        contact = self._records.contacts.of(conversation_id)
        if contact is None:
            raise NothingToTell
        messages = self._records.conversations.messages_since(conversation_id, contact.told_sequence)
        said = [message.event for message in messages if isinstance(message.event, AgentMessage)]
        if not said:
            raise NothingToTell
        facts = {
            "shop": self._shop,
            "agent": said[-1].agent,
            "said": "\n\n".join(message.text for message in said)[:_MAX_SAID_CHARS],
            "days": str(self._days),
            "link": self._way_back(conversation_id),
        }
        until = messages[-1].sequence
        section = texts(contact.language)["answered"]
        return Letter(
            (contact.email,),
            section["subject"].format_map(facts),
            section["text"].format_map(facts),
            spoken(contact.language),
            after=lambda: self._records.contacts.told(conversation_id, until),
        )

    def _wish(self, body: dict[str, Any]) -> Letter:
        if "to" not in body:
            raise DeliveryFailed("the address was sealed with another session secret", final=True)
        facts = {name: str(body[name]) for name in ("title", "text", "link")} | {"shop": self._shop}
        section = texts(str(body["language"]))["wish"]
        subject, text = section["subject"].format_map(facts), section["text"].format_map(facts)
        return Letter((str(body["to"]),), subject, text, spoken(str(body["language"])))
