"""Fits the weights of the blend to purchases: a conditional logit (McFadden, "Conditional logit analysis of qualitative
choice behavior", 1974), which of the products of an answer was bought.

Relevance has a weight of its own, which is thrown away: the ranker keeps relevance as it is, and bounds the rest. What
is known of everybody is learned from what lies before each purchase, week by week.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from laboratory.samples.sold import Found, Logged, Sold
from retrieval.ranking.blend import BLEND_FILE, BlendWeights, evened
from retrieval.ranking.features import FEATURES, Learned, Reading, features
from retrieval.ranking.neighbours import Neighbours
from retrieval.ranking.next_items import NextItems
from retrieval.ranking.person import Person
from retrieval.search.index import SearchIndex

Matrix = NDArray[np.float64]

MAX_PURCHASES = 4
"""Purchases of a customer that are learned from, the latest."""
PULL = 0.02
"""How strongly the weights are drawn to where they started."""
SEARCH_PRIOR = {
    "type": 0.2, "brand": 0.5, "colour": 0.3, "audience": 0.3, "familiar": 0.3, "neighbours": 0.5, "sequence": 0.5,
    "price_fit": 0.5, "preference": 1.5, "stock": 0.2, "popularity": 0.5,
}  # fmt: skip
"""Where they start. Nobody has stated a preference in the demo shop's behaviour, so that weight stays; so does that of
the sequence model where there is none."""
RECOMMEND_PRIOR = SEARCH_PRIOR | {"type": 1.0, "neighbours": 5.0, "sequence": 1.0, "popularity": 0.3}
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Choice:
    """``columns`` (products, 1 + FEATURES) of an answer, relevance first; ``bought`` is a row."""

    columns: Matrix
    bought: int


class Learning:
    """What was known of everybody at each purchase: learned from all that lies before its week."""

    def __init__(self, index: SearchIndex, log: Sequence[Logged]) -> None:
        self._index = index
        self._events = [logged.event for logged in log]
        self._known: dict[datetime, Learned] = {}

    @staticmethod
    def week(at: datetime) -> datetime:
        return at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % WEEK

    def at(self, at: datetime) -> Learned:
        week = self.week(at)
        if week not in self._known:
            catalogue = self._index.catalogue
            before = [event for event in self._events if event.at < week]
            learned = Neighbours.learn(len(catalogue.products), catalogue.position, before, week)
            self._known[week] = Learned.of(self._index, learned)
        return self._known[week]


def search_choice(sold: Sold, found: Found, learning: Learning, next_items: NextItems | None = None) -> Choice | None:
    """The choice among what was found for the request; None when the product was not."""
    hits = found(sold.text)
    ids = [hit.product.id for hit in hits]
    if sold.product_id not in ids:
        return None
    position = learning.at(sold.at).index.catalogue.position
    places = [at for name in ids if (at := position(name)) is not None]
    columns = _columns(sold, learning, next_items)[places]
    relevance = np.array([hit.score for hit in hits]) + evened(hits)
    return Choice(_around(np.column_stack([relevance, columns])), ids.index(sold.product_id))


def recommend_choice(sold: Sold, learning: Learning, next_items: NextItems | None = None) -> Choice | None:
    """The choice among everything that the customer had not bought yet."""
    catalogue = learning.at(sold.at).index.catalogue
    bought = {event.product_id for event in sold.history if event.kind == "purchase"}
    places = [at for at, name in enumerate(catalogue.ids) if name not in bought]
    at = catalogue.position(sold.product_id)
    if at not in places:
        return None
    columns = _columns(sold, learning, next_items)[places]
    return Choice(_around(np.column_stack([np.zeros(len(places)), columns])), places.index(at))


def fit(choices: Sequence[Choice], prior: Mapping[str, float]) -> dict[str, float]:
    """The weight of each of ``FEATURES``. Raises ``ValueError`` without choices."""
    if not choices:
        raise ValueError("no purchase of a product that was found: nothing to learn from")
    start = np.array([1.0, *(prior[name] for name in FEATURES)])

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        value, slope = 0.0, np.zeros_like(weights)
        for choice in choices:
            logits = choice.columns @ weights
            logits -= logits.max()
            likely = np.exp(logits)
            total = likely.sum()
            value += np.log(total) - logits[choice.bought]
            slope += choice.columns.T @ (likely / total) - choice.columns[choice.bought]
        moved = weights - start
        return value / len(choices) + PULL * moved @ moved, slope / len(choices) + 2 * PULL * moved

    learned = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return {name: round(float(weight), 3) for name, weight in zip(FEATURES, learned[1:], strict=True)}


def fit_blend(sold: Sequence[Sold], found: Found, learning: Learning) -> BlendWeights:
    """Both sets of weights from these purchases. Raises ``ValueError`` when none can be learned from."""
    used = [each for each in sold if each.later < MAX_PURCHASES]
    searched = [choice for each in used if (choice := search_choice(each, found, learning))]
    wished = [choice for each in used if (choice := recommend_choice(each, learning))]
    return BlendWeights(fit(searched, SEARCH_PRIOR), fit(wished, RECOMMEND_PRIOR))


def write(weights: BlendWeights, figures: dict[str, Any], target: Path | None = None) -> Path:
    """Writes the weights where the ranker reads them, or to ``target``."""
    target = target or Path(str(files("retrieval.ranking").joinpath(BLEND_FILE)))
    told = {"search": dict(weights.search), "recommend": dict(weights.recommend), **figures}
    target.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return target


def _columns(sold: Sold, learning: Learning, next_items: NextItems | None) -> Matrix:
    learned, person = learning.at(sold.at), Person(sold.history)
    told = features(person, Reading.of(person, learned, sold.at), learned, next_items)
    return np.stack([told[name] for name in FEATURES], axis=1)


def _around(columns: Matrix) -> Matrix:
    centred: Matrix = columns - columns.mean(axis=0)
    return centred
