"""Which products a message means: "the second one", "it", or a product by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from assistant.dialogue.memory import Memory
from assistant.understanding.schema import Slots
from retrieval.models import Product, Variant
from retrieval.query import Hit

_WORD = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]")


class Titles:
    """Finds products whose whole title stands in a message. Built once per catalogue version."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._titles = [
            (frozenset(words), product)
            for product in products
            for title in product.title.values()
            if len(words := _WORD.findall(title.lower())) > 1
        ]

    def named(self, text: str) -> list[Product]:
        """Products whose title words all occur in ``text``, longest titles first.

        A title that is part of a longer one that also occurs is left out: "Trail Runner 2 GTX" does not also mean
        the "Trail Runner 2".
        """
        said = frozenset(_WORD.findall(text.lower()))
        found = sorted(((words, p) for words, p in self._titles if words <= said), key=lambda pair: -len(pair[0]))
        kept: list[tuple[frozenset[str], Product]] = []
        for words, product in found:
            if not any(words < longer or product.id == other.id for longer, other in kept):
                kept.append((words, product))
        return sorted((product for _, product in kept), key=lambda p: text.lower().find(p.name("en").lower()))


def meant(
    slots: Slots, memory: Memory, text: str, titles: Titles, look_up: Callable[[str], Product | None]
) -> list[Hit]:
    """The products pointed at, in the order said; empty when the message points at none."""
    hits: list[Hit] = []
    for number in slots.reference:
        if number == 0:
            hit = _focus(memory, look_up)
        else:
            index = len(memory.shown) - 1 if number == -1 else number - 1
            hit = _shown(memory, index, look_up)
        if hit and all(hit.product.id != other.product.id for other in hits):
            hits.append(hit)
    for product in titles.named(text):
        if all(product.id != other.product.id for other in hits):
            hits.append(Hit(product, choose_variant(product, slots), 0.0))
    return hits


def focus(memory: Memory, look_up: Callable[[str], Product | None]) -> Hit | None:
    """The product being talked about, or the only one on display."""
    return _focus(memory, look_up)


def _focus(memory: Memory, look_up: Callable[[str], Product | None]) -> Hit | None:
    if memory.focus is None:
        return _shown(memory, 0, look_up) if len(memory.shown) == 1 else None
    for index, shown in enumerate(memory.shown):
        if shown.product_id == memory.focus:
            return _shown(memory, index, look_up)
    product = look_up(memory.focus)
    return Hit(product, choose_variant(product, Slots()), 0.0) if product else None


def _shown(memory: Memory, index: int, look_up: Callable[[str], Product | None]) -> Hit | None:
    if not 0 <= index < len(memory.shown):
        return None
    shown = memory.shown[index]
    product = look_up(shown.product_id)
    if product is None:
        return None
    return Hit(product, product.variant(shown.variant_id) or choose_variant(product, Slots()), 0.0)


def matching_variants(product: Product, slots: Slots) -> list[Variant]:
    """The variants that have the colour and size asked for; options a product does not have ask nothing of it."""
    wanted = {"colour": {c.lower() for c in slots.colour}, "size": {s.lower() for s in slots.size}}
    return [
        variant
        for variant in product.variants
        if all(
            not values or variant.options.get(key, "").lower() in values
            for key, values in wanted.items()
            if key in variant.options
        )
    ]


def choose_variant(product: Product, slots: Slots) -> Variant:
    """The cheapest fitting variant in stock, else the cheapest fitting, else the cheapest of all."""
    fitting = matching_variants(product, slots) or list(product.variants)
    return min(fitting, key=lambda variant: (variant.stock == 0, variant.price))
