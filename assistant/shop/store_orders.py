"""Orders that a store keeps, while they are talked about: read again when they are asked for, and changed in the store
first. Only what the store then says of an order is recorded; what it does not confirm was not done.

No call is made inside a transaction, so that a slow store never holds up the shop's database.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

import structlog
from sqlalchemy.exc import IntegrityError

from assistant.database import Clock, Database, utc_now
from assistant.shop.actions import OrderAction
from assistant.shop.orders import order_view
from assistant.shop.policy import Refused
from assistant.shop.request import Request
from assistant.shop.store_address import parted
from assistant.shop.store_load import write_order, write_orders
from assistant.shop.store_order import OrderStore, StoreFailed, StoreOrder
from assistant.shop.tables import STORE, CustomerRow
from assistant.shop.views import AddressView, OrderStatus, OrderView

FRESH_S = 60.0
"""How long what was read of a customer's orders is taken for what is."""
REST_S = 30.0
"""How long a store that did not answer is left alone: until then what was read before is told."""

log = structlog.get_logger()


@dataclass(slots=True)
class StoreOrders:
    database: Database
    store: OrderStore
    clock: Clock = utc_now
    monotonic: Callable[[], float] = time.monotonic
    changing: Lock = field(default_factory=Lock)
    """Held by whoever changes an order in the store, so that two yeses are not both sent."""
    _read: dict[str, float] = field(default_factory=dict)
    _rests_until: float = float("-inf")

    def refresh(self, customer_id: str) -> None:
        """Reads a customer's orders again, where the store keeps them and they were not read just now. What cannot be
        read stays as it was."""
        now = self.monotonic()
        if now < self._rests_until or now - self._read.get(customer_id, float("-inf")) < FRESH_S:
            return
        with self.database.read() as session:
            row = session.get(CustomerRow, customer_id)
            email = row.email if row is not None and STORE in (row.extra or {}) else ""
        if not email:
            return
        self._read[customer_id] = now
        try:
            orders = self.store.orders_of(email)
        except StoreFailed as error:
            self._rests_until = self.monotonic() + REST_S
            log.warning("orders_not_read_again", store=self.store.name, reason=str(error))
            return
        # Whoever reads the same new order at the same time has written it.
        with suppress(IntegrityError), self.database.write() as session:
            write_orders(session, self.store.name, orders, self.clock())

    def read(self, order: OrderView) -> OrderView | Refused:
        """An order as the store has it now."""
        assert order.origin is not None
        try:
            return self._written(self.store.order(order.origin.ref))
        except StoreFailed as error:
            return self._failed(order, error)

    def change(self, request: Request, order: OrderView) -> OrderView | Refused:
        """Has the store do it. Where it is not heard whether it did, it is asked how the order stands."""
        assert order.origin is not None
        ref = order.origin.ref
        try:
            if request.action is OrderAction.CANCEL:
                after = self.store.cancel(ref, request.reason)
            elif request.action is OrderAction.CHANGE_ADDRESS and (to := parted(request.address, order.ship_to)):
                after = self.store.send_to(ref, to)
            else:
                return Refused("store_person", order)
        except StoreFailed as error:
            try:
                after = self.store.order(ref)
            except StoreFailed:
                return self._failed(order, error)
            if not _is_done(request, after, order):
                return self._failed(self._written(after), error)
        written = self._written(after)
        return written if _is_done(request, after, order) else Refused("store_failed", written)

    def _written(self, order: StoreOrder) -> OrderView:
        with self.database.write() as session:
            return order_view(write_order(session, self.store.name, order, self.clock()))

    def _failed(self, order: OrderView, error: StoreFailed) -> Refused:
        log.warning("order_not_changed", store=self.store.name, order=order.id, reason=str(error))
        return Refused("store_failed", order)


def _is_done(request: Request, after: StoreOrder, before: OrderView) -> bool:
    if request.action is OrderAction.CANCEL:
        return after.status is OrderStatus.CANCELLED
    wanted = parted(request.address, before.ship_to)
    return wanted is not None and _same(after.address, wanted)


def _same(there: AddressView, wanted: AddressView) -> bool:
    """Whether the store has taken the address over, in its own way of writing it."""

    def folded(text: str) -> str:
        return "".join(character for character in text.casefold() if character.isalnum())

    parts = ("address1", "city", "postcode")
    return all(folded(getattr(there, part)) == folded(getattr(wanted, part)) for part in parts)
