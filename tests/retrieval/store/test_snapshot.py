from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from assistant.settings import ROOT
from retrieval.disk.folder import BrokenFolder, Folder, FolderWriter
from retrieval.search.products import ProductSearch
from retrieval.store import loading
from retrieval.store.chroma import Store
from retrieval.store.live import Live
from retrieval.store.rows import Row, StoreError, Vectors
from retrieval.store.snapshot import Snapshot
from retrieval.text.lexicon import Lexicon
from tests.retrieval.test_store import Embedder, load, rows_of, vector_of
from tests.retrieval_samples import SHOP, encoders, product


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, grace=timedelta(0))


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several collections, pages and windows, out of few rows."""
    for name, value in {"SHARD_ROWS": 20, "PAGE_ROWS": 5, "WINDOW_ROWS": 7}.items():
        monkeypatch.setattr(loading, name, value)


def many(count: int, start: int = 0) -> Iterator[Row]:
    """Groups of three rows; the third shares its vector with the second."""
    for at in range(start, start + count):
        for place, source in enumerate((f"{at}", f"{at}x", f"{at}x")):
            yield Row(f"{at}#{place}", f"g{at}", f"key {source}", "{}" if not place else "", f"l{place}", source)


def assert_whole(snapshot: Snapshot, count: int) -> None:
    rows = list(many(count))
    assert list(snapshot.rows) == rows
    assert np.allclose(snapshot.vectors, [vector_of(row.source) for row in rows], atol=2e-3)


@pytest.mark.usefixtures("small_pages")
def test_a_stream_of_rows_is_stored_once_and_in_order(store: Store) -> None:
    embed = Embedder()
    done = store.products.ingest(many(30), embed, "encoder")
    assert done.embedded == len(embed.asked) == len(set(embed.asked)) == 60
    assert (done.info.groups, done.info.rows) == (30, 90)
    snapshot = store.products.read("encoder")
    assert_whole(snapshot, 30)
    assert [snapshot.group(f"g{at}") for at in (0, 17, 29)] == [0, 17, 29]
    assert snapshot.group("g30") is None
    assert sorted(store.chroma.names()) == [f"{done.info.name}-{at:04d}" for at in range(5)]


@pytest.mark.usefixtures("small_pages")
def test_vectors_are_taken_over_and_only_new_ones_asked_for(store: Store) -> None:
    store.products.ingest(many(20), Embedder(), "encoder")
    embed = Embedder()
    done = store.products.ingest(many(30), embed, "encoder")
    assert sorted(embed.asked) == sorted({row.source for row in many(10, 20)})
    assert (len(done.diff.added), done.diff.unchanged) == (10, 20)
    assert_whole(store.products.read("encoder"), 30)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("damage", ["gone", "cut", "changed", "manifest", "empty"])
def test_a_broken_snapshot_is_made_again_from_the_database(store: Store, damage: str) -> None:
    store.products.ingest(many(30), Embedder(), "encoder")
    before = store.products.read("encoder")
    vectors, path = before.vectors, before.path
    file = path / "block0.npy"
    match damage:
        case "gone":
            shutil.rmtree(path)
        case "cut":
            os.truncate(file, file.stat().st_size // 2)
        case "changed":
            with file.open("r+b") as stream:
                stream.seek(-3, os.SEEK_END)
                stream.write(b"\xff\xff\xff")
        case "manifest":
            (path / "manifest.json").write_text('{"meta": ')
        case "empty":
            for one in path.iterdir():
                os.truncate(one, 0)
    again = store.products.read("encoder")
    assert_whole(again, 30)
    assert (again.vectors == vectors).all(), "not nearly, but exactly what was stored"
    assert {one.name for one in path.parent.iterdir() if one.is_dir()} == {path.name}


def test_damage_in_the_middle_of_a_large_file_is_found_and_mended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.disk.folder.BLOCK", 64)
    load(store, rows_of(*"abcdefghijklmnopqrst"))
    snapshot = store.products.read("encoder")
    assert store.products.mend(snapshot) is None
    with (snapshot.path / "block0.npy").open("r+b") as stream:
        stream.seek(200)
        stream.write(b"\x12\x34\x56")
    damaged = store.products.read("encoder")
    mended = store.products.mend(damaged)
    assert mended is not None
    assert np.allclose(mended.vectors, [vector_of(name) for name in "abcdefghijklmnopqrst"], atol=2e-3)


def test_a_version_the_database_lost_is_said(store: Store) -> None:
    load(store, rows_of("a"))
    for name in list(store.chroma.names()):
        store.chroma.drop(name)
    assert store.products.read("encoder").rows[0].group == "a", "the snapshot is enough to go on"
    shutil.rmtree(store.directory / "snapshots")
    with pytest.raises(StoreError, match="load the products again"):
        store.products.read("encoder")
    load(store, rows_of("a"))
    assert store.products.read("encoder").rows[0].group == "a"


@pytest.mark.usefixtures("small_pages")
def test_a_database_that_fails_halfway_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    load(store, rows_of("a"))
    add, calls = store.chroma.add, iter(range(100))

    def fail(name: str, first: int, rows: Sequence[Row], vectors: Vectors) -> None:
        if next(calls) == 3:
            raise StoreError("database or disk is full")
        add(name, first, rows, vectors)

    monkeypatch.setattr(store.chroma, "add", fail)
    with pytest.raises(StoreError, match="disk is full"):
        store.products.ingest(many(30), Embedder(), "encoder")
    assert [row.group for row in store.products.read("encoder").rows] == ["a"]
    live = store.products.live()
    assert live and list(store.chroma.names()) == [f"{live.name}-0000"]
    assert store.products.ingest(many(30), Embedder(), "encoder").switched


FILLS_THE_DISK = """
import resource, sys
from tests.retrieval.store.test_snapshot import *
store = Store(sys.argv[1], grace=timedelta(0))
store.products.live(), list(store.chroma.names())
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))  # files cannot grow past this, as on a full disk
try:
    store.products.ingest(many(3_000), lambda sources: np.ones((len(sources), 200), np.float32), "encoder")
