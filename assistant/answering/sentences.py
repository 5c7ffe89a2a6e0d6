"""The sentence of a description or review that answers a question best, or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.glossary import Glossary
from retrieval.models import Product, in_language
from retrieval.text.forms import stands_in
from retrieval.text.ordering import order_in
from retrieval.text.words import is_chinese, terms

_END = re.compile(r"(?<=[.!?])\s+(?=[^a-z])|(?<=[。！？])")
MAX_QUOTE_CHARS = 400
"""Characters of a sentence that is quoted."""
MIN_OVERLAP = 0.5
"""Share of the question's own words that a sentence must have to be quoted for its words."""
MIN_QUOTE_COSINE = 0.5
"""Cosine of question and sentence from which it is quoted for its meaning."""

Vector = NDArray[np.float32]
InEnglish = Callable[[str, str], str]
"""Says a text of a language (ISO 639-1) in English, as far as it can."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """``reading`` is the same in the language that the encoder reads, where the text has it."""

    source: Literal["description", "review"]
    text: str
    reading: str


def split(text: str) -> list[str]:
    return [part.strip() for part in _END.split(text) if part.strip()]


def quotable(text: str) -> bool:
    """Whether it may be shown as it is."""
    return 0 < len(text) <= MAX_QUOTE_CHARS and any(map(str.isalnum, text))


def review_quotable(text: str) -> bool:
    """The same of what strangers wrote: what gives the assistant orders is not passed on."""
    return quotable(text) and not order_in(text)


def sentences(product: Product, language: str, in_english: InEnglish | None = None) -> Iterator[Sentence]:
    """Of the description, then of reviews (each whole where it is short), as the product has them. ``in_english`` reads
    a text of a language, where the product has none in English."""
    said = in_language(product.description, language)
    code = next((code for code, text in product.description.items() if text == said), language)
    own, english = split(said), split(product.description.get("en", ""))
    for at, text in enumerate(own):
        if quotable(text):
            read = in_english(text, code) if in_english and not english else text
            yield Sentence("description", text, english[at] if len(own) == len(english) else read)
    for review in product.reviews:
        text = in_language(review.text, language)
        if review_quotable(text):
            yield Sentence("review", text, review.text.get("en", text))


def coverage(question: Sequence[str], sentence: str) -> float:
    """The share of the question's terms that a sentence has."""
    if not question:
        return 0.0
    has = set(terms(sentence))
    return sum(term in has for term in question) / len(question)


def covered(question: Sequence[str], sentence: Sentence) -> float:
    """The same by what a sentence says or is read as; of one in a language that is read by way of English, other forms
    of a word and compounds that end in it are the word as well."""
    best = coverage(question, sentence.text)
    if sentence.reading == sentence.text or not question:
        return best
    has = {*terms(sentence.text), *terms(sentence.reading)}
    return max(best, sum(stands_in(term, has) for term in question) / len(question))


def own_terms(text: str) -> list[str]:
    """Terms a sentence is looked for by: stems; of Chinese the pairs only, single characters tell little."""
    return [term for term in dict.fromkeys(terms(text)) if not is_chinese(term) or len(term) > 1]


class Meaning:
    """Cosines of a question to sentences of the shop; their vectors are kept, the question's is not."""

    def __init__(self, encode: Callable[[str], Vector], glossary: Glossary, kept: int = 20_000) -> None:
        self._encode, self._glossary = encode, glossary
        self._vector = lru_cache(kept)(self.question)

    def question(self, text: str) -> Vector:
        return self._encode(self._glossary.gloss(text) or text)

    def likeness(self, question: Vector, texts: Sequence[str]) -> list[float]:
        return [float(question @ self._vector(text)) for text in texts]
