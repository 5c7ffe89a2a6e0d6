"""Two machines on one Chroma server: two directories, one real server process."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from retrieval.store.chroma import STALE, Store
from retrieval.store.live import Live
from retrieval.store.pointer import Pointer, SharedPointer
from retrieval.store.rows import StoreBusy, StoreError, VersionInfo
from tests.retrieval.test_store import load, rows_of


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, "--host", "127.0.0.1"], stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                if httpx.get(f"{url}/api/v2/heartbeat").is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def machines(server: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Store, Store]]:
    stores = tuple(
        Store(tmp_path / name, timedelta(0), url=server, token="secret", tenant="default_tenant") for name in "ab"
    )
    yield stores[0], stores[1]
    for name in list(stores[0].chroma.names()):
        stores[0].chroma.drop(name)


def groups(store: Store) -> list[str]:
    return [row.group for row in store.products.read("encoder").rows]


def test_what_one_machine_loads_the_other_reads(machines: tuple[Store, Store]) -> None:
    here, there = machines
    load(here, rows_of("a", "b"))
    assert groups(there) == ["a", "b"]
    mine, theirs = here.products.read("encoder"), there.products.read("encoder")
    assert (mine.vectors == theirs.vectors).all(), "the server holds what the snapshot holds"
    assert mine.path != theirs.path


def test_a_running_reader_goes_over_and_back(machines: tuple[Store, Store]) -> None:
    here, there = machines
    load(here, rows_of("a"))
    live = Live(there.products, "encoder", lambda snapshot: [row.group for row in snapshot.rows])
    assert live() == ["a"]
    load(here, rows_of("b"))
    wait_for(lambda: live() == ["b"])
    here.products.rollback()
    wait_for(lambda: live() == ["a"])


def test_only_what_is_new_is_embedded_on_the_other_machine(machines: tuple[Store, Store]) -> None:
    here, there = machines
    load(here, rows_of("a", "b"))
    assert load(there, rows_of("a", "b", "c")).asked == ["c"]
    assert groups(here) == ["a", "b", "c"]
    load(there, rows_of("d"))
    assert len([path for path in (there.directory / "snapshots").iterdir() if path.is_dir()]) == 2


def test_two_machines_do_not_load_at_once(machines: tuple[Store, Store]) -> None:
    here, there = machines
    with here.writing(), pytest.raises(StoreBusy, match="another catalogue or FAQ load is running"):
        load(there, rows_of("a"))
    load(there, rows_of("a"))


def test_a_dead_writers_lock_is_taken_over(machines: tuple[Store, Store]) -> None:
    here, _ = machines
    long_ago = datetime.now(UTC) - STALE - timedelta(seconds=1)
    here.chroma.create("writer", {"holder": "gone", "at": long_ago.isoformat()})
    load(here, rows_of("a"))
    assert groups(here) == ["a"]


def test_of_two_switches_from_the_same_version_one_wins(machines: tuple[Store, Store]) -> None:
    here, there = machines
    old = Pointer(VersionInfo("products-0", "encoder", 1, 1, "2026-01-01T00:00:00+00:00"))
    first, second = SharedPointer(here.chroma, "products"), SharedPointer(there.chroma, "products")
    first.write(old)
    read = second.read()
    assert read == old
    new = old.switched(VersionInfo("products-1", "encoder", 1, 1, ""), datetime.now(UTC), timedelta(0))
    first.write(new)
    with pytest.raises(StoreBusy, match="faster"):
        second.write(old.switched(VersionInfo("products-2", "encoder", 1, 1, ""), datetime.now(UTC), timedelta(0)))
    assert second.read() == new


def test_a_server_that_is_gone_is_said_and_what_is_live_stays(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"Chroma server at http://127\.0\.0\.1:9 does not answer"):
        Store(tmp_path, url="http://127.0.0.1:9").products.read("encoder")


def wait_for(condition: object, seconds: float = 15) -> None:
    assert callable(condition)
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)
