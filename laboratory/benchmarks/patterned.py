"""Judged queries for a catalogue of electronics, where nobody has judged any: by patterns that its titles must meet.

``python -m laboratory.benchmarks.patterned CATALOGUE OUT.csv`` writes what ``shopclerk evaluate search`` reads. Each
query of ``patterns.csv`` has a pattern of what is right, one of what is not right though it meets that, and one of what
is related: written by a language model that read titles, and that also worked on the search, but not on what it gave
for these queries. Judged are 40 products a query: those that a plain search over fields (every word somewhere; of a
word the field where it says most, BM25) puts first, as judges are usually shown them.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.feeds import load_catalogue
from retrieval.models import Product
from retrieval.text.bm25 import LexicalIndex, best_among
from retrieval.text.words import query_terms

POOL = 40
RIGHT, RELATED = 3, 1
FIELDS = {"title": 1.0, "description": 1.0, "attributes": 1.0}


def judged(products: Sequence[Product]) -> list[tuple[str, str, int]]:
    """(query, product's id, rating); queries of which the pool has nothing right are left out."""
    documents = [
        {
            "title": [*product.title.values()],
            "description": [*product.description.values()],
            "attributes": [" ".join(product.attributes.values()), product.brand],
        }
        for product in products
    ]
    index = LexicalIndex.build(documents, FIELDS, frozenset(FIELDS))
    rows: list[tuple[str, str, int]] = []
    with Path(__file__).with_name("patterns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            terms = query_terms(row["query"])
            every = np.all([index.scores([term]) > 0 for term in terms], axis=0)
            pool = best_among(index.scores(terms), every, POOL)
            ratings = [_rating(next(iter(products[at].title.values())), row) for at in pool]
            if RIGHT in ratings:
                rows += [(row["query"], products[at].id, rating) for at, rating in zip(pool, ratings, strict=True)]
    return rows


def _rating(title: str, row: dict[str, str]) -> int:
    def meets(pattern: str) -> bool:
        return bool(pattern) and re.search(pattern, title, re.IGNORECASE) is not None

    if meets(row["right"]) and not meets(row["but_not"]):
        return RIGHT
    return RELATED if meets(row["related"]) else 0


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("catalogue", type=Path)
    arguments.add_argument("out", type=Path)
    chosen = arguments.parse_args()
    found = judged(load_catalogue(chosen.catalogue).products)
    with chosen.out.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("query", "docid", "rating"))
        writer.writerows(found)
    print(f"{len({query for query, _, _ in found})} queries, {len(found)} judgments")
