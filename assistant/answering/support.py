"""What of a product speaks for and against a wish in words: its attributes, its measures beside those of the others,
and sentences of its description and reviews. Words and their opposites only; nothing is guessed from likeness."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.evidence import Fact, GuardedFact, Quote
from assistant.answering.measures import measure
from assistant.answering.sentences import sentences
from assistant.answering.topics import TOPICS, entry_of
from assistant.understanding.wishes import Wish
from retrieval.models import Product, in_language
from retrieval.text.lexicon import AttributeEntry, Lexicon, all_words
from retrieval.text.words import is_chinese, stem

_TOKEN = re.compile(r"[a-z0-9]+|[,;:.!?]")
_NEGATES = frozenset({"not", "no", "without", "never", "neither", "nor", "hardly", "t", "cannot", "too"})
_NEGATION_SCOPE_WORDS = 4
"""Words of a clause over which "not" reaches."""
_NEGATES_ZH = re.compile(r"[不没无非未别免](?!仅|止|只)[^，。；、]{0,3}$")
_TITLE, _ATTRIBUTE, _SAID, _REVIEWED = 1.0, 1.0, 1.0, 0.5
_EXTREME_MEASURE_WEIGHT = 0.6
"""What being first, or last, of all by a measure counts."""
_KNOWN_MEASURE_WEIGHT = 0.05
"""What it counts that a measure is known, where it tells none apart."""
_TOO_LARGE_FROM = 0.8
"""Share of the largest from which on something is too large for who wants it not too large."""


@dataclass(frozen=True, slots=True)
class Support:
    """``weight``: for the wish above zero, against it below. ``shown``: what speaks for it most, to be told."""

    weight: float = 0.0
    shown: Quote | Fact | GuardedFact | None = None
    against: bool = False
    """Whether its data or texts deny the wish, rather than that others come nearer to it."""


def supports(wish: Wish, products: Sequence[Product], language: str, lexicon: Lexicon) -> list[Support]:
    """For each product what speaks for and against a wish."""
    measured = _by_measure(wish, products)
    return [_support(wish, product, language, lexicon, more) for product, more in zip(products, measured, strict=True)]


def _support(wish: Wish, product: Product, language: str, lexicon: Lexicon, measured: Support) -> Support:
    found = [measured, *_by_attributes(wish, product, lexicon)]
    title = in_language(product.title, language)
    found += [Support(_TITLE * tone) for tone in _tones(wish, title)]
    for sentence in sentences(product, language):
        weight = _SAID if sentence.source == "description" else _REVIEWED
        texts = dict.fromkeys((sentence.text, sentence.reading))  # often one
        for tone in next(filter(None, (_tones(wish, text) for text in texts)), ()):
            found.append(Support(weight * tone, Quote(product.id, sentence.source, sentence.text)))
    best = max(found, key=lambda one: (one.weight, one.shown is not None))
    worst = min(0.0, *(one.weight for one in found))
    weight = max(0.0, best.weight) + worst
    against = weight < 0 and any(one.weight < 0 for one in found[1:])
    return Support(weight, best.shown if weight > 0 else None, against)


def _tones(wish: Wish, text: str) -> list[float]:
    """+1 where a text speaks for the wish, −1 where against it; "not thin" proves nothing."""
    tones = [1.0 if not negated else -1.0 for negated in _occurs(wish.like, text)]
    return tones + [-1.0 for negated in _occurs(wish.unlike, text) if not negated]


@lru_cache(20_000)
def _read(text: str) -> tuple[list[str], list[str]]:
    """The words of a text, and their stems."""
    tokens = _TOKEN.findall(text.lower())
    return tokens, [stem(token) for token in tokens]


def _occurs(words: Sequence[str], text: str) -> list[bool]:
    """Each place where one of the words stands, and whether it is denied there."""
    if is_chinese(text):
        return [
            _NEGATES_ZH.search(text[max(0, place.start() - 5) : place.start()]) is not None
            for word in words
            if is_chinese(word)
            for place in re.finditer(re.escape(word), text)
        ]
    (tokens, stems), found = _read(text), []
    for word in words:
        _, wanted = _read(word)
        for at in range(len(stems) - len(wanted) + 1) if wanted else ():
            if stems[at : at + len(wanted)] == wanted:
                before = tokens[max(0, at - _NEGATION_SCOPE_WORDS) : at]
                clause = before[max((i + 1 for i, token in enumerate(before) if not token.isalnum()), default=0) :]
                found.append(bool(_NEGATES & set(clause)))
    return found


def _by_attributes(wish: Wish, product: Product, lexicon: Lexicon) -> list[Support]:
    found = []
    for words, tone in ((wish.like, 1.0), (wish.unlike, -1.0)):
        said = {word.casefold() for word in words}
        for key, value in product.attributes.items():
            entry = lexicon.attributes.get(key)
            if entry is None or entry.kind == "quantity":
                continue
            if not said & {word.casefold() for word in _called(entry, value)}:
                continue
            yes = tone if value != "no" else -tone
            found.append(Support(_ATTRIBUTE * yes, entry_of(product.id, key)))
    return found


def _called(entry: AttributeEntry, value: str) -> list[str]:
    """What customers call an attribute, or its value where it has several."""
    if entry.kind == "boolean":
        return all_words(entry.words)
    choice = entry.values.get(value)
    return [value, *all_words(choice.words if choice else {})]


def _by_measure(wish: Wish, products: Sequence[Product]) -> list[Support]:
    """By the first measure of the quality that several of the products have: how far to the wanted end each lies."""
    topic = TOPICS.get(wish.quality)
    for key in topic.attributes if topic else ():
        amounts = [measure(product.attributes.get(key, "")) for product in products]
        known = [amount for amount in amounts if amount is not None]
        if not known or len({unit for _, unit in known}) > 1:
            continue
        least, most = min(known)[0], max(known)[0]
        if least == most:
            return [Support(_KNOWN_MEASURE_WEIGHT if amount and wish.like else 0.0, Fact(product.id, key))
                    for amount, product in zip(amounts, products, strict=True)]  # fmt: skip
        return [_at(wish, amount[0], least, most, product, key) if amount else Support()
                for amount, product in zip(amounts, products, strict=True)]  # fmt: skip
    return [Support()] * len(products)


def _at(wish: Wish, amount: float, least: float, most: float, product: Product, key: str) -> Support:
    place = (amount - least) / (most - least) * 2 - 1
    towards = place if wish.high else -place
    if not wish.like:  # "not too large": only what is at that end speaks against it
        far = amount >= _TOO_LARGE_FROM * most if not wish.high else amount * _TOO_LARGE_FROM <= least
        return Support(-_EXTREME_MEASURE_WEIGHT if far else 0.0)
    return Support(_EXTREME_MEASURE_WEIGHT * towards, Fact(product.id, key) if towards > 0 else None)
