"""What a feed may leave unsaid: what was said for it, what its rows show, else what is taken and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import get_date_format
from babel.numbers import get_decimal_symbol, get_territory_currencies

from retrieval.feeds.values.notes import Notes

PriceUnit = Literal["units", "cents"]
CurrencyFrom = Literal["said", "locale", "feed", "default"]

DEFAULT_CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Assumed:
    """How values that can be read in several ways are meant, in one feed.

    ``cents``: prices without a decimal point are in the currency's smallest unit. ``decimal`` is the mark before
    decimals, ``day_first`` whether ``5/11`` is in November; None where nothing tells. ``long_decimals`` holds a mark
    that the feed is seen to write before exactly three decimals. ``currency_from`` is what the currency is known by
    (``default``: nothing). ``marks`` are those before decimals by the currency that stands beside them (empty: none).
    """

    currency: str = DEFAULT_CURRENCY
    price_unit: PriceUnit = "units"
    locale: Locale | None = None
    currency_from: CurrencyFrom = "said"
    decimal: Literal[".", ","] | None = None
    both_decimals: bool = False
    long_decimals: str = ""
    marks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    day_first: bool | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    notes: Notes = field(default_factory=Notes)

    @property
    def currency_known(self) -> bool:
        return self.currency_from != "default"

    def note(self, text: str, example: object = "") -> None:
        """Tells something that was taken for granted; the same text is told once, with how often and an example."""
        self.notes.add(text, str(example))

    def quietly(self) -> Assumed:
        """The same, for a look ahead: its notes are not told."""
        return replace(self, notes=Notes())


def locale_of(name: str) -> Locale:
    """``de-DE`` or ``de_DE``. Raises ``ValueError`` for what CLDR does not know."""
    try:
        return Locale.parse(name.strip().replace("-", "_"))
    except (ValueError, UnknownLocaleError, TypeError):
        raise ValueError(f"locale: {name[:40]!r} is not known; say a language and a country, like de-DE") from None


def currency_of(locale: Locale) -> str | None:
    """What is paid with in the locale's country now."""
    found = get_territory_currencies(locale.territory) if locale.territory else []
    return found[0] if len(found) == 1 else None


def decimal_of(locale: Locale) -> Literal[".", ","]:
    return "," if get_decimal_symbol(locale) in (",", "٫") else "."


def day_first_in(locale: Locale) -> bool:
    pattern = get_date_format("short", locale).pattern
    return pattern.find("d") < pattern.find("M")
