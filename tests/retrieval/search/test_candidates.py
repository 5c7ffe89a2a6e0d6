"""What orders the candidates of a search."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from retrieval.search.candidates import STANDING_OUT
from retrieval.search.indexing import index_products
from retrieval.search.products import ProductSearch
from retrieval.search.query import Query
from retrieval.store.chroma import Store
from retrieval.text.lexicon import Lexicon
from tests.retrieval_samples import encoders, product


def _search(folder: Path, titles: Mapping[str, str]) -> ProductSearch:
    store = Store(folder / "store")
    products = [product(name, type="goods", category=(), title={"en": title}) for name, title in titles.items()]
    index_products(store, products, folder, encoders())
    return ProductSearch(store, encoders(), Lexicon())


def _features(search: ProductSearch, text: str) -> dict[str, dict[str, float]]:
    """By feature, of each product."""
    ids, features = search.features(Query(text))
    return {name: dict(zip(ids, map(float, values), strict=True)) for name, values in features.items()}


LAMPS = {f"lamp-{at}": f"Harbour floor lamp {'slim ' * (at % 3)}no {at}" for at in range(30)}


def test_what_hardly_differs_counts_for_hardly_anything(tmp_path: Path) -> None:
    words = _features(_search(tmp_path, {**LAMPS, "vase": "Harbour vase"}), "floor lamp")["words"]
    lamps = [words[name] for name in LAMPS]
    assert max(lamps) - min(lamps) < 0.2 + 2 * STANDING_OUT, "titles of other lengths, the same words"
    assert min(lamps) > words["vase"] + 0.3, "and having the words counts"


def test_the_best_in_words_and_in_meaning_have_a_whole_share(tmp_path: Path) -> None:
    features = _features(_search(tmp_path, LAMPS), "slim floor lamp")
    assert 1.0 <= max(features["words"].values()) <= 1.0 + STANDING_OUT + 1e-6
    assert max(features["meaning"].values()) == pytest.approx(1.0)


def test_being_no_head_is_not_held_against_a_product(tmp_path: Path) -> None:
    titles = {"mouse": "Quiet mouse", "pad": "Mouse pad", "rest": "Wrist rest for a mouse", "mat": "Desk pad"}
    head = _features(_search(tmp_path, titles), "mouse")["head"]
    assert head["mouse"] == 1.0
    assert all(0 <= head[name] < 1 for name in ("pad", "rest", "mat"))


@pytest.mark.parametrize("text", ["zzzz", "?", "vase lamp floor harbour " * 40])
def test_features_are_finite(tmp_path: Path, text: str) -> None:
    features = _features(_search(tmp_path, LAMPS), text)
    assert all(np.isfinite(list(values.values())).all() for values in features.values())