except StoreError as error:
    print("refused:", error)
"""


def test_a_full_disk_is_said_and_leaves_the_live_version(store: Store) -> None:
    load(store, rows_of("a"))
    result = subprocess.run(
        [sys.executable, "-c", FILLS_THE_DISK, str(store.directory)],
        capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    assert "could not be stored" in result.stdout and "the live version is unchanged" in result.stdout, result
    assert [row.group for row in store.products.read("encoder").rows] == ["a"]
    load(store, rows_of("b"))
    assert len([path for path in (store.directory / "snapshots").iterdir() if path.is_dir()]) == 2, (
        "nothing is left over"
    )


def test_too_little_space_is_said_before_anything_is_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    load(store, rows_of("a"))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(100, 90, 10))
    with pytest.raises(StoreError, match=r"the disk has 0\.0 GB free"):
        load(store, rows_of("b"))
    assert [row.group for row in store.products.read("encoder").rows] == ["a"]


def test_a_database_that_hangs_is_given_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    load(store, rows_of("a"))
    for_ever = threading.Event()
    monkeypatch.setattr(loading, "MAX_PAGE_S", 0.1)
    monkeypatch.setattr(store.chroma, "add", lambda *_: for_ever.wait(10))
    with pytest.raises(StoreError, match="has taken no rows"):
        load(store, rows_of("b"))
    for_ever.set()
    assert [row.group for row in store.products.read("encoder").rows] == ["a"]


def test_a_temporary_store_is_gone_though_its_snapshot_is_still_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    checking = threading.Event()

    def slow(folder: Folder) -> None:
        checking.set()
        time.sleep(0.2)
        raise BrokenFolder("read when it was half removed")

    monkeypatch.setattr(Folder, "verify", slow)
    with Store.temporary() as store:
        load(store, rows_of("a"))
        Live(store.products, "encoder", lambda snapshot: snapshot)
        assert checking.wait(20)
        snapshot = store.products.read("encoder")
    assert not store.directory.exists()
    assert store.products.mend(snapshot) is None, "closed"
    assert not store.directory.exists(), "made anew after it was closed"


def test_requests_do_not_wait_for_a_slow_build(store: Store) -> None:
    load(store, rows_of("a"))
    may_go_on = threading.Event()

    def build(snapshot: Snapshot) -> str:
        if snapshot.rows[0].group == "b":
            assert may_go_on.wait(20)
        return snapshot.rows[0].group

    live = Live(store.products, "encoder", build)
    load(store, rows_of("b"))
    start = time.perf_counter()
    assert [live() for _ in range(100)] == ["a"] * 100
    assert time.perf_counter() - start < 2
    may_go_on.set()
    assert live.refresh() == "b"


def test_a_reader_goes_on_after_its_version_was_swept(store: Store) -> None:
    load(store, rows_of("a"))
    old = store.products.read("encoder")
    for name in "bcd":
        load(store, rows_of(name))
    assert not old.path.exists()
    assert old.group("a") == 0 and old.rows[0].group == "a" and len(old.vectors) == 1


def test_a_damaged_index_is_built_anew(tmp_path: Path) -> None:
    from retrieval.search.indexing import index_products

    lexicon = Lexicon.from_file(SHOP / "lexicon.json")
    store = Store(tmp_path)
    index_products(store, [product("clay-mug"), product("steel-mug")], tmp_path, encoders(), None, lexicon)
    folder = next(store.products.read(encoders().fingerprint).path.glob("index-*"))
    before = (folder / "manifest.json").stat().st_mtime_ns
    assert ProductSearch(store, encoders(), lexicon).product("clay-mug")
    assert (folder / "manifest.json").stat().st_mtime_ns == before, "built while it was loaded"
    os.truncate(folder / "words_rows.npy", 3)
    search = ProductSearch(store, encoders(), lexicon)
    assert search.index.lexical.knows("clay")


def test_folders_are_whole_or_broken(tmp_path: Path) -> None:
    writer = FolderWriter(tmp_path / "one")
    strings = writer.strings("texts")
    for text in ("", "汉字", "a\nb"):
        strings.append(text)
    strings.close()
    writer.array("numbers", np.arange(5))
    with pytest.raises(BrokenFolder):
        Folder(tmp_path / "one")
    writer.finish({"kind": "test"})
    folder = Folder(tmp_path / "one")
    assert list(folder.strings("texts")) == ["", "汉字", "a\nb"]
    assert folder.strings("texts")[-1] == "a\nb" and folder.array("numbers").sum() == 10
    assert folder.meta == {"kind": "test"}
