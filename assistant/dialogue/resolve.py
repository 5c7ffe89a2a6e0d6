"""Which products a message means: named by title or a part of it, described ("the black one"), counted ("the second
one"), or pointed at ("it", "both", "the other one"). References are to things, wherever in the conversation they were
shown."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Shown
from assistant.understanding.languages import expressions
from assistant.understanding.schema import Slots
from retrieval.models import Product, Variant
from retrieval.query import Hit

_WORD = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]")
_THREE = re.compile(r"\bthree\b|[三3]", re.IGNORECASE)
_RARE = 60
"""Titles that a word may be in to be looked up by it; words of more titles name nothing by themselves."""
_TELLING = 4
"""Letters of a single word that names a product; characters of a Chinese part that does."""


@dataclass(frozen=True, slots=True)
class _Title:
    product: Product
    words: tuple[str, ...]
    model: tuple[str, ...]
    """The words without the brand."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Words of a message that stand together in a title: ``start`` and ``length`` count the message's words."""

    start: int
    length: int
    title: _Title
    exact: bool
    """They are all of the title, with or without the brand."""


class Titles:
    """Finds products that a message names. Built once per catalogue version."""

    def __init__(self, products: Iterable[Product], generic: Collection[str] = ()) -> None:
        """``generic``: words that name kinds, colours and properties of products, which alone name no product."""
        self._generic = frozenset(word for phrase in generic for word in _WORD.findall(phrase.lower()))
        self._by_word: dict[str, list[_Title]] = defaultdict(list)
        for product in products:
            brand = set(_WORD.findall(product.brand.lower()))
            for title in dict.fromkeys(product.title.values()):
                words = tuple(_WORD.findall(title.lower()))
                entry = _Title(product, words, tuple(word for word in words if word not in brand))
                for word in dict.fromkeys(words):
                    self._by_word[word].append(entry)

    def named(self, text: str, shown: Collection[str] = ()) -> list[Product]:
        """The products whose title, or a telling part of it, stands in ``text``, in the order named.

        Of several titles with the same part the one that it is all of is meant, else the one among ``shown`` ids; a
        part of more products names none. A title that is part of a longer one that also occurs is left out.
        """
        said = _WORD.findall(text.lower())
        capital = {match[0].lower() for match in re.finditer(r"(?<=\w )[A-Z][a-z]+", text)}
        runs = [run for run in self._runs(said) if self._tells(run, said, capital, shown)]
        runs.sort(key=lambda run: (-run.length, not run.exact, run.title.product.id not in shown, len(run.title.words)))
        taken: set[int] = set()
        found: list[_Run] = []
        for run in runs:
            place = set(range(run.start, run.start + run.length))
            if place & taken:
                continue
            rivals = [
                other
                for other in runs
                if (other.start, other.length) == (run.start, run.length)
                and other.title.product.id != run.title.product.id
            ]
            if rivals and not run.exact and (run.title.product.id not in shown or rivals[0].title.product.id in shown):
                continue
            taken |= place
            found.append(run)
        found.sort(key=lambda run: run.start)
        return list({run.title.product.id: run.title.product for run in found}.values())

    def _runs(self, said: list[str]) -> list[_Run]:
        """The longest run of each title that has a rare word of the message."""
        places: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(said):
            places[word].append(at)
        seen: dict[int, _Title] = {}
        for word in places:
            titles = self._by_word.get(word, ())
            if len(titles) <= _RARE:
                seen.update((id(title), title) for title in titles)
        runs = []
        for title in seen.values():
            best = (0, 0)
            for start_in_title, word in enumerate(title.words):
                for start in places.get(word, ())[:8]:
                    length = 0
                    while (
                        start + length < len(said)
                        and start_in_title + length < len(title.words)
                        and said[start + length] == title.words[start_in_title + length]
                    ):
                        length += 1
                    best = max(best, (length, -start))
            if best[0]:
                part = tuple(said[-best[1] : best[0] - best[1]])
                runs.append(_Run(-best[1], best[0], title, part in (title.words, title.model)))
        return runs

    def _tells(self, run: _Run, said: list[str], capital: Collection[str], shown: Collection[str]) -> bool:
        words = said[run.start : run.start + run.length]
        own = [word for word in words if word not in self._generic and word in run.title.model]
        if not own:
            # "Trail Runner" is made of words for shoes, but it is all of a title.
            family = any(title.product.id in shown for word in words for title in self._by_word[word][:_RARE])
            known = family or run.length == len(run.title.words)
            return run.exact and known and (run.length > 1 or words[0] in capital)
        if not own[0].isascii():
            return run.length >= _TELLING
        if run.length > 1:
            return any(not word.isdigit() for word in own) or run.exact
        (word,) = words
        known = any(title.product.id in shown for title in self._by_word[word][:_RARE])
        return len(word) >= _TELLING and not word.isdigit() and (known or (run.exact and word in capital))


