"""The shop's own checkout: what a cart comes to by the shop's rules, and the order that it becomes, once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.shop import coupons
from assistant.shop.carts import Carts
from assistant.shop.catalogue import ProductOf
from assistant.shop.coupons import Coupon, CouponProblem, Priced
from assistant.shop.customers import email_key, guest_email, name_key
from assistant.shop.delivery import DeliveryQuote, DeliveryTerms, Goods, MethodName, Unserved, quote
from assistant.shop.orders import find_order, order_view
from assistant.shop.payments import methods_of, move_balances
from assistant.shop.policy import ServicePolicy
from assistant.shop.settlement import Booking
from assistant.shop.stock import add_stock, stock_of
from assistant.shop.tables import (
    CartLineRow,
    CartRow,
    CheckoutRow,
    CustomerRow,
    OrderLineRow,
    OrderRow,
    PaymentMethodRow,
    PaymentRow,
)
from assistant.shop.views import AddressView, CartView, OrderView, PaymentMethodView

KEY_LIFETIME = timedelta(days=1)
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_DEMO_CARD = ("credit_card", "Visa", "4242")
"""How guests pay in the demo shop: no money moves."""

Problem = Literal["empty", "out_of_stock", "country", "bulky_abroad", "changed", "no_method", "balance_too_low"]


@dataclass(frozen=True, slots=True)
class CheckoutSum:
    """What a cart comes to. ``delivery`` is ``None`` where the shop has stated no terms, a word where they leave it
    open; ``coupon_problem`` says why an entered code takes nothing off."""

    goods: Decimal
    discount: Decimal
    currency: str
    delivery: DeliveryQuote | Unserved | None
    coupon: str = ""
    coupon_problem: CouponProblem | None = None
    coupon_from: Decimal = Decimal(0)
    """What the goods must come to for it."""
    delivery_free: bool = False
    """By the coupon."""

    @property
    def shipping(self) -> Decimal:
        if self.delivery_free or not isinstance(self.delivery, DeliveryQuote):
            return Decimal(0)
        return self.delivery.delivery

    @property
    def total(self) -> Decimal:
        return self.goods - self.discount + self.shipping


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who orders: a customer by their id, or a guest by what they write."""

    address: AddressView
    customer_id: str | None = None
    name: str = ""
    email: str = ""
    language: str = "en"


