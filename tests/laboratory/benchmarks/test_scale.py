"""A few thousand products: what the large catalogue's ways find must be what comparing everything finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from time import process_time

import numpy as np
import pytest

from assistant.dialogue.titles import Titles
from laboratory.benchmarks.enlarged import originals_of, products
from laboratory.benchmarks.kill_load import NoPictures
from laboratory.benchmarks.scale import Nowhere
from retrieval.models import Product
from retrieval.search import index as indexes
from retrieval.search import nearest
from retrieval.search.catalogue import Catalogue, Products
from retrieval.search.indexing import Encoders, index_products, product_rows
from retrieval.search.products import ProductSearch
from retrieval.search.query import Filters, Query
from retrieval.store.chroma import Store
from retrieval.store.pointer import PointerFile
from retrieval.store.versions import Versions
from tests.retrieval_samples import SHOP, BagOfWords

COUNT = 2_500
TEXTS = ("waterproof boots", "red kettle", "laptop backpack", "wool socks", "desk lamp", "something for a runner")


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductSearch]:
    originals, lexicon = originals_of(SHOP)
    encoders = Encoders(BagOfWords(), NoPictures())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "ANN_FROM", 1_000)
        patch.setattr(nearest, "EXACT_TO", 200)
        store = Store(tmp_path_factory.mktemp("store"))
        index_products(store, products(originals, COUNT), Path("nowhere"), encoders, None, lexicon)
        yield ProductSearch(store, encoders, lexicon)


def test_enlarged_catalogues_are_varied_and_always_the_same() -> None:
    originals, _ = originals_of(SHOP)
    made = list(products(originals, 1_000))
    assert made == list(products(originals, 1_000))
    assert len({product.id for product in made}) == len({product.name("en") for product in made}) == 1_000
    assert len({variant.price for product in made for variant in product.variants}) > 300


@pytest.mark.parametrize("text", TEXTS)
def test_the_index_finds_what_comparing_everything_finds(search: ProductSearch, text: str) -> None:
    index = search.index
    vector = BagOfWords().encode_one(text)
    cosines = index.catalogue.text @ vector
    for filters in (None, Filters(), Filters(colours=("black", "red")), Filters(rating_min=4)):
        allowed = None if filters is None else index.table.views_of(index.table.matching(filters))
        rows = np.arange(len(cosines)) if allowed is None else np.flatnonzero(allowed)
        found, values = index.nearest(vector, allowed, 10)
        # Copies of a product share words, so many are equally near: how near they are is what can be compared.
        assert np.allclose(values, np.sort(cosines[rows])[::-1][:10], atol=0.02)
        assert np.isin(found, rows).all()


def test_filters_hold_and_answers_are_quick(search: ProductSearch) -> None:
    most = search.catalogue.products[0].lowest_price * 2
    filters = Filters(colours=("black",), price_max=most, rating_min=3)
    times = []
    for text in TEXTS * 3:
        start = process_time()
        result = search.search(Query(text, filters=filters))
        times.append(process_time() - start)
        for hit in result.hits if not result.relaxed else ():
            assert hit.variant.options["colour"] == "black" and hit.variant.price <= most
            assert (hit.product.rating or 0) >= 3 and hit.variant.stock > 0
    assert np.median(times) < 0.05


def test_a_few_products_of_each_type_stand_for_it(search: ProductSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told by a type's products must not grow with the catalogue."""
    index = search.index
    monkeypatch.setattr(indexes, "EXAMPLES", 7)
    monkeypatch.delitem(index.__dict__, "examples", raising=False)
    products = index.catalogue.products
    assert set(index.examples) == set(index.table.types)
    for kind, views in index.examples.items():
        assert 0 < len(views) <= 7
        assert {products[int(index.catalogue.view_product[view])].type for view in views} == {kind}
    monkeypatch.delitem(index.__dict__, "examples")


def test_a_whole_title_names_its_product_among_many_alike(search: ProductSearch) -> None:
    catalogue = search.catalogue
    titles = Titles(catalogue.products)
    named = catalogue.products[len(catalogue.products) - 1]
    assert titles.named(f"is the {named.name('en')} heavy?") == [named]


def test_products_are_parsed_when_asked_for(search: ProductSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []
    parse = Products._parse

    def counted(self: Products, at: int) -> Product:
        parsed.append(at)
        return parse(self, at)

    monkeypatch.setattr(Products, "_parse", counted)
    zero = np.zeros(4, dtype=np.float32)
    fresh = Catalogue(search.catalogue.snapshot, Encoders(BagOfWords(), NoPictures()).blocks, zero, zero[:1])
    assert len(fresh.products) == COUNT and not parsed
    name = fresh.ids[COUNT - 1]
    product = fresh.product(name)
    assert product and product.id == name and parsed == [COUNT - 1]
    assert fresh.product("unknown") is None
    assert fresh.views[-1].product == COUNT - 1


def test_a_snapshot_without_a_database_is_that_of_one(tmp_path: Path) -> None:
    record = PointerFile(tmp_path / "live.json")
    versions = Versions("products", Nowhere(), record, tmp_path / "snapshots", nullcontext, timedelta(0))
    originals, _ = originals_of(SHOP)
    done = versions.ingest(
        product_rows(originals[:20], SHOP), lambda sources: np.ones((len(sources), 3), np.float32), "e"
    )
    assert done.info.groups == 20 and versions.read("e").rows[0].group == originals[0].id
