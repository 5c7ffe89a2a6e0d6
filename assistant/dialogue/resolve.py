"""Which products a message means: named by title or a part of it, described ("the black one"), counted ("the second
one"), or pointed at ("it", "both", "the other one"). References are to things, wherever in the conversation they were
shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice

import numpy as np

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.describe import Describe, fitting, plainest
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Shown
from assistant.dialogue.titles import Titles, title_words
from assistant.understanding.languages import expressions
from assistant.understanding.schema import Intent, Slots, TurnContext
from retrieval.models import Product, Variant
from retrieval.search.query import Hit
from retrieval.text.sizes import has_option, own_size

_THREE = re.compile(r"\bthree\b|[三3]", re.IGNORECASE)
_TWO = re.compile(r"[两俩]")
_MAX_SAME_KIND = 60
"""Products of a kind that are looked through at most."""
_MAX_PHRASES = 6
"""Things described in one message at most."""
_PLURAL = re.compile(r"\b(?:these|those|[a-z]{1,20}s)\W*$|这些|那些", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Referents:
    """What ``meant`` resolves against."""

    memory: Memory
    titles: Titles
    look_up: Callable[[str], Product | None]
    describe: Describe
    kin: list[Hit]
    """All products of the kind looked for, of which the first are on display."""

    def read(self, words: str) -> Slots:
        return self.describe.read(words)


def referents(memory: Memory, deps: Dependencies) -> Referents:
    """What a message of this conversation may mean; words are read as those of the kinds shown so far."""
    kinds = dict.fromkeys(product.type for one in memory.seen if (product := deps.product(one.product_id)))
    context = TurnContext(search=Slots(type=list(kinds)))
    # The same few words are held against every product that may be meant.
    read = lru_cache(64)(partial(deps.understander.slots, context=context, intent=Intent.PRODUCT_SEARCH))
    return Referents(memory, deps.titles(), deps.product, Describe(deps.lexicon, read, deps.called), _kin(memory, deps))


def _kin(memory: Memory, deps: Dependencies) -> list[Hit]:
    index = deps.search.index
    if memory.search is None or not memory.search.type or not memory.shown:
        return []
    there = np.flatnonzero(index.table.of_types(memory.search.type))[:_MAX_SAME_KIND]
    products = [index.catalogue.products[at] for at in there]
    return [Hit(product, choose_variant(product, Slots()), 0.0) for product in products]


def without_titles(text: str, memory: Memory, titles: Titles) -> str:
    """``text`` with dots for the names of products in it, so that the words around stay apart."""
    for named in titles.namings(text, shown_ids(memory)):
        text = text[: named.start] + "•" * (named.end - named.start) + text[named.end :]
    return text


def meant(slots: Slots, text: str, at_hand: Referents) -> list[Hit]:
    """The products pointed at, in the order said; empty when the message points at none."""
    memory, look_up = at_hand.memory, at_hand.look_up
    hits = [
        Hit(product, choose_variant(product, slots), 0.0) for product in at_hand.titles.named(text, shown_ids(memory))
    ]
    hits = [_as_shown(hit, memory, slots, look_up) for hit in hits]
    cues = expressions("cues")
    pointed: list[Hit] = []
    if cues["both"].search(text) and len(hits) < 2:
        pointed = pair(memory, look_up, text)
    elif cues["other_of_two"].search(text):
        pointed = [hit for hit in pair(memory, look_up) if hit.product.id != memory.focus][-1:]
    if not pointed:
        pointed = described(text, at_hand, wholly=not hits)
    if not pointed and not (hits and slots.reference == [0]):
        for number in slots.reference:
            found = focus(memory, look_up) if number == 0 else _at(memory, number, look_up)
            pointed += [found] if found else []
    return list({hit.product.id: hit for hit in (*hits, *pointed)}.values())


def of_ids(
    product_ids: Iterable[str], memory: Memory, slots: Slots, look_up: Callable[[str], Product | None]
) -> list[Hit]:
    """The products of these ids, each with the variant that was shown unless the slots want another."""
    products = (product for product_id in product_ids if (product := look_up(product_id)))
    return [_as_shown(Hit(p, choose_variant(p, slots), 0.0), memory, slots, look_up) for p in products]


def shown_ids(memory: Memory) -> list[str]:
    """Ids of what was shown so far."""
    return [one.product_id for one in memory.seen]


def described(text: str, at_hand: Referents, *, wholly: bool) -> list[Hit]:
    """ "The black one", "the hardback", "the 29 dollar one", 木头那个: the things shown or talked about that fit what
    is said of them best. ``wholly``: also what is called by no more than its properties."""
    memory = at_hand.memory
    cues = expressions("cues")
    phrases = [(match, False) for match in islice(cues["described"].finditer(text), _MAX_PHRASES)]
    if wholly and not phrases:
        phrases = [(match, True) for match in islice(cues["definite"].finditer(text), _MAX_PHRASES)]
    pools = (on_display(memory, at_hand.look_up), ever_shown(memory, at_hand.look_up), at_hand.kin)
    found: list[Hit] = []
    for match, whole in phrases:
        words = next(group for group in match.groups() if group)
        if whole and at_hand.read(words).sort:
            continue  # "the cheapest waterproof tent" is looked for
        tried = _beginnings(words, pools[1]) if whole else [words]
        best = next(
            (
                best
                for said in tried
                for pool in pools
                if (best := fitting(said, pool, at_hand.describe, whole=whole, superlative=not whole))
            ),
            [],
        )
        if not _PLURAL.search(match[0]):
            best = _one_of(best, memory, words)
        found += [_as_shown(hit, memory, at_hand.read(words), at_hand.look_up) for hit in best]
    return found


def _beginnings(words: str, seen: list[Hit]) -> list[str]:
    """The words, then less of them from the front, as long as there is a word or number of a title among them: "the 28
    dishwasher safe" is the one of 28."""
    titles = {word for hit in seen for word in title_words(" ".join(hit.product.title.values()))}
    said = words.split()
    shorter = (said[:length] for length in range(len(said) - 1, 0, -1))
    return [words, *(" ".join(part) for part in shorter if titles & set(title_words(" ".join(part))))]


