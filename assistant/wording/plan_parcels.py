"""Statements about the parcels of an order: what is in each, and whether it has left, arrived or still waits; each by
its own state, never by the order's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from assistant.shop.views import FulfilmentView, OrderLineView, OrderView
from assistant.wording.speech import Speech, verbs
from assistant.wording.statement import Draft


def inside(parcel: FulfilmentView, lines: Sequence[OrderLineView]) -> list[OrderLineView]:
    """Those of the lines that are in the parcel; all, where the shop does not tell."""
    return [line for line in lines if not parcel.variant_ids or line.variant_id in parcel.variant_ids]


def parcel_status(
    order: OrderView,
    parcel: FulfilmentView,
    lines: Sequence[OrderLineView],
    draft: Draft,
    now: datetime | None = None,
) -> None:
    speech, sources = draft.speech, (order.id,)
    values: dict[str, Any] = {"order_id": order.id, **_things(inside(parcel, lines), speech)}
    if parcel.delivered_at is not None:
        date = speech.day(parcel.delivered_at)
        draft.say("order_answer", "parcel_delivered", sources=sources, **values, date=date)
        if parcel.tracking_id and len(order.fulfilments) > 1:
            _tracked(parcel, "tracking_came", draft, sources, required=False)
        return
    if parcel.shipped_at is not None:
        draft.say("order_answer", "parcel_shipped", sources=sources, **values, date=speech.day(parcel.shipped_at))
    else:
        draft.say("order_answer", "parcel_waits", sources=sources, **values)
    if parcel.tracking_id:
        _tracked(parcel, "tracking" if parcel.shipped_at is not None else "tracking_waits", draft, sources)
    if parcel.expected_at:
        _expected(order, parcel.expected_at, now, draft)


def _tracked(parcel: FulfilmentView, key: str, draft: Draft, sources: Sequence[str], *, required: bool = True) -> None:
    """By which carrier, where the shop names one."""
    number = parcel.tracking_id
    if parcel.carrier:
        said: dict[str, Any] = {"carrier": parcel.carrier, "tracking_id": number}
        draft.say("order_answer", key, required=required, sources=sources, **said)
    else:
        draft.say("orders", "tracking_number", required=required, sources=sources, tracking_id=number)


def _things(lines: Sequence[OrderLineView], speech: Speech) -> dict[str, str]:
    """The lines as the subject of a sentence, and the verb forms that agree with it."""
    names = [
        speech.title(line.title)
        if line.quantity == 1
        else speech.texts.render("orders", "line", quantity=line.quantity, title=speech.title(line.title))
        for line in lines
    ]
    many = len(lines) > 1 or any(line.quantity > 1 for line in lines)
    return {"items": speech.listing(names), **(verbs(many) if many or not names else speech.agreement(names[0]))}


def _expected(order: OrderView, expected: datetime, now: datetime | None, draft: Draft) -> None:
    day, today = expected.astimezone(UTC).date(), now.astimezone(UTC).date() if now else None
    key = "expected"
    if today is not None and day <= today + timedelta(days=1):
        key = "expected_today" if day == today else "expected_tomorrow" if day > today else "overdue"
    draft.say("order_answer", key, sources=(order.id,), date=draft.speech.day(expected))
