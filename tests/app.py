"""The real application for tests: built once a session on the demo shop, and served when a browser is to see it.

Vectors are kept in build/ from one run to the next (they are versions: only what changed is embedded again); databases
and everything a test may change live in a temporary directory. A test that changes orders takes ``fresh``, a shop with
a database of its own.
"""

from __future__ import annotations

import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr

from assistant import bootstrap
from assistant.access import Access
from assistant.bootstrap import Shopclerk, build
from assistant.settings import Settings
from assistant.understanding.understander import Understander
from retrieval.encoders.pictures import PictureCache
from ui.app import create

KEPT = Path(__file__).resolve().parent.parent / "build" / "test-vectors"
PASSWORDS = {"agent_password": SecretStr("agent-for-tests"), "admin_password": SecretStr("admin-for-tests")}


@dataclass(frozen=True, slots=True)
class Served:
    """``url`` without a slash at its end."""

    url: str
    agent_password: str
    admin_password: str
    shop: Shopclerk


def test_settings(state_dir: Path) -> Settings:
    secrets = {**PASSWORDS, "session_secret": SecretStr("a secret for tests, long enough to sign with")}
    return Settings(state_dir=state_dir, llm="off", **secrets)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shopclerk:
    """The demo shop without a model; tests of one session share its database."""
    state_dir = tmp_path_factory.mktemp("shop")
    if KEPT.exists():
        shutil.copytree(KEPT, state_dir / "vectors")
    built = build(test_settings(state_dir))
    # Also where it was there: what has been embedded or indexed anew is not to be made again by every later build.
    shutil.rmtree(KEPT, ignore_errors=True)
    shutil.copytree(state_dir / "vectors", KEPT)
    with closing(sqlite3.connect(state_dir / "shop.sqlite3")) as database:
        database.execute("VACUUM INTO ?", (str(_as_loaded(built)),))
    return built


def _as_loaded(shop: Shopclerk) -> Path:
    """The shop's database as it was before the first test."""
    return shop.settings.state_dir / "as-loaded.sqlite3"


def fresh(shop: Shopclerk, state_dir: Path, **parts: Any) -> Shopclerk:
    """A shop whose orders no other test has touched, built with ``parts`` by ``build`` itself.

    Its database is a copy of what ``shop`` loaded; everything that holds a shopper's state is its own. Shared with
    ``shop`` is only what is read and never written while shoppers are served: encoders, the indices of products and
    help pages, and the reader of messages. So it must load no catalogue.
    """
    shutil.copyfile(_as_loaded(shop), state_dir / "shop.sqlite3")
    with pytest.MonkeyPatch.context() as instead:
        pictures = PictureCache(state_dir / "pictures")
        instead.setattr(
            bootstrap,
            "knowledge",
            lambda settings, tell: replace(shop.knowledge, settings=settings, pictures=pictures),
        )
        instead.setattr(Understander, "shipped", lambda *_: shop.parts.understander)
        return build(test_settings(state_dir), **parts)


@pytest.fixture
def own(shop: Shopclerk, tmp_path: Path) -> Shopclerk:
    """A shop whose orders only this test changes."""
    return fresh(shop, tmp_path)


@pytest.fixture(scope="session")
def served_app(shop: Shopclerk) -> Iterator[Served]:
    """The whole application on a free port, in a thread of this process."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            create(shop, Access.from_settings(shop.settings)), log_level="warning", timeout_graceful_shutdown=2
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the application did not start"
        time.sleep(0.05)
    yield Served(
        f"http://127.0.0.1:{listener.getsockname()[1]}",
        PASSWORDS["agent_password"].get_secret_value(),
        PASSWORDS["admin_password"].get_secret_value(),
        shop,
    )
    server.should_exit = True
    thread.join(10)
