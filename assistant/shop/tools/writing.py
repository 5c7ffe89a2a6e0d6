"""What the writing tools ask of the shop: their arguments turned into a ``Request``, with ids that nobody knows found
out. Whether it may be done is the shop's policy's to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from assistant.shop.request import Request
from assistant.shop.tools import arguments as a
from assistant.shop.tools.errors import ToolArgumentError
from assistant.shop.tools.reading import item
from assistant.shop.views import AddressView, OrderView

if TYPE_CHECKING:
    from assistant.shop.tools.session import ServiceSession

Write = Callable[["ServiceSession", str, Any, OrderView | None], Request]


def cancel(_session: ServiceSession, _tool: str, given: a.Cancellation, _order: OrderView | None) -> Request:
    return Request("cancel_order", reason=given.reason)


def order_address(_session: ServiceSession, _tool: str, given: a.OrderAddress, _order: OrderView | None) -> Request:
    return Request("change_address", address=_address(given))


def user_address(_session: ServiceSession, _tool: str, given: a.UserAddress, _order: OrderView | None) -> Request:
    return Request("change_default_address", address=_address(given))


def payment(_session: ServiceSession, _tool: str, given: a.OrderPayment, _order: OrderView | None) -> Request:
    return Request("change_payment", payment=given.payment_method_id)


def change_items(session: ServiceSession, tool: str, given: a.Swap, order: OrderView | None) -> Request:
    return Request("change_items", swaps=_pairs(session, tool, given, order), payment=given.payment_method_id)


def exchange_items(session: ServiceSession, tool: str, given: a.Swap, order: OrderView | None) -> Request:
    return Request("exchange_items", swaps=_pairs(session, tool, given, order), payment=given.payment_method_id)


def return_items(session: ServiceSession, tool: str, given: a.Return, order: OrderView | None) -> Request:
    _known(session, tool, given.item_ids, order)
    return Request("return_items", items=tuple(Counter(given.item_ids).items()), payment=given.payment_method_id)


def _address(given: a.Place) -> AddressView:
    return AddressView(given.address1, given.address2, given.city, given.state, given.country, given.zip)


def _pairs(session: ServiceSession, tool: str, given: a.Swap, order: OrderView | None) -> tuple[tuple[str, str], ...]:
    if len(given.item_ids) != len(given.new_item_ids):
        raise ToolArgumentError(tool, "item_ids and new_item_ids are not equally many")
    _known(session, tool, given.item_ids, order)
    for item_id in given.new_item_ids:
        item(session, tool, item_id)
    return tuple(zip(given.item_ids, given.new_item_ids, strict=True))


def _known(session: ServiceSession, tool: str, item_ids: Sequence[str], order: OrderView | None) -> None:
    ordered = {line.variant_id for line in order.lines} if order else set()
    for item_id in item_ids:
        if item_id not in ordered:
            item(session, tool, item_id)


WRITES: dict[str, Write] = {
    "cancel_pending_order": cancel,
    "modify_pending_order_address": order_address,
    "modify_pending_order_items": change_items,
    "modify_pending_order_payment": payment,
    "modify_user_address": user_address,
    "return_delivered_order_items": return_items,
    "exchange_delivered_order_items": exchange_items,
}
