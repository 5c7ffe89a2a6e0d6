"""Profiles: what is held of a shopper, who they are to the ranker, and how they are forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from assistant.database import Clock, Database, utc_now
from assistant.profile.consent import Consent, choice
from assistant.profile.erasers import Erasers, Receipt, Subject
from assistant.profile.held import Held, subject_of
from assistant.profile.owner import Owner, customer_key, visitor_key
from assistant.profile.preferences import Preferences
from assistant.profile.transcripts import Transcripts
from assistant.seal import Seal
from assistant.shop.behaviour import Behaviour, Behaviours, Kind
from retrieval.models import Product
from retrieval.ranking.person import STRANGER, Person

log = structlog.get_logger()

SWEEP_EVERY = timedelta(days=1)
SWEPT_AT_ONCE = 200
MAX_READ_ROWS = 1_000
"""Rows of a customer that are read, the latest: a hundred thousand cost no more than these."""
RECENT_INTERACTIONS = 200
"""Interactions that ranking is told of, the latest."""


class Profiles:
    """One of each part, on one database. Safe to call from several threads."""

    def __init__(
        self,
        database: Database,
        behaviours: Behaviours,
        product: Callable[[str], Product | None],
        clock: Clock = utc_now,
        visitor_days: int = 30,
        transcript_days: int = 90,
        seal: Seal | None = None,
        pictures: Path | None = None,
    ) -> None:
        """``product`` looks into the live catalogue; visitors' interactions are deleted after ``visitor_days``, their
        conversations after ``transcript_days`` without a word. ``seal``: of what shoppers left to
        be reached by; ``pictures``: the folder of those that they sent."""
        self.behaviours = behaviours
        self.consent = Consent(database, clock)
        self.preferences = Preferences(database, clock)
        self.erasers = Erasers()
        self._transcripts = Transcripts(database, pictures)
        self._database = database
        self._product = product
        self._clock = clock
        self._visitor_days = timedelta(days=visitor_days)
        self._transcript_days = timedelta(days=transcript_days)
        self._held = Held(database, seal or Seal.passing())
        self._swept: datetime | None = None
        self.erasers.register("behaviour", self._erase_behaviour, self._export_behaviour)
        self.erasers.register("preferences", self._erase_preferences, self._export_preferences)
        self.erasers.register("messages", self._transcripts.erase, self._transcripts.export)
        self.erasers.on_erased(database.shred)

    def person(self, owner: Owner) -> Person:
        """What ranking may know: ``STRANGER`` itself for whoever switched off or was forgotten.

        Of a customer's earlier interactions of one kind on one product, the last of each day counts; a product that has
        left the catalogue says nothing.
        """
        if not self.consent.of(owner).personal:
            return STRANGER
        session = self._known(self.behaviours.of_session(owner.session)) if owner.session else ()
        history: tuple[Behaviour, ...] = ()
        if owner.customer_id is not None:
            interactions = self._known(self.behaviours.of_customer(owner.customer_id, MAX_READ_ROWS))
            # What is done to one product over and over must not push out what was done before.
            days = {
                (event.product_id, event.kind, event.at.date()): event
                for event in interactions
                if event.session != owner.session
            }
            history = tuple(sorted(days.values(), key=lambda event: event.at)[-RECENT_INTERACTIONS:])
        return Person(history, session, tuple(said.preference for said in self.preferences.of(owner)))

    def interactions(self, owner: Owner, limit: int = 200) -> list[Behaviour]:
        """The latest that are held, oldest first, whether they are used or not."""
        if owner.customer_id is None:
            return self.behaviours.of_session(owner.session, limit)
        found = {
            *self.behaviours.of_customer(owner.customer_id, limit),
            *self.behaviours.of_session(owner.session, limit),
        }
        return sorted(found, key=lambda event: event.at)[-limit:]

    def held(self, owner: Owner) -> int:
        """How many interactions are held."""
        return self.behaviours.count(owner.customer_id, (owner.session,))

    def everybody(self) -> list[Behaviour]:
        """What may be learned from: all customers' interactions, but for those who switched off."""
        refusing = self.consent.refusing()
        return [event for event in self.behaviours.all() if customer_key(event.customer_id) not in refusing]

    def record(self, owner: Owner, product_id: str, kind: Kind, rating: int | None = None) -> bool:
        """Whether the interaction was kept. Nothing is of a shopper who is off, nor of unknown products; whatever fails
        is logged and breaks no turn."""
        try:
            self.sweep_daily()
            if self._product(product_id) is None:
                return False
            return self.behaviours.record(
                owner.customer_id,
                product_id,
                kind,
                rating,
                owner.session,
                allowed=lambda session: choice(session, owner).personal,
            )
        except Exception:
            log.exception("an interaction was not recorded", kind=kind)
            return False

    def forget(self, owner: Owner) -> Receipt:
        """Erases everything held of a shopper and keeps nothing from now on, until they switch it on again.

        Killed half-way, ``finish_erasures`` goes on with it. Orders stay; they never become behaviour again.
        """
        at = self.consent.begin_forgetting(owner)
        return Receipt(at, self._erase(owner, self.subject(owner)))

    def _erase(self, owner: Owner, subject: Subject) -> dict[str, int]:
        kept = self._transcripts.kept(subject)
        erased = self.erasers.erase(subject)
        if not kept:
            self.consent.end_forgetting(owner)
        log.info("a shopper was forgotten", kept=kept, **{name: count for name, count in erased.items() if count})
        return erased

    def subject(self, owner: Owner, before: datetime | None = None) -> Subject:
        return subject_of(self._database, owner.customer_id, owner.session, before)

    def export(self, owner: Owner) -> dict[str, Any]:
        """Everything held of a shopper, as plain JSON: times in ISO 8601, UTC."""
        made = self.consent.of(owner)
        return {
            "exported_at": self._clock().isoformat(),
            "customer_id": owner.customer_id,
            "personalisation": {
                "on": made.personal,
                "forgotten_at": made.forgotten_at.isoformat() if made.forgotten_at else None,
            },
            **self.erasers.export(self.subject(owner)),
            "records": self._held.export(self.subject(owner)),
        }

    def finish_erasures(self) -> int:
        """Goes on with what a killed process, or an agent's open conversation, left; how many shoppers comes back.

        What they did after switching personalisation on again stays.
        """
        owed = self.consent.owed()
        for key, asked_at in owed.items():
            kind, _, whose = key.partition(":")
            owner = Owner(whose, "") if kind == "customer" else Owner(None, whose)
            self._erase(owner, self.subject(owner, asked_at))
        return len(owed)

    def sweep(self) -> int:
        """Deletes what anonymous visitors left longer ago than the retention times, and what erasures still owe; how
        many rows of visitors comes back, without those of conversations."""
        self.finish_erasures()
        self._sweep_transcripts(self._clock() - self._transcript_days)
        before = self._clock() - self._visitor_days
        interactions = self.behaviours.forget_visitors(before)
        return interactions + self.preferences.forget_visitors(before) + self.consent.forget_visitors(before)

    def _sweep_transcripts(self, before: datetime) -> None:
        """Whole conversations, with whatever any part holds of them. One that an agent has stays until it is closed."""
        deleted = 0
        while old := self._transcripts.of_visitors(before, SWEPT_AT_ONCE):
            self.erasers.erase(Subject(None, tuple(old)), learned_from=False)
            deleted += len(old)
        if deleted:
            self._database.shred()
            log.info("conversations of visitors were deleted", conversations=deleted)

    def sweep_daily(self) -> None:
        now = self._clock()
        if self._swept is None or now - self._swept > SWEEP_EVERY:
            self._swept = now
            self.sweep()

    def _known(self, interactions: Iterable[Behaviour]) -> tuple[Behaviour, ...]:
        """Each once, of products that the catalogue has."""
        return tuple(event for event in dict.fromkeys(interactions) if self._product(event.product_id) is not None)

    def _erase_behaviour(self, subject: Subject) -> int:
        return self.behaviours.erase(subject.customer_id, subject.conversations, subject.before)

    def _export_behaviour(self, subject: Subject) -> list[dict[str, Any]]:
        interactions = self.behaviours.export(subject.customer_id, subject.conversations)
        return [
            {
                "at": event.at.isoformat(),
                "kind": event.kind,
                "product_id": event.product_id,
                "product": product.title if (product := self._product(event.product_id)) else None,
                "rating": event.rating,
            }
            for event in interactions
        ]

    def _erase_preferences(self, subject: Subject) -> int:
        return self.preferences.erase(_keys(subject), subject.before)

    def _export_preferences(self, subject: Subject) -> list[dict[str, Any]]:
        return [
            {
                "key": said.preference.key,
                "value": said.preference.value,
                "wanted": said.preference.wanted,
                "source": said.source,
                "at": said.at.isoformat(),
            }
            for said in self.preferences.of_keys(_keys(subject))
        ]


def _keys(subject: Subject) -> tuple[str, ...]:
    visitors = tuple(visitor_key(conversation) for conversation in subject.conversations)
    return visitors if subject.customer_id is None else (customer_key(subject.customer_id), *visitors)
