"""What the words and the picture of a query say of the catalogue as a whole, before any filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retrieval.encoders.embedded import ImageModel, TextModel
from retrieval.fusion import Vectors, centred
from retrieval.fusion.photo_search import PhotoReader
from retrieval.search.concepts import Concepts
from retrieval.search.index import SearchIndex
from retrieval.search.query import Query
from retrieval.text.bm25 import Word
from retrieval.text.gloss import gloss
from retrieval.text.language import SURE, likeliest
from retrieval.text.postings import Positions
from retrieval.text.words import in_latin, is_chinese, query_terms

PICTURE_FLOOR = 0.3
"""The least cosine around the catalogue's centre with which a picture is believed to show a product."""
GLOSSED_WEIGHT = np.float32(0.4)
"""What the English words for a Chinese query count for, beside its own."""
WHOLE = 0.99
"""Share of the telling words that is all of them."""
LOOKED_AT = 20
SENTENCE = 3
"""Words of a text whose language can be told."""
NEAR = 2_000
"""How many views nearest in meaning are looked at, to tell what is asked for."""


@dataclass(frozen=True)
class WordEvidence:
    """``scores`` and ``coverage`` are (products,) as in ``LexicalIndex``. ``vector`` (text,) is None where no encoder
    can read the text; ``pictured``: it can be compared with pictures too. ``near`` are the products nearest in meaning,
    nearest first, with their cosines ``near_cosines``.
    """

    concepts: Concepts
    words: tuple[Word, ...]
    glossed: tuple[Word, ...]
    """What a Chinese query's words mean in English, for catalogues that say it in English."""
    scores: Vectors
    coverage: Vectors
    vector: Vectors | None
    near: Positions
    near_cosines: Vectors
    pictured: bool = False
    unread: bool = False
    """No encoder that is there can read the text: its words alone tell what it asks for."""

    @property
    def terms(self) -> tuple[str, ...]:
        return tuple(word.term for word in self.words)

    @property
    def best_meaning(self) -> float:
        """The best cosine in the catalogue, 0 without a vector."""
        return float(self.near_cosines[0]) if len(self.near_cosines) else 0.0

    @cached_property
    def best_coverage(self) -> float:
        return float(self.coverage.max(initial=0.0))

    @property
    def specific(self) -> bool:
        """Whether the words ask for anything beyond colours and attributes."""
        return bool(self.concepts.types or self.concepts.unknown)


def read_words(
    index: SearchIndex, query: Query, encoder: TextModel, vector: Vectors | None, pictured: bool = False
) -> WordEvidence:
    """``vector`` is the encoder's for ``query.text`` where the caller has it already; ``pictured``: its vectors can be
    compared with those of the pictures."""
    concepts = index.reader.read(query.text)
    terms = query_terms(query.text)
    glossed: tuple[Word, ...] = ()
    unread = False
    correct = _correctable(query.text, terms, index)
    if is_chinese(query.text):
        # In English words the phrase keeps its order, so its head is the last one too.
        english = gloss(query.text, of_products=True)
        concepts = concepts.told_by(index.reader.read(english))
        glossed = index.expander.words(query_terms(english))
        if not encoder.reads_chinese:
            vector = encoder.encode_one(english) if english else None
        elif vector is None:
            vector = encoder.encode_one(query.text)
    elif not encoder.reads_chinese and not in_latin(query.text):
        vector, unread = None, True  # what it has never seen is like anything
    elif not correct:
        concepts = index.reader.read(index.expander.inflected(query.text, terms))
        vector = encoder.encode_one(query.text) if vector is None else vector
    elif (corrected := index.expander.corrected(query.text, terms)) != query.text or vector is None:
        if corrected != query.text:
            concepts = index.reader.read(corrected)
        vector = encoder.encode_one(corrected)
    words = index.expander.words(terms, correct)
    scores, coverage = index.lexical.scores(words), index.lexical.coverage(words)
    if not encoder.reads_chinese and said_whole(index, words, coverage):
        vector, unread = None, True  # nor has it seen the language of what has all of the words
    if glossed:
        scores = scores + GLOSSED_WEIGHT * index.lexical.scores(glossed)
        coverage = np.maximum(coverage, index.lexical.coverage([word.term for word in glossed]))
    near, cosines = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    if vector is not None:
        views, cosines = index.nearest(vector, None, NEAR)
        near, first = np.unique(index.catalogue.view_product[views], return_index=True)
        order = np.argsort(first)
        near, cosines = near[order], cosines[first[order]]
    return WordEvidence(
        concepts=concepts,
        words=words,
        glossed=glossed,
        scores=scores,
        coverage=coverage,
        vector=vector,
        near=near,
        near_cosines=cosines,
        pictured=pictured,
        unread=unread,
    )


def said_whole(index: SearchIndex, words: Sequence[Word], coverage: Vectors) -> bool:
    """Whether most products that have all of the words are described in neither English nor Chinese: what reads phrases
    as English builds them is then not to be asked."""
    if not words:
        return False
    having = np.flatnonzero(coverage >= WHOLE)[:LOOKED_AT]
    # Of English titles one in twenty-five is taken for another language: most must be, not any.
    return 2 * sum(in_another_language(index, int(at)) for at in having) > len(having)


def in_another_language(index: SearchIndex, product: int) -> bool:
    """Whether a product is described in neither English nor Chinese."""
    return not {"en", "zh"} & index.catalogue.products[product].title.keys()


def _correctable(text: str, terms: Sequence[str], index: SearchIndex) -> bool:
    """Whether words that the catalogue lacks may be misspelt: not in a sentence of another language than English, whose
    words are spelt as they should be ("einen" is no "linen")."""
    if len(text.split()) < SENTENCE or all(map(index.lexical.knows, terms)):
        return True
    language, sure = likeliest(text)
    return language == "en" or sure < SURE


@dataclass(frozen=True)
class PictureEvidence:
    """``views``: (views,) cosines around the catalogue's centre, ``looks``: (products,) their best.

    ``kind``: (products,) the probability that the picture shows the product's type of thing.
    """

    views: Vectors
    looks: Vectors
    kind: Vectors


def read_picture(
    index: SearchIndex, query: Query, encoder: ImageModel, heads: PhotoReader | None = None
) -> PictureEvidence | None:
    """None without a picture in the query. Products that ``heads`` were trained with are judged by those: their scores
    are put where the cosines are, the least that is believed at the least cosine that is."""
    if query.image is None:
        return None
    vector, kinds = encoder.see(query.image)
    views: Vectors = index.catalogue.image @ centred(vector[None], index.catalogue.centre)[0]
    if heads is not None:
        views = np.array(views)
        for name, score in zip(heads.ids, heads.scores(query.image), strict=True):
            if (at := index.catalogue.position(name)) is not None:
                first, end = np.searchsorted(index.catalogue.view_product, (at, at + 1))
                # Between a product's colours the cosines go on deciding.
                views[first:end] = score - heads.floor + PICTURE_FLOOR + 0.01 * views[first:end]
    by_type: dict[str, float] = {}
    for words, share in kinds.items():
        # A kind that the lexicon knows for several types may be any of them.
        for leaf in index.reader.read(words).head_types:
            by_type[leaf] = by_type.get(leaf, 0.0) + share
    of_type = np.array([by_type.get(name, 0.0) for name in index.table.types], dtype=np.float32)
    return PictureEvidence(views, index.catalogue.best_view(views)[0], of_type[index.table.type_codes])
