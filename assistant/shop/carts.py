"""Carts: anonymous by an unguessable id, or a customer's own. Prices are the catalogue's of now, never stored."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.shop import cart_deeds
from assistant.shop.actions import CartReply
from assistant.shop.catalogue import ProductOf, choice, instead, matching
from assistant.shop.policy import MAX_LINE_QUANTITY
from assistant.shop.stock import stock_of
from assistant.shop.tables import CartDeedRow, CartLineRow, CartRow, StockRow
from assistant.shop.views import CartLineView, CartView
from retrieval.models import Product

Problem = Literal["out_of_stock", "too_many", "not_in_cart", "which_option", "unknown_product"]


class Carts:
    """``deed`` names a change, where the turn that makes it may be run again: it is made once, and answered as made."""

    def __init__(self, database: Database, product: ProductOf, clock: Clock = utc_now, currency: str = "USD") -> None:
        self._database = database
        self._product = product
        self._clock = clock
        self._currency = currency

    @staticmethod
    def new_id() -> str:
        """An id for an anonymous cart (192 bits). Its row comes with its first line: who only looks costs none."""
        return secrets.token_urlsafe(24)

    def of_customer(self, customer_id: str, *, joining: str | None = None) -> str:
        """The id of the customer's cart, made when there is none.

        ``joining`` is the anonymous cart of before they signed in: its lines move over, within the limits, and it ends.
        """
        with self._database.write() as session:
            cart = session.scalar(select(CartRow).where(CartRow.customer_id == customer_id).with_for_update())
            if cart is None:
                cart = CartRow(id=self.new_id(), customer_id=customer_id, updated_at=self._clock())
                session.add(cart)
                session.flush()
            guest = session.get(CartRow, joining) if joining and joining != cart.id else None
            if guest is not None and guest.customer_id is None:
                for line in self._lines(session, guest.id):
                    mine = self._line(session, cart.id, line.variant_id)
                    quantity = min(line.quantity + (mine.quantity if mine else 0), MAX_LINE_QUANTITY)
                    self._put(session, cart.id, line.product_id, line.variant_id, quantity, mine)
                session.execute(delete(CartRow).where(CartRow.id == guest.id))
            return cart.id

    def show(self, cart_id: str) -> CartView:
        """An unknown id is an empty cart. Lines whose variant has left the catalogue are not shown."""
        with self._database.read() as session:
            return self.view(session, cart_id)

    def reply(self, cart_id: str) -> CartReply:
        cart = self.show(cart_id)
        return CartReply("show", cart, problem=None if cart.lines else "empty")

    def add(
        self,
        cart_id: str,
        product_id: str,
        quantity: int = 1,
        *,
        variant_id: str | None = None,
        options: Mapping[str, str] | None = None,
        in_place_of: str = "",
        deed: str = "",
    ) -> CartReply:
        """Adds to what is there. Name the variant by its id, or by ``options`` ({"size": "42"}) that leave one.
        ``in_place_of`` is the variant of a line that leaves the cart for it, both or neither: the reply is a ``swap``.

        Problems: unknown_product; which_option (``options`` are then the choices in stock of the first open option);
        out_of_stock; too_many (``available`` is the most the line may hold). With a problem nothing has changed.
        """
        product = self._product(product_id)
        if product is None or quantity < 1:
            return self._problem("add", cart_id, "unknown_product")
        if variant_id is None:
            candidates = matching(product, options or {})
            if not candidates:
                missing = tuple(
                    (key, value) for key, value in (options or {}).items() if not matching(product, {key: value})
                )
                return CartReply(
                    "add",
                    self.show(cart_id),
                    problem="which_option",
                    options=instead(product, options or {}),
                    products=(product,),
                    missing=missing,
                )
            with self._database.read() as session:
                left = stock_of(session, [variant.id for variant in candidates])
            buyable = [variant for variant in candidates if left[variant.id] > 0]
            if not buyable:
                return self._sold_out(cart_id, product, options or {})
            if len(buyable) > 1:
                return CartReply(
                    "add", self.show(cart_id), problem="which_option", options=choice(buyable), products=(product,)
                )
            variant_id = buyable[0].id
        if product.variant(variant_id) is None:
            return self._problem("add", cart_id, "unknown_product")
        with self._database.write() as session:
            self._touch(session, cart_id)
            if done := cart_deeds.done(session, cart_id, deed):
                out = cart_deeds.done(session, cart_id, _out(deed))
                added = self._as_done(session, "add", done)
                return replace(added, action="swap", replaced=self._as_was(session, out)) if out else added
            line = self._line(session, cart_id, variant_id)
            wanted = quantity + (line.quantity if line else 0)
            reply = self._store(session, "add", cart_id, product.id, variant_id, wanted, line, deed)
            old = self._line(session, cart_id, in_place_of) if in_place_of not in ("", variant_id) else None
            if reply.problem or old is None:
                return reply
            taken = self._take_out(session, old, _out(deed))
            return replace(reply, action="swap", cart=taken.cart, replaced=taken.line)

    def _sold_out(self, cart_id: str, product: Product, options: Mapping[str, str]) -> CartReply:
        """With the versions that are in stock: in another colour with the rest as wanted, else in another size."""
        with self._database.read() as session:
            left = stock_of(session, [variant.id for variant in product.variants])
        there = product.model_copy(update={"variants": tuple(v for v in product.variants if left[v.id] > 0)})
        others = instead(there, dict(sorted(options.items()))) if there.variants else ()
        return CartReply(
            "add",
            self.show(cart_id),
            problem="out_of_stock",
            available=0,
            options=others,
            products=(product,),
            missing=tuple(options.items()),
        )

    def change(self, cart_id: str, variant_id: str, quantity: int, *, deed: str = "") -> CartReply:
        """Sets a line's quantity; 0 or less removes it. Problems: not_in_cart, out_of_stock, too_many."""
        if quantity < 1:
            return self.remove(cart_id, variant_id, deed=deed)
        with self._database.write() as session:
            if done := cart_deeds.done(session, cart_id, deed):
                return self._as_done(session, "change", done)
            line = self._line(session, cart_id, variant_id)
            if line is None:
                return CartReply("change", self.view(session, cart_id), problem="not_in_cart")
            self._touch(session, cart_id)
            return self._store(session, "change", cart_id, line.product_id, variant_id, quantity, line, deed)

    def remove(self, cart_id: str, variant_id: str, *, deed: str = "") -> CartReply:
        """Takes a line out; the reply's ``line`` is as it was. Problem: not_in_cart."""
        with self._database.write() as session:
            if done := cart_deeds.done(session, cart_id, deed):
                return self._as_done(session, "remove", done)
            line = self._line(session, cart_id, variant_id)
            if line is None:
                return CartReply("remove", self.view(session, cart_id), problem="not_in_cart")
            return self._take_out(session, line, deed)

    def _take_out(self, session: Session, line: CartLineRow, deed: str) -> CartReply:
        was = _find(self.view(session, line.cart_id), line.variant_id)
        cart_deeds.note(session, deed, line, self._clock())
        session.delete(line)
        session.flush()
        return CartReply("remove", self.view(session, line.cart_id), line=was)

    def clear(self, cart_id: str) -> CartView:
        with self._database.write() as session:
            session.execute(delete(CartLineRow).where(CartLineRow.cart_id == cart_id))
            return self.view(session, cart_id)

    def checkout(self, cart_id: str) -> CartReply:
        """Whether the cart can be paid for as it is; paying is the shop's own page's work and changes nothing here.

        Problems: empty; out_of_stock or too_many (``line`` is the first one short, ``available`` what is left);
        unknown_product (something has left the catalogue: it has been taken out of the cart).
        """
        with self._database.write() as session:
            gone = [line for line in self._lines(session, cart_id) if not self._sold(line)]
            for line in gone:
                session.delete(line)
            session.flush()
            cart = self.view(session, cart_id)
        if gone:
            return CartReply("checkout", cart, problem="unknown_product")
        short = next((line for line in cart.lines if line.quantity > line.stock), None)
        if short is not None:
            problem: Problem = "too_many" if short.stock else "out_of_stock"
            return CartReply("checkout", cart, line=short, problem=problem, available=short.stock)
        return CartReply("checkout", cart, problem=None if cart.lines else "empty")

    def _problem(
        self,
        action: Literal["add"],
        cart_id: str,
        problem: Problem,
        *,
        available: int | None = None,
    ) -> CartReply:
        return CartReply(action, self.show(cart_id), problem=problem, available=available)

    def _store(
        self,
        session: Session,
        action: Literal["add", "change"],
        cart_id: str,
        product_id: str,
        variant_id: str,
        quantity: int,
        line: CartLineRow | None,
        deed: str,
    ) -> CartReply:
        left = stock_of(session, [variant_id])[variant_id]
        most = min(left, MAX_LINE_QUANTITY)
        problem: Problem | None = None
        if quantity > most:
            problem = "too_many" if left else "out_of_stock"
        else:
            stored = self._put(session, cart_id, product_id, variant_id, quantity, line)
            cart_deeds.note(session, deed, stored, self._clock())
        cart = self.view(session, cart_id)
        return CartReply(
            action, cart, line=_find(cart, variant_id), problem=problem, available=most if problem else None
        )

    def _as_done(self, session: Session, action: Literal["add", "change", "remove"], done: CartDeedRow) -> CartReply:
        """The answer to a change that was made before; a line that has been taken out is told as it was."""
        cart = self.view(session, done.cart_id)
        line = _find(cart, done.variant_id) or self._as_was(session, done)
        return CartReply(action, cart, line=line)

    def _as_was(self, session: Session, done: CartDeedRow) -> CartLineView | None:
        return cart_deeds.line_of(session, self._product(done.product_id), done.variant_id, done.quantity)

    def _put(
        self,
        session: Session,
        cart_id: str,
        product_id: str,
        variant_id: str,
        quantity: int,
        line: CartLineRow | None,
    ) -> CartLineRow:
        if line is None:
            line = CartLineRow(cart_id=cart_id, product_id=product_id, variant_id=variant_id, quantity=quantity)
            session.add(line)
        else:
            line.quantity = quantity
        session.flush()
        return line

    def _touch(self, session: Session, cart_id: str) -> None:
        """Makes the cart when it is new, and locks it, so that two additions at once both count."""
        new = self._database.insert(CartRow).values(id=cart_id, updated_at=self._clock())
        touched = new.on_conflict_do_update(index_elements=["id"], set_={"updated_at": new.excluded.updated_at})
        session.execute(touched)

    def _lines(self, session: Session, cart_id: str) -> list[CartLineRow]:
        query = select(CartLineRow).where(CartLineRow.cart_id == cart_id).order_by(CartLineRow.id)
        return list(session.scalars(query))

    def _line(self, session: Session, cart_id: str, variant_id: str) -> CartLineRow | None:
        query = select(CartLineRow).where(CartLineRow.cart_id == cart_id, CartLineRow.variant_id == variant_id)
        return session.scalar(query)

    def _sold(self, line: CartLineRow) -> bool:
        product = self._product(line.product_id)
        return product is not None and product.variant(line.variant_id) is not None

    def view(self, session: Session, cart_id: str) -> CartView:
        """As it is in the caller's transaction."""
        query = (
            select(CartLineRow.product_id, CartLineRow.variant_id, CartLineRow.quantity, StockRow.quantity)
            .outerjoin(StockRow, StockRow.variant_id == CartLineRow.variant_id)
            .where(CartLineRow.cart_id == cart_id)
            .order_by(CartLineRow.id)
        )
        lines = []
        currency = self._currency
        for product_id, variant_id, quantity, left in session.execute(query):
            product = self._product(product_id)
            variant = product.variant(variant_id) if product else None
            if product is None or variant is None:
                continue
            currency = product.currency
            lines.append(
                CartLineView(product_id, variant_id, product.title, variant.options, quantity, variant.price, left or 0)
            )
        return CartView(cart_id, currency, tuple(lines))


def _find(cart: CartView, variant_id: str) -> CartLineView | None:
    return next((line for line in cart.lines if line.variant_id == variant_id), None)


def _out(deed: str) -> str:
    """The name of what leaves the cart by a swap."""
    return f"{deed}/out" if deed else ""
