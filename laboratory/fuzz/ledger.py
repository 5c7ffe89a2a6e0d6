"""Whether goods and money add up, whatever was done to orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from assistant.shop.effects import worth
from assistant.shop.policy import items_of
from assistant.shop.shop import Shop
from assistant.shop.views import OrderStatus, OrderView


def owed(order: OrderView) -> Decimal:
    """What an order is to have been paid in all."""
    match order.status:
        case OrderStatus.CANCELLED:
            return Decimal(0)
        case OrderStatus.RETURNED:
            came = items_of(order, [(variant_id, 1) for variant_id in order.return_items])
            return order.total - worth(order, came or {})
        case _:
            return order.total + (order.exchange_difference or Decimal(0))


def paid(order: OrderView) -> Decimal:
    return sum((each.amount if each.kind == "payment" else -each.amount for each in order.payments), Decimal(0))


def held(orders: Iterable[OrderView]) -> Counter[str]:
    """Units in orders, and kept aside for an exchange."""
    units: Counter[str] = Counter()
    for order in orders:
        if order.status is not OrderStatus.CANCELLED:
            of_order: Counter[str] = Counter()
            for line in order.lines:
                of_order[line.variant_id] += line.quantity
            if order.status is OrderStatus.RETURNED:
                of_order.subtract(order.return_items)
            units.update(of_order)
        units.update(order.exchange_new_items)
    return units


class Ledger:
    """Of some customers, who alone act on the shop meanwhile."""

    def __init__(self, shop: Shop, customers: Sequence[str], variants: Iterable[str]) -> None:
        """``variants``: all that there is."""
        self.shop = shop
        self.customers = customers
        orders = self.orders()
        self.variants = sorted({*variants, *held(orders.values())})
        self._units = self._all_units(orders)
        self._beside = {id_: _beside(order) for id_, order in orders.items()}
        self._open = {id_: paid(order) - owed(order) for id_, order in orders.items()}

    def orders(self) -> dict[str, OrderView]:
        return {order.id: order for each in self.customers for order in self.shop.orders.of_customer(each)}

    def check(self) -> None:
        """Raises ``AssertionError``."""
        orders = self.orders()
        assert self._beside.keys() <= orders.keys(), "an order is gone"
        units = self._all_units(orders)
        assert units == self._units, ("units came or went", _changed(self._units, units))
        for id_, order in orders.items():
            assert all(line.quantity > 0 and line.unit_price >= 0 for line in order.lines), order
            assert _beside(order) == self._beside.setdefault(id_, _beside(order)), ("lines are not the total", order)
            still = paid(order) - owed(order)
            assert still == self._open.setdefault(id_, Decimal(0)), ("paid is not what is owed", order)

    def _all_units(self, orders: dict[str, OrderView]) -> dict[str, int]:
        units = held(orders.values())
        on_shelf = self.shop.stock.of_many(self.variants)
        assert min(on_shelf.values(), default=0) >= 0, "sold what was not there"
        return {each: units[each] + on_shelf.get(each, 0) for each in self.variants}


def _beside(order: OrderView) -> Decimal:
    """Of the total what are no goods: delivery, less a coupon. It stays as it was when the order was placed."""
    return order.total - sum((line.unit_price * line.quantity for line in order.lines), Decimal(0))


def _changed(before: dict[str, int], now: dict[str, int]) -> dict[str, tuple[int, int]]:
    return {each: (before.get(each, 0), now.get(each, 0)) for each in now if before.get(each) != now[each]}