@dataclass(frozen=True, slots=True)
class Referents:
    """What ``meant`` resolves against."""

    memory: Memory
    titles: Titles
    look_up: Callable[[str], Product | None]
    read: Callable[[str], Slots]
    """The slots of a few words."""


def meant(slots: Slots, text: str, at_hand: Referents) -> list[Hit]:
    """The products pointed at, in the order said; empty when the message points at none."""
    memory, look_up = at_hand.memory, at_hand.look_up
    ids = [one.product_id for one in memory.seen]
    hits = [Hit(product, choose_variant(product, slots), 0.0) for product in at_hand.titles.named(text, ids)]
    hits = [_as_shown(hit, memory, slots, look_up) for hit in hits]
    cues = expressions("cues")
    pointed: list[Hit] = []
    if cues["both"].search(text) and len(hits) < 2:
        pointed = pair(memory, look_up, text)
    elif cues["other_of_two"].search(text):
        pointed = [hit for hit in pair(memory, look_up) if hit.product.id != memory.focus][-1:]
    if not pointed:
        pointed = described(text, at_hand)
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


def described(text: str, at_hand: Referents) -> list[Hit]:
    """ "The black one", "the Kitewood one", 木头那个: the shown products that fit what is said of them best."""
    memory = at_hand.memory
    match = expressions("cues")["described"].search(text)
    if match is None or not memory.seen:
        return []
    words = next(group for group in match.groups() if group)
    slots, said = at_hand.read(words), set(_WORD.findall(words.lower()))
    pool = memory.shown or memory.seen
    hits = [hit for one in pool if (hit := _hit(one, at_hand.look_up))]
    if slots.sort in ("cheapest", "cheaper", "dearest", "dearer") and len(hits) > 1:
        by_price = sorted(hits, key=lambda hit: hit.variant.price)
        return [by_price[0] if slots.sort.startswith("cheap") else by_price[-1]]
    fits = {hit.product.id: _fit(hit.product, slots, said) for hit in hits}
    best = max(fits.values(), default=0)
    found = [hit for hit in hits if best and fits[hit.product.id] == best]
    if len(found) == len(hits) and len(hits) > 1:
        return []
    return [_as_shown(hit, memory, slots, at_hand.look_up) for hit in found]


def _fit(product: Product, slots: Slots, said: Collection[str]) -> int:
    colours = {variant.options.get("colour", "").lower() for variant in product.variants}
    fits = [product.brand in slots.brand, product.type in slots.type, bool(colours & set(slots.colour))]
    fits += [
        product.attributes.get(pair.partition("=")[0]) == (pair.partition("=")[2] or "yes") for pair in slots.attribute
    ]
    title = {word for name in product.title.values() for word in _WORD.findall(name.lower())}
    return sum(fits) + len(title & {word for word in said if not word.isascii() or len(word) > 2})


def on_display(memory: Memory, look_up: Callable[[str], Product | None]) -> list[Hit]:
    """The list that is shown, as far as the shop still has it."""
    return [hit for one in memory.shown if (hit := _hit(one, look_up))]


def pair(memory: Memory, look_up: Callable[[str], Product | None], text: str = "") -> list[Hit]:
    """The two (three) things just talked about, else the first two on display."""
    count = 3 if _THREE.search(text) else 2
    if count <= len(memory.shown) <= 3:
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
