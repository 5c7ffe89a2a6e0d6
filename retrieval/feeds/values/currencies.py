"""Which currency a sign, a code or a name beside a price means (``currencies.toml``, ISO 4217, Babel's signs)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.numbers import get_currency_name, get_currency_symbol, list_currencies

from retrieval.feeds.values.assumed import Assumed
from retrieval.feeds.values.numbers import levelled

_PAID_NAMES = """
AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KWD MAD MXN MYR NGN
NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR
"""
_PAID_WITH = frozenset(_PAID_NAMES.split())
"""Of currencies of one name, those that are paid with today."""


def currency_code(code: str) -> str:
    """Raises ``ValueError`` when ISO 4217 has no such currency."""
    if code not in _currencies():
        raise ValueError(f"currency: {code[:20]!r} is no currency (ISO 4217)")
    return code


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("currencies.toml").read_text("utf-8"))


def _folded(text: str) -> str:
    return re.sub(r"[\s.]", "", levelled(text)).casefold()


@cache
def _signs() -> Mapping[str, Sequence[str]]:
    """A folded sign's currencies; the first is empty where the feed's own must say."""
    signs: dict[str, Sequence[str]] = {}
    for code in list_currencies():
        if (symbol := get_currency_symbol(code, "en")) not in (code, "¤"):
            signs[_folded(symbol)] = (code,)
    for code in sorted(list_currencies(), key=lambda code: (code not in _PAID_WITH, code)):
        for count in (None, 2):
            signs.setdefault(_folded(get_currency_name(code, count, "en")), (code,))
    signs |= {_folded(sign): (code,) for code, held in _file()["signs"].items() for sign in held}
    return signs | {_folded(sign): tuple(codes) for sign, codes in _file()["shared"].items()}


@cache
def _plain() -> frozenset[str]:
    return frozenset(map(_folded, _file()["beside"]["plain"]))


@cache
def _least() -> frozenset[str]:
    return frozenset(map(_folded, _file()["beside"]["least"]))


@cache
def _factors() -> Mapping[str, int]:
    return {_folded(word): int(factor) for factor, words in _file()["times"].items() for word in words}


@lru_cache(maxsize=4096)
def multiplied(after: str) -> tuple[int, str]:
    """What the word right after a number multiplies it with, and the rest: ``万元`` is 10,000 and ``元``."""
    if currencies_of(after) is not None:
        return 1, after
    folded = _folded(after)
    for word in sorted(_factors(), key=len, reverse=True):
        if folded.startswith(word) and currencies_of(folded.removeprefix(word)) is not None:
            return _factors()[word], folded.removeprefix(word)
    return 1, after


def is_least(text: str) -> bool:
    """Whether ``ab``, ``from`` and the like are beside a price: what is paid is more, or another amount."""
    if currencies_of(text) is not None:
        return False
    folded = _folded(text)
    joined = any(not word.isascii() and (folded.startswith(word) or folded.endswith(word)) for word in _least())
    return folded in _least() or joined or any(_folded(word) in _least() for word in text.split())


def currencies_of(text: str) -> Sequence[str] | None:
    """The currencies that what stands beside an amount may mean; empty when it says none, None when it is not known."""
    return _currencies_of(" ".join(re.sub(r"[()\[\]]", " ", levelled(text)).split()))


@lru_cache(maxsize=4096)
def _currencies_of(text: str) -> Sequence[str] | None:
    found = _known(text)
    if found is not None:
        return found
    # `EUR incl. VAT`, `$ CAD`: a part that is known, and a rest that changes nothing.
    parts = text.split()
    for size in range(len(parts) - 1, 0, -1):
        for one, rest in ((parts[:size], parts[size:]), (parts[size:], parts[:size])):
            first, second = _known(" ".join(one)), _known(" ".join(rest))
            if first is None or second is None:
                continue
            shared = [code for code in first if code in second]
            if not first or not second or shared:
                return shared or first or second
    return None


def _known(text: str) -> Sequence[str] | None:
    folded = _folded(text)
    if not folded or folded in _plain():
        return ()
    if folded in _signs():
        return _signs()[folded]
    if len(folded) == 3 and folded.upper() in _currencies():
        return (folded.upper(),)
    bare = folded.strip("()[]:;,/*=+|'\"")
    if bare != folded and (bare or folded.strip("()[]") == folded):
        return _known(bare)
    # `USD$`, `€EUR`
    for size in (3, -3):
        code, sign = (folded[:size], folded[size:]) if size > 0 else (folded[size:], folded[:size])
        if code.upper() in _currencies() and code.upper() in _signs().get(sign, ()):
            return (code.upper(),)
    return None


def currency_meant(text: str, assumed: Assumed) -> str:
    """The currency that a sign, code or name means in this feed; empty when the text says none.

    Raises ``ValueError`` for what is not known, and where several are meant and the feed's own is none of them.
    """
    found = currencies_of(text)
    if found is None:
        code = re.fullmatch(r"[A-Za-z]{3}", text.strip())
        if code:
            return currency_code(code[0].upper())
        raise ValueError(f"currency: {text.strip()[:20]!r} is no currency that is known; write its code (ISO 4217)")
    if len(found) < 2:
        return found[0] if found else ""
    if assumed.currency in found and (assumed.currency_known or found[0] in ("", assumed.currency)):
        if not assumed.currency_known:
            assumed.note(
                f"currency: {text.strip()!r} is taken as {assumed.currency}; say which (--currency) if it is another"
            )
        return assumed.currency
    if found[0]:
        assumed.note(f"currency: {text.strip()!r} is taken as {found[0]}; say which (--currency) if it is another")
        return found[0]
    raise ValueError(f"currency: {text.strip()!r} may be {', '.join(found[1:7])}; say which (--currency)")
