"""What a turn did to a cart, kept so that a turn that is run again does it once and answers as if it had done it now.

All of it in the caller's transaction, with the change itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from assistant.shop.stock import stock_of
from assistant.shop.tables import CartDeedRow, CartLineRow
from assistant.shop.views import CartLineView
from retrieval.models import Product

KEPT = timedelta(days=2)
"""For how long a turn that was broken off may be run again without doing anything twice."""


def done(session: Session, cart_id: str, deed: str) -> CartDeedRow | None:
    """The change, where it has been made; ``None`` as well for one that has no name."""
    return session.get(CartDeedRow, (cart_id, deed)) if deed else None


def note(session: Session, deed: str, line: CartLineRow, now: datetime) -> None:
    """Names the change that leaves the line as it is (that takes it out: as it was)."""
    if not deed:
        return
    old = (CartDeedRow.cart_id == line.cart_id, CartDeedRow.at < now - KEPT)
    session.execute(delete(CartDeedRow).where(*old))
    session.add(
        CartDeedRow(
            cart_id=line.cart_id,
            deed=deed,
            product_id=line.product_id,
            variant_id=line.variant_id,
            quantity=line.quantity,
            at=now,
        )
    )
    session.flush()


def line_of(session: Session, product: Product | None, variant_id: str, quantity: int) -> CartLineView | None:
    """A line that is in the cart no more, as it was; ``None`` where the catalogue has it no more either."""
    variant = product.variant(variant_id) if product else None
    if product is None or variant is None:
        return None
    left = stock_of(session, [variant.id])[variant.id]
    return CartLineView(product.id, variant.id, product.title, variant.options, quantity, variant.price, left)
