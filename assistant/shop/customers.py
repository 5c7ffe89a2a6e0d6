"""Who the customers are, and the look-ups by which one may be identified."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from assistant.database import Database
from assistant.shop.payments import method_view
from assistant.shop.tables import STORE, CustomerRow, OrderRow
from assistant.shop.views import CustomerView

GUESSES_PER_HOUR = 10
"""Wrong postcodes for one e-mail address or name; past them nobody is found by it until the hour is over."""


_METHODS = selectinload(CustomerRow.methods)


def name_key(name: str) -> str:
    """A name as compared: case, accents, punctuation and spacing do not count ("Zoë  O'Neil" is "zoeoneil")."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in folded if character.isalnum())


def email_key(email: str) -> str:
    return unicodedata.normalize("NFKC", email).strip().casefold()


def guest_email(customer_id: str, email: str) -> str:
    """How the address of somebody who ordered as a guest is kept: it is no account's, whoever has one of that address,
    and nobody is taken for the account by it."""
    return f"{customer_id} {email}"


class Customers:
    def __init__(self, database: Database, *, limited: bool = True) -> None:
        """``limited`` False lets a trusted program look up as often as it likes."""
        self._database = database
        self._limited = limited
        self._limit = RateLimitItemPerHour(GUESSES_PER_HOUR, namespace="identity")
        self._guesses = MovingWindowRateLimiter(MemoryStorage())

    def get(self, customer_id: str) -> CustomerView | None:
        with self._database.read() as session:
            row = session.get(CustomerRow, customer_id)
            return None if row is None else customer_view(row)

    def order_ids(self, customer_id: str) -> Sequence[str]:
        """The ids of all the customer's orders, newest first where their dates are known, else as imported."""
        query = select(OrderRow.id).where(OrderRow.customer_id == customer_id)
        with self._database.read() as session:
            return session.scalars(query.order_by(*NEWEST)).all()

    def by_email(self, email: str) -> CustomerView | None:
        with self._database.read() as session:
            row = session.scalar(select(CustomerRow).where(CustomerRow.email == email_key(email)))
            return None if row is None else customer_view(row)

    def guests_by_email(self, email: str) -> list[CustomerView]:
        """Those who ordered as guests with that address, each order's one by itself; they prove themselves as
        customers do."""
        ending = f" {email_key(email)}"
        query = select(CustomerRow).where(
            CustomerRow.id.startswith("G-"), CustomerRow.email.endswith(ending, autoescape=True)
        )
        with self._database.read() as session:
            return [customer_view(row) for row in session.scalars(query.options(_METHODS)) if email.strip()]

    def by_name_and_postcode(self, name: str, postcode: str) -> CustomerView | None:
        """The one customer of that name there; ``None`` also when two share both, as neither is then identified."""
        found = self._where(CustomerRow.name_key == name_key(name))
        return self._living_at(found, postcode, f"name:{name_key(name)}")

    def by_full_name_and_postcode(self, first: str, last: str, postcode: str) -> CustomerView | None:
        """As ``by_name_and_postcode``, with the names apart, whichever of them their language puts first."""
        keys = (name_key(f"{first}{last}"), name_key(f"{last}{first}"))
        found = self._where(CustomerRow.name_key.in_(keys))
        return self._living_at(found, postcode, f"name:{keys[0]}")

    def is_called(self, customer: CustomerView, name: str) -> bool:
        """Whether a name is the customer's, whichever of its parts comes first. Wrong ones count as guesses."""
        keys = (name_key(customer.name), name_key(f"{customer.last_name}{customer.first_name}"))
        return bool(name) and self._guessed(f"name of:{customer.id}", name_key(name) in keys)

    def lives_at(self, customer: CustomerView, postcode: str) -> bool:
        """Whether a postcode is the customer's. Wrong ones count as guesses."""
        there = self._where(CustomerRow.id == customer.id)
        return self._living_at(there, postcode, f"email:{email_key(customer.email)}") is not None

    def _guessed(self, what: str, right: bool) -> bool:
        if self._limited and not self._guesses.test(self._limit, what):
            return False
        if not right:
            self._guesses.hit(self._limit, what)
        return right

    def by_email_and_postcode(self, email: str, postcode: str) -> CustomerView | None:
        """What a guest gives to see their orders."""
        found = self._where(CustomerRow.email == email_key(email))
        return self._living_at(found, postcode, f"email:{email_key(email)}")

    def _where(self, condition: ColumnElement[bool]) -> Sequence[CustomerRow]:
        with self._database.read() as session:
            return session.scalars(select(CustomerRow).options(_METHODS).where(condition)).all()

    def _living_at(self, found: Sequence[CustomerRow], postcode: str, guessed: str) -> CustomerView | None:
        """The only one of ``found`` with that postcode. Wrong ones count: there are few enough to try them all."""
        if not found or (self._limited and not self._guesses.test(self._limit, guessed)):
            return None
        there = [row for row in found if row.postcode_key == name_key(postcode)]
        if not there:
            self._guesses.hit(self._limit, guessed)
        return customer_view(there[0]) if len(there) == 1 else None

    def list(self, limit: int = 20) -> list[CustomerView]:
        """Some customers by id: for the demo's "sign in as"."""
        with self._database.read() as session:
            return [
                customer_view(row)
                for row in session.scalars(select(CustomerRow).options(_METHODS).order_by(CustomerRow.id).limit(limit))
            ]


NEWEST = (OrderRow.placed_at.desc().nulls_last(), OrderRow.position, OrderRow.id)
"""The order in which orders are listed."""


def customer_view(row: CustomerRow) -> CustomerView:
    return CustomerView(
        id=row.id,
        name=row.name,
        email=row.email.rpartition(" ")[2],
        language=row.language,
        first_name=row.first_name,
        last_name=row.last_name,
        address=row.address,
        further_addresses=row.further_addresses or (),
        methods=tuple(method_view(method) for method in row.methods),
        kept_by_store=STORE in (row.extra or {}),
    )
