"""How well each product fits the words and the picture of a query, before any filter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrieval.concepts import Concepts
from retrieval.encoders import ImageModel, TextModel
from retrieval.fusion import Vectors, centred
from retrieval.index import SearchIndex
from retrieval.query import Query
from retrieval.words import is_chinese, query_terms

# Of the blend of z-scores: meaning orders better than words, words find what meaning misses.
WORDS_WEIGHT, MEANING_WEIGHT = 0.4, 0.6
CONCEPT_WEIGHT = 1.0
PICTURE_WEIGHT, KIND_WEIGHT = 1.5, 4.0
QUALITY_WEIGHT = 0.15


@dataclass(frozen=True)
class WordEvidence:
    """Arrays are (products,), ``meaning_views`` (views,) cosines; ``meaning`` is zero where no encoder can read the
    text."""

    concepts: Concepts
    terms: tuple[str, ...]
    words: Vectors
    meaning: Vectors
    meaning_views: Vectors
    coverage: Vectors
    concept_fit: Vectors

    @property
    def specific(self) -> bool:
        """Whether the words ask for anything beyond colours and attributes."""
        return bool(self.concepts.types or self.concepts.unknown)


def read_words(index: SearchIndex, query: Query, encoder: TextModel, vector: Vectors | None) -> WordEvidence:
    """``vector`` is the encoder's for ``query.text`` where the caller has it already."""
    concepts = index.reader.read(query.text)
    if is_chinese(query.text):
        # The encoder reads no Chinese; what the lexicon understood of it can be said in English.
        english = index.reader.in_english(concepts)
        vector = encoder.encode_one(english) if english else None
    elif vector is None:
        vector = encoder.encode_one(query.text)
    if vector is None:
        views = np.zeros(len(index.catalogue.views), dtype=np.float32)
        meaning = np.zeros(len(index.catalogue.products), dtype=np.float32)
    else:
        views = index.catalogue.text @ vector
        meaning, _ = index.catalogue.best_view(views)
    terms = tuple(query_terms(query.text))
    return WordEvidence(
        concepts=concepts,
        terms=terms,
        words=index.lexical.scores(terms),
        meaning=meaning,
        meaning_views=views,
        coverage=index.lexical.coverage(terms),
        concept_fit=_concept_fit(index, concepts),
    )


@dataclass(frozen=True)
class PictureEvidence:
    """``views``: (views,) cosines around the catalogue's centre, ``looks``: (products,) their best.

    ``kind``: (products,) the probability that the picture shows the product's type of thing.
    """

    views: Vectors
    looks: Vectors
    kind: Vectors


def read_picture(index: SearchIndex, query: Query, encoder: ImageModel) -> PictureEvidence | None:
    """None without a picture in the query."""
    if query.image is None:
        return None
    vector, kinds = encoder.see(query.image)
    views: Vectors = index.catalogue.image @ centred(vector[None], index.catalogue.centre)[0]
    by_type: dict[str, float] = {}
    for words, share in kinds.items():
        # A kind that the lexicon knows for several types may be any of them.
        for leaf in index.reader.read(words).head_types:
            by_type[leaf] = by_type.get(leaf, 0.0) + share
    kind = np.array([by_type.get(product.type, 0.0) for product in index.catalogue.products], dtype=np.float32)
    return PictureEvidence(views, index.catalogue.best_view(views)[0], kind)


def _concept_fit(index: SearchIndex, concepts: Concepts) -> Vectors:
    """(products,) how many of the lexicon's concepts in the text a product meets, less those it contradicts."""
    fit = np.zeros(len(index.catalogue.products), dtype=np.float32)
    if concepts.head_types or concepts.types:
        fit += index.table.of_types(concepts.head_types or concepts.types)
    for colour in concepts.colours:
        has_colour = np.zeros(len(fit), dtype=bool)
        views = [at for at, view in enumerate(index.catalogue.views) if view.colour == colour]
        has_colour[index.catalogue.view_product[views]] = True
        fit += 0.5 * has_colour
    for key, value in concepts.attributes:
        fit += 0.5 * index.table.has_attribute(key, value)
        if value == "yes":
            fit -= 0.5 * index.table.has_attribute(key, "no")
    return fit


def z_scores(values: Vectors) -> Vectors:
    """Values by how many standard deviations they lie above their mean; zeros when all are equal."""
    spread = float(values.std())
    if spread < 1e-6:
        return np.zeros_like(values)
    scaled: Vectors = (values - values.mean()) / np.float32(spread)
    return scaled
