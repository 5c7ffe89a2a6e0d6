"""A small retail file, written as real ones are: three products, two users, an order in every state that matters."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

Document = dict[str, Any]

SHARED = next(
    (file for parent in Path(__file__).resolve().parents
     if (file := parent / "shared" / "data" / "retail-backend" / "db.json").is_file()),
    None,
)  # fmt: skip


def shared_file() -> Path:
    """The large one, where it is at hand; skips the test elsewhere."""
    if SHARED is None:
        pytest.skip("needs retail-backend/db.json in a folder shared/data above the checkout")
    return SHARED


def _item(product_id: str, item_id: str, price: float, available: bool = True, **options: str) -> Document:
    return {"item_id": item_id, "options": options, "available": available, "price": price}


_PRODUCTS: Document = {
    "9000000001": {
        "name": "T-Shirt",
        "product_id": "9000000001",
        "variants": {
            "1000000001": _item("9000000001", "1000000001", 40.5, color="blue", size="M"),
            "1000000002": _item("9000000001", "1000000002", 52.35, color="red", size="M"),
            "1000000003": _item("9000000001", "1000000003", 31.1, color="red", size="S"),
            "1000000004": _item("9000000001", "1000000004", 40.5, available=False, color="green", size="S"),
            "1000000005": _item("9000000001", "1000000005", 40.5, color="blue", size="L"),
        },
    },
    "9000000002": {
        "name": "Kettle",
        "product_id": "9000000002",
        "variants": {
            "2000000001": _item("9000000002", "2000000001", 99, material="steel"),
            "2000000002": _item("9000000002", "2000000002", 120.05, material="glass", **{"pour spout": "long"}),
        },
    },
}


def _address(street: str, zip_code: str) -> Document:
    return {"address1": street, "address2": "Suite 2", "city": "Denver", "country": "USA", "state": "CO",
            "zip": zip_code}  # fmt: skip


def _ordered(item_id: str) -> Document:
    for product in _PRODUCTS.values():
        if item_id in product["variants"]:
            variant = product["variants"][item_id]
            return {"name": product["name"], "product_id": product["product_id"], "item_id": item_id,
                    "price": variant["price"], "options": copy.deepcopy(variant["options"])}  # fmt: skip
    raise KeyError(item_id)


def _order(order_id: str, user_id: str, status: str, method: str, *item_ids: str) -> Document:
    items = [_ordered(item_id) for item_id in item_ids]
    amount = round(sum(item["price"] for item in items), 2)
    sent = status not in ("pending", "cancelled")
    return {
        "order_id": order_id,
        "user_id": user_id,
        "address": _address("1 Hill Road", "80279"),
        "items": items,
        "status": status,
        "fulfillments": [{"tracking_id": ["111", "222"], "item_ids": list(item_ids)}] if sent else [],
        "payment_history": [{"transaction_type": "payment", "amount": amount, "payment_method_id": method}],
    }


ORDERS = (
    _order("#W1", "ann_lee_1", "pending", "credit_card_1", "1000000001", "1000000001", "2000000001"),
    _order("#W2", "ann_lee_1", "delivered", "paypal_1", "1000000001", "1000000001", "2000000002"),
    _order("#W3", "ann_lee_1", "processed", "credit_card_1", "2000000001"),
    _order("#W4", "ann_lee_1", "pending", "gift_card_1", "1000000002"),
    _order("#W5", "bob_ray_2", "pending", "paypal_2", "1000000001"),
    _order("#W6", "bob_ray_2", "delivered", "paypal_2", "1000000002"),
)


def retail_file() -> Document:
    """A new one each time, to be damaged at will."""
    users = {
        "ann_lee_1": {
            "user_id": "ann_lee_1",
            "name": {"first_name": "Ann", "last_name": "Lee"},
            "address": _address("1 Hill Road", "80279"),
            "email": "ann.lee@example.com",
            "payment_methods": {
                "credit_card_1": {"source": "credit_card", "id": "credit_card_1", "brand": "visa", "last_four": "4242"},
                "paypal_1": {"source": "paypal", "id": "paypal_1"},
                "gift_card_1": {"source": "gift_card", "id": "gift_card_1", "balance": 60.0},
            },
            "orders": ["#W2", "#W1", "#W4", "#W3"],
        },
        "bob_ray_2": {
            "user_id": "bob_ray_2",
            "name": {"first_name": "Bob", "last_name": "Ray"},
            "address": _address("9 Lake Road", "10083"),
            "email": "Bob.Ray@Example.com",
            "payment_methods": {"paypal_2": {"source": "paypal", "id": "paypal_2"}},
            "orders": ["#W5", "#W6"],
        },
    }
    file = {"products": _PRODUCTS, "users": users, "orders": {order["order_id"]: order for order in ORDERS}}
    return copy.deepcopy(file)


def written(folder: Path, file: Document | None = None) -> Path:
    path = folder / "db.json"
    path.write_text(json.dumps(file or retail_file()), encoding="utf-8")
    return path
