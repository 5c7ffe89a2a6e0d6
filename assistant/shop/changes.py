"""What is done to orders and to a customer's default address; and the staff's taking in of a return.

Each is one transaction under an idempotency key: what it would do is planned (``effects``) on the locked order, and
the same request under the same key is done once, however often it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.shop import policy
from assistant.shop.actions import OrderAction
from assistant.shop.catalogue import ProductOf
from assistant.shop.customers import customer_view, name_key
from assistant.shop.effects import Effect, plan, worth
from assistant.shop.orders import find_order, order_view
from assistant.shop.payments import methods_of, move_balances
from assistant.shop.policy import DEMO, Refused, ServicePolicy
from assistant.shop.request import Request, clean_address
from assistant.shop.settlement import Booking, PlanContext, returned_to
from assistant.shop.stock import add_stock, stock_of
from assistant.shop.store_address import parted
from assistant.shop.store_orders import StoreOrders
from assistant.shop.tables import STORE, ChangeRow, CustomerRow, OrderLineRow, OrderRow, PaymentRow
from assistant.shop.views import AddressView, CustomerView, OrderStatus, OrderView, SwapView


class KeyReused(ValueError):
    """The idempotency key belongs to another request: a mistake of the caller, never the customer's."""


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a request the same one when it is sent again.

    A ``repeatable`` name stands for its conversation, tool and arguments: sent again right away it is the same
    request, but after something else was done to the order it is a new one, so that an address may go there and back.
    """

    name: str
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """The order as it is now; ``effect`` is ``None`` when it had been done before."""

    order: OrderView
    effect: Effect | None


class OrderChanges:
    def __init__(
        self,
        database: Database,
        product: ProductOf,
        clock: Clock = utc_now,
        rules: ServicePolicy = DEMO,
        kept: StoreOrders | None = None,
    ) -> None:
        """``kept``: the orders of the connected store; without one, what a store keeps is not changed."""
        self._database = database
        self._product = product
        self._clock = clock
        self._rules = rules
        self._kept = kept

    def change_default_address(self, customer_id: str, address: AddressView, key: str | Key) -> CustomerView | Refused:
        """The customer's own address from now on; orders keep theirs. Refused as invalid when blank or too long."""
        request = Request(OrderAction.CHANGE_DEFAULT_ADDRESS, address=address)
        tidy = clean_address(address)
        with self._database.write() as session:
            row = session.get(CustomerRow, customer_id, with_for_update=True)
            if row is None:
                return Refused("not_yours")
            if STORE in (row.extra or {}):
                return Refused("store_person")
            if tidy is None:
                return Refused("invalid")
            stored = self._new_key(session, key, request, customer_id=customer_id)
            if stored is not None:
                row.address = tidy
                row.postcode_key = name_key(tidy.postcode) or row.postcode_key
                session.add(stored)
                session.flush()
            return customer_view(row)

    def preview(self, request: Request, order: OrderView) -> Effect | Refused:
        """What the request would do as things are now. Nothing is locked, nothing is done."""
        with self._database.read() as session:
            effect = plan(request, order, self._known(session, request, order, lock=False))
        if order.origin is None or isinstance(effect, Refused):
            return effect
        address = effect.fields.get("address")
        if self._kept is None or (address is not None and parted(address, order.ship_to) is None):
            return Refused("store_person", order)
        return effect

    def do(
        self, request: Request, order_id: str, customer_id: str, key: str | Key, *, agreed: str | None = None
    ) -> Done | Refused:
        """Does it, unless it was done under this key already. ``agreed`` is the digest of the effect that was agreed
        to: when it would be another one now, nothing is done. Raises ``KeyReused``.

        What a store keeps is done there first, and recorded as the store then says it is.
        """
        with self._database.read() as session:
            found = find_order(session, order_id)
        if found is not None and STORE in (found.extra or {}):
            return self._do_in_store(request, order_view(found), customer_id, key, agreed)
        with self._database.write() as session:
            row = find_order(session, order_id, lock=True)
            if row is None or row.customer_id != customer_id:
                return Refused("not_yours")
            order = order_view(row)
            stored = self._new_key(session, key, request, order_id=row.id)
            if stored is None:
                return Done(order, None)
            effect = plan(request, order, self._known(session, request, order, lock=True))
            if isinstance(effect, Refused):
                return effect
            if agreed is not None and effect.digest() != agreed:
                return Refused("effect_changed", order)
            self._apply(session, row, effect)
            session.add(stored)
            session.flush()
            return Done(order_view(row), effect)

    def _do_in_store(
        self, request: Request, order: OrderView, customer_id: str, key: str | Key, agreed: str | None
    ) -> Done | Refused:
        if order.customer_id != customer_id:
            return Refused("not_yours")
        if self._kept is None:
            return Refused("store_person", order)
        with self._kept.changing:
            with self._database.write() as session:
                if self._new_key(session, key, request, order_id=order.id) is None:
                    return Done(order, None)
            now = self._kept.read(order)
            if isinstance(now, Refused):
                return now
            effect = self.preview(request, now)
            if isinstance(effect, Refused):
                return effect
            if agreed is not None and effect.digest() != agreed:
                return Refused("effect_changed", now)
            done = self._kept.change(request, now)
            if isinstance(done, Refused):
                return done
            with self._database.write() as session:
                stored = self._new_key(session, key, request, order_id=order.id)
                if stored is not None:
                    session.add(stored)
            return Done(done, effect)

    def receive_return(self, order_id: str) -> OrderView | Refused:
        """The returned items are here, says the staff (never the shopper): refunded and back into stock."""
        with self._database.write() as session:
            row = find_order(session, order_id, lock=True)
            if row is None:
                return Refused("not_yours")
            order = order_view(row)
            if order.origin is not None:
                return Refused("store_person", order)
            if row.status == OrderStatus.RETURNED:
                return order
            if row.status != OrderStatus.RETURN_REQUESTED:
                return Refused("not_delivered", order)
            listed = [(variant_id, 1) for variant_id in order.return_items]
            came = policy.items_of(order, listed or None) or {}
            methods = methods_of(session, row.customer_id, lock=True)
            chosen = methods.get(order.return_method_id or "")
            amount = worth(order, came)
            amount -= self._deduction(session, order, amount)
            parts = returned_to(order, amount, chosen, methods)
            self._book(session, row, [Booking("refund", amount, method) for method, amount in parts])
            row.status = OrderStatus.RETURNED
            add_stock(session, came)
            session.flush()
            return order_view(row)

    def last_days(self, order: OrderView) -> dict[Literal["return", "exchange"], date]:
        """Until when a delivered order may be sent back or exchanged."""
        return policy.last_days(order, self._rules)

    def return_costs(self, order: OrderView) -> Decimal:
        """What a return of sound goods of the order would take off the refund."""
        return policy.deduction(order, order.total, self._rules, fault=False)

    def deduction(self, order: OrderView) -> Decimal:
        """What is taken off the refund of the return that is under way."""
        units = policy.items_of(order, [(variant_id, 1) for variant_id in order.return_items])
        if units is None or order.status != OrderStatus.RETURN_REQUESTED:
            return Decimal(0)
        with self._database.read() as session:
            return self._deduction(session, order, worth(order, units))

    def _deduction(self, session: Session, order: OrderView, amount: Decimal) -> Decimal:
        asked = (
            select(ChangeRow.arguments)
            .where(ChangeRow.order_id == order.id, ChangeRow.action == OrderAction.RETURN_ITEMS)
            .order_by(ChangeRow.at.desc())
        )
        arguments = session.scalars(asked).first() or {}
        return policy.deduction(order, amount, self._rules, fault=bool(arguments.get("fault")))

    def _known(self, session: Session, request: Request, order: OrderView, *, lock: bool) -> PlanContext:
        # Always locked in this order, and the stock all at once by id: two changes wait for each other, never both.
        methods = methods_of(session, order.customer_id, lock=lock)
        concerned = {line.variant_id for line in order.lines} | {new for _, new in request.swaps}
        stock = stock_of(session, sorted(concerned), lock=lock)
        return PlanContext(methods, stock, self._product, self._rules, self._clock())

    def _new_key(
        self,
        session: Session,
        key: str | Key,
        request: Request,
        *,
        order_id: str | None = None,
        customer_id: str | None = None,
    ) -> ChangeRow | None:
        """The row to store once it is done; ``None`` when it was done before."""
        wanted = Key(key) if isinstance(key, str) else key
        arguments = request.arguments()
        about = ChangeRow.order_id == order_id if order_id else ChangeRow.customer_id == customer_id
        number = session.scalar(select(func.count()).select_from(ChangeRow).where(about)) or 0
        name = wanted.name
        if wanted.repeatable:
            latest = session.scalar(select(ChangeRow.key).where(about, ChangeRow.number == number))
            if latest is not None and latest.rpartition(":")[0] == name:
                return None
            name = f"{name}:{number + 1}"
        done = session.get(ChangeRow, name)
        if done is not None:
            same = (done.order_id, done.customer_id, done.action) == (order_id, customer_id, request.action)
            if not same or Request.of(request.action, done.arguments) != request:
                raise KeyReused(f"key {name!r} was used for another request")
            return None
        return ChangeRow(
            key=name,
            order_id=order_id,
            customer_id=customer_id,
            action=request.action,
            arguments=arguments,
            number=number + 1,
            at=self._clock(),
        )

    def _apply(self, session: Session, row: OrderRow, effect: Effect) -> None:
        for name, value in effect.fields.items():
            setattr(row, name, value)
        if effect.replaced:
            alike: dict[tuple[str, Decimal, str], list[SwapView]] = {}
            for swap in effect.swaps:
                alike.setdefault((swap.old.variant_id, swap.old.unit_price, swap.new.variant_id), []).append(swap)
            for swaps in alike.values():
                _replace(row, swaps[0], len(swaps))
        self._book(session, row, effect.bookings)
        add_stock(session, effect.stock)

    def _book(self, session: Session, row: OrderRow, bookings: Iterable[Booking]) -> None:
        bookings = list(bookings)
        move_balances(session, row.customer_id, bookings)
        row.payments.extend(
            PaymentRow(
                kind=each.kind,
                amount=each.amount,
                method=each.method.label,
                method_id=each.method.id or None,
                at=self._clock(),
            )
            for each in bookings
        )


def _replace(row: OrderRow, swap: SwapView, count: int) -> None:
    """``count`` units become the new ones: in their place where that empties a line, else on a line of their own."""
    old, new = swap.old, swap.new
    for line in list(row.lines):
        if not count or (line.variant_id, line.unit_price) != (old.variant_id, old.unit_price):
            continue
        taken = min(count, line.quantity)
        count -= taken
        if taken == line.quantity:
            line.variant_id, line.options, line.unit_price = new.variant_id, new.options, new.unit_price
            continue
        line.quantity -= taken
        row.lines.append(
            OrderLineRow(
                product_id=new.product_id,
                variant_id=new.variant_id,
                title=new.title,
                options=new.options,
                quantity=taken,
                unit_price=new.unit_price,
            )
        )
