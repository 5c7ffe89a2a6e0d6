"""The real application for tests: built once a process on the demo shop, and served when a browser is to see it.

Vectors are kept in build/ from one run to the next (they are versions: only what changed is embedded again); databases
and everything a test may change live in a temporary directory. Each file has a ``shop`` with a database of its own, so
files may run in any order and beside each other; a test that changes orders takes ``own``.
"""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import torch
from fastapi import FastAPI
from pydantic import SecretStr
from threadpoolctl import threadpool_limits

from assistant import bootstrap
from assistant.access import Access
from assistant.bootstrap import Shopclerk, build
from assistant.dialogue import computing
from assistant.service.services import Services
from assistant.settings import Settings
from assistant.understanding.understander import Understander
from laboratory.benchmarks.served import by_thread
from retrieval.encoders.pictures import PictureCache
from retrieval.ranking.ranker import Ranker
from ui.app import create

# Many shops are built at once on few cores: no test is about how long that takes, but those that set their own limit.
computing.COMPUTED_WITHIN_S = 300.0

KEPT = Path(__file__).resolve().parent.parent / "build" / "test-vectors"
# As where the shop is served. Two processes with a thread a core each would wait for each other most of the time.
torch.set_num_threads(1)
threadpool_limits(1)
SECRET = "a secret for tests, long enough to sign with"
PASSWORDS = {"agent_password": SecretStr("agent-for-tests"), "admin_password": SecretStr("admin-for-tests")}


@dataclass(frozen=True, slots=True)
class Served:
    """``url`` without a slash at its end. The agents Priya and Maya and the lead Lena have the agent's password."""

    url: str
    agent_password: str
    admin_password: str
    shop: Shopclerk
    application: FastAPI

    @property
    def services(self) -> Services:
        return self.application.state.services  # type: ignore[no-any-return]


def test_settings(state_dir: Path, **more: Any) -> Settings:
    more.setdefault("bounds", "off")  # all tests have one address
    secrets = {**PASSWORDS, "session_secret": SecretStr(SECRET)}
    return Settings(state_dir=state_dir, llm="off", **secrets, **more)  # type: ignore[arg-type]


@contextmanager
def vectors(state_dir: Path) -> Iterator[None]:
    """The kept vectors are in ``state_dir`` while the block builds on them, and what it embedded is kept. One process
    at a time: the others wait until there are some."""
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if KEPT.exists():
            shutil.copytree(KEPT, state_dir / "vectors")
        else:
            torch.set_num_threads(os.cpu_count() or 1)  # a minute's work, which the others wait for
        yield
        torch.set_num_threads(1)
        # Also where they were there: what has been embedded or indexed anew is not to be made again by later builds.
        shutil.rmtree(KEPT, ignore_errors=True)
        shutil.copytree(state_dir / "vectors", KEPT)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Shopclerk:
    """The demo shop without a model, which no test changes."""
    state_dir = tmp_path_factory.mktemp("built")
    with vectors(state_dir):
        shop = build(test_settings(state_dir))
    with closing(sqlite3.connect(state_dir / "shop.sqlite3")) as database:
        database.execute("VACUUM INTO ?", (str(_as_loaded(shop)),))
    gc.freeze()  # all that is there stays: to go through it again and again takes as long as many a test
    return shop


def shops_from(
    files: Callable[[str, Path], Mapping[str, Path]], built: Shopclerk, folders: pytest.TempPathFactory
) -> Callable[[str], Shopclerk]:
    """Shops of other goods by their names, each built once, with the encoders of the demo shop. ``files`` writes those
    of a shop into a folder, and says which settings they are."""

    @cache
    def of(name: str) -> Shopclerk:
        folder = folders.mktemp(name)
        settings = test_settings(folder / "state", **files(name, folder))
        return build(settings, encoders=built.knowledge.encoders)

    return of


@pytest.fixture(scope="module")
def shop(built: Shopclerk, tmp_path_factory: pytest.TempPathFactory) -> Shopclerk:
    """The demo shop without a model; the tests of one file share its database."""
    return fresh(built, tmp_path_factory.mktemp("shop"))


def _as_loaded(shop: Shopclerk) -> Path:
    """The shop's database as it was before the first test."""
    return shop.settings.state_dir / "as-loaded.sqlite3"


def fresh(shop: Shopclerk, state_dir: Path, settings: dict[str, Any] | None = None, **overrides: Any) -> Shopclerk:
    """A shop whose orders no other test has touched, built with ``overrides`` by ``build`` itself.

    Its database is a copy of what ``built`` loaded; everything that holds a shopper's state is its own. Shared with
    ``shop`` is only what is read and never written while shoppers are served: encoders, the vectors and indices of
    products and help pages, the readers of messages and questions, and what all the behaviour says. So it must load no
    catalogue.
    """
    os.link(_as_loaded(shop), state_dir / _as_loaded(shop).name)
    shutil.copyfile(_as_loaded(shop), state_dir / "shop.sqlite3")
    (state_dir / "vectors").symlink_to(shop.settings.state_dir / "vectors")
    with pytest.MonkeyPatch.context() as instead:
        pictures = PictureCache(state_dir / "pictures")
        instead.setattr(
            bootstrap,
            "knowledge",
            lambda settings, *_: replace(shop.knowledge, settings=settings, pictures=pictures),
        )
        instead.setattr(bootstrap, "Ranker", partial(Ranker, learned=shop.deps.ranker._learned()))
        instead.setattr(bootstrap, "OrderQuestions", lambda *_: shop.deps.questions)
        instead.setattr(bootstrap, "Answerer", lambda *_: shop.deps.answerer)
        instead.setattr(Understander, "shipped", lambda *_: shop.deps.understander)
        return build(test_settings(state_dir, **settings or {}), **overrides)


@pytest.fixture
def own(shop: Shopclerk, tmp_path: Path) -> Shopclerk:
    """A shop whose orders only this test changes."""
    return fresh(shop, tmp_path)


@pytest.fixture(scope="session")
def served_app(built: Shopclerk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(fresh(built, tmp_path_factory.mktemp("served"))) as served:
        yield served


@contextmanager
def serving(shop: Shopclerk) -> Iterator[Served]:
    """The whole application on a free port, in a thread of this process."""
    access = Access.from_settings(shop.settings)
    hashed = access.hash_password(PASSWORDS["agent_password"].get_secret_value())
    for name, role in (("Priya", "agent"), ("Maya", "agent"), ("Lena", "lead")):
        shop.commerce.records.accounts.add(name, name, role, hashed, "tests")  # type: ignore[arg-type]
    application = create(shop, access)
    with by_thread(application) as url:
        yield Served(
            url,
            PASSWORDS["agent_password"].get_secret_value(),
            PASSWORDS["admin_password"].get_secret_value(),
            shop,
            application,
        )
