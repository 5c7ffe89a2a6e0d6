"""Shopify's exports and what its programming interfaces give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.feed_files import load, notes, only, options, reasons

COLUMNS = (
    "Handle,Title,Published,Status,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,"
    "Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Variant Barcode,"
    "Variant Grams,Variant Weight Unit"
)


def table(*rows: dict[str, str]) -> str:
    names = COLUMNS.split(",")
    base = {"Published": "true", "Status": "active", "Option1 Name": "Title", "Option1 Value": "Default Title"}
    lines = [",".join(f'"{({**base, **row}).get(name, "")}"' for name in names) for row in rows]
    return "\n".join([COLUMNS, *lines]) + "\n"


def test_a_sku_of_two_products_is_the_first_one_s(tmp_path: Path) -> None:
    rows = [
        {"Handle": h, "Title": h.title(), "Variant SKU": "S-1", "Variant Price": "5"} for h in ("lamp", "rug", "mug")
    ]
    report = load(tmp_path, "s.csv", table(*rows))
    assert [p.variants[0].id for p in report.products] == ["S-1", "rug/S-1", "mug/S-1"] and reasons(report) == []
    assert "rug: SKU 'S-1' is another product's too" in notes(report)


@pytest.mark.parametrize("sku", ["4.00638E+12", "'4,00638E+12"])
def test_skus_and_barcodes_that_a_spreadsheet_cut_off_are_not_used(tmp_path: Path, sku: str) -> None:
    rows = [
        {"Handle": "lamp", "Title": "Lamp", "Variant SKU": sku, "Variant Price": "5", "Variant Barcode": sku},
        {
            "Handle": "rug",
            "Title": "Rug",
            "Option1 Name": "Size",
            "Option1 Value": "L",
            "Variant SKU": sku,
            "Variant Price": "6",
        },
    ]
    report = load(tmp_path, "s.csv", table(*rows))
    assert [p.variants[0].id for p in report.products] == ["lamp/1", "rug/L"]
    assert "2 ids look like" in notes(report) and report.products[0].attributes == {}


def test_the_price_before_a_sale_is_the_version_s_and_the_barcode_an_attribute(tmp_path: Path) -> None:
    fields = {"Handle": "lamp", "Title": "Lamp", "Variant Price": "15.00", "Variant Compare At Price": "20.00"}
    lamp = only(load(tmp_path, "s.csv", table({**fields, "Variant Barcode": "'4006381333931"}), currency="EUR"))
    assert [(str(v.price), str(v.list_price)) for v in lamp.variants] == [("15.00", "20.00")]
    assert lamp.attributes == {"gtin": "4006381333931"}
    lamp = only(load(tmp_path, "s.csv", table({**fields, "Variant Compare At Price": "15.00"})))
    assert lamp.attributes == {} and lamp.variants[0].list_price is None


@pytest.mark.parametrize(
    ("grams", "unit", "weight"),
    [
        ("1300", "kg", "1.3 kg"),
        ("250.0", "g", "250 g"),
        ("2400", "", "2.4 kg"),
        ("453.592", "lb", "1 lb"),
        ("1", "kg", "1 g"),
        ("0", "kg", None),
        ("", "kg", None),
        ("nan", "kg", None),
    ],
)
def test_grams_are_told_as_the_weight_in_the_unit_that_the_shop_shows(
    tmp_path: Path, grams: str, unit: str, weight: str | None
) -> None:
    fields = {"Handle": "pan", "Title": "Pan", "Variant Price": "5"}
    pan = only(load(tmp_path, "s.csv", table({**fields, "Variant Grams": grams, "Variant Weight Unit": unit})))
    assert pan.attributes.get("weight") == weight


def test_versions_of_different_weights_have_none_in_common(tmp_path: Path) -> None:
    bag = {"Handle": "beans", "Title": "Beans", "Option1 Name": "Size", "Variant Price": "5"}
    rows = [{**bag, "Option1 Value": f"{grams} g", "Variant Grams": grams} for grams in ("250", "500")]
    assert "weight" not in only(load(tmp_path, "s.csv", table(*rows))).attributes


@pytest.mark.parametrize(
    "held",
    [
        {"grams": 1500, "weight": 1.5, "weight_unit": "kg"},
        {"weight": 1.5, "weightUnit": "KILOGRAMS"},
        {"inventoryItem": {"tracked": False, "measurement": {"weight": {"value": 1.5, "unit": "KILOGRAMS"}}}},
    ],
)
def test_the_weight_that_the_interfaces_give(tmp_path: Path, held: dict[str, Any]) -> None:
    pan = {"id": 1, "handle": "pan", "title": "Pan", "vendor": "F", "body_html": "", "options": []}
    text = json.dumps({"products": [{**pan, "variants": [{"sku": "P", "price": "5", **held}]}]})
    assert only(load(tmp_path, "p.json", text)).attributes["weight"] == "1.5 kg"


def test_options_named_in_german(tmp_path: Path) -> None:
    fields = {"Handle": "tee", "Title": "Tee", "Option1 Name": "Größe", "Option1 Value": "S", "Variant Price": "5"}
    assert only(load(tmp_path, "s.csv", table(fields))).variants[0].options == {"size": "S"}


REST: dict[str, Any] = {
    "id": 1,
    "title": "Tee",
    "handle": "tee",
    "body_html": "<p>Soft</p>",
    "vendor": "Fjord",
    "product_type": "Shirts",
    "tags": "new, warm",
    "status": "active",
    "published_at": "2025-01-01T00:00:00Z",
    "options": [{"name": "Color", "position": 1, "values": ["Red", "Blue"]}, {"name": "Size", "values": ["S"]}],
    "images": [{"id": 5, "src": "https://x.test/red.jpg"}, {"id": 6, "src": "https://x.test/blue.jpg"}],
    "variants": [
        {"id": 11, "sku": "T-r", "price": "19.90", "compare_at_price": "25.00", "option1": "Red", "option2": "S"}
        | {"inventory_management": "shopify", "inventory_policy": "deny", "inventory_quantity": 3, "image_id": 5},
        {"id": 12, "sku": "T-b", "price": "19.90", "compare_at_price": "25.00", "option1": "Blue", "option2": "S"}
        | {"inventory_management": None, "inventory_quantity": 0, "image_id": 6},
    ],
}
GRAPH: dict[str, Any] = {
    "id": "gid://shopify/Product/1",
    "title": "Tee",
    "handle": "tee",
    "descriptionHtml": "<p>Soft</p>",
    "vendor": "Fjord",
    "productType": "Shirts",
    "tags": ["new", "warm"],
    "status": "ACTIVE",
    "options": [{"name": "Color"}, {"name": "Size"}],
    "images": {"edges": [{"node": {"url": "https://x.test/red.jpg"}}]},
    "variants": {
        "edges": [
            {
                "node": {"sku": "T-r", "price": {"amount": "19.90", "currencyCode": "EUR"}, "inventoryQuantity": 3}
                | {"compareAtPrice": {"amount": "25.00", "currencyCode": "EUR"}}
                | {"selectedOptions": [{"name": "Color", "value": "Red"}, {"name": "Size", "value": "S"}]}
            },
            {
                "node": {"sku": "T-b", "price": {"amount": "19.90", "currencyCode": "EUR"}, "availableForSale": True}
                | {"compareAtPrice": {"amount": "25.00", "currencyCode": "EUR"}}
                | {"selectedOptions": [{"name": "Color", "value": "Blue"}, {"name": "Size", "value": "S"}]}
            },
        ]
    },
}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"products": [REST]}),
        json.dumps([REST]),
        json.dumps({"product": REST} | {"products": [REST]}),
        json.dumps(REST) + "\n",
        json.dumps({"data": {"products": {"edges": [{"node": GRAPH}]}}}),
        json.dumps(
            {
                "data": {
                    "products": {
                        "nodes": [
                            {**GRAPH, "variants": {"nodes": [edge["node"] for edge in GRAPH["variants"]["edges"]]}}
                        ]
                    }
                }
            }
        ),
    ],
)
def test_products_as_its_interfaces_give_them(tmp_path: Path, text: str) -> None:
    tee = only(load(tmp_path, "p.json", text, currency="EUR"))
    assert (tee.id, tee.title, tee.brand, tee.category) == ("tee", {"en": "Tee"}, "Fjord", ("shirts",))
    assert tee.description == {"en": "Soft"}
    assert options(tee) == {"T-r": {"colour": "red", "size": "S"}, "T-b": {"colour": "blue", "size": "S"}}
    assert [(str(v.price), v.stock) for v in tee.variants] == [("19.90", 3), ("19.90", 999)]
    assert {str(v.list_price) for v in tee.variants} == {"25.00"}
    assert tee.attributes == {"tags": "new, warm"} and tee.currency == "EUR"


@pytest.mark.parametrize("change", [{"status": "draft"}, {"status": "archived"}, {"published_at": None}])
def test_what_is_not_published_is_left_out(tmp_path: Path, change: dict[str, Any]) -> None:
    other = {**REST, "id": 2, "handle": "cap", "title": "Cap", "variants": [{"price": "5", "sku": "C"}], "options": []}
    report = load(tmp_path, "p.json", json.dumps({"products": [{**REST, **change}, other]}))
    assert [p.id for p in report.products] == ["cap"] and "1 product is not for sale" in notes(report)


def test_a_storefront_s_list_says_what_is_sold_out(tmp_path: Path) -> None:
    variants = [{"id": 1, "price": "5", "sku": "a", "option1": "S", "available": False}]
    cap = {"id": 2, "handle": "cap", "title": "Cap", "vendor": "F", "body_html": "", "options": [{"name": "Size"}]}
    text = json.dumps(
        {"products": [{**cap, "variants": [*variants, {**variants[0], "sku": "b", "option1": "M", "available": True}]}]}
    )
    assert [v.stock for v in only(load(tmp_path, "p.json", text)).variants] == [0, 999]


def test_lines_of_bulk_operations_name_their_product(tmp_path: Path) -> None:
    own = "gid://shopify/Product/1"
    lines = [
        {"id": own, "title": "Tee", "handle": "tee", "status": "ACTIVE"},
        {"id": "gid://shopify/ProductVariant/2", "sku": "T-s", "price": "5", "inventoryQuantity": 0, "__parentId": own}
        | {"selectedOptions": [{"name": "Size", "value": "S"}]},
        {"id": "gid://shopify/ProductVariant/3", "sku": "T-m", "price": "6", "inventoryQuantity": 2, "__parentId": own}
        | {"selectedOptions": [{"name": "Size", "value": "M"}]},
    ]
    tee = only(load(tmp_path, "p.jsonl", "".join(json.dumps(line) + "\n" for line in lines)))
    assert [(v.id, v.options, v.stock) for v in tee.variants] == [("T-s", {"size": "S"}, 0), ("T-m", {"size": "M"}, 2)]
