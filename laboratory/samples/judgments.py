"""Judged queries, and what ranking measures say of a system's order of the products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from laboratory.samples.csv_rows import csv_rows
from laboratory.samples.rankings import by_query
from retrieval.intervals import means

DEPTH = 10

Judgments = dict[str, dict[str, int]]
"""Ratings (0 and up; 0 is judged and wrong) by product id by query."""
Ranked = Mapping[str, Sequence[str]]
"""Product ids, best first, by query."""


def read_judgments(path: Path) -> Judgments:
    """A CSV with the columns query, docid, rating. Raises ``ValueError`` naming the line and what is wrong with it."""
    judged: Judgments = {}
    with csv_rows(path, "query", "docid", "rating") as reader:
        for row in reader:
            where = f"{path}: line {reader.line_num}"
            query, docid = (row["query"] or "").strip(), (row["docid"] or "").strip()
            if not query or not docid:
                raise ValueError(f"{where}: query or docid is empty")
            if not (row["rating"] or "").strip().isdecimal():
                raise ValueError(f"{where}: rating {row['rating']!r} is not a whole number of at least 0")
            judged.setdefault(query, {})[docid] = int(row["rating"])
    if not judged:
        raise ValueError(f"{path}: no judgments in it")
    return judged


def scores(judgments: Judgments, ranked: Ranked, seed: int = 0) -> dict[str, Any]:
    """The measures of one system over the queries that have something relevant (rated 1 or more), with their 95%
    bootstrap intervals over queries.

    ``ndcg@10`` takes every product that was not judged for wrong; ``ndcg@10_condensed`` leaves those out of the ranking
    first (Sakai 2007). ``recall@10`` is the share of the relevant products among the first ten, of ten at most, so that
    1 can be reached; ``recall@10_of_all`` is not capped. ``mrr`` is over the first hundred.
    """
    return means(_by_query(judgments, ranked), seed)


def answerable(judgments: Judgments) -> list[str]:
    """The queries for which something is relevant."""
    return [query for query, rated in judgments.items() if any(rated.values())]


def _by_query(judgments: Judgments, ranked: Ranked) -> dict[str, NDArray[np.float64]]:
    queries = answerable(judgments)
    orders = [list(ranked[query]) for query in queries]
    condensed = [
        [docid for docid in order if docid in judgments[query]] for query, order in zip(queries, orders, strict=True)
    ]
    wanted = [judgments[query] for query in queries]
    return {
        **by_query(wanted, orders, {"ndcg@10": "ndcg@10", "recall@10_of_all": "recall@10", "mrr": "mrr@100"}),
        **by_query(wanted, condensed, {"ndcg@10_condensed": "ndcg@10"}),
        "recall@10": np.array([_capped_recall(rated, order) for rated, order in zip(wanted, orders, strict=True)]),
    }


def _capped_recall(rated: Mapping[str, int], order: Sequence[str]) -> float:
    relevant = {docid for docid, rating in rated.items() if rating > 0}
    return len(relevant.intersection(order[:DEPTH])) / min(DEPTH, len(relevant))
