"""`shopclerk shop sync`: what it prints, and what the shop has afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from assistant.cli import app
from assistant.cli.failures import told
from assistant.database import Database
from assistant.settings import Settings
from assistant.setup.health import examine
from assistant.shop.tables import OrderRow, StockRow
from retrieval.store.chroma import Store
from tests.fake_store import KEY, SECRET, FakeWoo, Reply, served, woo_order, woo_product


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeWoo]:
    recent = {"date_modified_gmt": "2126-05-18T10:00:00"}
    fake = FakeWoo(
        products=[woo_product(11, "Steel kettle", "21.00"), woo_product(12, "Glass kettle", "30.00")],
        orders=[woo_order(71, **recent), woo_order(72, "pending", **recent)],
    )
    with served(fake):
        monkeypatch.setenv("SHOPCLERK_STATE_DIR", str(tmp_path / "state"))
        monkeypatch.setenv("SHOPCLERK_STORE_URL", fake.url)
        monkeypatch.setenv("SHOPCLERK_STORE_KEY", KEY)
        monkeypatch.setenv("SHOPCLERK_STORE_SECRET", SECRET)
        yield fake


@pytest.fixture
def sync(fake: FakeWoo) -> Callable[..., str]:
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["shop", "sync", *arguments])
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    return run


def failed(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["shop", "sync", *arguments])
    assert isinstance(result.exception, Exception) and not isinstance(result.exception, SystemExit), result.output
    line = told(result.exception)
    assert line is not None and "\n" not in line and SECRET not in line
    return line


def kept(tmp_path: Path) -> tuple[dict[str, int], list[str]]:
    with Database(f"sqlite:///{tmp_path / 'state' / 'shop.sqlite3'}").read() as session:
        stock = {row.variant_id: row.quantity for row in session.scalars(select(StockRow))}
        return stock, sorted(session.scalars(select(OrderRow.id)))


def live(tmp_path: Path) -> str | None:
    found = Store(tmp_path / "state" / "vectors").products.live()
    return None if found is None else found.name


def test_catalogue_and_orders_are_taken_over(fake: FakeWoo, sync: Callable[..., str], tmp_path: Path) -> None:
    said = sync("--dry-run")
    assert "2 added" in said and "2 new" in said and said.count("dry run") == 2
    assert live(tmp_path) is None and kept(tmp_path)[1] == []
    said = sync()
    assert "2 added" in said and "WooCommerce REST" in said and "orders: 2 new" in said
    assert kept(tmp_path) == ({"K-11": 7, "K-12": 7}, ["71", "72"])
    before = live(tmp_path)
    # A fetch that breaks half-way leaves both as they were.
    fake.products.append(woo_product(13, "Copper kettle", "99.00"))
    fake.wrong = [("products?page=2", Reply(200, {"code": "broken"}))]
    assert "page 2 of products" in failed()
    assert live(tmp_path) == before and kept(tmp_path) == ({"K-11": 7, "K-12": 7}, ["71", "72"])
    fake.products[0]["stock_quantity"] = 3
    assert "1 added" in sync("--catalogue")
    assert kept(tmp_path)[0] == {"K-11": 3, "K-12": 7, "K-13": 7}


def test_orders_alone_since_a_day(fake: FakeWoo, sync: Callable[..., str], tmp_path: Path) -> None:
    assert "orders: 2 new, 0 changed, 0 unchanged" in sync("--orders", "--since", "1d")
    assert "orders: 0 new, 0 changed, 2 unchanged" in sync("--orders", "--since", "2026-05-01")
    assert kept(tmp_path)[1] == ["71", "72"] and live(tmp_path) is None
    nameless = woo_order(80, date_modified_gmt="2126-05-18T10:00:00")
    nameless["billing"] = {**nameless["billing"], "email": ""}
    fake.orders.append(nameless)
    said = sync("--orders")
    assert "order 80 was left out: it names no e-mail address" in said and "1 left out" in said


def test_what_is_wrong_is_one_line(fake: FakeWoo, monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(app, ["shop", "sync", "--since", "yesterday"])
    assert result.exit_code == 2 and "--since" in result.output
    monkeypatch.setenv("SHOPCLERK_STORE_KEY", "ck_wrong")
    assert "SHOPCLERK_STORE_KEY" in failed("--orders")
    monkeypatch.delenv("SHOPCLERK_STORE_URL")
    assert "SHOPCLERK_STORE_URL" in failed()


def test_the_doctor_says_whether_the_store_answers(fake: FakeWoo, monkeypatch: pytest.MonkeyPatch) -> None:
    def store() -> tuple[str, str, dict[str, str]]:
        (item,) = (item for item in examine(Settings(llm="off")) if item.name == "store")
        return item.state, item.text, dict(item.facts)

    state, text, facts = store()
    assert (state, facts) == ("ok", {"currency": "EUR"}) and fake.url in text
    monkeypatch.setenv("SHOPCLERK_STORE_KEY", "ck_wrong")
    assert store()[0] == "bad" and "SHOPCLERK_STORE_KEY" in store()[1]
    monkeypatch.delenv("SHOPCLERK_STORE_URL")
    assert not [item for item in examine(Settings(llm="off")) if item.name == "store"]
