"""Prices as feeds write them: an amount with a sign, a code or nothing, in the number forms of any country."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel.numbers import get_currency_precision

from retrieval.feeds.values.assumed import Assumed
from retrieval.feeds.values.currencies import currencies_of, currency_code, currency_meant, is_least, multiplied
from retrieval.feeds.values.notes import Notes
from retrieval.feeds.values.numbers import Number, levelled, number_of
from retrieval.feeds.values.texts import plain_text

LONGEST = 60
"""Characters of a price, at most."""


_NUMBER = re.compile(r"[.,]?\d[\d.,' ]*", re.ASCII)

_AMOUNTS = ("amount", "value", "price", "gross", "current", "final", "now", "raw", "shopmoney", "text", "#text")
_DIGITS = ("currencyminorunit", "fractiondigits", "exponent", "scale", "decimals", "precision")
"""How many of an amount's digits are decimals, as ``{"price": "1250", "currency_minor_unit": 2}`` says."""

_CURRENCIES = ("currency", "currencycode", "pricecurrency", "currencyiso", "currencyid", "iso", "@currency")
_RANGES = (("min", "max"), ("minprice", "maxprice"), ("lowprice", "highprice"), ("low", "high"), ("from", "to"))
_SHOWN = ("formatted", "display", "displayamount", "displayvalue", "label", "formattedprice", "formattedvalue")
_MICROS = ("amountmicros", "pricemicros", "valuemicros", "micros")
_MINOR = ("centamount", "unitamount", "cents", "amountcents", "amountincents", "minorunits", "amountminor")


def money(value: object, assumed: Assumed, currency: object = "") -> tuple[Decimal, str]:
    """The amount and the currency (ISO 4217) of a price: ``25.00 USD``, ``$1,299.00``, ``1.299,- €``, ``1.2万``, 2500,
    ``{"amount": "12.50", "currency": "EUR"}``. ``currency`` is what a field of its own says.

    Raises ``ValueError`` for what is no price (negative, not a number, a range, a lowest price), for currencies that
    are not known or contradict, and for marks that may group thousands or begin decimals where nothing tells which.
    """
    if isinstance(value, Mapping):
        return _of_object(value, assumed, currency)
    if isinstance(value, (list, tuple)):
        return _of_list(value, assumed, currency)
    said = currency_meant(str(currency), assumed) if currency not in (None, "") else ""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _of_number(Decimal(str(value)), assumed, said or unnamed_currency(assumed))
    text = _levelled(value) if isinstance(value, str) and len(value) <= 10 * LONGEST else ""
    try:
        number, factor, around = taken_apart(text)
    except ValueError:
        raise ValueError(f"price: {str(value)[:LONGEST]!r} is not a price; write an amount, like 12.50 EUR") from None
    named = ""
    if around:
        if is_least(around):
            raise ValueError(f"price: {text[:LONGEST]!r} is not what is paid; give that amount alone")
        # The field settles a sign that several currencies share: `$` and CAD.
        held = replace(assumed, currency=said, currency_from="said", notes=Notes()) if said else assumed
        named = currency_meant(around, held)
    if said and named and said != named:
        raise ValueError(f"price: {text[:LONGEST]!r} is in {named}, but its currency is given as {said}")
    code = said or named or unnamed_currency(assumed)
    amount = _settled(number, code, bool(said or named), assumed, text) * factor
    if assumed.price_unit == "cents" and factor == 1 and not number.marked and not number.doubtful:
        amount = amount.scaleb(-get_currency_precision(code))
    return _checked(amount, code), code


def _levelled(text: str) -> str:
    return levelled(plain_text(text) if "<" in text or "&" in text else text)


@lru_cache(maxsize=16_384)
def taken_apart(text: str) -> tuple[Number, int, str]:
    """The number in a ``levelled`` price, what a word multiplies it with, and what else stands around it.

    Raises ``ValueError`` where there is not exactly one number, or a minus.
    """
    found = _NUMBER.search(text) if len(text) <= LONGEST else None
    if found is None:
        raise ValueError("holds no number")
    start, end = found.span()
    before = text[:start].rstrip()
    if text[start] in ".,":
        # `$.99` is less than a dollar; the point of `Rs.99` ends a word.
        near = text[start - 1 : start]
        if near and not near.isspace() and unicodedata.category(near) != "Sc":
            before, start = text[: start + 1], start + 1
    digits, after = text[start:end].rstrip(), text[end:].lstrip()
    dashed = digits[-1] in ".," and after.startswith("-")  # `12,-`
    if dashed:
        digits, after = digits[:-1], after.lstrip("-").lstrip()
    digits = digits.rstrip(".,' ") if after or digits[-1] in ".,'" else digits
    if "-" in before or before.endswith("(") or after.startswith("-") or any(char.isdigit() for char in after):
        raise ValueError("holds several numbers, or a minus")
    factor, after = multiplied(after) if after else (1, "")
    number = number_of(digits)
    if dashed and number.doubtful:  # the dash stands for the decimals
        number = Number(number.amount)
    return number, factor, f"{before.lstrip('+')} {after}".strip()


