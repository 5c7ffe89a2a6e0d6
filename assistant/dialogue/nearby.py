"""What the shop has that comes nearest to a thing it does not sell, by the meaning of names: named as what it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.dialogue.searching import FILLER
from retrieval.encoders import TextModel
from retrieval.index import SearchIndex
from retrieval.lexicon import Lexicon
from retrieval.search import ProductSearch
from retrieval.words import STOPWORDS, stem

Vector = NDArray[np.float32]
_LIKE_NAME, _LIKE_GOODS = 0.5, 0.4
"""Cosines with a kind's name and with its likest products from which on it may serve the same use."""
_RELATED = 0.33
"""Cosine with its likest products from which on a kind belongs to the same department."""
_LIKEST = 3
_THING = 3
"""Words of a thing's name at most."""
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]{1,20}")


@dataclass(frozen=True, slots=True)
class Near:
    """``kind`` may serve the same use; ``department`` are kinds of goods beside it, or all departments there are."""

    kind: str = ""
    department: tuple[str, ...] = ()


def nearest(
    thing: str, search: ProductSearch, lexicon: Lexicon, encoder: TextModel, without: Sequence[str] = ()
) -> Near:
    """``without``: kinds that the thing is certainly none of."""
    index = search.index
    vector = encoder.encode_one(thing)
    best: tuple[float, float, str] | None = None
    for kind in index.table.types:
        if kind in without or kind not in lexicon.types:
            continue
        name = float(_name_vector(lexicon.name("type", kind, "en"), encoder) @ vector)
        goods = _likeness(vector, kind, index)
        if best is None or goods + name / 2 > best[1] + best[0] / 2:
            best = (name, goods, kind)
    if best is None or best[1] < _RELATED:
        return Near(department=_departments(lexicon))
    name, goods, kind = best
    if name >= _LIKE_NAME and goods >= _LIKE_GOODS:
        return Near(kind=kind)
    around = [umbrella.types for umbrella in lexicon.umbrellas.values() if kind in umbrella.types]
    several = [types for types in around if len(types) > 1]
    return Near(department=min(several, key=len) if several else (kind,))


def _likeness(vector: Vector, kind: str, index: SearchIndex) -> float:
    of_kind = index.table.of_types((kind,))[index.catalogue.view_product]
    likeness = np.sort(index.catalogue.text[of_kind] @ vector)
    return float(likeness[-_LIKEST:].mean()) if len(likeness) else 0.0


@lru_cache(maxsize=1_000)
def _name_vector(name: str, encoder: TextModel) -> Vector:
    return encoder.encode_one(name)


def _departments(lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind.category[0] for kind in lexicon.types.values() if kind.category))


def thing_named(text: str, index: SearchIndex) -> str:
    """What an English message calls the thing it asks for: its head with the words right before it ("coffee
    machine"); empty where it cannot be told."""
    head = index.reader.read(text).head
    words = [(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    at = next((place for place, (word, _, _) in enumerate(words) if head and stem(word.lower()) == head), None)
    if at is None:
        return ""
    start = at
    while start and at - start + 1 < _THING and _joined(words[start - 1], words[start], text):
        start -= 1
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
