"""What a catalogue's attributes and options are called: plain words ("oak", "gluten free") can be asked for."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection

from retrieval.models import Product
from retrieval.text.key_names import key_name
from retrieval.text.lexicon import AttributeEntry, ValueEntry
from retrieval.text.words import STOPWORDS, is_chinese

_KEYS = 80
"""Attributes that can be asked for by their values: the most frequent."""
_VALUES = 60
"""Values of one attribute; what has more is a name or a text."""
_WORDS = 3
_LONGEST = 28
_PLAIN = re.compile(r"[^\W\d_]+(?:[ &'’-]+[^\W\d_]+)*")
_KEPT_OUT_TEXT = """
audience gender age_group condition availability sku mpn gtin ean upc isbn asin barcode id model brand vendor title name
colour color size sizes tags tag category categories type product_type currency language country origin author artist
"""
_KEPT_OUT = frozenset(_KEPT_OUT_TEXT.split())
"""Attributes that other readers know, or whose values are names."""
_EVERYDAY_TEXT = """
new used standard regular normal other others n/a na no yes true false default various mixed set single double small
medium large big men women male female unisex adult kids home none unknown original high low full free shop more
"""
_EVERYDAY = frozenset(_EVERYDAY_TEXT.split())


_PEOPLE: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "women": ("女士", {"en": ("women", "woman", "women's", "womens", "ladies"), "zh": ("女士", "女款", "女式")}),
    "men": ("男士", {"en": ("men", "man", "men's", "mens", "gents"), "zh": ("男士", "男款", "男式")}),
    "unisex": ("男女通用", {"en": ("unisex",), "zh": ("男女通用", "中性")}),
    "kids": ("儿童", {"en": ("kids", "children", "children's", "child"), "zh": ("儿童", "童款")}),
}
_AUDIENCE = AttributeEntry(
    name={"en": "For", "zh": "适用人群"},
    values={who: ValueEntry(name={"en": who, "zh": name}, words=words) for who, (name, words) in _PEOPLE.items()},
)
"""For whom things are made, which is asked for in every shop."""


class AttributeWords:
    """Counts the attributes of products, one after another."""

    def __init__(self) -> None:
        self._values: dict[str, Counter[str]] = defaultdict(Counter)
        self._written: dict[str, str] = {}
        """Values as the catalogue first writes them."""

    def add(self, product: Product) -> None:
        options = ((key, value) for variant in product.variants for key, value in variant.options.items())
        for key, text in (*product.attributes.items(), *dict.fromkeys(options)):
            values = self._values[key]
            if key in _KEPT_OUT or len(values) > _VALUES:
                continue
            for part in map(str.strip, text.split(",")):
                if len(part) <= _LONGEST:
                    values[part.casefold()] += 1
                    self._written.setdefault(f"{key}={part.casefold()}", part)

    def has_value(self, word: str) -> bool:
        """Whether the word alone is the value of some attribute."""
        return any(word in values for key, values in self._values.items() if key not in _KEPT_OUT)

    def entries(self, named: Collection[str]) -> dict[str, AttributeEntry]:
        """The attributes that can be asked for; a value that is the name of a kind (``named``) is left to that."""
        found: dict[str, AttributeEntry] = {"audience": _AUDIENCE} if self._values else {}
        kept = [(key, values) for key, values in self._values.items() if key not in _KEPT_OUT and values]
        for key, values in sorted(kept, key=lambda one: -one[1].total())[:_KEYS]:
            name = {"zh" if is_chinese(key) else "en": key_name(key)}
            if set(values) <= {"yes", "no"}:
                words = (key.replace("_", " "),) if _asked_for(key.replace("_", " ")) else ()
                found[key] = AttributeEntry(kind="boolean", name=name, words={next(iter(name)): words} if words else {})
            elif len(values) <= _VALUES:
                told = {
                    self._written[f"{key}={value}"]: _value(value)
                    for value in values
                    if _asked_for(value) and value not in named
                }
                if told:
                    found[key] = AttributeEntry(kind="choice", name=name, values=told)
        return found


def _asked_for(value: str) -> bool:
    words = value.split()
    return (
        0 < len(words) <= _WORDS
        and 2 < len(value) <= _LONGEST
        and _PLAIN.fullmatch(value) is not None
        and value not in _EVERYDAY
        and not all(word in STOPWORDS for word in words)
    ) or (is_chinese(value) and 1 < len(value) <= 8)


def _value(value: str) -> ValueEntry:
    language = "zh" if is_chinese(value) else "en"
    return ValueEntry(name={language: value}, words={language: (value,)})
