"""Orders in every state, each with money that adds up and parcels that fit its state. Times are days before loading."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from retrieval.models import Product

from .customers import DEMO, method_name, token
from .tastes import Shelf, Taste, taste_of

CARRIERS = ("Swiftparcel", "BlueHeron Logistics", "Postline")
BULKY = ("chairs", "desks", "bicycles")
CANCELLED = ("no longer needed", "ordered by mistake")
REASONS = ("too small", "too large", "does not suit me", "arrived late", "colour differs from the picture", "faulty")
STATES = {
    "pending": 14, "processed": 10, "shipped": 14, "partly_shipped": 6, "delivered": 30, "cancelled": 8,
    "return_requested": 6, "returned": 8, "exchange_requested": 6,
}  # fmt: skip
EVERY_STATE = (
    "pending", "pending", "processed", "shipped", "partly_shipped", "delivered", "delivered_long_ago", "cancelled",
    "return_requested", "returned", "exchange_requested",
)  # fmt: skip
PLACED: dict[str, tuple[float, float]] = {
    "pending": (0.05, 0.8), "processed": (1.0, 1.9), "shipped": (2.1, 4.5), "partly_shipped": (2.5, 5.0),
    "delivered": (6.0, 30.0), "delivered_long_ago": (45.0, 140.0), "cancelled": (3.0, 120.0),
    "return_requested": (9.0, 26.0), "returned": (25.0, 130.0), "exchange_requested": (8.0, 24.0),
}  # fmt: skip


def delivery(goods: Decimal, bulky: bool) -> Decimal:
    """What the FAQ says: 4.90 below 50, for furniture and bicycles 39 below 300, else nothing."""
    if bulky:
        return Decimal("39.00") if goods < 300 else Decimal("0.00")
    return Decimal("4.90") if goods < 50 else Decimal("0.00")


def ago(value: float) -> float:
    return round(value, 3)


def pick(taste: Taste, shelf: Shelf, rng: random.Random, several: bool, owned: set[str]) -> list[Product]:
    keys = sorted(taste.types)
    chosen: list[Product] = []
    for _ in range(rng.choice((2, 2, 3)) if several else rng.choice((1, 1, 1, 2, 2, 3))):
        group = shelf.by_type[rng.choices(keys, [taste.types[key] for key in keys])[0]]
        product = rng.choices(group, [shelf.weight(taste, item) for item in group])[0]
        if product not in chosen and product.in_stock and product.id not in owned:
            chosen.append(product)
    liked = [product for key in keys for product in shelf.by_type[key]]
    others = [item for item in liked if item.in_stock and item not in chosen and item.id not in owned]
    while len(chosen) < (2 if several else 1):
        chosen.append(others.pop(rng.randrange(len(others))))
    owned.update(product.id for product in chosen)
    return chosen


def parcels(state: str, items: list[dict[str, Any]], placed: float, rng: random.Random) -> list[dict[str, Any]]:
    """Which parcels there are: none before shipping, two for a partly shipped order."""
    if state in ("pending", "processed", "cancelled"):
        return []
    groups = [items[:1], items[1:]] if state == "partly_shipped" else [items]
    made = []
    for at, group in enumerate(groups):
        shipped = placed - rng.uniform(0.6, 1.6)
        arrived = state not in ("shipped", "partly_shipped") or (state == "partly_shipped" and at == 0 and placed > 4.2)
        waiting = state == "partly_shipped" and at == 1
        made.append(
            {
                "carrier": rng.choice(CARRIERS),
                "tracking_id": f"{rng.choice('PBS')}{token(rng, 11)}",
                "lines": [{"line": item["line"], "quantity": item["quantity"]} for item in group],
                "variants": [item["variant"] for item in group],
                "shipped_days_ago": None if waiting else ago(shipped),
                "delivered_days_ago": ago(max(0.2, shipped - rng.uniform(1.5, 3.0))) if arrived else None,
                "expected_days_ago": ago(shipped - 4.0 - (2.0 if waiting else 0.0)),
            }
        )
    return made


def instead(product: Product, variant_id: str) -> str:
    """Another variant at the same price, where there is one, else the same again."""
    had = product.variant(variant_id)
    others = [each for each in product.variants if had and each.id != had.id and each.price == had.price and each.stock]
    return others[0].id if others else variant_id


def payments(customer: dict[str, Any], total: Decimal, placed: float, rng: random.Random) -> list[dict[str, Any]]:
    methods = {method["kind"]: method for method in customer["payment_methods"]}
    main = methods[rng.choice([kind for kind in sorted(methods) if kind != "gift_card"])]
    parts = [(main, total)]
    gift = Decimal(rng.choice((10, 15, 20, 25)))
    if "gift_card" in methods and rng.random() < 0.35 and gift < total:
        parts = [(methods["gift_card"], gift), (main, total - gift)]
    return [
        {"kind": "payment", "amount": str(amount), "method": method["id"], "method_name": method_name(method),
         "days_ago": ago(placed)}
        for method, amount in parts
    ]  # fmt: skip


def order(
    customer: dict[str, Any], wanted: str, taste: Taste, shelf: Shelf, rng: random.Random, owned: set[str]
) -> dict[str, Any]:
    placed = rng.uniform(*PLACED[wanted])
    state = {"partly_shipped": "shipped", "delivered_long_ago": "delivered"}.get(wanted, wanted)
    items: list[dict[str, Any]] = []
    products = pick(taste, shelf, rng, wanted == "partly_shipped", owned)
    for product in products:
        variant = taste.variant(product, rng, in_stock=True)
        quantity = 2 if variant.price < 40 and rng.random() < 0.3 else 1
        items.append(
            {"line": len(items) + 1, "product": product.id, "variant": variant.id, "quantity": quantity,
             "unit_price": str(variant.price)}
        )  # fmt: skip
    goods = sum((Decimal(item["unit_price"]) * item["quantity"] for item in items), Decimal(0))
    shipping = delivery(goods, any(product.type in BULKY for product in products))
    total = goods + shipping
    paid = payments(customer, total, placed, rng)
    sent = parcels(wanted if wanted == "partly_shipped" else state, items, placed, rng)
    request: dict[str, Any] | None = None
    if state in ("return_requested", "returned", "exchange_requested"):
        delivered = sent[0]["delivered_days_ago"]
        asked = delivered - min(rng.uniform(0.5, 4.0), delivered * 0.6)
        request = {
            "kind": "exchange" if state == "exchange_requested" else "return",
            "requested_days_ago": ago(asked),
            "lines": [{"line": item["line"], "quantity": item["quantity"]} for item in items],
            "reason": rng.choice(REASONS),
            "method": None,
        }
        if state == "exchange_requested":
            for line, product in zip(request["lines"], products, strict=True):
                line["variant"] = instead(product, items[line["line"] - 1]["variant"])
            request["difference"] = "0.00"
    if state in ("cancelled", "returned"):
        back = placed - rng.uniform(0.1, 0.8) if request is None else request["requested_days_ago"] * 0.6
        due = total if state == "cancelled" else goods
        for part in reversed(list(paid)):
            amount = min(due, Decimal(part["amount"]))
            if amount > 0:
                paid.append({**part, "kind": "refund", "amount": str(amount), "days_ago": ago(back)})
            due -= amount
    return {
        "id": f"SC-{token(rng)}",
        "customer": customer["id"],
        "state": state,
        "placed_days_ago": ago(placed),
        "currency": "USD",
        "items": items,
        "shipping": str(shipping),
        "total": str(total),
        "payments": paid,
        "fulfilments": sent,
        "request": request,
        "cancel_reason": CANCELLED[len(items) % 2] if state == "cancelled" else None,
        "address": customer["addresses"][0],
    }


def orders(people: list[dict[str, Any]], shelf: Shelf) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for customer in people:
        rng = random.Random(f"orders {customer['id']}")
        taste = taste_of(customer["id"], shelf.products)
        wanted = list(EVERY_STATE)
        if customer["id"] not in DEMO:
            wanted = rng.choices(
                sorted(STATES), [STATES[key] for key in sorted(STATES)], k=rng.choice((1, 2, 2, 3, 4, 4))
            )
        owned: set[str] = set()
        made.extend(order(customer, state, taste, shelf, rng, owned) for state in wanted)
    return sorted(made, key=lambda entry: (entry["customer"], entry["placed_days_ago"]))
