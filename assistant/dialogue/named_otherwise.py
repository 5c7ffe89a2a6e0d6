"""Things that a message asks for by a name that no product of the shop has, though one may share a part of it: "the
Spaten Kranich" where there is a "Spaten Birkenhof" only. They are said not to be found, with what is nearest named as
what it is; the price or stock of another is no answer.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence

import numpy as np

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.finding import come_nearest
from assistant.dialogue.goods_named import ASKS_FOR, goods_named, speaks_of
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Need
from assistant.dialogue.resolve import choose_variant
from assistant.dialogue.searching import FILLER
from assistant.dialogue.turn import Turn
from assistant.outcome import Around
from assistant.understanding.router import real_words
from assistant.understanding.schema import Intent, Slots
from retrieval.models import Product
from retrieval.search.query import Hit, Outcome, SearchResult
from retrieval.text.forms import ends_in, same_word
from retrieval.text.lexicon import all_words
from retrieval.text.words import STOPWORDS, is_chinese, latin_words, measures, query_terms, stem, terms, unit_of

_TOKEN = re.compile(r"[^\W_]+(?:[.,]\d+)?")
_NEXT = (" ", "-", " „", " “", ' "', "")
"""What may stand between the words of one name."""
_MAX_NAME_CHARS = 60
_MAX_COUNT = 20
"""Bare numbers up to this may say how many are wanted."""
_MAX_SIZE_CHARS = 2
_DEFINITE = frozenset(("priced", "reduced", "stocked"))
"""Cues of a question on one certain thing."""
_EDITIONS = frozenset(("pro", "plus", "max", "mini", "ultra", "lite", "deluxe", "premium", "junior", "xl", "second"))
"""Words that make another model of a name, also in small letters."""
_MAX_NEAR = 3


def lacking(turn: Turn, hits: Sequence[Hit], deps: Dependencies) -> str:
    """What the message asks the price or the presence of, as it is written, where none of ``hits`` is that; empty where
    one of them is, or nothing is asked for by name. What a help page speaks of is not goods."""
    if is_chinese(turn.message) or turn.request is not None:
        return ""
    thing = goods_named(turn, deps)
    if turn.named and hits:
        text, english = turn.original or turn.message, not turn.original
        named = turn.cues & ASKS_FOR or turn.only_named
        names = [_name_of_another(text, hit.product, deps, english) for hit in hits] if named else [""]
        if turn.cues & _DEFINITE and not english:
            names = [name or _left_over(thing, hit.product, deps) for name, hit in zip(names, hits, strict=True)]
        return max(thing, names[0], key=len) if all(names) else ""
    if not thing or "points_back" in turn.cues or all(word.casefold() in FILLER for word in thing.split()):
        return ""
    if any(speaks_of(page.entry, thing) for page in turn.answers):
        return ""
    if turn.original and turn.cues & _DEFINITE and hits:
        return thing if all(_left_over(thing, hit.product, deps) for hit in hits) else ""
    words = [stem(word) for word in latin_words(thing)]
    return "" if any(_accounted(word, _own_words(hit.product, deps)) for hit in hits for word in words) else thing


def _left_over(thing: str, product: Product, deps: Dependencies) -> str:
    """A thing's name where some word of it says nothing of the product: a joint between them may part its words."""
    own = _own_words(product, deps)
    words = [word for word in query_terms(thing) if word.isalpha() and len(word) > _MAX_SIZE_CHARS]
    return thing if any(not _accounted(word, own) for word in words) else ""


def say_so(turn: Turn, thing: str, hits: Sequence[Hit], memory: Memory, deps: Dependencies) -> None:
    """Makes it a search that found no such thing, with ``hits`` as what is nearest, else what the name's last part or
    its meaning tells."""
    turn.intent, turn.things = Intent.PRODUCT_SEARCH, ()
    memory.turn_to(Need.of(Slots(), ""))
    near = tuple(hits) or _siblings(thing, deps)
    if not near:
        come_nearest(thing, (), turn, memory, deps)
    else:
        turn.result = SearchResult(near[:_MAX_NEAR], Outcome.NOT_CARRIED, 0)
    turn.around = dataclasses.replace(turn.around if not near else Around(), thing=thing)


def _siblings(thing: str, deps: Dependencies) -> tuple[Hit, ...]:
    """Products whose names end as the thing's does: a "Gartenschere" for a "Rosenschere"."""
    index = deps.search.index
    last = query_terms(thing)[-1:]
    alike = [word for term in last for word in index.expander.forms.siblings(term) if index.lexical.is_telling(word)]
    products = [index.catalogue.products[int(at)] for at in np.flatnonzero(index.lexical.told_by(alike))[:_MAX_NEAR]]
    return tuple(Hit(product, choose_variant(product, Slots()), 0.0) for product in products)


