"""A retail file that is served: loaded once, beside nothing of another shop, and taken out for another."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.bootstrap import build
from assistant.cli import app
from assistant.database import Database
from assistant.migrations import migrate
from assistant.settings import Settings
from assistant.setup.demo import load_demo
from assistant.shop.policy_text import settings_text
from assistant.shop.retail import RetailShop, open_retail
from assistant.shop.retail_load import export
from assistant.shop.retail_serving import ServedFile, ShopInUse, check_may_replace, give_way, is_retail, served_rules
from assistant.shop.rules import RETAIL, RulesInvalid
from assistant.shop.shop import Shop
from retrieval.feeds.values import UNCOUNTED
from tests.retail_shop import retail_file, written

Load = Callable[..., str]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """`shopclerk shop load`, which gives what it says."""
    monkeypatch.setenv("SHOPCLERK_STATE_DIR", str(tmp_path / "state"))

    def run(*arguments: object, status: int = 0) -> str:
        result = CliRunner().invoke(app, ["shop", "load", *map(str, arguments)])
        assert result.exit_code == status, (result.output, result.exception)
        return f"{result.stdout}{result.exception or ''}"

    return run


@pytest.fixture
def database(tmp_path: Path) -> Database:
    (tmp_path / "state").mkdir()
    opened = Database(f"sqlite:///{tmp_path / 'state' / 'shop.sqlite3'}")
    migrate(opened)
    return opened


def held(database: Database) -> tuple[int, int]:
    """How many customers and orders there are."""
    shop = Shop(database, lambda id_: None)
    return len(shop.customers.list(1000)), len(shop.orders.some_ids())


def cancelled(database: Database) -> None:
    """Something is done that a new load would lose."""
    RetailShop(database).call("cancel_pending_order", {"order_id": "#W1", "reason": "no longer needed"})


def test_what_a_retail_file_looks_like(tmp_path: Path) -> None:
    assert is_retail(written(tmp_path))
    for name, text in {
        "a.json": '[{"id": 1}]',
        "b.json": '{"products": []}',
        "c.json": "{",
        "d.csv": "id,title",
    }.items():
        (tmp_path / name).write_text(text)
        assert not is_retail(tmp_path / name)
    assert not is_retail(tmp_path) and not is_retail(tmp_path / "none.json")


def test_its_products_are_a_catalogue(tmp_path: Path) -> None:
    products = {product.id: product for product in ServedFile.read(written(tmp_path)).products()}
    shirt = products["9000000001"]
    assert (shirt.title, shirt.type, shirt.currency) == ({"en": "T-Shirt"}, "t_shirt", "USD")
    green = shirt.variant("1000000004")
    assert green is not None and green.stock == 0 and green.options == {"colour": "green", "size": "S"}
    assert {variant.stock for variant in products["9000000002"].variants} == {UNCOUNTED}
    assert "material: steel, glass" in shirt.description.get("en", "") + products["9000000002"].description["en"]


def test_loaded_once_with_what_has_been_done_since(tmp_path: Path, database: Database) -> None:
    served = ServedFile.read(written(tmp_path))
    assert served.load(database) is not None and export(database) == retail_file(), "every field as it was"
    cancelled(database)
    after = export(database)
    assert after["orders"]["#W1"]["status"] == "cancelled"
    assert ServedFile.read(written(tmp_path)).load(database) is None and export(database) == after


def test_the_tools_open_what_is_served(tmp_path: Path, database: Database) -> None:
    path = written(tmp_path)
    ServedFile.read(path).load(database)
    shop = open_retail(path, f"sqlite:///{tmp_path / 'state' / 'shop.sqlite3'}")
    assert (
        shop.call("get_order_details", {"order_id": "W2"})["status"] == "delivered" and shop.export() == retail_file()
    )
    shop.close()


def test_the_rules_are_those_beside_the_file(tmp_path: Path, database: Database) -> None:
    path = written(tmp_path)
    ServedFile.read(path).load(database)
    assert served_rules(database) == RETAIL
    (tmp_path / "rules.toml").write_text("[returns]\nwithin_days = 21\n")
    ServedFile.read(path).load(database)
    rules = served_rules(database)
    assert rules is not None and "within 21 days" in settings_text(rules), "taken over though the orders are the same"
    (tmp_path / "rules.toml").write_text("[returns]\nwithin = 21\n")
    with pytest.raises(RulesInvalid, match=r"returns\.within"):
        ServedFile.read(path)


def test_the_demo_shop_gives_way(tmp_path: Path, database: Database) -> None:
    load_demo(database, Settings().shop_data, [])
    customers, orders = held(database)
    assert customers > 2 and orders > 6
    ServedFile.read(written(tmp_path)).load(database)
    assert held(database) == (2, 6)
    assert export(database) == retail_file()


def test_another_file_takes_its_place_but_for_what_was_done(tmp_path: Path, database: Database) -> None:
    ServedFile.read(written(tmp_path)).load(database)
    other = retail_file()
    other["users"]["bob_ray_2"]["orders"].remove("#W6")
    del other["orders"]["#W6"]
    newer = ServedFile.read(written(tmp_path, other))
    out = newer.load(database)
    assert out is not None and (out.customers, out.orders) == (2, 6) and export(database) == other
    cancelled(database)
    older = ServedFile.read(written(tmp_path))
    with pytest.raises(ShopInUse, match="--replace"):
        check_may_replace(database, older.digest)
    with pytest.raises(ShopInUse):
        older.load(database)
    assert export(database)["orders"]["#W1"]["status"] == "cancelled", "nothing was lost"
    older.load(database, replace=True)
    assert export(database) == retail_file()


def test_it_gives_way_to_a_catalogue(tmp_path: Path, database: Database) -> None:
    assert give_way(database) is None, "there is none"
    ServedFile.read(written(tmp_path)).load(database)
    assert give_way(database) is not None and held(database) == (0, 0) and served_rules(database) is None


def test_from_the_command_line(tmp_path: Path, load: Load) -> None:
    path = written(tmp_path)
    assert "dry run" in load(path, "--dry-run") and not (tmp_path / "state" / "shop.sqlite3").exists()
    said = load(path)
    assert "2 products, 2 customers, 6 orders" in said and "2 added" in said
    assert "were there already" in load(path)
    shop = build(Settings(state_dir=tmp_path / "state", llm="off"))
    assert shop.commerce.shop.rules == RETAIL and shop.commerce.shop.delivery is None
    assert held(shop.commerce.database) == (2, 6), "the demo shop's customers are not loaded beside them"
    assert shop.commerce.shop.stock.of("1000000004") == 0 and shop.commerce.shop.stock.of("1000000001") > 100
    result = CliRunner().invoke(app, ["shop", "rollback"])
    assert result.exit_code == 1 and "another shop" in str(result.exception)
    (tmp_path / "c.csv").write_text("id,title_en,brand,type,variant_id,price,stock\ncup,Cup,b,mugs,cup/1,5,1\n")
    assert "taken out: 2 customers, 6 orders" in load(tmp_path / "c.csv")
    assert held(shop.commerce.database) == (0, 0) and shop.commerce.shop.stock.product_ids() == ["cup"]


def test_a_damaged_file_changes_nothing(tmp_path: Path, load: Load) -> None:
    load(written(tmp_path))
    file = retail_file()
    file["orders"]["#W1"]["items"][0]["price"] = "cheap"
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(file))
    assert "orders/#W1/items/0/price" in load(bad, status=1)
    assert "load it alone" in load(bad, written(tmp_path), status=1)
    assert held(Database(f"sqlite:///{tmp_path / 'state' / 'shop.sqlite3'}")) == (2, 6)