def sale_price(value: object, assumed: Assumed, currency: object = "") -> tuple[Decimal, str] | None:
    """The price of a sale; None where there is none, which systems write as nothing, or as 0. Raises as ``money``."""
    if value is None or (isinstance(value, str) and not value.strip()) or value in ([], {}):
        return None
    found = money(value, assumed, currency)
    if not found[0]:
        assumed.note("a sale price of 0 is taken as none")
        return None
    return found


def list_price(value: object, paid: Decimal, currency: str, assumed: Assumed) -> Decimal | None:
    """What is crossed out beside a price: only where it can be read and is more, in the same currency."""
    if value is None or value == "":
        return None
    try:
        before, of = money(value, replace(assumed, currency=currency, currency_from="said", notes=Notes()))
    except ValueError:
        assumed.note("a list price cannot be read, and is not shown", value)
        return None
    return before if before > paid and of == currency else None


def unnamed_currency(assumed: Assumed) -> str:
    """The currency of a price that names none, which is told unless it was said for the feed."""
    assumed.notes.no_currency = True
    if assumed.currency_from == "locale":
        locale = str(assumed.locale).replace("_", "-")
        assumed.note(f"prices that name no currency are in {assumed.currency}, as in the locale {locale}")
    elif assumed.currency_from != "said":
        assumed.note(
            f"prices that name no currency are taken as {assumed.currency}; say it (--currency) to change that"
        )
    return assumed.currency


def _settled(number: Number, code: str, named: bool, assumed: Assumed, text: str) -> Decimal:
    """The amount; where a mark before three digits may be two things, what the currency and the feed say it is."""
    mark = number.doubtful
    if not mark or number.fraction is None:
        return number.amount
    if mark == assumed.long_decimals:
        return number.fraction
    form, both = _form(code, named, assumed)
    told = form is not None and form != mark
    if get_currency_precision(code) >= 3:
        if form == mark or (form is None and mark == "." and not both):
            return number.fraction
    elif not told and form is None and (not both or (mark == "," and not get_currency_precision(code))):
        # In a currency of two decimals or none, three digits are a group of thousands.
        told = mark == "," or named or assumed.currency_known
    if told:
        if mark == "." and assumed.locale is None:
            assumed.note(
                "price: a point before three digits is taken to group thousands; say the locale (--locale) if not", text
            )
        return number.amount
    raise ValueError(
        f"price: {text!r} may be {number.amount} or {number.fraction}; write {number.amount}.00, or say --locale"
    )


def _form(code: str, named: bool, assumed: Assumed) -> tuple[str | None, bool]:
    """The mark before decimals in prices of this currency; and whether both are."""
    if not named or assumed.locale is not None or not assumed.marks:
        return (None if assumed.both_decimals else assumed.decimal), assumed.both_decimals
    seen = assumed.marks.get(code, frozenset()) | assumed.marks.get("", frozenset())
    return (next(iter(seen)) if len(seen) == 1 else None), len(seen) > 1


def _checked(amount: Decimal, code: str) -> Decimal:
    if not amount.is_finite():
        raise ValueError(f"price: {amount!s:.60} is not a price")
    if amount < 0:
        raise ValueError(f"price: {amount!s:.60} is negative")
    if amount.adjusted() > 11:
        raise ValueError(f"price: {amount!s:.60} is too large to be one")
    if int(amount.as_tuple().exponent) < -6:  # what a binary fraction makes of 19.99
        amount = round(amount, get_currency_precision(code))
    return amount


def _of_number(number: Decimal, assumed: Assumed, code: str) -> tuple[Decimal, str]:
    """A JSON number: its point is before decimals, whatever the feed's country."""
    whole = number.is_finite() and int(number.as_tuple().exponent) >= 0
    if assumed.price_unit == "cents" and whole:
        number = number.scaleb(-get_currency_precision(code))
    number = _checked(number, code)
    return (number if int(number.as_tuple().exponent) <= 0 else number.quantize(Decimal(1))), code


