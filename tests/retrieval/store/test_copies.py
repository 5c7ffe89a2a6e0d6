"""The database and the snapshot of a version: either is made anew from the other, and damage is not taken for data."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from retrieval.store.chroma import Store
from retrieval.store.rows import StoreError
from tests.retrieval.test_store import Embedder, load, rows_of, vector_of


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, grace=timedelta(0))
    load(store, rows_of("a", "b", document='{"price": 12}'))
    store.faq.ingest(rows_of("q"), lambda sources: vector_of("q")[None], "encoder")
    store.chroma.close()
    return store


def break_database(store: Store, how: str) -> None:
    file = store.directory / "chroma" / "chroma.sqlite3"
    match how:
        case "deleted":
            shutil.rmtree(file.parent)
        case "no database":
            file.write_bytes(b"no database " * 1000)
        case "cut":
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])


@pytest.mark.parametrize("how", ["deleted", "no database", "cut"])
def test_a_database_that_was_lost_holds_the_live_versions_again(store: Store, how: str) -> None:
    break_database(store, how)
    store.mend()
    assert store.products.held() and store.faq.held()
    shutil.rmtree(store.directory / "snapshots")
    assert [row.group for row in store.products.read("encoder").rows] == ["a", "b"], "made anew from the database"
    assert [row.group for row in store.faq.read("encoder").rows] == ["q"]


@pytest.mark.parametrize("how", ["deleted", "no database", "cut"])
def test_a_load_goes_through_though_the_database_is_damaged(store: Store, how: str) -> None:
    break_database(store, how)
    load(store, rows_of("a", "b", "c"))
    assert [row.group for row in store.products.read("encoder").rows] == ["a", "b", "c"]
    assert store.products.held()


def test_what_the_database_says_wrongly_is_not_taken_up(store: Store) -> None:
    shutil.rmtree(store.directory / "snapshots")
    with closing(sqlite3.connect(store.directory / "chroma" / "chroma.sqlite3")) as database:
        changed = database.execute(
            "update embedding_metadata set string_value = replace(string_value, '12', '11')"
            " where string_value like '%price%'"
        )
        database.commit()
        assert changed.rowcount
    with pytest.raises(StoreError, match="damaged"):
        store.products.read("encoder")


def test_a_whole_database_is_left_as_it_is(store: Store) -> None:
    before = store.products.read("encoder").vectors
    store.mend()
    assert not (store.directory / "chroma.damaged").exists()
    shutil.rmtree(store.directory / "snapshots")
    assert (store.products.read("encoder").vectors == before).all()


def test_what_is_lost_in_both_copies_is_made_again_of_the_very_same_rows_alone(store: Store) -> None:
    lost, rows = store.products.live(), rows_of("a", "b", document='{"price": 12}')
    assert lost and store.products.lost("encoder") is None
    break_database(store, "no database")
    shutil.rmtree(store.directory / "snapshots")
    assert store.products.lost("encoder") == lost.name
    dearer = rows_of("a", "b", document='{"price": 13}')
    with pytest.raises(StoreError, match="load them again"):
        store.products.ingest(dearer, Embedder(), "encoder", only=lost.name)
    store.products.ingest(rows, Embedder(), "encoder", only=lost.name)
    assert store.products.lost("encoder") is None and list(store.products.read("encoder").rows) == rows
