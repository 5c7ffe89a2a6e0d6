"""A shop's own rules as a file, ``rules.toml``: who is known by what, what may be done to an order and until when, and
what it costs. Every key is described in docs/shop.md; what a file leaves out is as in the demo shop, but
that nothing is taken back unopened only."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.shop.coupons import Coupon, code_of
from assistant.shop.policy import Proof, ServicePolicy
from assistant.shop.views import MethodKind, OrderStatus

FILE = "rules.toml"

Money = Annotated[Decimal, Field(ge=0, decimal_places=2)]
Days = Annotated[int, Field(strict=True, ge=0, le=3650)]
Window = Days | Literal["any"]
Unsent = Literal["pending", "processed"]
"""States of an order that is not on its way yet."""
States = Annotated[list[Unsent], Field(min_length=1)]
Known = Annotated[list[Proof], Field(min_length=1)]


class RulesInvalid(ValueError):
    """The file of the rules is not as it should be; the message names the file, the key and the value, and what is
    wrong."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Identity(_Table):
    any_of: Annotated[list[Known], Field(min_length=1)] = [
        ["email", "postcode"],
        ["email", "order"],
        ["name", "postcode"],
    ]


class _Cancelling(_Table):
    while_: Annotated[States, Field(alias="while")] = ["pending"]
    within_hours: Annotated[int, Field(strict=True, ge=1, le=87600)] | Literal["any"] = "any"
    reasons: Annotated[list[str], Field(min_length=1)] | Literal["any"] = "any"


class _Changes(_Table):
    address_while: States = ["pending"]
    payment_while: States = ["pending"]
    items_once: bool = False


class _Returns(_Table):
    within_days: Window = 30
    used: bool = False
    sealed: dict[str, str] = {}
    shipping_paid_by: Literal["shop", "customer"] = "shop"
    fee: Money = Decimal(0)
    restocking_percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(0)


class _Exchanges(_Table):
    within_days: Window = 30
    same_item: bool = False
    settled: Literal["requested", "arrived"] = "requested"


class _Refunds(_Table):
    to: Literal["paid", "named"] = "paid"
    days: Annotated[dict[MethodKind, Days], Field(min_length=1)] = {"gift_card": 0, "paypal": 2, "credit_card": 7}
    note_no_difference: bool = False


class _Coupon(_Table):
    percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(0)
    amount: Money = Decimal(0)
    delivery: Literal["free"] | None = None
    from_: Annotated[Money, Field(alias="from")] = Decimal(0)
    until: date | None = None
    kinds: list[str] = []

    def coupon(self, code: str) -> Coupon:
        return Coupon(
            code_of(code),
            self.percent,
            self.amount,
            self.delivery == "free",
            self.from_,
            self.until,
            tuple(self.kinds),
        )


class Rules(_Table):
    """The file, table by table."""

    identity: _Identity = _Identity()
    cancelling: _Cancelling = _Cancelling()
    changes: _Changes = _Changes()
    returns: _Returns = _Returns()
    exchanges: _Exchanges = _Exchanges()
    refunds: _Refunds = _Refunds()
    coupons: dict[str, _Coupon] = {}

    def policy(self) -> ServicePolicy:
        cancelling, returns = self.cancelling, self.returns
        hours, reasons = cancelling.within_hours, cancelling.reasons
        return ServicePolicy(
            identified_by=tuple(frozenset(each) for each in self.identity.any_of),
            cancel_while=_states(cancelling.while_),
            cancel_window=None if hours == "any" else timedelta(hours=hours),
            cancel_reasons=None if reasons == "any" else frozenset(reasons),
            address_while=_states(self.changes.address_while),
            payment_while=_states(self.changes.payment_while),
            items_change_once=self.changes.items_once,
            return_window=_window(returns.within_days),
            takes_used=returns.used,
            sealed=tuple(returns.sealed.items()),
            returns_paid_by=returns.shipping_paid_by,
            return_fee=returns.fee,
            restocking_percent=returns.restocking_percent,
            exchange_window=_window(self.exchanges.within_days),
            identical_exchange=self.exchanges.same_item,
            exchange_settled=self.exchanges.settled,
            method_required=self.refunds.to == "named",
            coupons=tuple(each.coupon(code) for code, each in self.coupons.items()),
            refund_days=tuple(self.refunds.days.items()),
            no_difference_booked=self.refunds.note_no_difference,
        )


def load_rules(folder: Path) -> ServicePolicy:
    """The rules of the shop in ``folder``; what holds without any where it has none. Raises ``RulesInvalid``."""
    path = folder / FILE
    return read_rules(path) if path.exists() else Rules().policy()


def read_rules(path: Path) -> ServicePolicy:
    """Raises ``RulesInvalid``; ``OSError`` when there is no such file."""
    return parse_rules(path.read_bytes(), path.name)


def parse_rules(content: bytes, name: str = FILE) -> ServicePolicy:
    """``name``: what the file is called in messages. Raises ``RulesInvalid``."""
    try:
        plain = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesInvalid(f"{name} is no TOML: {error}") from error
    try:
        return Rules.model_validate(plain).policy()
    except ValidationError as error:
        told: dict[str, str] = {}
        for each in error.errors():
            key, wrong = _told(dict(each))
            # Of a value that may be of two kinds each complains.
            told[key] = f"{told[key]}, or {wrong}" if key in told else wrong
        raise RulesInvalid(f"{name}: {'; '.join(f'{key}: {wrong}' for key, wrong in told.items())}") from error


def _told(error: Mapping[str, Any]) -> tuple[str, str]:
    """The key with its value, and what is wrong."""
    where = [str(step) for step in error["loc"] if not _is_of_a_union(step)]
    key, value = ".".join(where), error["input"]
    if error["type"] == "extra_forbidden":
        return key, f"there is no such key; there are {', '.join(_keys(where[:-1]))}"
    wrong = "should be a table" if error["type"] == "model_type" else error["msg"].removeprefix("Input ")
    return f"{key} = {_written(value)}", wrong


def _is_of_a_union(step: object) -> bool:
    return isinstance(step, str) and (step.startswith(("constrained-", "literal[", "list[", "int")) or "[" in step)


def _keys(where: Iterable[str]) -> list[str]:
    table: type[BaseModel] = Rules
    for step in where:
        annotation = table.model_fields[step].annotation if step in table.model_fields else _Coupon
        if annotation == dict[str, _Coupon]:
            continue  # the next step is the shop's own word
        assert isinstance(annotation, type)
        table = annotation
    return sorted(field.alias or name for name, field in table.model_fields.items())


def _written(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return str(value).lower() if isinstance(value, bool) else str(value)


def _states(named: Iterable[Unsent]) -> frozenset[OrderStatus]:
    return frozenset(map(OrderStatus, named))


def _window(days: Window) -> timedelta | None:
    return None if days == "any" else timedelta(days=days)


RETAIL_TEXT = Path(__file__).with_name("retail_rules.toml").read_text(encoding="utf-8")
"""The rules of a retail file that brings none of its own (see ``assistant.shop.retail``)."""
RETAIL = parse_rules(RETAIL_TEXT.encode(), "retail_rules.toml")
