"""A catalogue's own words: the lexicon that its categories, options and attributes make, and the finer kinds that its
titles name. Nobody need write any of it.

A shop sorts its goods into categories, mostly coarse ("Accessories"), and calls each thing by its noun in the title
("Beanie with Pompom"). A noun that several titles of one category end in is a kind of its own under that category.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from retrieval.models import GENERIC_TYPE, Product, Variant
from retrieval.search.attribute_words import AttributeWords
from retrieval.search.head_nouns import title_heads
from retrieval.text.colour_names import PLAIN, colour_entry
from retrieval.text.lexicon import Lexicon, TypeEntry, UmbrellaEntry
from retrieval.text.plurals import plural, singular
from retrieval.text.words import STOPWORDS, is_chinese, stem

_TITLES = 2
"""Titles that must end in a noun for it to name a kind."""
_OF_ONE_TYPE = 0.8
"""Share of a noun's titles that must be of one category; what is everywhere ("set", "edition") names no kind of it."""
_WRITTEN_FOR = 0.95
"""Share of a catalogue's products whose place in the category tree a written lexicon must have, to be of that shop."""
_MOST_KINDS = 2_000
"""Kinds from titles at most, the most frequent: each is held against every message."""

_NO_KINDS_TEXT = """
men mens man women womens woman kids kid boys boy girls girl children child baby babies unisex adults adult male female
herren damen kinder homme femme enfant
new sale sales other others misc miscellaneous uncategorized uncategorised default all products product home featured
gifts gift bestsellers specials offers clearance general various root shop store catalog catalogue items goods
set sets pack kit edition series collection version model size pair bundle original classic deluxe premium pro plus mini
max ultra lite standard style design type piece pieces part parts unit one
"""
_NO_KINDS = frozenset(_NO_KINDS_TEXT.split())
"""Names of categories and ends of titles that say for whom, since when or how, and not what."""
_COARSE_TEXT = """
electronics accessories essentials supplies goods groceries products toys gadgets appliances devices basics tools
clothes shoes bags tops bottoms drinks beverages snacks foods sweets vegetables fruits
plants games garments instruments lights cosmetics crafts arts sports decorations furnishings textiles linens spares
parts components peripherals collectibles
"""
_COARSE = frozenset(_COARSE_TEXT.split())
"""Plurals that are names of departments rather than of things."""
_DESCRIBES = re.compile(r"(?:less|able|ible|ful|ous|proof|free|ish|fit)$")
"""Ends of words that say what a thing is like and not what it is: "wireless"."""
_OPTION_NAMES = {
    "size": re.compile(r"(?:^|_)(?:sizes?|größe|groesse|taille|talla|tamaño|taglia|maat)(?:_|$)|größe$|尺码|尺寸"),
    "colour": re.compile(r"(?:^|_)(?:colou?rs?|farbe|couleur|colore|kleur)(?:_|$)|farbe$|颜色"),
}
_JOINTS = ("and", "or", "und", "et", "y", "e")
_AUDIENCES = {
    **dict.fromkeys(("female", "women", "woman", "womens", "women's", "ladies", "damen"), "women"),
    **dict.fromkeys(("male", "men", "man", "mens", "men's", "herren"), "men"),
    **dict.fromkeys(("unisex",), "unisex"),
    **dict.fromkeys(("kids", "children", "newborn", "infant", "toddler", "kinder"), "kids"),
}


@dataclass(frozen=True, slots=True)
class CatalogueWords:
    """``kinds`` (type → stem of a title's noun → finer type) are the types that products have beyond their feed;
    without ``refines`` products stay as they are."""

    lexicon: Lexicon
    kinds: Mapping[str, Mapping[str, str]]
    refines: bool = False

    @classmethod
    def loads(cls, raw: Mapping[str, Any]) -> Self:
        return cls(Lexicon.model_validate(raw["lexicon"]), raw["kinds"], raw["refines"])

    def dumps(self) -> dict[str, Any]:
        return {"lexicon": self.lexicon.model_dump(mode="json"), "kinds": self.kinds, "refines": self.refines}

    def refined(self, product: Product) -> Product:
        """The product with its finer type at the end of its category, and with the audience that it is for."""
        update: dict[str, Any] = {}
        finer = self.kinds.get(product.type, {})
        nouns = _heads(product) if finer else ()
        if kind := next((finer[noun] for noun in map(stem, reversed(nouns)) if noun in finer), None):
            path = () if product.type == GENERIC_TYPE else product.category
            update = {"type": kind, "category": (*path, kind)}
        told = (product.attributes.get("age_group", ""), product.attributes.get("gender", ""))
        audience = next((_AUDIENCES[each.lower()] for each in told if each.lower() in _AUDIENCES), None)
        if audience and "audience" not in product.attributes:
            update["attributes"] = {**product.attributes, "audience": audience}
        if (renamed := _plain_options(product.variants)) is not product.variants:
            update["variants"] = renamed
        return product.model_copy(update=update) if update else product