class Checkouts:
    def __init__(
        self,
        database: Database,
        carts: Carts,
        product: ProductOf,
        rules: ServicePolicy,
        terms: Callable[[], DeliveryTerms | None],
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._carts = carts
        self._product = product
        self._rules = rules
        self._terms = terms
        self._clock = clock

    def open(self, conversation_id: str) -> str:
        """A new page's key, which nobody can guess."""
        key = secrets.token_urlsafe(18)
        with self._database.write() as session:
            session.add(CheckoutRow(key=key, conversation_id=conversation_id, order_id=None, at=self._clock()))
        return key

    def conversation_of(self, key: str) -> str | None:
        """Whose cart it is, for a day."""
        with self._database.read() as session:
            row = session.get(CheckoutRow, key)
            return row.conversation_id if row is not None and self._clock() - row.at < KEY_LIFETIME else None

    def coupon_of(self, code: str) -> Coupon | None:
        wanted = coupons.code_of(code)
        return next((coupon for coupon in self._rules.coupons if coupon.code == wanted), None)

    def enter(self, cart_id: str, code: str) -> None:
        """Keeps a code with the cart; an empty one takes it off."""
        with self._database.write() as session:
            row = session.get(CartRow, cart_id)
            if row is not None:
                row.coupon = coupons.code_of(code) or None

    def sum(self, cart_id: str, country: str | None = None, method: MethodName | None = None) -> CheckoutSum:
        """What the cart comes to. ``country``: ``None`` is the home country."""
        with self._database.read() as session:
            return self._sum(session, self._carts.view(session, cart_id), country, method)[0]

    def placed(self, key: str) -> OrderView | None:
        """The order that was placed under a page's key."""
        with self._database.read() as session:
            return self._placed(session, key)

    def place(
        self,
        key: str,
        cart_id: str,
        buyer: Buyer,
        *,
        method: MethodName | None = None,
        payment: str | None = None,
        expected: Decimal | None = None,
    ) -> OrderView | Problem:
        """Makes the cart an order and empties it, all or nothing; the same page's key again is the same order. Raises
        ``KeyError`` for a key that was not given out.

        ``payment`` is one of the customer's methods; ``expected`` is the sum that they were shown. The goods leave the
        stock, and a gift card's balance its card.
        """
        with self._database.write() as session:
            return self._place(session, key, cart_id, buyer, method, payment, expected)

    def _place(
        self,
        session: Session,
        key: str,
        cart_id: str,
        buyer: Buyer,
        method: MethodName | None,
        payment: str | None,
        expected: Decimal | None,
    ) -> OrderView | Problem:
        page = session.get(CheckoutRow, key, with_for_update=True)  # two at once take turns
        if page is None:
            raise KeyError(key)
        if (before := self._placed(session, key)) is not None:
            return before
        session.get(CartRow, cart_id, with_for_update=True)
        cart = self._carts.view(session, cart_id)
        if not cart.lines:
            return "empty"
        left = stock_of(session, [line.variant_id for line in cart.lines], lock=True)
        if any(line.quantity > left[line.variant_id] for line in cart.lines):
            return "out_of_stock"
        total, lines = self._sum(session, cart, buyer.address.country or None, method)
        if total.delivery == "country" or total.delivery == "bulky_abroad":
            return total.delivery
        if expected is not None and expected != total.total:
            return "changed"
        customer = self._customer(session, buyer)
        paying = methods_of(session, customer.id, lock=True)
        paid = paying.get(payment or "") or next(iter(paying.values()), None)
        if paid is None or (payment and payment not in paying):
            return "no_method"
        if paid.balance is not None and paid.balance < total.total:
            return "balance_too_low"
        order = self._order(customer, cart, total, lines, buyer, paid)
        session.add(order)
        session.flush()
        page.order_id = order.id
        move_balances(session, customer.id, [Booking("payment", total.total, paid)])
        add_stock(session, {line.variant_id: -line.quantity for line in cart.lines})
        session.execute(delete(CartLineRow).where(CartLineRow.cart_id == cart.id))
        row = session.get(CartRow, cart.id)
        if row is not None:
            row.coupon = None
        session.flush()
        return order_view(order)

    def _sum(
        self, session: Session, cart: CartView, country: str | None, method: MethodName | None
    ) -> tuple[CheckoutSum, dict[str, tuple[tuple[int, Decimal], ...]]]:
        row = session.get(CartRow, cart.id)
        code = (row.coupon or "") if row is not None else ""
        lines = [
            Priced(line.variant_id, self._kind(line.product_id), line.quantity, line.unit_price) for line in cart.lines
        ]
        wrong: CouponProblem | None = None
        coupon = self.coupon_of(code) if code else None
        if code:
            wrong = coupons.problem(coupon, lines, self._clock().astimezone(UTC).date())
        used = coupon if wrong is None else None
        paid = dict(coupons.reduced(used, lines))
        goods = sum((line.total for line in lines), Decimal(0))
        after = sum((units * price for parts in paid.values() for units, price in parts), Decimal(0))
        terms, delivery = self._terms(), None
        if terms is not None and lines:
            # Free delivery goes by what the goods cost before a coupon: no coupon ever makes an order dearer.
            delivery = quote(
                terms, [Goods(line.kind, line.quantity, line.unit_price) for line in lines], country, method
            )
        return (
            CheckoutSum(
                goods=goods,
                discount=goods - after,
                currency=cart.currency,
                delivery=delivery,
                coupon=code,
                coupon_problem=wrong,
                coupon_from=coupon.from_ if coupon is not None else Decimal(0),
                delivery_free=used is not None and used.free_delivery,
            ),
            paid,
        )

    def _kind(self, product_id: str) -> str:
        product = self._product(product_id)
        return product.type if product is not None else ""

    def _order(
        self,
        customer: CustomerRow,
        cart: CartView,
        total: CheckoutSum,
        lines: dict[str, tuple[tuple[int, Decimal], ...]],
        buyer: Buyer,
        paid: PaymentMethodView,
    ) -> OrderRow:
        now = self._clock()
        order = OrderRow(
            id="SC-" + "".join(secrets.choice(_LETTERS) for _ in range(8)),
            customer_id=customer.id,
            status="pending",
            placed_at=now,
            currency=cart.currency,
            total=total.total,
            address=buyer.address,
            cancel_reason=None,
            items_changed=False,
            extra={"coupon": total.coupon, "shipping": str(total.shipping)} if total.coupon else None,
        )
        for line in cart.lines:
            for units, price in lines[line.variant_id]:
                order.lines.append(
                    OrderLineRow(
                        product_id=line.product_id,
                        variant_id=line.variant_id,
                        title=line.title,
                        options=line.options,
                        quantity=units,
                        unit_price=price,
                    )
                )
        order.payments.append(
            PaymentRow(kind="payment", amount=total.total, method=paid.label, method_id=paid.id, at=now)
        )
        return order

    def _customer(self, session: Session, buyer: Buyer) -> CustomerRow:
        """The customer; a guest becomes one of their own, whoever else has the same e-mail address."""
        if buyer.customer_id is not None:
            row = session.get(CustomerRow, buyer.customer_id)
            if row is None:
                raise KeyError(buyer.customer_id)
            return row
        id_ = f"G-{secrets.token_hex(8)}"
        kind, brand, digits = _DEMO_CARD
        row = CustomerRow(
            id=id_,
            name=buyer.name,
            first_name=buyer.name,
            last_name="",
            name_key=name_key(buyer.name),
            email=guest_email(id_, email_key(buyer.email)),
            postcode_key=name_key(buyer.address.postcode),
            address=buyer.address,
            further_addresses=(),
            language=buyer.language,
            methods=[PaymentMethodRow(id="card", kind=kind, brand=brand, last_four=digits, balance=None, position=0)],
        )
        session.add(row)
        session.flush()
        return row

    def _placed(self, session: Session, key: str) -> OrderView | None:
        order_id = session.scalar(select(CheckoutRow.order_id).where(CheckoutRow.key == key))
        row = find_order(session, order_id) if order_id else None
        return order_view(row) if row is not None else None
