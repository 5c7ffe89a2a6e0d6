"""The second stage: a few hundred candidates found by words, meaning or picture, put in order by what fits them.

Words find more of what was meant, meaning orders it better. So each finds its own candidates inside the filters, and
what orders them is the sum of both, each as a share of the best score that any candidate has: a convex combination with
the least possible score for zero, which needs next to no fitting (Bruch et al., "An analysis of fusion functions for
hybrid retrieval", 2023). In standard deviations the shortest title among a hundred headphones stands out as far as the
only headphones among speakers. What the query names beyond (brand, type, colour) is added. The weights are data
(``second_stage.json``), chosen on several catalogues: docs/search.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from retrieval.fusion import Vectors
from retrieval.search.evidence import PictureEvidence, WordEvidence
from retrieval.search.filters import Mask
from retrieval.search.index import SearchIndex
from retrieval.text.bm25 import best_among, best_first
from retrieval.text.postings import Positions

EACH = 200
"""Candidates that words, meaning and picture bring at most, each."""
REFERENCE = 100
"""How far the words of a candidate stand out is measured against so many best by words."""
STANDING_OUT = np.float32(0.1)
"""What a standard deviation counts beside a share of the best, up to one: of equals the tersest comes first."""
LEAST_COSINE = 0.05
"""Where nothing is nearer in meaning than this, meaning says little, and shares of the best would say much."""

WEIGHTS_FILE = "second_stage.json"

FEATURES = (
    "words",
    "meaning",
    "meaning_if_vague",
    "pictured",
    "head",
    "brand",
    "type",
    "colour",
    "attributes",
    "quality",
    "picture",
    "kind",
)


@dataclass(frozen=True)
class Candidates:
    """``products`` are positions in the catalogue; ``features`` (candidates,) by name; ``views`` the view of each that
    fits best, None where nothing tells the views apart."""

    products: Positions
    features: dict[str, Vectors]
    views: Positions | None

    def parts(self, weights: dict[str, float]) -> dict[str, Vectors]:
        """Each feature's contribution to the score."""
        return {name: np.float32(weights[name]) * values for name, values in self.features.items()}


def find(
    index: SearchIndex,
    words: WordEvidence | None,
    picture: PictureEvidence | None,
    products: Mask,
    views: Mask,
    preferred: Vectors,
    each: int = EACH,
) -> Candidates:
    """The candidates among ``products`` (products,), shown by ``views`` (views,). ``preferred`` (products,) says which
    to take where words and picture bring few or are not there."""
    found: list[Positions] = []
    if words is not None:
        found.append(best_among(words.scores, products & (words.scores > 0), each))
        if words.vector is not None:
            found.append(index.catalogue.view_product[index.nearest(words.vector, views, each)[0]])
            if words.pictured:
                found.append(index.catalogue.view_product[index.alike(words.vector, views, each)[0]])
    if picture is not None:
        found += [best_among(scores, products, each) for scores in (picture.looks, picture.kind)]
    if sum(map(len, found)) < each:
        found.append(best_among(preferred, products, each))
    chosen = np.unique(np.concatenate(found))
    return Candidates(chosen, *_features(index, words, picture, chosen, views))


def _features(
    index: SearchIndex, words: WordEvidence | None, picture: PictureEvidence | None, chosen: Positions, views: Mask
) -> tuple[dict[str, Vectors], Positions | None]:
    features = {"quality": index.quality[chosen]}
    best_views: Positions | None = None
    if words is not None:
        scores = words.scores[chosen]
        reference = best_first(scores, REFERENCE)
        reference = reference[scores[reference] > 0] if scores.any() else np.arange(len(chosen))
        best = np.float32(max(scores.max(initial=0.0), 1e-6))
        standing: Vectors = np.clip(_standing_out(scores, reference), -1, 1)
        features["words"] = scores / best + STANDING_OUT * standing
        if words.vector is not None:
            cosines, views_of = index.best_views(partial(index.cosines, words.vector), chosen, views)
            features["meaning"] = cosines / np.float32(max(float(cosines.max()), LEAST_COSINE))
            if words.concepts.vague:
                # "Something to boil water": no word of it need be in what is wanted.
                features["meaning_if_vague"] = features["meaning"]
            if words.pictured:
                shown, _ = index.best_views(partial(index.catalogue.image.at, vector=words.vector), chosen, views)
                features["pictured"] = _standing_out(shown, reference)
            if words.concepts.colours:
                best_views = views_of
        features |= _concept_features(index, words, chosen)
    if picture is not None:
        looks, best_views = index.best_views(lambda rows: picture.views[rows], chosen, views)
        features["picture"] = _standing_out(looks, np.arange(len(chosen)))
        features["kind"] = picture.kind[chosen]
    return features, best_views


def _concept_features(index: SearchIndex, words: WordEvidence, chosen: Positions) -> dict[str, Vectors]:
    concepts = words.concepts
    features: dict[str, Vectors] = {}
    brand = index.brand_in(words.terms)
    if brand is not None:
        features["brand"] = (index.table.brand_codes[chosen] == brand).astype(np.float32)
    if concepts.head and not (brand is not None and concepts.head in index.brands):
        # That a word is no head is read wrongly too often ("motherboard LGA 1200 ATX") to be held against a product.
        features["head"] = index.roles.at(concepts.head, chosen).clip(min=0)
    if concepts.head_types or concepts.types:
        features["type"] = index.table.of_types(concepts.head_types or concepts.types)[chosen].astype(np.float32)
    if concepts.colours:
        features["colour"] = np.zeros(len(chosen), dtype=np.float32)
        for name in concepts.colours:
            features["colour"] += index.table.has_colour(name)[chosen]
    if concepts.attributes:
        fit = np.zeros(len(chosen), dtype=np.float32)
        for key, value in concepts.attributes:
            fit += index.table.has_attribute(key, value)[chosen]
            if value == "yes":
                fit -= index.table.has_attribute(key, "no")[chosen]
        features["attributes"] = fit
    return features


def _standing_out(values: Vectors, reference: Positions) -> Vectors:
    """Values by how many standard deviations they lie above the mean of the reference; zeros when these are equal."""
    spread = float(values[reference].std()) if len(reference) else 0.0
    if spread < 1e-6:
        return np.zeros_like(values)
    scaled: Vectors = (values - values[reference].mean()) / np.float32(spread)
    return scaled
