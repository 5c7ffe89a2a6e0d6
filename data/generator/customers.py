"""Forty made-up customers. Streets, phone numbers and e-mail addresses are of the kinds kept free for fiction."""

from __future__ import annotations

import random
import unicodedata
from typing import Any

from .content import rows

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
DEMO = ("C-DEMO2345", "C-DEMO6789")
"""The first two people: an English and a Chinese speaker with orders in every state."""
PINYIN = {
    "陈思远": "siyuan.chen", "林晓雨": "xiaoyu.lin", "王子涵": "zihan.wang", "李佳怡": "jiayi.li",
    "赵明轩": "mingxuan.zhao", "刘雨桐": "yutong.liu", "周雅琴": "yaqin.zhou", "黄俊杰": "junjie.huang",
}  # fmt: skip
PLACES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "US": (
        ("Maple Falls", "OR", "97#"), ("Cedar Point", "MA", "02#"), ("Willow Springs", "TX", "78#"),
        ("Lakeview", "MN", "55#"),
    ),
    "GB": (("Little Fenton", "Kent", "ZX# 4QT"), ("Ashby Moor", "Devon", "ZY# 7LW")),
    "CA": (("Pine Harbour", "BC", "V0X #Z1"), ("Rivière-Claire", "QC", "J0Y #X4")),
    "SG": (("Singapore", "Kallang Bay", "03#"),),
    "CN": (("云杉市", "青石区", "99#"), ("临湖市", "桂花区", "98#")),
}  # fmt: skip
STREETS = (
    "Orchard Lane",
    "Juniper Street",
    "Harbour Road",
    "Mill Court",
    "Foxglove Avenue",
    "Station Row",
    "Larch Way",
)
STREETS_ZH = ("梧桐路", "翠竹街", "银杏大道", "望江路", "书院巷")
PHONES = {"US": "+1 555 01", "CA": "+1 555 01", "GB": "+44 7700 9000", "SG": "+65 0000 00", "CN": "+86 000 0000 00"}


def token(rng: random.Random, length: int = 8) -> str:
    return "".join(rng.choice(ALPHABET) for _ in range(length))


def email(name: str) -> str:
    local = PINYIN.get(name)
    if local is None:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        local = "".join(char for char in plain.replace(" ", ".") if char.isalpha() or char == ".")
    return f"{local}@example.com"


def address(country: str, rng: random.Random) -> dict[str, str]:
    city, region, pattern = rng.choice(PLACES[country])
    digits = {"US": 3, "GB": 1, "CA": 1, "SG": 4, "CN": 4}[country]
    postcode = pattern.replace("#", str(rng.randrange(10**digits)).zfill(digits))
    if country == "CN":
        street, state = f"{region}{rng.choice(STREETS_ZH)}{rng.randint(1, 288)}号", ""
    else:
        street, state = f"{rng.randint(1, 240)} {rng.choice(STREETS)}", region
    return {
        "address1": street, "address2": "", "city": city, "state": state, "country": country, "postcode": postcode
    }  # fmt: skip


def first_and_last(name: str) -> tuple[str, str]:
    first, _, last = name.rpartition(" ")
    return (first, last) if first else (name[1:], name[0])


def payment_methods(rng: random.Random) -> list[dict[str, Any]]:
    brand = rng.choice(("Visa", "Mastercard", "American Express"))
    made: list[dict[str, Any]] = [
        {"id": "card", "kind": "credit_card", "brand": brand, "last_four": f"{rng.randrange(10_000):04d}"}
    ]
    if rng.random() < 0.5:
        made.append({"id": "paypal", "kind": "paypal"})
    if rng.random() < 0.5:
        balance = f"{rng.randrange(500, 15_000) / 100:.2f}"
        made.append({"id": "gift_card", "kind": "gift_card", "balance": balance, "currency": "USD"})
    return made


def method_name(method: dict[str, Any]) -> str:
    """What a receipt calls it."""
    if method["kind"] == "credit_card":
        return f"{method['brand']} ending {method['last_four']}"
    return {"paypal": "PayPal", "gift_card": "Gift card"}[str(method["kind"])]


def customers() -> list[dict[str, Any]]:
    made = []
    for at, (name, language, country) in enumerate(rows("people.txt")):
        rng = random.Random(f"customer {name}")
        home = address(country, rng)
        first, last = first_and_last(name)
        methods = payment_methods(rng)
        if at < len(DEMO):
            card = methods[0]
            methods = [card, {"id": "paypal", "kind": "paypal"}]
            methods.append({"id": "gift_card", "kind": "gift_card", "balance": "75.00", "currency": "USD"})
        others = [address(country, rng)] if rng.random() < 0.3 or at < len(DEMO) else []
        made.append(
            {
                "id": DEMO[at] if at < len(DEMO) else f"C-{token(rng)}",
                "name": name,
                "first_name": first,
                "last_name": last,
                "email": email(name),
                "phone": f"{PHONES[country]}{rng.randrange(100):02d}",
                "postcode": home["postcode"],
                "addresses": [home, *others],
                "language": language,
                "payment_methods": methods,
            }
        )
    return made
