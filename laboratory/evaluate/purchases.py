"""Does ranking for the person find what they bought? Held-out purchases of the demo shop, beside relevance alone.

Each customer's last purchase is asked for again with the words of its visit. Nothing is known but what lies before it:
the customer's interactions before the visit, everybody's before its week, and weights fitted to other customers (five
folds).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.online.retrain import HELD_OUT_DAYS
from laboratory.samples.judgments import Judgments, answerable, read_judgments
from laboratory.samples.rankings import by_query
from laboratory.samples.sold import NOW, Found, Logged, Sold, purchases, query_of, read_events
from laboratory.train.blend import MAX_PURCHASES, RECOMMEND_PRIOR, SEARCH_PRIOR, Learning, fit, search_choice
from retrieval.intervals import RESAMPLES, means
from retrieval.ranking.blend import BlendWeights
from retrieval.ranking.features import Learned
from retrieval.ranking.next_items import NextItems
from retrieval.ranking.person import STRANGER, Person
from retrieval.ranking.ranker import Ranker
from retrieval.search.products import ProductSearch
from retrieval.search.query import Hit
from retrieval.text.lexicon import Lexicon

FOLDS = 5
HIDDEN = 0.2
"""Share of the products that nobody has ever turned to, for the subset of cold items."""
COLD = 2
"""Interactions that a cold customer has at most."""
READERS = 50
"""Customers whose taste every judged query is ranked for."""

Tell = Callable[[str, int, int], None]
Orders = dict[str, list[list[str]]]
"""By system, the answer to each question: product ids, best first."""


@dataclass(frozen=True, slots=True)
class _Shop:
    search: ProductSearch
    lexicon: Lexicon
    found: Found
    next_items: NextItems | None


def evaluate_purchases(
    search: ProductSearch,
    lexicon: Lexicon,
    events: Path,
    judgments: Path,
    *,
    seed: int = 0,
    model: NextItems | None = None,
    tell: Tell = lambda step, done, total: None,
) -> dict[str, Any]:
    """Scores by system name: ``shopclerk``, ``relevance`` and ``popularity`` over the same found products, each with
    ``ndcg@10`` of what was bought, ``n`` and ``ci95``; ``shopclerk`` also with its ``lift`` over relevance.

    Under ``subsets`` the same for ``own_words`` (the visit began with a search), ``cold_customers`` (the same
    purchases, as if the customer had done at most ``COLD`` things before) and ``cold_items`` (purchases of a fifth of
    the products, all of whose events are hidden). Under ``relevance_loss`` what ranking for ``READERS`` customers, and
    for strangers, loses of the judged queries' nDCG@10, and what order by popularity alone
    would. ``model`` is a trained sequence model that knows nothing of the latest ``HELD_OUT_DAYS``: with one,
    ``latest_days`` are the purchases of those, with and without it, and the loss of relevance is measured with it.
    Raises ``ValueError`` for bad files.
    """
    shop = _Shop(search, lexicon, Found(search), None)
    log = read_events(events, NOW)
    sold = list(purchases(log, search, lexicon))
    last = [each for each in sold if each.later == 0]
    if not last:
        raise ValueError(f"{events}: no purchase of a product of the catalogue")
    tell("weights", 0, 0)
    learning = Learning(search.index, log)
    fold_of = _folds(sold, seed)
    weights = _weights(shop, sold, learning, fold_of)

    def measured(cases: Sequence[Sold], learning: Learning, step: str) -> dict[str, Any]:
        tell(step, 0, len(cases))
        chosen = [weights[fold_of[case.customer_id]] for case in cases]
        return _systems(cases, _orders(shop, cases, learning, chosen), seed)

    cold = [replace(each, history=each.history[-COLD:] if COLD else ()) for each in last]
    hidden_log, hidden = _without_some(log, seed)
    unknown = [replace(each, history=tuple(e for e in each.history if e.product_id not in hidden))
               for each in sold if each.product_id in hidden and each.later < FOLDS]  # fmt: skip
    report = measured(last, learning, "purchases")
    report["subsets"] = {
        "own_words": measured([each for each in last if each.own], learning, "own words"),
        "cold_customers": measured(cold, learning, "cold customers"),
        "cold_items": measured(unknown, Learning(search.index, hidden_log), "cold items"),
    }
    if model is not None:
        cut = NOW - timedelta(days=HELD_OUT_DAYS)
        latest = [each for each in sold if each.at >= cut]
        by_model = _orders(
            replace(shop, next_items=model), latest, learning, [weights[fold_of[each.customer_id]] for each in latest]
        )
        named = {"shopclerk_with_sequence_model": by_model["shopclerk"]}
        report["subsets"]["latest_days"] = {
            **measured(latest, learning, "latest days"),
            **_systems(latest, {**by_model, **named}, seed, ours="shopclerk_with_sequence_model", only=named),
        }
        shop = replace(shop, next_items=model)
    tell("relevance", 0, 0)
    report["relevance_loss"] = _relevance_loss(shop, log, last, read_judgments(judgments), weights[0], seed)
    report["data"] = {
        "purchases": len(sold),
        "customers": len(fold_of),
        "own_words": sum(each.own for each in last),
        "not_found": sum(each.product_id not in _ids(shop.found(each.text)) for each in last),
    }
    return report


def _folds(sold: Sequence[Sold], seed: int) -> dict[str, int]:
    customers = sorted({each.customer_id for each in sold})
    order = np.random.default_rng(seed).permutation(len(customers))
    return {customers[at]: place % FOLDS for place, at in enumerate(order)}


def _weights(shop: _Shop, sold: Sequence[Sold], learning: Learning, fold_of: Mapping[str, int]) -> list[BlendWeights]:
    """By fold, those fitted to the customers of the others."""
    used = [each for each in sold if each.later < MAX_PURCHASES]
    choices = [(fold_of[each.customer_id], search_choice(each, shop.found, learning, shop.next_items)) for each in used]
    return [
        BlendWeights(fit([choice for at, choice in choices if choice and at != fold], SEARCH_PRIOR), RECOMMEND_PRIOR)
        for fold in range(FOLDS)
    ]


def _without_some(log: Sequence[Logged], seed: int) -> tuple[list[Logged], set[str]]:
    products = sorted({logged.event.product_id for logged in log})
    hidden = set(np.random.default_rng(seed).choice(products, round(HIDDEN * len(products)), replace=False).tolist())
    return [logged for logged in log if logged.event.product_id not in hidden], hidden


def _orders(shop: _Shop, cases: Sequence[Sold], learning: Learning, weights: Sequence[BlendWeights]) -> Orders:
    orders: Orders = {"shopclerk": [], "relevance": [], "popularity": []}
    for case, chosen in zip(cases, weights, strict=True):
        hits, learned = shop.found(case.text), learning.at(case.at)
        ranker = _ranker(shop, learned, case.at, chosen)
        personal = ranker.rerank(hits, Person(case.history), 10, query_of(case.text))
        orders["shopclerk"].append([hit.product.id for hit in personal])
        orders["relevance"].append(_ids(hits[:10]))
        demand = {hit.product.id: _demand(hit, learned) for hit in hits}
        orders["popularity"].append(sorted(demand, key=lambda name: -demand[name])[:10])
    return orders


def _ranker(shop: _Shop, learned: Learned, at: datetime, weights: BlendWeights) -> Ranker:
    return Ranker(
        lambda: learned.index, (), lambda: at, weights=weights, next_items=lambda: shop.next_items, learned=learned
    )


def _demand(hit: Hit, learned: Learned) -> float:
    at = learned.index.catalogue.position(hit.product.id)
    return 0.0 if at is None else float(learned.neighbours.demand[at])


def _ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.product.id for hit in hits]


def _systems(
    cases: Sequence[Sold], orders: Orders, seed: int, ours: str = "shopclerk", only: Collection[str] | None = None
) -> dict[str, Any]:
    """``only`` these of the systems, ``ours`` with its lift over relevance."""
    told = orders if only is None else only
    wanted = [{case.product_id: 1} for case in cases]
    if not wanted:
        return {name: {"n": 0} for name in told}
    measured = {name: by_query(wanted, order, {"ndcg@10": "ndcg@10"}) for name, order in orders.items()}
    found: dict[str, Any] = {name: means(measured[name], seed) for name in told}
    found[ours]["lift"] = _ratio(measured[ours]["ndcg@10"], measured["relevance"]["ndcg@10"], seed)
    return found


def _ratio(ours: NDArray[np.float64], plain: NDArray[np.float64], seed: int) -> dict[str, Any]:
    """How much the mean of ``ours`` lies above that of ``plain``, relatively, with its paired bootstrap interval."""
    drawn = np.random.default_rng(seed).integers(0, len(ours), (RESAMPLES, len(ours)))
    ratios = ours[drawn].mean(axis=1) / np.maximum(plain[drawn].mean(axis=1), 1e-9) - 1
    return {
        "value": round(float(ours.mean() / max(plain.mean(), 1e-9) - 1), 4),
        "ci95": [round(float(bound), 4) for bound in np.percentile(ratios, [2.5, 97.5])],
    }


def _relevance_loss(
    shop: _Shop, log: Sequence[Logged], last: Sequence[Sold], judged: Judgments, weights: BlendWeights, seed: int
) -> dict[str, Any]:
    """Relative, of the mean over customers and judged queries; below 0 where ranking gains relevance."""
    queries = [text for text in answerable(judged) if shop.found(text)]
    learned = Learning(shop.search.index, log).at(NOW)
    ranker = _ranker(shop, learned, NOW, weights)
    every = sorted({each.customer_id for each in last})
    chosen = set(np.random.default_rng(seed).choice(every, min(READERS, len(every)), replace=False).tolist())
    people = [Person(tuple(one.event for one in log if one.event.customer_id == name)) for name in sorted(chosen)]

    def ndcg(orders: Iterator[list[str]]) -> NDArray[np.float64]:
        wanted = [judged[text] for text in queries]
        return by_query(wanted, list(orders), {"ndcg@10": "ndcg@10"})["ndcg@10"]

    def ranked(person: Person) -> NDArray[np.float64]:
        return ndcg(_ids(ranker.rerank(shop.found(text), person, 10, query_of(text))) for text in queries)

    def popular(text: str) -> list[str]:
        return _ids(sorted(shop.found(text), key=lambda hit: -_demand(hit, learned))[:10])

    plain = ndcg(_ids(shop.found(text)[:10]) for text in queries)
    personal = np.mean([ranked(person) for person in people], axis=0)
    return {
        "queries": len(queries),
        "customers": len(people),
        "relevance": round(float(plain.mean()), 4),
        "personal": round(float(personal.mean()), 4),
        "loss": round(float(1 - personal.mean() / plain.mean()), 4),
        "ci95": [round(-bound, 4) for bound in reversed(_ratio(personal, plain, seed)["ci95"])],
        "loss_for_strangers": round(float(1 - ranked(STRANGER).mean() / plain.mean()), 4),
        "loss_by_popularity": round(float(1 - ndcg(popular(text) for text in queries).mean() / plain.mean()), 4),
    }
