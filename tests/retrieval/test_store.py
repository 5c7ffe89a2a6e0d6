from __future__ import annotations

import json
import multiprocessing
import zlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from retrieval.store.chroma import Store
from retrieval.store.live import Live
from retrieval.store.rows import NothingStored, Row, StoreBusy, StoreError, Vectors, WrongEncoder


class Embedder:
    """Counts what it is asked for; a row's vector is made of its source."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, sources: Sequence[str]) -> Vectors:
        self.asked += sources
        return np.stack([vector_of(source) for source in sources])


def vector_of(source: str) -> Vectors:
    return np.random.default_rng(zlib.crc32(source.encode())).normal(size=8).astype(np.float32)


def rows_of(*names: str, document: str = "{}") -> list[Row]:
    return [Row(f"{name}#red", name, f"key {name}", document, "red", name) for name in names]


def load(store: Store, rows: Iterable[Row], fingerprint: str = "encoder") -> Embedder:
    embed = Embedder()
    store.products.ingest(rows, embed, fingerprint)
    return embed


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, grace=timedelta(0))


def test_what_was_ingested_is_read_in_order(store: Store) -> None:
    rows = rows_of("b", "a", "c")
    load(store, rows)
    stored = store.products.read("encoder")
    assert list(stored.rows) == rows
    assert np.allclose(stored.vectors, [vector_of(row.group) for row in rows], atol=1e-3)


def test_the_same_content_again_does_nothing(store: Store) -> None:
    load(store, rows_of("a", "b"))
    stamp = store.products.stamp()
    again = store.products.ingest(rows_of("a", "b"), Embedder(), "encoder")
    assert not again.switched
    assert again.embedded == 0
    assert store.products.stamp() == stamp


def test_only_changed_rows_are_embedded_again(store: Store) -> None:
    load(store, rows_of("a", "b"))
    dearer = rows_of("a", "b", document='{"price": 2}')
    assert load(store, dearer).asked == []
    assert store.products.read("encoder").rows[0].document == '{"price": 2}'
    assert load(store, rows_of("a", "b", "c")).asked == ["c"]


def test_diff_names_what_a_load_would_change_and_changes_nothing(store: Store) -> None:
    load(store, rows_of("a", "b"))
    before = store.products.stamp()
    diff = store.products.diff([*rows_of("b", document="new"), *rows_of("c")])
    assert (diff.added, diff.changed, diff.removed, diff.unchanged) == (("c",), ("b",), ("a",), 0)
    assert store.products.stamp() == before


def test_rollback_brings_the_previous_version_back_and_forth(store: Store) -> None:
    with pytest.raises(StoreError, match="no previous"):
        store.products.rollback()
    load(store, rows_of("a"))
    load(store, rows_of("b"))
    store.products.rollback()
    assert [row.group for row in store.products.read("encoder").rows] == ["a"]
    store.products.rollback()
    assert [row.group for row in store.products.read("encoder").rows] == ["b"]


def test_older_versions_are_swept_and_previous_is_kept(store: Store) -> None:
    for name in "abcd":
        load(store, rows_of(name))
    live, previous = store.products.live(), store.products.previous()
    assert live and previous
    assert set(store.chroma.names()) == {f"{live.name}-0000", f"{previous.name}-0000"}
    assert {path.name for path in (store.directory / "snapshots").iterdir() if path.is_dir()} == {
        live.name,
        previous.name,
    }


def test_another_encoder_is_refused(store: Store) -> None:
    load(store, rows_of("a"))
    with pytest.raises(WrongEncoder, match="load the products again"):
        store.products.read("other")
    assert load(store, rows_of("a"), "other").asked == ["a"]


def test_nothing_stored_is_said(store: Store) -> None:
    with pytest.raises(NothingStored):
        store.faq.read("encoder")


def test_repeated_ids_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="repeat"):
        load(store, [*rows_of("a"), *rows_of("a")])


def test_a_failed_load_leaves_the_live_version(store: Store) -> None:
    load(store, rows_of("a"))

    def fail(sources: Sequence[str]) -> Vectors:
        raise RuntimeError("model gone")

    with pytest.raises(RuntimeError, match="model gone"):
        store.products.ingest(rows_of("b"), fail, "encoder")
    assert store.products.read("encoder").rows[:] == rows_of("a")
    load(store, rows_of("b"))
    assert store.products.read("encoder").rows[:] == rows_of("b")


def test_half_written_versions_are_written_anew(store: Store) -> None:
    load(store, rows_of("a", "b"))
    live = store.products.live()
    assert live
    shard = store.chroma.client.get_collection(f"{live.name}-0000", embedding_function=None)
    shard.delete(ids=["a#red"])
    load(store, rows_of("a", "b"))
    assert store.chroma.count(f"{live.name}-0000") == 2
    assert len(store.products.read("encoder").rows) == 2


def test_two_writers_do_not_mix(store: Store) -> None:
    with store.writing(), pytest.raises(StoreBusy):
        load(store, rows_of("a"))


def test_kinds_do_not_disturb_each_other(store: Store) -> None:
    load(store, rows_of("a"))
    rows = rows_of("q")
    store.faq.ingest(rows, Embedder(), "encoder")
    assert [row.group for row in store.products.read("encoder").rows] == ["a"]
    assert [row.group for row in store.faq.read("encoder").rows] == ["q"]


def test_live_value_is_swapped_between_calls_and_kept_when_loading_fails(store: Store) -> None:
    load(store, rows_of("a"))
    live = Live(store.products, "encoder", lambda stored: [row.group for row in stored.rows])
    first = live()
    load(store, rows_of("b"))
    assert live.refresh() == ["b"]
    assert first == ["a"]
    load(store, rows_of("c"), "other encoder")
    assert live.refresh() == ["b"]


def _load_in_another_process(directory: str, names: str) -> None:
    load(Store(directory), rows_of(*names))


def test_a_load_by_another_process_is_seen(store: Store) -> None:
    load(store, rows_of("a"))
    live = Live(store.products, "encoder", lambda stored: [row.group for row in stored.rows])
    other = multiprocessing.get_context("spawn").Process(
        target=_load_in_another_process, args=(str(store.directory), "xy")
    )
    other.start()
    while other.is_alive():
        assert live() in (["a"], ["x", "y"])
    other.join()
    assert other.exitcode == 0
    assert live.refresh() == ["x", "y"]


def test_the_pointer_is_whole_json(store: Store) -> None:
    load(store, rows_of("a"))
    assert json.loads((store.directory / "products.live.json").read_text())["live"]["groups"] == 1
