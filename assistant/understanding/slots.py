"""The slot reader: every reader in turn over one message, then only those slots that fit the intent."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.shop.actions import OrderAction
from assistant.understanding.actions import (
    read_cart_action,
    read_change,
    read_reset,
    read_resolution,
    read_sort,
)
from assistant.understanding.audience import read_audience, read_not_for
from assistant.understanding.irrelevant import take_irrelevant
from assistant.understanding.language import normalise
from assistant.understanding.languages import expressions
from assistant.understanding.measures import read_measures
from assistant.understanding.numbers import value_of
from assistant.understanding.order_ids import OrderIds
from assistant.understanding.prices import read_limits
from assistant.understanding.products import ProductReader
from assistant.understanding.references import IN_FOCUS, read_pronoun, read_quantity, read_references
from assistant.understanding.schema import Intent, Slots, TurnContext
from assistant.understanding.sizes import read_sizes
from assistant.understanding.spans import Spans
from assistant.understanding.titles import read_titles
from assistant.understanding.vocabulary import Vocabulary
from retrieval.text.lexicon import Lexicon
from retrieval.text.measures import UNIT, Measure

_PRODUCT = frozenset({"type", "colour", "size", "brand", "attribute"})
_SEARCH = _PRODUCT | {
    "measures",
    "price_min",
    "price_max",
    "rating_min",
    "exclude",
    "indifferent",
    "sort",
    "reset",
    "reference",
}
_ORDERED = _PRODUCT | {"order_id"}
SLOTS_OF: dict[Intent, frozenset[str]] = {
    Intent.PRODUCT_SEARCH: _SEARCH | {"quantity"},
    Intent.RECOMMEND: _SEARCH,
    Intent.PRODUCT_QUESTION: _PRODUCT | {"reference"},
    Intent.COMPARE: _PRODUCT | {"reference"},
    Intent.CART: _PRODUCT | {"reference", "quantity", "cart_action"},
    Intent.ORDER_STATUS: _ORDERED,
    Intent.ORDER_CHANGE: _ORDERED | {"change", "quantity"},
    Intent.RETURN_REFUND: _ORDERED | {"resolution", "quantity"},
    Intent.COMPLAINT: frozenset({"order_id", "type", "brand"}),
    Intent.FAQ: frozenset({"order_id", "type"}),
    Intent.HUMAN_AGENT: frozenset({"order_id"}),
}
"""Which slots mean something under which intent, none under those left out; the others are dropped ("free shipping over $50?" filters nothing)."""

_PRONOUNS_MEAN_PRODUCTS = frozenset({Intent.PRODUCT_QUESTION, Intent.CART, Intent.COMPARE})
_ABOUT_PEOPLE = frozenset({Intent.PRODUCT_SEARCH, Intent.RECOMMEND})
_CACHE_SIZE = 32
"""Readings kept: a turn reads its message and its clauses several times."""
_BETWEEN_PRODUCTS = re.compile(
    r"\b(?:compar\w*|differen\w*|choos\w*|decid\w*|vs\.?|versus|better|pick|options?|numbers?|items?)\b|对比"
    r"|比较|区别|哪个|选"
)


_FOR_SO_MANY = re.compile(r"\bfor (one|two|three|four|five|six|[1-9])(?= ?(?:$|[.,!?]| of us\b))")


@dataclass(frozen=True, slots=True)
class Reading:
    """All that could be read of a message, whatever its intent. ``audience``, ``gift_for``: for whom, as attributes.
    ``share_read``: how much of it was slots (0–1)."""

    slots: Slots
    pronoun: tuple[int, ...]
    audience: tuple[str, ...]
    gift_for: tuple[str, ...]
    share_read: float


class SlotReader:
    """Rules and the lexicon; no learning, no state. Safe to share between threads."""

    def __init__(
        self,
        lexicon: Lexicon,
        brands: Iterable[str] = (),
        attributes_of: Mapping[str, Collection[str]] | None = None,
        real_words: Collection[str] = (),
        order_ids: OrderIds | None = None,
    ) -> None:
        """``attributes_of``: attribute keys by product type, as the catalogue has them. ``real_words``: see
        ``Vocabulary``."""
        self.order_ids = order_ids or OrderIds()
        self._products = ProductReader(lexicon, Vocabulary(lexicon, brands, real_words), attributes_of)

        self._read_once = lru_cache(maxsize=_CACHE_SIZE)(self._read)

    def read(self, text: str, context: TurnContext | None = None) -> Reading:
        """Everything in the message that could be a slot. Not to be changed: several steps of a turn ask for it."""
        context = context or TurnContext()
        kinds = tuple(context.search.type) if context.search else ()
        return self._read_once(text, context.asked_for or "", context.shown, tuple(context.shown_titles), kinds)

    def _read(
        self, text: str, asked: str, shown: int, shown_titles: tuple[str, ...], looked_for: tuple[str, ...]
    ) -> Reading:
        spans = Spans(normalise(text))
        whole = spans.text
        order_ids = self.order_ids.take(spans, asked=asked == "order_id")
        references = read_titles(spans, shown_titles)
        measures = read_measures(spans)
        take_irrelevant(spans)
        reset = read_reset(spans)
        if _BETWEEN_PRODUCTS.search(spans.text):
            references += read_references(spans, shown)
        sizes = read_sizes(spans, asked == "size")
        limits = read_limits(spans, asked in ("price", "price_max", "budget"))
        if limits.price_max is not None and re.search(rf"\b{limits.price_max:f} ?(?:{UNIT})\b", whole):
            limits.price_max = None  # "not 120 dollars, 120 cm"
        if not references:
            references = read_references(spans, shown)
        quantity = read_quantity(spans, asked == "quantity")
        pronoun = read_pronoun(spans, shown)
        sort = read_sort(spans)
        not_for = read_not_for(spans.text)
        audience = [entry for entry in read_audience(spans.text) if entry not in not_for]
        if "audience=women" in audience:  # whose American shoe sizes are others than men's
            sizes = [f"{size} women's" if size.startswith("US ") else size for size in sizes]
        gift_for = [entry for entry in read_audience(spans.text, is_gift=True) if entry not in not_for]
        named = self._products.read(spans, looked_for)
        people = _FOR_SO_MANY.search(spans.text)
        if people and self._products.has(named.type or looked_for, "sleeps"):
            measures = [*measures, Measure("persons", low=float(value_of(people[1])))]
        for_whom = [entry for entry in (*audience, *named.attribute) if entry.startswith("audience=")]
        if special := self._products.made_for(named.type or looked_for, for_whom):
            named.attribute = [*(entry for entry in named.attribute if entry not in for_whom), *special]
            audience = []
        slots = Slots(
            type=named.type,
            colour=named.colour,
            size=sizes,
            brand=named.brand,
            price_min=limits.price_min,
            price_max=limits.price_max,
            rating_min=limits.rating_min,
            measures=measures,
            attribute=[entry for entry in named.attribute if entry not in not_for],
            exclude=list(dict.fromkeys([*named.exclude, *not_for])),
            indifferent=[name for name, pattern in expressions("indifferent").items() if pattern.search(whole)],
            sort=sort,
            reference=list(dict.fromkeys(references)),
            quantity=None if quantity is None else min(quantity, 999),
            order_id=order_ids,
            cart_action=read_cart_action(whole),
            change=OrderAction.CHANGE_ADDRESS if asked == "address" else read_change(whole),
            resolution=read_resolution(whole),
            reset=reset,
        )
        return Reading(
            slots=slots,
            pronoun=tuple(pronoun),
            audience=tuple(audience),
            gift_for=tuple(gift_for),
            share_read=spans.share_read,
        )


def slots_for(reading: Reading, intent: Intent) -> Slots:
    """The slots of a reading that mean something under ``intent``."""
    read = reading.slots
    kept: dict[str, Any] = {name: getattr(read, name) for name in SLOTS_OF.get(intent, frozenset())}
    if intent in _PRONOUNS_MEAN_PRODUCTS and not read.reference and read.cart_action not in ("show", "checkout"):
        kept["reference"] = list(reading.pronoun)
    if intent is Intent.COMPARE and len(read.reference) == 1 and reading.pronoun == (IN_FOCUS,):
        kept["reference"] = list(dict.fromkeys([IN_FOCUS, *read.reference]))
    if "exclude" not in kept:
        # "Isn't it leather?", "didn't like the dress": outside a search nothing is refused, only named.
        for entry in read.exclude:
            name, _, value = entry.partition("=")
            name, value = (name, value) if name in ("type", "brand", "colour") else ("attribute", entry)
            if name in kept:
                kept[name] = list(dict.fromkeys([*kept[name], value]))
    if intent in _ABOUT_PEOPLE:
        kept["attribute"] = list(
            dict.fromkeys([*read.attribute, *(reading.gift_for if intent is Intent.RECOMMEND else reading.audience)])
        )
        kept["attribute"] = [entry for entry in kept["attribute"] if entry not in read.exclude]
    if intent in (Intent.PRODUCT_SEARCH, Intent.RETURN_REFUND) and (read.quantity or 0) < 2:
        kept["quantity"] = None
    if intent is Intent.CART and read.cart_action is None and (kept["reference"] or read.type or read.quantity):
        kept["cart_action"] = "add"
    return Slots(**kept)