@dataclass(frozen=True, slots=True)
class LearnedWords:
    """Stands for a lexicon that each catalogue version brings itself; ``written`` is taken where it was written for
    that catalogue."""

    written: Lexicon | None = None

    def of(self, products: Iterable[Product]) -> CatalogueWords:
        """Reads the products once."""
        seen = _Seen(self.written)
        for product in products:
            seen.add(product)
        if self.written is not None and seen.total and seen.written >= _WRITTEN_FOR * seen.total:
            return CatalogueWords(self.written, {})
        return seen.words()


class _Seen:
    """What is counted of a catalogue."""

    def __init__(self, written: Lexicon | None) -> None:
        self._types = written.types if written else {}
        self.total = self.written = 0
        self._paths: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
        self._heads: dict[str, Counter[str]] = defaultdict(Counter)
        """By stem, in how many titles of each type it is the noun."""
        self._surface: dict[str, Counter[str]] = defaultdict(Counter)
        self._colours: Counter[str] = Counter()
        self._brands: set[str] = set()
        self._attributes = AttributeWords()

    def add(self, product: Product) -> None:
        self.total += 1
        entry = self._types.get(product.type)
        self.written += entry is not None and entry.category == product.category
        if product.type != GENERIC_TYPE and len(self._paths[product.type]) < 20:
            self._paths[product.type][product.category] += 1
        self._brands.update(map(stem, product.brand.casefold().split()))
        for head in _heads(product):
            noun = stem(head)
            self._heads[noun][product.type] += 1
            self._surface[noun][head] += 1
        for colour in (product.attributes.get("colour", ""), *(v.options.get("colour", "") for v in product.variants)):
            if colour and len(colour) <= 40:
                self._colours[colour.casefold()] += 1
        self._attributes.add(product)

    def words(self) -> CatalogueWords:
        paths = {kind: seen.most_common(1)[0][0] for kind, seen in self._paths.items()}
        kinds = self._finer(paths)
        beneath: dict[str, dict[str, None]] = defaultdict(dict)
        for kind, found in kinds.items():
            beneath[kind].update(dict.fromkeys(found.values()))
        for kind, path in paths.items():
            for node in path[:-1]:
                if node in paths and node != kind:
                    beneath[node][kind] = None
        types = {
            kind: TypeEntry(
                category=path,
                # A place in the tree that says no kind ("women", "sale") is called by no word.
                name={_language(kind): _name(kind)} if _names_kind(kind) else {},
                words=_words(kind, self._surface) if _names_kind(kind) else {},
                finer=_all_beneath(kind, beneath),
            )
            for kind, path in paths.items()
        }
        for kind, found in kinds.items():
            path = paths.get(kind, ())
            for key in found.values():
                forms = tuple(dict.fromkeys((plural(key), singular(key))))
                entry = TypeEntry(category=(*path, key), name={"en": _name(plural(key))}, words={"en": forms})
                types.setdefault(key, entry)
        colours = {colour: colour_entry(colour, self._colours) for colour in self._colours}
        said = {word for entry in colours.values() for words in entry.words.values() for word in words}
        if colours:
            colours |= {colour: colour_entry(colour, colours) for colour in PLAIN if colour not in said}
        lexicon = Lexicon(
            types=types,
            umbrellas=_umbrellas(types, self._surface),
            colours=colours,
            attributes=self._attributes.entries(named=set(types)),
        )
        return CatalogueWords(lexicon, kinds, refines=True)

    def _finer(self, paths: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, str]]:
        """Of each type the finer kinds that its titles name, by the stem of their noun."""
        named = {_joined(kind) for kind in paths}
        nodes = {_joined(node) for path in paths.values() for node in path[:-1]}
        found: dict[str, dict[str, str]] = defaultdict(dict)
        chosen = sorted(self._heads.items(), key=lambda one: -one[1].total())[:_MOST_KINDS]
        for noun, by_type in chosen:
            surface = self._surface[noun].most_common(1)[0][0]
            kind, count = by_type.most_common(1)[0]
            if count < _TITLES or count < _OF_ONE_TYPE * by_type.total() or _names_things(kind):
                continue
            if (
                noun in self._brands
                or not _names_kind(surface)
                or surface in self._colours
                or _DESCRIBES.search(surface)
            ):
                continue
            if self._attributes.has_value(surface) or noun in {stem(word) for word in _plain(kind).split()}:
                continue
            if _joined(surface) in named or _joined(surface) in nodes:
                continue  # the name of a category; this thing was put into another
            found[kind][noun] = surface
        return dict(found)


