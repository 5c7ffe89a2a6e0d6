"""What the shop has that comes nearest to a thing it does not sell, by the meaning of names: named as what it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.dialogue.searching import FILLER
from retrieval.encoders.embedded import TextModel
from retrieval.search.index import SearchIndex
from retrieval.search.products import ProductSearch
from retrieval.search.query import Filters, Hit
from retrieval.text.gloss import gloss
from retrieval.text.lexicon import Lexicon
from retrieval.text.plurals import plural, singular
from retrieval.text.words import STOPWORDS, is_chinese, latin_words, normalised, stem

Vector = NDArray[np.float32]
_LIKE_NAME, _LIKE_GOODS = 0.55, 0.39
"""Cosines with a kind's name and with its likest products from which on it may serve the same use."""
_RELATED, _NEAR, _BESIDE = 0.34, 0.84, 0.65
"""Cosine with its likest products, and this and that with its name together, from which on a kind is near enough to be
named; and together from which on another of its department is beside it. What is farther off would be absurd."""
_TOUCHES, _NEARLY = 0.28, 0.1
"""Cosine from which on a product has to do with an interest, and how far others may be from the best."""
_TOP_COSINES = 3
_POOL_SIZE = 200
"""Views that an interest is looked for among: the nearest."""
_MAX_NAME_WORDS = 3
"""Words of a thing's name at most."""
_FOR = re.compile(r"\b(?:for|in|at|on|to|with|about|of|from)\s$")
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ][A-Za-zÀ-ÖØ-öø-ɏ'-]{1,40}")


@dataclass(frozen=True, slots=True)
class Near:
    """``kind`` may serve the same use; ``department`` are kinds of goods beside it, or all departments there are."""

    kind: str = ""
    department: tuple[str, ...] = ()


def nearest(
    thing: str, search: ProductSearch, lexicon: Lexicon, encoder: TextModel, without: Sequence[str] = ()
) -> Near:
    """``without``: kinds that the thing is certainly none of."""
    thing = _english(thing)
    if not thing:
        return Near(department=lexicon.departments)
    vector = encoder.encode_one(thing)
    kinds = [kind for kind in search.index.table.types if kind in lexicon.types and kind not in without]
    related = [
        (float(_name_vector(lexicon.name("type", kind, "en"), encoder) @ vector), goods, kind)  # type: ignore[arg-type]
        for kind, goods in _likeness(vector, kinds, search.index).items()
        if goods >= _RELATED
    ]
    if max((name + goods for name, goods, _ in related), default=0.0) < _NEAR:
        return Near(department=lexicon.departments)
    alike = [(name + goods, kind) for name, goods, kind in related if name >= _LIKE_NAME and goods >= _LIKE_GOODS]
    if alike:
        return Near(kind=max(alike)[1])
    kind = max(related, key=lambda one: one[0] + one[1])[2]
    beside = [other for name, goods, other in related if name + goods >= _BESIDE]
    around = [umbrella.types for umbrella in lexicon.umbrellas.values() if kind in umbrella.types]
    several = [types for types in around if len(types) > 1]
    department = min(several, key=len) if several else (kind,)
    return Near(department=tuple(each for each in department if each == kind or each in beside))


def _english(text: str) -> str:
    """For the encoder, which reads English only."""
    return gloss(text) if is_chinese(text) else text


def for_interest(interest: str, filters: Filters, search: ProductSearch, encoder: TextModel) -> list[Hit]:
    """The products that have most to do with what somebody likes, by meaning; none where hardly any has."""
    index = search.index
    interest = _english(interest)
    mask = index.table.matching(filters)
    views, cosines = index.nearest(encoder.encode_one(interest), index.table.views_of(mask), _POOL_SIZE)
    likeness: dict[int, float] = {}
    for at, cosine in zip(index.catalogue.view_product[views].tolist(), cosines.tolist(), strict=True):
        likeness.setdefault(at, cosine)  # nearest first
    least = max(_TOUCHES, max(likeness.values(), default=0.0) - _NEARLY)
    hits = []
    for at, cosine in likeness.items():
        if cosine >= least:
            variant = index.table.best_variant(at, mask)
            dearer = index.table.costs_more(at, mask, variant)
            hits.append(Hit(index.catalogue.products[at], variant, cosine, dearer_too=dearer))
    return hits


def _likeness(vector: Vector, kinds: Sequence[str], index: SearchIndex) -> dict[str, float]:
    """How near the likest products of each kind are."""
    rows = [index.examples[kind] for kind in kinds]
    if not rows:
        return {}
    cosines = np.split(index.cosines(vector, np.concatenate(rows)), np.cumsum([len(each) for each in rows])[:-1])
    return {kind: float(np.sort(each)[-_TOP_COSINES:].mean()) for kind, each in zip(kinds, cosines, strict=True)}


@lru_cache(maxsize=1_000)
def _name_vector(name: str, encoder: TextModel) -> Vector:
    return encoder.encode_one(name)


def thing_named(text: str, index: SearchIndex) -> str:
    """What an English message calls the thing it asks for: its head with the words right before it ("coffee
    machine"); empty where it cannot be told."""
    head = ""
    for clause in re.split(r"[,.;?!]", text):
        concepts = index.reader.read(clause)
        if concepts.head and (concepts.head in concepts.unknown or concepts.head_types):
            head = concepts.head
            break
    words = [(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    at = next((place for place, (word, _, _) in enumerate(words) if head and stem(normalised(word)) == head), None)
    if at is None:
        return ""
    start = at
    while start and at - start + 1 < _MAX_NAME_WORDS and _joined(words[start - 1], words[start], text):
        start -= 1
    before = (
        text[: words[start][1]].lower().removesuffix("a ").removesuffix("an ").removesuffix("my ").removesuffix("the ")
    )
    if _FOR.search(before):
        return ""  # "for a small studio" says what for
    return " ".join(word for word, _, _ in words[start : at + 1]).lower()


def _joined(before: tuple[str, int, int], after: tuple[str, int, int], text: str) -> bool:
    word = before[0].lower()
    return text[before[2] : after[1]] in (" ", "-") and word not in FILLER and word not in STOPWORDS


def unsaid(text: str, types: Sequence[str], search: ProductSearch) -> str:
    """The word right before the name of a kind that nothing of this kind is described by: "cat" of "cat toys"."""
    index = search.index
    concepts = index.reader.read(text)
    thing = thing_named(text, index).split()
    if len(thing) < 2 or not concepts.head_types or stem(thing[-2]) not in concepts.unknown:
        return ""
    words = index.expander.words([stem(thing[-2])])
    said = index.lexical.scores(words)[index.table.of_types(types)]
    return "" if said.max(initial=0.0) > 0 else thing[-2]


def compound(text: str, kinds: Sequence[str], index: SearchIndex, lexicon: Lexicon) -> list[str]:
    """Those of the kinds whose name only says what another thing is for: "phone cases" are no phones. The thing is in
    the plural, behind the kind in the singular, and no kind that there is."""
    concepts = index.reader.read(text)
    words = latin_words(text)
    found = []
    for before, word in pairwise(words):
        if stem(word) != concepts.head or concepts.head not in concepts.unknown or singular(word) == word:
            continue
        for kind in kinds:
            entry = lexicon.types.get(kind)
            if entry and before == singular(before) != plural(before) and before in entry.words.get("en", ()):
                found.append(kind)
    return found


def misnamed(text: str, kinds: Sequence[str], lexicon: Lexicon) -> list[str]:
    """Those of several kinds that a word before them makes another thing of, which is called so: "sleeping bags" are no
    bags where there are sleeping mats."""
    lowered = text.lower()
    found = []
    for key in kinds:
        umbrella = lexicon.umbrellas.get(key)
        others = {
            word.split()[0].lower()
            for name, kind in lexicon.types.items()
            if umbrella and name not in umbrella.types
            for word in kind.words.get("en", ())
            if " " in word
        }
        for word in umbrella.words.get("en", ()) if umbrella else ():
            before = re.search(rf"([a-z]+)[ -]{re.escape(word)}\b", lowered)
            if before and before[1] in others and f"{before[1]} {word}" not in lexicon.every_word:
                found.append(key)
    return list(dict.fromkeys(found))
