"""What a customer pays now, and what it would be without the sale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from decimal import Decimal

from retrieval.feeds.values.assumed import Assumed
from retrieval.feeds.values.dates import is_unset, moments
from retrieval.feeds.values.money import list_price
from retrieval.models import Variant


@dataclass(frozen=True, slots=True)
class Paid:
    """``before``: without the sale, more than ``amount``, in the same currency. ``until``: the sale's last day (UTC);
    None where none is said, or where it may be one of two."""

    amount: Decimal
    currency: str
    before: Decimal | None = None
    until: date | None = None


def priced(id: str, options: Mapping[str, str], cost: Paid, stock: int, ref: str = "") -> Variant:
    """A version that costs so much; its currency is the product's."""
    return Variant(
        id=id,
        options=dict(options),
        price=cost.amount,
        list_price=cost.before,
        sale_ends=cost.until,
        stock=stock,
        ref=ref,
    )


def paid(price: tuple[Decimal, str], listed: object, assumed: Assumed, ends: object = None) -> Paid:
    """A price, and the one beside it that is crossed out, or that of the time without the sale, as the feed has it."""
    before = list_price(listed, *price, assumed)
    return Paid(*price, before, last_day(ends, assumed) if before is not None else None)


def last_day(ends: object, assumed: Assumed) -> date | None:
    found = () if is_unset(ends) else moments(ends, assumed)
    if len(found) != 1:
        return None
    return (found[0].end.astimezone(UTC) - timedelta(microseconds=1)).date()