def _all_beneath(kind: str, beneath: Mapping[str, Mapping[str, None]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    left = list(beneath.get(kind, ()))
    while left:
        if (each := left.pop(0)) not in found and each != kind:
            found[each] = None
            left += beneath.get(each, ())
    return tuple(found)


def _heads(product: Product) -> list[str]:
    """What the title may call the thing, the likeliest last: see ``title_heads``."""
    return title_heads(product.title.get("en", ""), product.brand)


def _names_things(kind: str) -> bool:
    """Whether a category is called by what is in it ("kettles"): then titles end in models and colours rather than in
    other nouns."""
    words = _plain(kind).split()
    coarse = words[-1] in _COARSE and (len(words) == 1 or any(word in _JOINTS for word in words))
    return kind != GENERIC_TYPE and not coarse and words[-1].endswith("s")


def _joined(key: str) -> str:
    """The name as one word, to be compared: ``t_shirts`` and ``t-shirt`` alike."""
    return stem(re.sub(r"[^\w]|_", "", key.casefold()))


def _plain_options(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    """Variants whose ring size, shoe size or frame colour is called as a size or a colour is everywhere else."""
    names: dict[str, str] = {}
    have = {key for variant in variants for key in variant.options}
    for key in have:
        for plain, pattern in _OPTION_NAMES.items():
            if key != plain and plain not in have and plain not in names.values() and pattern.search(key):
                names[key] = plain
    if not names:
        return variants
    return tuple(
        variant.model_copy(update={"options": {names.get(key, key): value for key, value in variant.options.items()}})
        for variant in variants
    )


def _plain(key: str) -> str:
    return key.replace("_", " ").casefold()


def _language(key: str) -> str:
    return "zh" if is_chinese(key) else "en"


def _name(key: str) -> str:
    plain = key.replace("_", " ")
    return plain[:1].upper() + plain[1:]


def _names_kind(key: str) -> bool:
    words = _plain(key).split()
    return bool(words) and not all(word in _NO_KINDS or word in STOPWORDS for word in words) and len(words) <= 6


def _words(kind: str, heads: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """What people call a category: its name, and each of several that it joins ("rings and bands")."""
    plain = _plain(kind)
    if is_chinese(plain):
        return {"zh": (plain.replace(" ", ""),)}
    return {"en": tuple(dict.fromkeys(form for name in _names(plain, heads) for form in _forms(name)))}


def _names(plain: str, heads: Mapping[str, object]) -> Iterator[str]:
    yield plain
    part: list[str] = []
    words = plain.split()
    if not any(word in _JOINTS for word in words):
        return
    for word in (*words, _JOINTS[0]):
        if word not in _JOINTS:
            part.append(word)
            continue
        # "Home and garden" joins places; plurals, and nouns of titles, are things.
        if part and _names_kind("_".join(part)) and (part[-1] != singular(part[-1]) or stem(part[-1]) in heads):
            yield " ".join(part)
        part = []


def _forms(name: str) -> Iterator[str]:
    """A name in the plural and the singular of its last word."""
    *before, last = name.split()
    for form in (last, plural(last), singular(last)):
        yield " ".join((*before, form))


def _umbrellas(types: Mapping[str, TypeEntry], heads: Mapping[str, object]) -> dict[str, UmbrellaEntry]:
    """The inner nodes of the category tree, and nouns that kinds end in ("shoes" of running and of dress shoes)."""
    under: dict[str, dict[str, None]] = defaultdict(dict)
    for kind, entry in types.items():
        for node in entry.category[:-1]:
            if node != kind:
                under[node][kind] = None
    found: dict[str, UmbrellaEntry] = {}
    for node, kinds in under.items():
        if node in types:
            continue  # it has goods of its own, and stands for these as well
        words = _words(node, heads) if _names_kind(node) else {}
        found[node] = UmbrellaEntry(types=tuple(kinds), name={_language(node): _name(node)}, words=words)
    said = {form for entry in (*types.values(), *found.values()) for form in entry.words.get("en", ())}
    ends: dict[str, dict[str, None]] = defaultdict(dict)
    for kind in types:
        parts = _plain(kind).split()
        if len(parts) > 1 and parts[-1].isascii() and parts[-1] != singular(parts[-1]):
            ends[parts[-1]][kind] = None
    for noun, kinds in ends.items():
        if noun not in said and _names_kind(noun):
            several = UmbrellaEntry(
                types=tuple(kinds), name={"en": _name(noun)}, words={"en": tuple(dict.fromkeys(_forms(noun)))}
            )
            found.setdefault(noun, several)
    return found
