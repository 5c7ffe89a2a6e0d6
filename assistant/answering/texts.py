"""What of the shop's texts answers a question about a product: the sentences of its description and reviews that speak
of the matter, by topic, words or meaning, and the help page on it. Each is quoted, none is put in other words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.answering.evidence import Answer, Evidence, Passage, Quote
from assistant.answering.question import Question
from assistant.answering.sentences import (
    MIN_OVERLAP,
    MIN_QUOTE_COSINE,
    InEnglish,
    Meaning,
    Sentence,
    covered,
    own_terms,
    sentences,
)
from assistant.answering.topics import Topic, words_of
from retrieval.models import Product
from retrieval.search.query import FaqHit
from retrieval.text.words import terms

MIN_PASSAGE_CONFIDENCE = 0.5
"""Confidence of a help page from which it is taken for the answer."""
FindHelp = Callable[[str, str], Sequence[FaqHit]]


class Texts:
    """``in_english`` reads what the shop has in a language that is read by way of English."""

    def __init__(self, meaning: Meaning | None, find_help: FindHelp, in_english: InEnglish | None = None) -> None:
        self._meaning = meaning
        self._find_help = find_help
        self._in_english = in_english

    def of(self, product: Product, language: str) -> Iterator[Sentence]:
        """The sentences of its description, then of its reviews."""
        return sentences(product, language, self._in_english)

    def by_topic(self, asked: Question, product: Product) -> list[Evidence]:
        """The sentences that speak of the topic, the description's first."""
        found: list[Evidence] = []
        for topic in asked.topics:
            for sentence in self.of(product, asked.language):
                if speaks_of(topic, sentence, asked.language):
                    found.append(Quote(product.id, sentence.source, sentence.text))
        return list(dict.fromkeys(found))

    def by_words(self, asked: Question, product: Product) -> Sequence[Evidence]:
        """The sentence that has most of the question's own words, where that are enough."""
        wanted = own_terms(" ".join(asked.own))
        scored = [(covered(wanted, sentence), sentence) for sentence in self.of(product, asked.language)]
        best = max(scored, key=lambda pair: pair[0], default=None)
        return [Quote(product.id, best[1].source, best[1].text)] if best is not None and best[0] >= MIN_OVERLAP else []

    def by_meaning(self, question: str, language: str, product: Product) -> tuple[list[Evidence], float]:
        """The sentence nearest to a question, where it is near enough, and how near."""
        listed = list(self.of(product, language))
        if not listed or self._meaning is None:
            return [], 0.0
        vector = self._meaning.question(question)
        likeness = self._meaning.likeness(vector, [sentence.reading for sentence in listed])
        best = max(range(len(listed)), key=likeness.__getitem__)
        if likeness[best] < MIN_QUOTE_COSINE:
            return [], 0.0
        return [Quote(product.id, listed[best].source, listed[best].text, related=True)], min(0.75, likeness[best])

    def passage(self, asked: Question) -> Answer | None:
        """The help page that answers; one in another language must have a word of the question."""
        hits = self._find_help(asked.text, asked.language)
        if not hits or hits[0].confidence < MIN_PASSAGE_CONFIDENCE:
            return None
        entry = hits[0].entry
        if entry.language != asked.language and not set(asked.own) & set(terms(f"{entry.question} {entry.answer}")):
            return None
        return Answer((Passage(hits[0]),), support=0.9 * hits[0].confidence)


def speaks_of(topic: Topic, sentence: Sentence, language: str) -> bool:
    """Whether a sentence, or what it is read as, has words of a topic."""
    return any(_has(topic, text, language) for text in dict.fromkeys((sentence.text, sentence.reading)))


def _has(topic: Topic, text: str, language: str) -> bool:
    words = words_of("en" if text.isascii() else language)
    return words.says.has(topic.name, words.row(text))