def _name_of_another(text: str, product: Product, deps: Dependencies, english: bool) -> str:
    """The words of a text around those of the product's title that make it the name of something else; empty where it
    may be the product's."""
    found = list(_TOKEN.finditer(text))
    titled = set(terms(" ".join((*product.title.values(), product.brand))))
    own = _own_words(product, deps)
    at_name = [at for at, token in enumerate(found) if _accounted(_term(token[0]), titled)]
    span = set(at_name)
    for at in at_name:
        for step in (1, -1):
            place = at + step
            while 0 <= place < len(found) and place not in span and _joined(found, place, step, text):
                if not _names(found, place, step, titled, deps, english):
                    break
                span.add(place)
                place += step
    others = [at for at in span if not any(_accounted(term, own) for term in _terms(found, at, text))]
    others = [at for at in others if not _of_option(found[at][0], text[found[at].start() :], product)]
    if not others:
        return ""
    return text[found[min(span)].start() : found[max(span)].end()][:_MAX_NAME_CHARS]


def _joined(found: Sequence[re.Match[str]], place: int, step: int, text: str) -> bool:
    before, after = sorted((place, place - step))
    return text[found[before].end() : found[after].start()] in _NEXT


def _names(
    found: Sequence[re.Match[str]], place: int, step: int, titled: set[str], deps: Dependencies, english: bool
) -> bool:
    """Whether a word beside a name is a part of it: a number after it, what is written with a capital, and of English
    in small letters a word of other titles or one that is no English word at all."""
    word = found[place][0]
    plain, index = word.casefold(), deps.search.index
    if plain.isdigit() and step > 0:
        return int(plain) > _MAX_COUNT or any(term.isdigit() for term in titled) or place + 1 < len(found)
    if plain in FILLER or plain in STOPWORDS or not query_terms(word):
        return False
    if word[0].isdigit():
        return step > 0
    if len(word) <= _MAX_SIZE_CHARS:
        return False
    if word[0].isupper() and place:
        return True
    if not english or plain in deps.lexicon.every_word:
        return False
    unheard = plain.isascii() and plain not in real_words() and not index.lexical.knows(stem(plain))
    return plain in _EDITIONS or unheard or index.lexical.is_telling(stem(plain))


def _term(word: str) -> str:
    return next(map(stem, latin_words(word)), "")


def _terms(found: Sequence[re.Match[str]], at: int, text: str) -> Iterator[str]:
    """What a word is looked up as: its stem, or with the word behind it a measure ("5 kg")."""
    word = found[at][0]
    yield _term(word)
    if word[0].isdigit():
        end = found[at + 1].end() if at + 1 < len(found) else found[at].end()
        yield from measures(text[found[at].start() : end])
    elif at and found[at - 1][0][0].isdigit():
        yield from measures(text[found[at - 1].start() : found[at].end()])


def _of_option(word: str, rest: str, product: Product) -> bool:
    """Whether a number has the unit of an option: a version that there is not is told with those that there are."""
    units = set(map(unit_of, measures(rest[: len(word) + 6])))
    there = {value for variant in product.variants for value in variant.options.values()}
    return any(unit_of(each) in units for value in there for each in measures(value))


def _accounted(word: str, own: set[str]) -> bool:
    """Whether a word is one of these in any form, one of them is a compound with it, or it is made of two of them."""
    return bool(word) and (word in own or any(_alike(word, other) for other in own) or _made_of(word, own))


def _alike(word: str, other: str) -> bool:
    return same_word(word, other) or ends_in(other, word) or ends_in(word, other)


def _made_of(word: str, own: set[str]) -> bool:
    """ "Papierfilter" of a "Teefilter Papier"."""
    return any(
        word.startswith(first)
        and any(same_word(word[len(first) :], last) or ends_in(last, word[len(first) :]) for last in own)
        for first in own
        if len(first) > _MAX_SIZE_CHARS
    )


def _own_words(product: Product, deps: Dependencies) -> set[str]:
    """All words that speak of a product: its texts and data, what its kinds, colours and properties are called."""
    kinds = [
        word
        for key, entry in (*deps.lexicon.types.items(), *deps.lexicon.umbrellas.items())
        if product.type in deps.lexicon.expand(key)
        for word in (key, *all_words(entry.words))
    ]
    options = [pair for variant in product.variants for pair in variant.options.items()]
    texts = [
        *product.title.values(),
        product.brand,
        *product.description.values(),
        *product.category,
        *kinds,
        *(text for pair in (*product.attributes.items(), *options) for text in pair),
    ]
    return set(terms(" ".join(texts).replace("_", " ")))
