"""What somebody waits for: goods that are sold out, and prices that may fall. Kept until they are told, or take it
back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, delete, or_, select, update

from assistant.database import Clock, Database, utc_now
from assistant.profile.erasers import Subject
from assistant.profile.owner import Owner
from assistant.seal import Seal
from assistant.shop.catalogue import ProductOf
from assistant.shop.stock import stock_of
from assistant.shop.tables import WishRow
from retrieval.models import Product, Variant

WishKind = Literal["back_in_stock", "price_drop"]
MAX_WISHES = 50
"""Open ones of one shopper: past them the oldest goes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """``variant_id`` is empty where any version will do, ``price`` what it cost when the wish was made."""

    id: str
    kind: WishKind
    customer_id: str | None
    conversation_id: str
    product_id: str
    variant_id: str
    price: Decimal | None
    email: str | None
    language: str
    made_at: datetime
    told_at: datetime | None = None


class Wishes:
    def __init__(
        self, database: Database, product: ProductOf, clock: Clock = utc_now, seal: Seal | None = None
    ) -> None:
        """Without a ``seal`` of the shop's nobody can read the addresses after this process."""
        self._database = database
        self._seal = seal or Seal.passing()
        self._product = product
        self._clock = clock

    def add(
        self,
        owner: Owner,
        kind: WishKind,
        product_id: str,
        variant_id: str = "",
        *,
        email: str | None = None,
        language: str = "en",
    ) -> Wish | None:
        """Keeps it; the same one again keeps the newer address. ``None`` for what the catalogue does not have."""
        product = self._product(product_id)
        if product is None or (variant_id and product.variant(variant_id) is None):
            return None
        price = min(variant.price for variant in _meant(product, variant_id))
        with self._database.write() as session:
            open_ = select(WishRow).where(_of(owner), WishRow.told_at.is_(None)).order_by(WishRow.made_at)
            rows = list(session.scalars(open_))
            for row in rows:
                if (row.kind, row.product_id, row.variant_id) == (kind, product_id, variant_id):
                    row.email, row.language = self._seal.close(email) if email else row.email, language
                    return self._wish(row)
            for row in rows[: max(0, len(rows) - MAX_WISHES + 1)]:
                session.delete(row)
            row = WishRow(
                id=f"W-{secrets.token_hex(8)}",
                kind=kind,
                customer_id=owner.customer_id,
                conversation_id=owner.session,
                product_id=product_id,
                variant_id=variant_id,
                price=price if kind == "price_drop" else None,
                email=self._seal.close(email) if email else None,
                language=language,
                made_at=self._clock(),
                told_at=None,
            )
            session.add(row)
            return self._wish(row)

    def of(self, owner: Owner) -> list[Wish]:
        """The open ones first, each the latest first; told ones stay until they are removed."""
        query = select(WishRow).where(_of(owner)).order_by(WishRow.told_at.is_not(None), WishRow.made_at.desc())
        with self._database.read() as session:
            return [self._wish(row) for row in session.scalars(query)]

    def remove(self, owner: Owner, wish_id: str) -> bool:
        """Whether there was one of theirs."""
        with self._database.write() as session:
            done = session.execute(delete(WishRow).where(_of(owner), WishRow.id == wish_id))
            return bool(cast(Any, done).rowcount)

    def come_true(self) -> list[Wish]:
        """The open wishes that are met now. They stay open until ``told``."""
        with self._database.read() as session:
            open_ = [self._wish(row) for row in session.scalars(select(WishRow).where(WishRow.told_at.is_(None)))]
            products = {wish.product_id: self._product(wish.product_id) for wish in open_}
            ids = [variant.id for product in products.values() if product for variant in product.variants]
            left = stock_of(session, ids)
        return [wish for wish in open_ if (product := products[wish.product_id]) and _met(wish, product, left)]

    def told(self, wish_id: str) -> bool:
        """Marks it; False where another process was quicker, or it was taken back meanwhile: then nobody is told."""
        with self._database.write() as session:
            done = session.execute(
                update(WishRow).where(WishRow.id == wish_id, WishRow.told_at.is_(None)).values(told_at=self._clock())
            )
            return bool(cast(Any, done).rowcount)

    # of the profile: see assistant.profile.erasers

    def erase(self, subject: Subject) -> int:
        query = delete(WishRow).where(_of_subject(subject))
        if subject.before is not None:
            query = query.where(WishRow.made_at < subject.before)
        with self._database.write() as session:
            return int(cast(Any, session.execute(query)).rowcount)

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        with self._database.read() as session:
            rows = session.scalars(select(WishRow).where(_of_subject(subject)).order_by(WishRow.made_at))
            return [
                {
                    "kind": row.kind,
                    "product": row.product_id,
                    "variant": row.variant_id,
                    "price": None if row.price is None else str(row.price),
                    "email": self._email(row),
                    "made_at": row.made_at.isoformat(),
                    "told_at": row.told_at.isoformat() if row.told_at else None,
                }
                for row in rows
            ]

    def seal_all(self) -> None:
        """Addresses that an earlier version kept in clear."""
        self._seal.close_all(self._database, WishRow.email)

    def _email(self, row: WishRow) -> str | None:
        return self._seal.open(row.email) if row.email else None

    def _wish(self, row: WishRow) -> Wish:
        return Wish(
            row.id,
            cast(WishKind, row.kind),
            row.customer_id,
            row.conversation_id,
            row.product_id,
            row.variant_id,
            row.price,
            self._email(row),
            row.language,
            row.made_at,
            row.told_at,
        )


def meant(wish: Wish, product: Product, left: Mapping[str, int]) -> Variant | None:
    """The variant by which it is met: the cheapest of those there are."""
    there = [variant for variant in _meant(product, wish.variant_id) if left.get(variant.id, 0) > 0]
    return min(there, key=lambda variant: variant.price, default=None)


def _met(wish: Wish, product: Product, left: Mapping[str, int]) -> bool:
    variant = meant(wish, product, left)
    if variant is None:
        return False
    return wish.kind == "back_in_stock" or (wish.price is not None and variant.price < wish.price)


def _meant(product: Product, variant_id: str) -> tuple[Variant, ...]:
    return tuple(variant for variant in product.variants if variant_id in ("", variant.id))


def _of(owner: Owner) -> ColumnElement[bool]:
    """A customer's own and their conversation's; a visitor's are those of the conversation alone."""
    own = WishRow.conversation_id == owner.session
    return own if owner.customer_id is None else or_(own, WishRow.customer_id == owner.customer_id)


def _of_subject(subject: Subject) -> ColumnElement[bool]:
    own = WishRow.conversation_id.in_(subject.conversations)
    return own if subject.customer_id is None else or_(own, WishRow.customer_id == subject.customer_id)
