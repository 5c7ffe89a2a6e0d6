"""Who the customers are, and the look-ups by which one may be identified."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import ColumnElement, select

from assistant.database import Database
from assistant.shop.tables import CustomerRow
from assistant.shop.views import CustomerView

GUESSES_PER_HOUR = 10
"""Wrong postcodes for one e-mail address or name; past them nobody is found by it until the hour is over."""


def name_key(name: str) -> str:
    """A name as compared: case, accents, punctuation and spacing do not count ("Zoë  O'Neil" is "zoeoneil")."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in folded if character.isalnum())


def email_key(email: str) -> str:
    return unicodedata.normalize("NFKC", email).strip().casefold()


class Customers:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._limit = RateLimitItemPerHour(GUESSES_PER_HOUR, namespace="identity")
        self._guesses = MovingWindowRateLimiter(MemoryStorage())

    def get(self, customer_id: str) -> CustomerView | None:
        with self._database.read() as session:
            row = session.get(CustomerRow, customer_id)
            return None if row is None else _view(row)

    def by_email(self, email: str) -> CustomerView | None:
        with self._database.read() as session:
            row = session.scalar(select(CustomerRow).where(CustomerRow.email == email_key(email)))
            return None if row is None else _view(row)

    def by_name_and_postcode(self, name: str, postcode: str) -> CustomerView | None:
        """The one customer of that name there; ``None`` also when two share both, as neither is then identified."""
        found = self._where(CustomerRow.name_key == name_key(name))
        return self._living_at(found, postcode, f"name:{name_key(name)}")

    def by_email_and_postcode(self, email: str, postcode: str) -> CustomerView | None:
        """What a guest gives to see their orders."""
        found = self._where(CustomerRow.email == email_key(email))
        return self._living_at(found, postcode, f"email:{email_key(email)}")

    def _where(self, condition: ColumnElement[bool]) -> Sequence[CustomerRow]:
        with self._database.read() as session:
            return session.scalars(select(CustomerRow).where(condition)).all()

    def _living_at(self, found: Sequence[CustomerRow], postcode: str, guessed: str) -> CustomerView | None:
        """The only one of ``found`` with that postcode. Wrong ones count: there are few enough to try them all."""
        if not found or not self._guesses.test(self._limit, guessed):
            return None
        there = [row for row in found if row.postcode_key == name_key(postcode)]
        if not there:
            self._guesses.hit(self._limit, guessed)
        return _view(there[0]) if len(there) == 1 else None

    def list(self, limit: int = 20) -> list[CustomerView]:
        """Some customers by id: for the demo's "sign in as"."""
        with self._database.read() as session:
            return [_view(row) for row in session.scalars(select(CustomerRow).order_by(CustomerRow.id).limit(limit))]


def _view(row: CustomerRow) -> CustomerView:
    return CustomerView(id=row.id, name=row.name, email=row.email, language=row.language)
