"""The shop's delivery terms as data, and what follows from them: what an order costs with delivery and wrapping, and
when it is there. Pure: no SQL, no clock of its own, no language."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count, islice
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.shop.policy import ServicePolicy

FILE = "delivery.toml"
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

MethodName = Literal["standard", "express", "bulky", "international"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Money = Annotated[Decimal, Field(ge=0, decimal_places=2)]


class DeliveryInvalid(ValueError):
    """The file of the delivery terms is not as it should be; the message says where and why."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Method(_Strict):
    """``days``: business days from dispatch to delivery, the fewest and the most. ``kinds``: goods that go by it and by
    no other; ``abroad``: it serves all countries but the home country, and no other method does."""

    price: Money
    free_from: Money | None = None
    days: tuple[int, int]
    kinds: tuple[str, ...] = ()
    abroad: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Method:
        if not 0 <= self.days[0] <= self.days[1]:
            raise ValueError("days: the fewest come first, the most second")
        return self


class Names(_Strict):
    """What a country is called; the first name of a language is how it is said."""

    en: Annotated[tuple[str, ...], Field(min_length=1)]
    zh: Annotated[tuple[str, ...], Field(min_length=1)]

    @property
    def said(self) -> dict[str, str]:
        return {"en": self.en[0], "zh": self.zh[0]}


class DeliveryTerms(_Strict):
    home: str
    cut_off: time
    """On a day of dispatch what is ordered before it leaves the same day."""
    dispatch_days: Annotated[frozenset[Weekday], Field(min_length=1)]
    wrapping: Money | None = None
    return_deduction: Money = Decimal(0)
    duties_at_checkout: bool = False
    elsewhere: Mapping[str, Names] = {}
    """Places that are not delivered to, though their names may hold one of ``countries``."""
    methods: Mapping[MethodName, Method]
    countries: Mapping[str, Names]

    @model_validator(mode="after")
    def _whole(self) -> DeliveryTerms:
        if self.home not in self.countries:
            raise ValueError(f"home: {self.home} is none of the countries")
        if "standard" not in self.methods:
            raise ValueError("methods: standard is missing")
        if len(self.countries) > 1 and not any(method.abroad for method in self.methods.values()):
            raise ValueError("methods: none is for abroad, where the other countries are")
        return self

    def rules(self, rules: ServicePolicy) -> ServicePolicy:
        """The shop's policy with what these terms say of returns."""
        return replace(rules, home_country=self.home, return_deduction=self.return_deduction)

    def names(self) -> dict[str, Names]:
        """All places named, by code."""
        return {**self.countries, **self.elsewhere}

    def called(self) -> dict[str, tuple[str, ...]]:
        """What each of them is called, by code."""
        return {code: (*each.en, *each.zh) for code, each in self.names().items()}

    def is_business_day(self, day: date) -> bool:
        return _WEEK[day.weekday()] in self.dispatch_days


def load_delivery(folder: Path, kinds: Collection[str]) -> DeliveryTerms | None:
    """The terms of ``folder``; ``None`` where it has none. ``kinds`` are those the shop knows. Raises
    ``DeliveryInvalid``."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        terms = DeliveryTerms.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise DeliveryInvalid(f"{FILE}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(str(step) for step in first["loc"])
        raise DeliveryInvalid(f"{FILE}: {where + ': ' if where else ''}{first['msg']}") from error
    unknown = [kind for method in terms.methods.values() for kind in method.kinds if kind not in kinds]
    if unknown:
        raise DeliveryInvalid(f"{FILE}: methods: no kind of goods: {unknown[0]}")
    return terms


@dataclass(frozen=True, slots=True)
class Goods:
    """Units of one product, for a quote."""

    kind: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class DeliveryQuote:
    """What an order costs altogether. ``free``: its delivery, because the goods come to ``free_from``."""

    country: str
    method: MethodName
    goods: Decimal
    delivery: Decimal
    free: bool
    free_from: Decimal | None
    wraps: int
    wrapping: Decimal

    @property
    def total(self) -> Decimal:
        return self.goods + self.delivery + self.wrapping


Unserved = Literal["country", "bulky_abroad"]
"""Why nothing can be said: the shop does not deliver there, or its terms leave open what these goods cost there."""


def fitting(
    terms: DeliveryTerms, kinds: Collection[str], country: str, asked: MethodName | None = None
) -> MethodName | Unserved:
    """The method that an order with goods of these kinds goes by; ``asked`` where there is a choice."""
    if country not in terms.countries:
        return "country"
    own = next((name for name, method in terms.methods.items() if set(method.kinds) & set(kinds)), None)
    if country != terms.home:
        return "bulky_abroad" if own else next(name for name, method in terms.methods.items() if method.abroad)
    if own:
        return own
    method = terms.methods.get(asked) if asked else None
    return asked if asked and method and not method.abroad and not method.kinds else "standard"


def quote(
    terms: DeliveryTerms,
    lines: Sequence[Goods],
    country: str | None = None,
    method: MethodName | None = None,
    wraps: int = 0,
) -> DeliveryQuote | Unserved:
    """The sum, line by line. ``country``: ``None`` is the home country; ``wraps``: items to be wrapped."""
    where = country or terms.home
    name = fitting(terms, {line.kind for line in lines}, where, method)
    if name == "country" or name == "bulky_abroad":
        return name
    goods = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
    used = terms.methods[name]
    free = used.free_from is not None and goods >= used.free_from
    return DeliveryQuote(
        country=where,
        method=name,
        goods=goods,
        delivery=Decimal(0) if free else used.price,
        free=free,
        free_from=used.free_from,
        wraps=wraps if terms.wrapping is not None else 0,
        wrapping=(terms.wrapping or Decimal(0)) * wraps,
    )


def arrival(terms: DeliveryTerms, now: datetime, method: MethodName) -> tuple[date, date]:
    """The first and the last day on which an order placed ``now`` is delivered."""
    first = now.date() if now.time() < terms.cut_off else now.date() + timedelta(days=1)
    leaves = next(day for day in _days(first) if terms.is_business_day(day))
    fewest, most = terms.methods[method].days
    return _business_days_after(terms, leaves, fewest), _business_days_after(terms, leaves, most)


def _days(first: date) -> Iterator[date]:
    return (first + timedelta(days=ahead) for ahead in count())


def _business_days_after(terms: DeliveryTerms, day: date, number: int) -> date:
    if not number:
        return day
    later = (each for each in _days(day + timedelta(days=1)) if terms.is_business_day(each))
    return next(islice(later, number - 1, None))