def _of_object(value: Mapping[str, Any], assumed: Assumed, currency: object) -> tuple[Decimal, str]:
    """As shop systems' interfaces write money. Raises ``ValueError`` for other objects: never digits out of one."""
    held = {name.lower().replace("_", "").replace("-", ""): v for name, v in value.items() if v not in (None, "")}
    inner = next((held[name] for name in _CURRENCIES if name in held), "")
    if not inner and currencies_of(str(held.get("unit", ""))):
        inner = held["unit"]
    if isinstance(inner, Mapping):
        inner = next((inner[name] for name in ("code", "iso", "isoCode", "id", "name") if inner.get(name)), "")
    currency = inner or currency
    code = currency_meant(str(currency), assumed) if currency else ""
    if not code:
        for name in _SHOWN:
            if isinstance(held.get(name), str):
                return money(held[name], assumed)
    for low, high in _RANGES:
        if low in held and high in held:
            ends = [money(held[name], assumed, code) for name in (low, high)]
            if ends[0] != ends[1]:
                raise ValueError(f"price: is a range from {ends[0][0]} to {ends[1][0]}; give each variant its price")
            return ends[0]
    for name in _MICROS:
        if name in held:
            return _of_number(_exactly(held[name]).scaleb(-6), assumed, code or unnamed_currency(assumed))
    digits = next((int(held[name]) for name in _DIGITS if str(held.get(name, "")).isdigit()), None)
    if "unit" in held and re.fullmatch(r"cents?|ct|minor|pence|penny|分|копе.{1,4}", str(held["unit"]).casefold()):
        code = code or unnamed_currency(assumed)
        digits = get_currency_precision(code)
    for name in (*_MINOR, *(_AMOUNTS if digits is not None else ())):
        if name in held and not isinstance(held[name], Mapping):
            code = code or unnamed_currency(assumed)
            amount, places = _exactly(held[name]), get_currency_precision(code) if digits is None else digits
            if amount != amount.to_integral_value() or places > 9:
                raise ValueError(f"price: {str(held[name])[:LONGEST]!r} is no number of smallest units")
            return _checked(amount.scaleb(-places), code), code
    if "units" in held and ("nanos" in held or code):
        code = code or unnamed_currency(assumed)
        return _checked(_exactly(held["units"]) + _exactly(held.get("nanos", 0)).scaleb(-9), code), code
    for name in _AMOUNTS:
        if name in held:
            if assumed.price_unit == "units" and isinstance(held[name], int):
                assumed.note("price: whole amounts in objects are taken as whole units; say --price-unit cents if not")
            return money(held[name], assumed, code)
    by_code = {name.upper(): amount for name, amount in held.items() if len(name) == 3 and name.isalpha()}
    if by_code and len(by_code) == len(held):
        return _of_several({currency_code(name): amount for name, amount in by_code.items()}, assumed)
    raise ValueError(f"price: is an object with {', '.join(list(value)[:5]) or 'nothing'}; give a number or a text")


def _of_several(amounts: Mapping[str, Any], assumed: Assumed) -> tuple[Decimal, str]:
    code = assumed.currency if assumed.currency in amounts else next(iter(amounts))
    if len(amounts) > 1 and code != assumed.currency:
        raise ValueError(f"price: is given in {', '.join(amounts)}; say which (--currency)")
    return money(amounts[code], assumed, code)


def _of_list(values: Sequence[Any], assumed: Assumed, currency: object) -> tuple[Decimal, str]:
    """One price, also where it is repeated; of several in different currencies the feed's own."""
    quiet = assumed if len(values) == 1 else assumed.quietly()
    prices = dict.fromkeys(money(value, quiet, currency) for value in values if value not in (None, ""))
    if len(prices) > 1 and len({code for _, code in prices}) == len(prices):
        prices = {price: None for price in prices if price[1] == assumed.currency} or prices
    if len(prices) != 1:
        raise ValueError(f"price: is a list of {len(prices)} prices; give the one that is paid")
    return next(iter(prices))


def _exactly(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"price: {str(value)[:LONGEST]!r} is not a price") from None


def written(number: object) -> str:
    """A value as the text of a price. A JSON number has no exponent, and a point that groups nothing: 1.2990."""
    if isinstance(number, (float, Decimal)) and abs((number := Decimal(str(number))).adjusted()) < 30:
        text = f"{number:f}"
        return text + "0" * (len(text.partition(".")[2]) == 3)
    return "" if number is None else str(number)
