"""Who the customers are, and the look-ups by which one may be identified."""

from __future__ import annotations

import unicodedata

from sqlalchemy import select

from assistant.database import Database
from assistant.shop.tables import CustomerRow
from assistant.shop.views import CustomerView


def name_key(name: str) -> str:
    """A name as compared: case, accents, punctuation and spacing do not count ("Zoë  O'Neil" is "zoeoneil")."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in folded if character.isalnum())


def email_key(email: str) -> str:
    return unicodedata.normalize("NFKC", email).strip().casefold()


class Customers:
    def __init__(self, database: Database) -> None:
        self._database = database

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
        query = select(CustomerRow).where(
            CustomerRow.name_key == name_key(name), CustomerRow.postcode_key == name_key(postcode)
        )
        with self._database.read() as session:
            rows = session.scalars(query.limit(2)).all()
            return _view(rows[0]) if len(rows) == 1 else None

    def by_email_and_postcode(self, email: str, postcode: str) -> CustomerView | None:
        """What a guest gives, with the order's number, to see their order."""
        query = select(CustomerRow).where(
            CustomerRow.email == email_key(email), CustomerRow.postcode_key == name_key(postcode)
        )
        with self._database.read() as session:
            row = session.scalar(query)
            return None if row is None else _view(row)

    def list(self, limit: int = 20) -> list[CustomerView]:
        """Some customers by id: for the demo's "sign in as"."""
        with self._database.read() as session:
            return [_view(row) for row in session.scalars(select(CustomerRow).order_by(CustomerRow.id).limit(limit))]


def _view(row: CustomerRow) -> CustomerView:
    return CustomerView(id=row.id, name=row.name, email=row.email, language=row.language)
