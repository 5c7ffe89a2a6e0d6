"""How values are written in a language: money, dates, numbers, lists, attribute predicates. No facts of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal

from babel.dates import format_date
from babel.numbers import format_currency, get_currency_name, get_decimal_symbol

from assistant.wording.texts import Texts, Voice, texts
from retrieval.models import Localised, Product, in_language
from retrieval.text.lexicon import Lexicon
from retrieval.text.size_order import in_size_order

_PLURAL = re.compile(r"[a-z]{2}s$", re.IGNORECASE)
_THOUSANDS = re.compile(r"[.,]\d{3}$")
_MEASURE = re.compile(r"(?P<n>[0-9]+(?:\.[0-9]+)?) (?P<unit>[A-Za-z]+)")
_NO_NOUN = frozenset("for of to with from up suits fits sleeps carries holds".split())  # noqa: SIM905
"""Where an attribute's English name begins or ends with one of these, it is no noun."""
_SINGULAR_ENDINGS = ("ss", "us", "as", "is", "ous")


class Speech:
    """One language's way of writing values; ``lexicon`` names keys. ``brands`` are those of the products spoken of:
    a title that goes on with its own article is said without its brand ("The Lighthouse Ledger")."""

    def __init__(self, language: str, lexicon: Lexicon, brands: Iterable[str] = (), voice: Voice = "assistant") -> None:
        self.texts: Texts = texts(language, voice)
        self.voice: Voice = voice
        self.language = self.texts.language
        self.lexicon = lexicon
        self._before_article = tuple(f"{brand} " for brand in dict.fromkeys(brands) if brand)

    def _is_thing(self, word: str) -> bool:
        return word in self._goods and (not word.endswith("s") or word.endswith("ss"))

    @cached_property
    def _goods(self) -> frozenset[str]:
        """Words for the kinds of goods that there are."""
        return frozenset(word for kind in self.lexicon.types.values() for word in kind.words.get("en", ()))

    def currency(self, code: str) -> str:
        """What a currency is called where there is much of it: "US dollars"."""
        return str(get_currency_name(code, count=2, locale=self.language))

    def money(self, amount: Decimal, currency: str) -> str:
        return str(format_currency(amount, currency, locale=self.language))

    def method(self, label: str) -> str:
        """A payment method as a customer of this language reads it: "Visa ending 4242", "Visa（尾号4242）"."""
        if label == "Gift card":
            return self.texts.render("method", "gift_card")
        name, ending, digits = label.partition(" ending ")
        return self.texts.render("method", "card", name=name, digits=digits) if ending else label

    def day(self, moment: datetime) -> str:
        return self.long_date(moment.astimezone(UTC).date())

    def long_date(self, day: date) -> str:
        return str(format_date(day, format="long", locale=self.language))

    def full_date(self, day: date) -> str:
        """With its weekday: "Friday, December 4, 2026"."""
        return str(format_date(day, format="full", locale=self.language))

    def weekday(self, moment: datetime) -> str:
        return str(format_date(moment.astimezone(UTC).date(), format="EEEE", locale=self.language))

    def rating(self, value: float) -> str:
        return self._number(f"{value:.1f}")

    def _number(self, plain: str) -> str:
        """With the language's sign before decimals."""
        return plain.replace(".", get_decimal_symbol(self.language))

    def listing(self, items: Sequence[str], last: Literal["and", "or"] = "and") -> str:
        """Items joined as a list: "a, b and c"; "a、b和c"."""
        if len(items) < 2:
            return "".join(items)
        comma = self.texts.render("grammar", "comma")
        return comma.join(items[:-1]) + self.texts.render("grammar", last) + items[-1]

    def series(self, items: Sequence[str]) -> str:
        """Items joined without a conjunction."""
        return self.texts.render("grammar", "comma").join(items)

    def title(self, title: Localised) -> str:
        text = in_language(title, self.language)
        for brand in self._before_article:
            if text.startswith((f"{brand}The ", f"{brand}A ", f"{brand}An ")):
                return text.removeprefix(brand)
        return text

    def foreign(self, product: Product) -> bool:
        """Whether a product is described in English to somebody who speaks something else."""
        return not product.description.get(self.language) and bool(product.description.get("en"))

    def agreement(self, title: str) -> dict[str, str]:
        """Verb forms that agree with a title: "Trail Socks are", "Rain Jacket is"."""
        words = title.split()
        last = words[-1] if words else ""
        plural = bool(_PLURAL.search(last)) and not last.lower().endswith(_SINGULAR_ENDINGS)
        if plural and last.lower() not in self._goods:  # "Garden Dress Pockets" is a dress
            plural = not any(self._is_thing(word.lower()) for word in words[:-1])
        return verbs(plural)

    def options(self, options: dict[str, str]) -> str:
        """A variant's options: "red, size 42"; "红色、42码"."""
        return self.series([self.option(key, value) for key, value in options.items()])

    def option(self, key: str, value: str) -> str:
        if key == "colour":
            return self.lexicon.name("colour", value, self.language)
        if key == "size":
            # "size S" but "30 cm" or "one size" as they are: only bare sizes take the word.
            bare = re.fullmatch(r"[0-9]+([.,/-][0-9]+)?|[0-9]?X{0,3}[SML]", value)
            return self.texts.render("grammar", "size", value=value) if bare else value
        if value.lower() == "yes":
            return self.name(key)
        said = value if value.lower() == "no" else self.value(key, value)
        return self.texts.render("grammar", "option", name=self.name(key), value=said)

    def name(self, key: str) -> str:
        """What an attribute or option key is called; English names in lower case inside a sentence."""
        if self.texts.has("names", key):
            return self.texts.render("names", key)
        name = self.lexicon.name("attribute", key, self.language)
        if name == self.lexicon.name("attribute", key, "en") and self.texts.has("property_names", key):
            name = self.texts.render("property_names", key)  # which the shop has a name for in English at most
        return self.inside(name)

    def is_noun(self, key: str) -> bool:
        """Whether its English name can be "of" something: "battery life" can, "for" and "carries up to" cannot."""
        words = self.name(key).split()
        return not {words[0], words[-1]} & _NO_NOUN if words else False

    def inside(self, name: str) -> str:
        """A name as it stands inside a sentence: English has small letters there."""
        return lower_first(name) if self.language == "en" else name

    def value(self, key: str, value: str) -> str:
        if key == "colour":
            return self.lexicon.name("colour", value, self.language)
        if measured := _MEASURE.fullmatch(value):
            # Three digits behind a point may be thousands: such a number stays as the shop writes it.
            number = measured["n"] if _THOUSANDS.search(measured["n"]) else self._number(measured["n"])
            unit = next((each for each in (key, measured["unit"]) if self.texts.has("units", each)), "")
            return self.texts.render("units", unit, n=number) if unit else f"{number} {measured['unit']}"
        if value.isdigit() and self.texts.has("units", key):
            return self.texts.render("units", key, n=value)
        name = self.lexicon.name("attribute", f"{key}={value}", self.language)
        return value if name.casefold() == value.casefold() else name  # "LCD" as the shop writes it

    def is_boolean(self, key: str, value: str | None = None) -> bool:
        if value is not None:
            return value in ("yes", "no")
        entry = self.lexicon.attributes.get(key)
        return (entry is not None and entry.kind == "boolean") or self.form(key) != "other"

    def form(self, key: str) -> str:
        return next((form for form in ("is", "has", "own") if self.texts.has(form, key)), "other")

    def phrase(self, key: str) -> str:
        form = self.form(key)
        return self.texts.render(form, key) if form != "other" else self.name(key)

    def predicate(self, key: str, value: str, agreement: dict[str, str]) -> str:
        """A yes/no attribute as a predicate; ``value`` is yes, no or whether."""
        phrase = self.phrase(key)
        bare = re.sub(r"^an? ", "", phrase)
        return self.texts.render(f"forms.{self.form(key)}", value, phrase=phrase, bare=bare, **agreement)

    def feature(self, key: str, value: str) -> str:
        """An attribute in a list of features: "waterproof", "material leather"; empty for what a product is not."""
        if value == "yes":
            return self.phrase(key)
        if value == "no":
            return ""
        return self.texts.render("grammar", "feature", name=self.name(key), value=self.value(key, value))


def verbs(plural: bool) -> dict[str, str]:
    if plural:
        return {"be": "are", "have": "have", "do": "do", "cost": "cost", "come": "come"}
    return {"be": "is", "have": "has", "do": "does", "cost": "costs", "come": "comes"}


def lower_first(text: str) -> str:
    """ "Battery life" → "battery life"; acronyms such as "GPS" stay."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def option_values(product: Product, key: str, in_stock: bool = False) -> tuple[str, ...]:
    """The values a product's variants offer for an option: sizes in their order, others in the variants'."""
    values = [
        variant.options[key]
        for variant in product.variants
        if key in variant.options and (variant.stock > 0 or not in_stock)
    ]
    return in_size_order(values) if key == "size" else tuple(dict.fromkeys(values))
