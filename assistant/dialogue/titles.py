"""Which products a text names: by their title, or by a part of it that tells them from others."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from sys import intern

from assistant.understanding.vocabulary import stem
from retrieval.models import Product
from retrieval.search.catalogue import Catalogue
from retrieval.search.products import ProductSearch
from retrieval.text import words
from retrieval.text.words import normalised

_WORD = re.compile(r"[\u4e00-\u9fff]|[^\W_\u4e00-\u9fff]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
MAX_TITLES_WAIT_S = 1.0
"""Longest that a turn waits for the titles of a new catalogue."""
_MAX_TITLES = 60
"""Titles that a word may be in to be looked up by it; words of more titles name nothing by themselves."""
_MIN_NAMING_CHARS = 4
"""Letters of a single word that names a product; characters of a Chinese part that does."""


_AROUND_TEXT = """
the a an my your this that and to in into of for please show me see find get buy order add put want need have do you i
would like take cart basket bag trolley about tell more is what it with look at open again one give us let
"""
_AROUND = frozenset(_AROUND_TEXT.split())
"""UnreadWords around a title that name nothing themselves."""
_JOINTS = frozenset(("and", "or", "vs", "versus", "to", "with", "和", "跟", "与"))


def title_words(text: str) -> list[str]:
    """The words of a title or message, as they are compared: in lower case, without accents, in the singular."""
    return [_compared(word) for word in _WORD.findall(text.lower())]


def _compared(word: str) -> str:
    """English words as the vocabulary has them, those of other scripts without their endings."""
    plain = normalised(word)
    return stem(plain) if plain.isascii() else words.stem(plain)


@dataclass(frozen=True, slots=True)
class _Title:
    """``at`` is the product's place in the catalogue: to hold the products themselves takes a gigabyte of a hundred
    thousand."""

    at: int
    product_id: str
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


@dataclass(frozen=True, slots=True)
class Naming:
    """A product and the letters of the text that name it: ``text[start:end]``."""

    product: Product
    start: int
    end: int


class Titles:
    """Finds products that a message names. Built once per catalogue version."""

    def __init__(self, products: Sequence[Product], generic: Collection[str] = ()) -> None:
        """``generic``: words that name kinds, colours and properties of products, which alone name no product."""
        self._generic = frozenset(word for phrase in generic for word in title_words(phrase))
        self._products = products
        self._by_word: dict[str, list[_Title]] = defaultdict(list)
        for at, product in enumerate(products):
            brand = set(title_words(product.brand))
            for title in dict.fromkeys(product.title.values()):
                words = tuple(map(intern, title_words(title)))
                model = tuple(word for word in words if word not in brand)
                entry = _Title(at, product.id, words, words if model == words else model)
                for word in dict.fromkeys(words):
                    self._by_word[word].append(entry)

    def named(self, text: str, shown: Collection[str] = ()) -> list[Product]:
        """The products of ``namings``, each once."""
        return list({one.product.id: one.product for one in self.namings(text, shown)}.values())

    def namings(self, text: str, shown: Collection[str] = ()) -> list[Naming]:
        """Where the title of a product, or a telling part of it, stands in ``text``, in the order named.

        Of several titles with the same part the one that it is all of is meant, else the one among ``shown`` ids; a
        part of more products names none. A title that is part of a longer one that also occurs is left out. What is
        left out after "and" is that of the name before: "the Lodge 2 and 3".
        """
        places = list(_WORD.finditer(text.lower()))
        said = [_compared(place[0]) for place in places]
        capital = {stem(match[0].lower()) for match in re.finditer(r"(?<=\w )[A-Z][a-z]+", text)}
        runs = [run for run in self._runs(said) if self._tells(run, said, capital, shown)]
        runs.sort(key=lambda run: (-run.length, not run.exact, run.title.product_id not in shown, len(run.title.words)))
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
                and other.title.product_id != run.title.product_id
            ]
            if rivals and not run.exact and (run.title.product_id not in shown or rivals[0].title.product_id in shown):
                continue
            taken |= place
            found.append(run)
        found += [other for run in found for other in self._shortened(run, said, taken)]
        found.sort(key=lambda run: run.start)
        return [
            Naming(self._products[run.title.at], places[run.start].start(), places[run.start + run.length - 1].end())
            for run in found
        ]

    def _shortened(self, run: _Run, said: list[str], taken: set[int]) -> Iterator[_Run]:
        """ "… and 3" after a title that ends in another number: its last word is replaced."""
        at = run.start + run.length
        before = tuple(said[run.start : at - 1])
        if not said[at - 1].isdigit() or not before:
            return
        own = said[at - 1]
        while at + 1 < len(said) and said[at] in _JOINTS and said[at + 1].isdigit() and at + 1 not in taken:
            if said[at + 1] == own or at + 2 in taken:
                return  # "the Lodge 3 and 3 egg foams"
            wanted = (*before, said[at + 1])
            for title in self._by_word.get(before[0], ()):
                if wanted in (title.words, title.model):
                    taken.add(at + 1)
                    yield _Run(at + 1, 1, title, exact=True)
                    break
            at += 2

    def _runs(self, said: list[str]) -> list[_Run]:
        """The longest run of each title that has a rare word of the message."""
        places: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(said):
            places[word].append(at)
        seen: dict[int, _Title] = {}
        for word in places:
            titles = self._by_word.get(word, ())
            if len(titles) <= _MAX_TITLES:
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
            family = any(title.product_id in shown for word in words for title in self._by_word[word][:_MAX_TITLES])
            known = family or run.length == len(run.title.words)
            return run.exact and known and (run.length > 1 or words[0] in capital)
        if _HAN.match(own[0]):
            return run.length >= _MIN_NAMING_CHARS or (run.length == _MIN_NAMING_CHARS - 1 and words[-1].isdigit())
        if run.length > 1:
            return any(not word.isdigit() for word in own) or run.exact
        (word,) = words
        if run.exact and not word.isdigit() and len(word) > 2 and all(each in _AROUND for each in said if each != word):
            return True  # "the Belt": nothing else is named, and a title is just that
        known = any(title.product_id in shown for title in self._by_word[word][:_MAX_TITLES])
        return len(word) >= _MIN_NAMING_CHARS and not word.isdigit() and (known or (run.exact and word in capital))


class LiveTitles:
    """The titles of the live catalogue. Those of another version are read beside the turns, which go on with the old
    ones where that takes long."""

    def __init__(self, search: ProductSearch, generic: frozenset[str]) -> None:
        self._search = search
        self._generic = generic
        self._reading = threading.Lock()
        self._read(search.catalogue)

    def __call__(self) -> Titles:
        catalogue = self._search.catalogue
        if self._of is not catalogue and self._reading.acquire(blocking=False):
            reader = threading.Thread(target=self._read_aside, args=(catalogue,), name="titles", daemon=True)
            reader.start()
            reader.join(MAX_TITLES_WAIT_S)
        return self._titles

    def _read_aside(self, catalogue: Catalogue) -> None:
        try:
            self._read(catalogue)
        finally:
            self._reading.release()

    def _read(self, catalogue: Catalogue) -> None:
        self._titles, self._of = Titles(catalogue.products, self._generic), catalogue
