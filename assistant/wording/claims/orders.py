"""States of orders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.shop.views import OrderStatus, OrderView
from assistant.wording.claims.sentence import Sentence, Stated

_SHIPPED = (OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED,
            OrderStatus.EXCHANGE_REQUESTED)  # fmt: skip
_CAME = (OrderStatus.DELIVERED, OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED, OrderStatus.EXCHANGE_REQUESTED)
_MODAL = re.compile(
    r"\b(?:can|could|may|might|must|should|to|be able to|cannot|can['’]t|will|would|are|get)"
    r"(?: \w{1,10}){0,2} ?(?:be )?$"
    r"|(?:可以|能|不能|无法|需要|应该|会|将)[^，。]{0,6}$",
    re.IGNORECASE,
)
_IS = re.compile(r"\b(?:is|was|were|has|have|had|are)(?: \w{1,10}){0,2} ?(?:been )?$", re.IGNORECASE)


def _holds(name: str, order: OrderView) -> bool:
    sent = any(parcel.shipped_at for parcel in order.fulfilments)
    match name:
        case "shipped":
            return order.status in _SHIPPED or sent
        case "delivered":
            return order.status in _CAME or any(parcel.delivered_at for parcel in order.fulfilments)
        case "cancelled":
            return order.status is OrderStatus.CANCELLED
        case "packed":
            return order.status in (OrderStatus.PROCESSED, *_SHIPPED)
        case "pending":
            return order.status is OrderStatus.PENDING or (not sent and order.status is OrderStatus.PROCESSED)
        case "refunded":
            return any(payment.kind == "refund" for payment in order.payments)
        case "returned":
            return order.status is OrderStatus.RETURNED
        case _:
            return order.status is OrderStatus.EXCHANGE_REQUESTED


def states(s: Sentence) -> Iterator[Stated]:
    """That an order is shipped, delivered, cancelled …, or that it is not."""
    p = s.patterns
    for name in ("shipped", "delivered", "cancelled", "packed", "refunded", "returned", "exchanged"):
        match = p[name].search(s.bare)
        if match is None or (name == "packed" and p["pending"].search(s.bare)):
            continue
        if _can_be(s, match.start()):
            continue
        denied = p["negated"].search(s.bare[max(0, match.start() - 22) : match.start()]) is not None
        if re.match(r"(?:还没|尚未|未)", s.bare[max(0, match.start() - 2) : match.start() + 1]):
            denied = True
        # A state that is over says less than the one that is now: a delivered order is no longer on its way.
        gone = name == "shipped" and re.search(r"way|transit|途|路上|派送|out for", match[0], re.IGNORECASE)
        backed = [
            order.id
            for order in s.orders
            if (_holds(name, order) and not (gone and order.status is not OrderStatus.SHIPPED)) is not denied
        ]
        whole = not s.codes or len(backed) == len(s.orders)
        yield Stated("status", *match.span(), backed[0] if backed and whole else "")
    if (match := p["pending"].search(s.bare)) is not None:
        backed = [order.id for order in s.orders if _holds("pending", order)]
        yield Stated("status", *match.span(), backed[0] if backed else "")


def _can_be(s: Sentence, at: int) -> bool:
    """Whether it tells what is possible or usual and not what has come to be ("can be returned")."""
    before = s.bare[max(0, at - 30) : at]
    return _MODAL.search(before) is not None and not _IS.search(before)
