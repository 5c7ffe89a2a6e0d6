"""Changes of orders as a caller would write them by hand: each makes its ``Request`` and has it done at once."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.shop.actions import OrderAction
from assistant.shop.changes import Done, Key, OrderChanges
from assistant.shop.policy import Refused
from assistant.shop.request import Request, Swaps, one_unit_each
from assistant.shop.views import AddressView, OrderView


def done_at_once(
    changes: OrderChanges, request: Request, order: str, customer: str, key: str | Key
) -> OrderView | Refused:
    result = changes.do(request, order, customer, key)
    return result.order if isinstance(result, Done) else result


def cancel(changes: OrderChanges, order: str, customer: str, reason: str, key: str | Key) -> OrderView | Refused:
    return done_at_once(changes, Request(OrderAction.CANCEL, reason=reason), order, customer, key)


def change_address(changes: OrderChanges, order: str, customer: str, to: str, key: str | Key) -> OrderView | Refused:
    request = Request(OrderAction.CHANGE_ADDRESS, address=AddressView(to))
    return done_at_once(changes, request, order, customer, key)


def change_items(
    changes: OrderChanges, order: str, customer: str, swaps: Swaps, key: str | Key, payment: str | None = None
) -> OrderView | Refused:
    pairs, whole = one_unit_each(swaps)
    request = Request(OrderAction.CHANGE_ITEMS, swaps=pairs, whole_lines=whole, payment=payment)
    return done_at_once(changes, request, order, customer, key)


def change_payment(
    changes: OrderChanges, order: str, customer: str, payment: str, key: str | Key
) -> OrderView | Refused:
    return done_at_once(changes, Request(OrderAction.CHANGE_PAYMENT, payment=payment), order, customer, key)


def request_return(
    changes: OrderChanges,
    order: str,
    customer: str,
    items: Sequence[tuple[str, int]] | None,
    reason: str,
    key: str | Key,
    payment: str | None = None,
) -> OrderView | Refused:
    asked = None if items is None else tuple(items)
    request = Request(OrderAction.RETURN_ITEMS, reason=reason, items=asked, payment=payment)
    return done_at_once(changes, request, order, customer, key)


def request_exchange(
    changes: OrderChanges, order: str, customer: str, swaps: Swaps, key: str | Key, payment: str | None = None
) -> OrderView | Refused:
    pairs, whole = one_unit_each(swaps)
    request = Request(OrderAction.EXCHANGE_ITEMS, swaps=pairs, whole_lines=whole, payment=payment)
    return done_at_once(changes, request, order, customer, key)