def _one_of(hits: list[Hit], memory: Memory, words: str) -> list[Hit]:
    """Of several that fit alike, where one is meant: the one talked about last, or of those that the words name by a
    part of their titles the one that the others are versions of."""
    if len(hits) < 2:
        return hits
    for product_id in (memory.focus, *memory.talked):
        if same := [hit for hit in hits if hit.product.id == product_id]:
            return same
    plain, said = plainest(hits), set(title_words(words))
    named = plain is not None and any(said & set(title_words(title)) for title in plain.product.title.values())
    return [plain] if plain is not None and named else hits


def ever_shown(memory: Memory, look_up: Callable[[str], Product | None]) -> list[Hit]:
    """Everything shown so far, the latest first."""
    return [hit for one in memory.seen if (hit := _hit(one, look_up))]


def on_display(memory: Memory, look_up: Callable[[str], Product | None]) -> list[Hit]:
    """The list that is shown, as far as the shop still has it."""
    return [hit for one in memory.shown if (hit := _hit(one, look_up))]


def pair(memory: Memory, look_up: Callable[[str], Product | None], text: str = "") -> list[Hit]:
    """The two (three) things just talked about, else the first two on display."""
    count = 3 if _THREE.search(text) else 2
    if count <= len(memory.shown) <= 3 and (len(memory.shown) == count or not _TWO.search(text)):
        return on_display(memory, look_up)
    products = [product for id_ in memory.talked[:count] if (product := look_up(id_))]
    if len(products) == count:
        return [
            _as_shown(Hit(p, choose_variant(p, Slots()), 0.0), memory, Slots(), look_up) for p in reversed(products)
        ]
    return on_display(memory, look_up)[:count]


def focus(memory: Memory, look_up: Callable[[str], Product | None]) -> Hit | None:
    """The product being talked about, or the only one on display."""
    if memory.focus is None:
        return _hit(memory.shown[0], look_up) if len(memory.shown) == 1 else None
    shown = next((one for one in (*memory.shown, *memory.seen) if one.product_id == memory.focus), None)
    if shown is not None:
        return _hit(shown, look_up)
    product = look_up(memory.focus)
    return Hit(product, choose_variant(product, Slots()), 0.0) if product else None


def _at(memory: Memory, number: int, look_up: Callable[[str], Product | None]) -> Hit | None:
    index = len(memory.shown) - 1 if number == -1 else number - 1
    return _hit(memory.shown[index], look_up) if 0 <= index < len(memory.shown) else None


def _hit(shown: Shown, look_up: Callable[[str], Product | None]) -> Hit | None:
    product = look_up(shown.product_id)
    if product is None:
        return None
    return Hit(product, product.variant(shown.variant_id) or choose_variant(product, Slots()), 0.0)


def _as_shown(hit: Hit, memory: Memory, slots: Slots, look_up: Callable[[str], Product | None]) -> Hit:
    """The variant that was shown, unless the message asks for another."""
    if slots.colour or slots.size:
        return Hit(hit.product, choose_variant(hit.product, slots), hit.score)
    shown = next((one for one in memory.seen if one.product_id == hit.product.id), None)
    return (_hit(shown, look_up) if shown else None) or hit


def as_asked(hit: Hit, slots: Slots) -> Hit:
    """With the variant of the colour and size that are asked about, where the product comes in them."""
    if not (slots.colour or slots.size) or not (fitting_ := matching_variants(hit.product, slots)):
        return hit
    return hit if hit.variant in fitting_ else Hit(hit.product, choose_variant(hit.product, slots), hit.score)


def matching_variants(product: Product, slots: Slots) -> list[Variant]:
    """The variants that have the colour and size asked for; options a product does not have ask nothing of it."""
    wanted = {"colour": slots.colour, "size": [own_size(product, size) for size in slots.size]}
    return [
        variant
        for variant in product.variants
        if all(
            not values or any(has_option(variant, key, value) for value in values)
            for key, values in wanted.items()
            if key in variant.options
        )
    ]


def choose_variant(product: Product, slots: Slots) -> Variant:
    """The cheapest fitting variant in stock, else the cheapest fitting, else the cheapest of all."""
    fitting = matching_variants(product, slots) or list(product.variants)
    return min(fitting, key=lambda variant: (variant.stock == 0, variant.price))
