"""WooCommerce's products as its REST API gives them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from retrieval.feeds import LoadReport, load_catalogue
from retrieval.feeds.values import UNCOUNTED
from retrieval.models import Product
from tests.fake_store import woo_product


def load(tmp_path: Path, *items: dict[str, Any], lines: bool = True, **options: Any) -> LoadReport:
    path = tmp_path / ("products.jsonl" if lines else "products.json")
    path.write_text("\n".join(map(json.dumps, items)) + "\n" if lines else json.dumps(items))
    return load_catalogue(path, **options)


def only(report: LoadReport) -> Product:
    assert report.bad_rows == []
    (product,) = report.products
    return product


@pytest.mark.parametrize("lines", [True, False])
def test_a_product_of_the_interface(tmp_path: Path, lines: bool) -> None:
    told = {
        "name": "Copper &amp; steel kettle",
        "brands": [{"id": 1, "name": "Alder"}],
        "tags": [{"id": 2, "name": "gift, for cooks"}],
        "weight": "1.2",
        "dimensions": {"length": "20", "width": "", "height": ""},
        "attributes": [{"id": 0, "name": "Volume", "variation": False, "options": ["1,5 l"]}],
        "images": [{"id": 1, "src": "https://x.test/1.jpg"}, {"id": 2, "src": "https://x.test/2.jpg"}],
    }
    product = only(
        load(
            tmp_path,
            {**woo_product(11, "", "21.00"), **told, "description": "<p>It boils water.</p>"},
            lines=lines,
            currency="EUR",
        )
    )
    assert (product.id, product.name("en"), product.brand) == ("K-11", "Copper & steel kettle", "Alder")
    assert (product.variants[0].price, product.currency, product.variants[0].stock) == (Decimal("21.00"), "EUR", 7)
    assert product.attributes["volume"] == "1,5 l" and product.description["en"].endswith("boils water.")


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ({"stock_quantity": 3}, 3),
        ({"manage_stock": False, "stock_quantity": None}, UNCOUNTED),
        ({"manage_stock": False, "stock_quantity": None, "stock_status": "outofstock"}, 0),
        ({"stock_quantity": 0, "stock_status": "onbackorder", "backorders": "notify"}, UNCOUNTED),
        ({"stock_quantity": 0, "stock_status": "outofstock", "backorders": "no"}, 0),
    ],
)
def test_stock_as_the_store_counts_it(tmp_path: Path, told: dict[str, Any], left: int) -> None:
    assert only(load(tmp_path, woo_product(11, "Kettle", "21.00", **told))).variants[0].stock == left


def test_a_sale_is_a_price_while_it_lasts(tmp_path: Path) -> None:
    def price(**told: str) -> Decimal:
        return only(load(tmp_path, woo_product(11, "Kettle", "21.00", sale_price="15.00", **told))).variants[0].price

    assert price() == price(date_on_sale_from="2020-01-01T00:00:00", date_on_sale_to="2120-01-01T00:00:00") == 15
    assert price(date_on_sale_to="2020-01-01T23:59:59") == price(date_on_sale_from="2120-01-01T00:00:00") == 21


def test_what_is_not_for_sale_is_left_out(tmp_path: Path) -> None:
    drafts = [
        woo_product(n, "Draft", "9.00", status=state) for n, state in enumerate(("draft", "private", "pending"), 20)
    ]
    grouped = woo_product(30, "Set", "9.00", type="grouped")
    assert only(load(tmp_path, woo_product(11, "Kettle", "21.00"), *drafts, grouped)).id == "K-11"


def test_variations_are_the_parents_variants(tmp_path: Path) -> None:
    def variation(number: int, size: str, **told: Any) -> dict[str, Any]:
        told = {"parent_id": 13, "attributes": [{"name": "Size", "option": size}], **told}
        return woo_product(number, "", "18.00", **{"type": "variation", **told})

    sizes = {"id": 1, "name": "Size", "variation": True, "options": ["S", "L"]}
    pot = woo_product(13, "Pot", "", type="variable", sku="POT", attributes=[sizes], stock_quantity=2)
    # They may come before their product, share its stock, and have no SKU.
    product = only(
        load(tmp_path, variation(130, "S", sku=""), pot, variation(131, "L", sku="POT-L", manage_stock="parent"))
    )
    assert {each.id: each.options["size"].lower() for each in product.variants} == {"13/130": "s", "POT-L": "l"}
    assert product.variants[-1].stock == 2


def test_a_variation_without_its_product_is_told(tmp_path: Path) -> None:
    lost = woo_product(130, "", "18.00", type="variation", parent_id=99)
    report = load(tmp_path, woo_product(11, "Kettle", "21.00"), lost, woo_product(12, "Pot", "dear"))
    assert [product.id for product in report.products] == ["K-11"]
    assert report.bad_total == 2 and any("Parent: 'id:99' is not in the feed" in row.reason for row in report.bad_rows)
