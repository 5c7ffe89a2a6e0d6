"""The coupons that a shop's rules name, and what each takes off. Pure: no SQL, no clock of its own, no language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

CENT = Decimal("0.01")

CouponProblem = Literal["unknown", "expired", "too_low", "other_goods"]


@dataclass(frozen=True, slots=True)
class Coupon:
    """``code`` in capitals. ``percent`` or ``amount`` off the goods, or delivery free; from goods of ``from_`` on, up
    to and with the day ``until``, on goods of ``kinds`` only where there are some."""

    code: str
    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    free_delivery: bool = False
    from_: Decimal = Decimal(0)
    until: date | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Priced:
    """Units of one variant at what the shop asks for each."""

    variant_id: str
    kind: str
    quantity: int
    unit_price: Decimal

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity


def code_of(written: str) -> str:
    """A code as compared: case and spaces do not count."""
    return "".join(written.split()).upper()[:40]


def problem(coupon: Coupon | None, lines: Sequence[Priced], today: date) -> CouponProblem | None:
    """Why it takes nothing off these goods today; ``None``: it does."""
    if coupon is None:
        return "unknown"
    if coupon.until is not None and today > coupon.until:
        return "expired"
    if sum((line.total for line in lines), Decimal(0)) < coupon.from_:
        return "too_low"
    if coupon.kinds and not any(line.kind in coupon.kinds for line in lines):
        return "other_goods"
    return None


def reduced(coupon: Coupon | None, lines: Sequence[Priced]) -> Mapping[str, tuple[tuple[int, Decimal], ...]]:
    """What is paid of each variant: (units, price of one), several where a discount does not come out even.

    Their sums are exactly what is paid, so that a unit that goes back is worth what it cost.
    """
    meant = [line for line in lines if coupon is None or not coupon.kinds or line.kind in coupon.kinds]
    worth = sum((line.total for line in meant), Decimal(0))
    off = Decimal(0)
    if coupon is not None:
        share = (worth * coupon.percent / 100).quantize(CENT, ROUND_HALF_UP)
        off = min(worth, share + coupon.amount)
    left, rest = off, worth
    paid: dict[str, tuple[tuple[int, Decimal], ...]] = {}
    for line in lines:
        if line not in meant or not off:
            paid[line.variant_id] = ((line.quantity, line.unit_price),)
            continue
        own = (left * line.total / rest).quantize(CENT, ROUND_HALF_UP) if rest else Decimal(0)
        left, rest = left - own, rest - line.total
        paid[line.variant_id] = _each(line.quantity, line.total - own)
    return paid


def _each(quantity: int, total: Decimal) -> tuple[tuple[int, Decimal], ...]:
    """``total`` in whole cents over so many units."""
    cents = int(total / CENT)
    low, more = divmod(cents, quantity)
    parts = ((quantity - more, low * CENT), (more, (low + 1) * CENT))
    return tuple((units, price) for units, price in parts if units)
