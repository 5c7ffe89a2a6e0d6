"""Measures product search on judged queries, beside words alone (BM25), meaning alone and pictures alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from laboratory.evaluate.baselines import WordsAlone
from laboratory.samples.judgments import answerable, read_judgments, scores
from retrieval.encoders.cross_encoder import Reranker
from retrieval.feeds import FeedError, load_catalogue
from retrieval.fusion import Vectors
from retrieval.models import Product
from retrieval.search.filters import Mask
from retrieval.search.fits import Fits
from retrieval.search.indexing import Encoders, index_products
from retrieval.search.products import ProductSearch
from retrieval.search.query import Outcome, Query
from retrieval.store.chroma import Store
from retrieval.store.rows import Progress
from retrieval.text.lexicon import Lexicon
from retrieval.text.words import is_chinese

DEPTH = 1000
"""How much of a ranking is looked at; the condensed measure needs judged products that are far down."""
LENDING_PRODUCTS = 5
"""How many of the products nearest in meaning lend their pictures to a query of words."""


def evaluate_search(
    catalogue: Path,
    judgments: Path,
    encoders: Encoders,
    lexicon: Lexicon,
    *,
    fits: Fits | None = None,
    reranker: Reranker | None = None,
    store: Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    on_query: Callable[[str, dict[str, int], Sequence[str]], None] | None = None,
) -> dict[str, dict[str, Any]]:
    """Scores by system name: ``shopclerk``, ``bm25``, ``dense`` and, where products have pictures, ``image``.

    ``shopclerk`` also says how many queries that have an answer it would refuse as not carried (``refused``), and
    ``image`` looks for pictures like those of the products nearest in meaning. Pictures lie beside the catalogue.
    ``store`` keeps the vectors for another run. ``on_query`` is called with each query, its ratings and the ranking.
    Raises ``ValueError`` for bad files.
    """
    judged = read_judgments(judgments)
    try:
        report = load_catalogue(catalogue)
    except FeedError as error:
        raise ValueError(str(error)) from error
    known = {product.id for product in report.products}
    within = {query: {docid: r for docid, r in rated.items() if docid in known} for query, rated in judged.items()}
    if not (queries := answerable(within)):
        raise ValueError(f"{judgments}: no query has a relevant product of {catalogue}")
    with nullcontext(Store(store)) if store else Store.temporary() as kept:
        folder = catalogue if catalogue.is_dir() else catalogue.parent
        index_products(kept, report.products, folder, encoders, progress)
        search = ProductSearch(kept, encoders, lexicon, fits=fits, reranker=reranker)
        runs = _runs(search, encoders, queries)
        refused = sum(search.search(_query(text)).outcome is Outcome.NOT_CARRIED for text in queries)
    if on_query:
        for query in queries:
            on_query(query, within[query], runs["shopclerk"][query])
    found: dict[str, dict[str, Any]] = {name: scores(within, run, seed) for name, run in runs.items()}
    found["shopclerk"]["refused"] = refused
    found["data"] = {
        "products": len(known),
        "bad_rows": len(report.bad_rows),
        "queries": len(judged),
        "queries_without_relevant": len(judged) - len(queries),
        "judged_but_unknown": sum(map(len, judged.values())) - sum(map(len, within.values())),
    }
    return found


def _query(text: str) -> Query:
    return Query(text, language="zh" if is_chinese(text) else "en")


def _runs(search: ProductSearch, encoders: Encoders, queries: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    catalogue = search.catalogue
    products = list(catalogue.products)
    ids = [product.id for product in products]
    words = WordsAlone([_whole(product) for product in products])
    runs: dict[str, dict[str, list[str]]] = {"shopclerk": {}, "bm25": {}, "dense": {}}
    pictured = bool(np.any(catalogue.image[: len(products)]))
    if pictured:
        runs["image"] = {}
    for text, vector in zip(queries, encoders.text.encode(list(queries)), strict=True):
        runs["shopclerk"][text] = search.rank(_query(text), DEPTH)
        scored = words.scores(text)
        runs["bm25"][text] = _best(ids, scored, scored > 0)
        cosines = catalogue.text @ vector
        runs["dense"][text] = _best(ids, catalogue.best_view(cosines)[0])
        if pictured:
            like = np.argsort(-cosines)[:LENDING_PRODUCTS]
            looks = catalogue.image @ np.mean(catalogue.image[like], axis=0)
            runs["image"][text] = _best(ids, catalogue.best_view(looks)[0])
    return runs


def _whole(product: Product) -> str:
    named = (*product.title.values(), product.brand, product.type.replace("_", " "))
    return " ".join((*named, *product.attributes.values(), *product.description.values()))


def _best(ids: Sequence[str], scored: Vectors, found: Mask | None = None) -> list[str]:
    order = np.argsort(-scored, kind="stable")[:DEPTH]
    return [ids[at] for at in order if found is None or found[at]]
