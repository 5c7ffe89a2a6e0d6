"""The committed demo shop: complete, consistent with itself in both languages, and what its generator makes."""

from __future__ import annotations

import csv
import filecmp
import io
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import resvg_py
from PIL import Image

from assistant.settings import ROOT
from retrieval.models import FaqEntry, Product
from retrieval.text.lexicon import Lexicon

SHOP = ROOT / "data" / "shop"
LANGUAGES = ("en", "zh")
HAN = re.compile(r"[\u4e00-\u9fff]")
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def lines(name: str) -> list[str]:
    return (SHOP / name).read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def products() -> list[Product]:
    return [Product.model_validate_json(line) for line in lines("products.jsonl")]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.from_file(SHOP / "lexicon.json")


@pytest.fixture(scope="module")
def raw_lexicon() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SHOP / "lexicon.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def faq() -> list[FaqEntry]:
    return [FaqEntry.model_validate_json(line) for line in lines("faq.jsonl")]


@pytest.fixture(scope="module")
def people() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((SHOP / "customers.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def orders() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((SHOP / "orders.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def events() -> list[dict[str, str]]:
    with (SHOP / "events.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# The catalogue


def test_it_is_a_general_store(products: list[Product]) -> None:
    assert len(products) >= 320
    assert len({product.id for product in products}) == len(products)
    assert len({product.title["en"] for product in products}) == len(products)
    assert len({product.type for product in products}) >= 36
    assert 12 <= len({product.brand for product in products}) <= 30
    types_of_brand = defaultdict(set)
    for product in products:
        types_of_brand[product.brand].add(product.type)
        assert product.category[-1] == product.type
        assert 2 <= len(product.category) <= 3
        assert product.currency == "USD"
    assert sum(len(types) > 2 for types in types_of_brand.values()) >= 8


def test_every_text_is_there_in_both_languages(products: list[Product]) -> None:
    for product in products:
        texts = [product.description, *(review.text for review in product.reviews)]
        assert all(set(text) == set(LANGUAGES) for text in [product.title, *texts])
        assert all(HAN.search(text["zh"]) and not HAN.search(text["en"]) for text in texts), product.id
    descriptions = [product.description["en"] for product in products]
    assert len(set(descriptions)) == len(descriptions)


def test_variants_say_what_tells_them_apart(products: list[Product]) -> None:
    for product in products:
        options = [tuple(sorted(variant.options.items())) for variant in product.variants]
        assert len(set(options)) == len(options)
        assert len({variant.id for variant in product.variants}) == len(options)
        assert all(variant.id.startswith(f"{product.id}/") for variant in product.variants)
        assert {variant.options["colour"] for variant in product.variants} == set(product.pictures)
        assert all(variant.price >= 5 and variant.price == round(variant.price, 2) for variant in product.variants)
    assert sum(len(product.pictures) > 1 for product in products) > len(products) / 2
    assert sum(len({variant.price for variant in product.variants}) > 1 for product in products) >= 60


def test_stock_runs_out_here_and_there(products: list[Product]) -> None:
    empty = [variant for product in products for variant in product.variants if variant.stock == 0]
    assert 0.05 < len(empty) / sum(len(product.variants) for product in products) < 0.3
    assert 4 <= sum(not product.in_stock for product in products) <= 20


def test_red_running_shoes_under_and_over_80(products: list[Product]) -> None:
    prices: list[Decimal] = []
    sold_out = 0
    for product in products:
        red = [variant for variant in product.variants if variant.options.get("colour") == "red"]
        if product.type == "running_shoes" and red:
            left = [variant.price for variant in red if variant.stock > 0]
            prices += [min(left)] if left else []
            sold_out += not left
    assert len(set(prices)) >= 4
    assert sum(price < 80 for price in prices) >= 2
    assert sum(price > 80 for price in prices) >= 2
    assert sold_out >= 2


def test_near_duplicates_tempt_a_model(products: list[Product]) -> None:
    close = 0
    for first, second in combinations(products, 2):
        if (first.brand, first.type) == (second.brand, second.type):
            keys = first.attributes.keys() | second.attributes.keys()
            close += sum(first.attributes.get(key) != second.attributes.get(key) for key in keys) in (1, 2)
    assert close >= 100


CLAIMS: dict[str, dict[str, tuple[str, str]]] = {
    "waterproof": {
        "yes": (r"Waterproof\.|Waterproof through|Keeps water out", r"(?<!不)防水。|具备防水功能，下雨|有效阻挡雨水"),
        "no": (r"Not waterproof|Not made to get wet", r"不防水|不具备防水"),
    },
    "noise_cancelling": {
        "yes": (r"(?<!Without active )(?<!Without )[Aa]ctive noise cancelling", r"支持主动降噪|。带主动降噪"),
        "no": (r"Without active noise cancelling", r"不带主动降噪"),
    },
    "dishwasher_safe": {
        "yes": (r"Dishwasher safe|can go in the dishwasher", r"可用洗碗机清洗|可放入洗碗机"),
        "no": (r"Not dishwasher safe|not in the dishwasher", r"不可用洗碗机|不要放入洗碗机"),
    },
    "wireless": {
        "yes": (r"Wireless\.|Works? without a cable", r"。无线。|无需连接线"),
        "no": (r"Wired\.|Connects? by cable", r"。有线。|通过线缆连接"),
    },
    "hooded": {"yes": (r"has a hood|with a hood", r"。带帽。|连帽设计"), "no": (r"no hood", r"不带帽")},
    "vegan": {
        "yes": (r"Vegan\.|without animal materials", r"不含任何动物|纯素材质"),
        "no": (r"Not vegan|Contains animal", r"含有动物|非纯素"),
    },
}
"""Attribute → value → how English and Chinese descriptions say so."""


def test_descriptions_never_contradict_the_data(products: list[Product]) -> None:
    said: Counter[str] = Counter()
    for product in products:
        for key, values in CLAIMS.items():
            for value, patterns in values.items():
                heard = [
                    bool(re.search(pattern, product.description[language]))
                    for pattern, language in zip(patterns, LANGUAGES, strict=True)
                ]
                if value == "no" and key == "vegan":
                    heard[1] = heard[1] and "不含任何" not in product.description["zh"]
                if value == "yes" and key == "dishwasher_safe":
                    heard[1] = heard[1] and not re.search("不可用洗碗机|不要放入", product.description["zh"])
                assert heard[0] == heard[1], (product.id, key, product.description)
                if heard[0]:
                    assert product.attributes.get(key) == value, (product.id, key)
                    said[key, value] += 1  # type: ignore[index]
    assert len(said) == 2 * len(CLAIMS)


@pytest.mark.parametrize(
    ("key", "english", "chinese"),
    [
        ("weight", r"weighs? ([\d.]+) k?g", r"(?<!承)重([\d.]+)(?:克|公斤)"),
        ("capacity", r"Holds? ([\d.]+) (?:ml|litres?)", r"容量([\d.]+)(?:毫升|升)"),
        ("screen_size", r"measures ([\d.]+) inches", r"屏幕([\d.]+)英寸"),
        ("battery_life", r"battery lasts ([\d.]+)", r"续航([\d.]+)"),
        ("max_load", r"up to ([\d.]+) kg", r"承重([\d.]+)公斤"),
    ],
)
def test_measures_in_descriptions_are_those_of_the_data(
    products: list[Product], key: str, english: str, chinese: str
) -> None:
    found = 0
    for product in products:
        for pattern, language in ((english, "en"), (chinese, "zh")):
            for number in re.findall(pattern, product.description[language]):
                assert product.attributes[key].split()[0] == number, product.id
                found += 1
    assert found >= 10


def test_what_sets_near_duplicates_apart_is_said(products: list[Product]) -> None:
    by_id = {product.id: product for product in products}
    dry, wet = by_id["fernway-trail-runner-2"], by_id["fernway-trail-runner-2-waterproof"]
    assert dry.attributes["waterproof"] == "no"
    assert wet.attributes["waterproof"] == "yes"
    assert "ot waterproof" in dry.description["en"] or "get wet" in dry.description["en"]
    assert "750" in by_id["fernway-spring-750"].description["en"]


def test_ratings_and_reviews(products: list[Product]) -> None:
    rated = [product for product in products if product.rating is not None]
    assert 0.9 * len(products) < len(rated) < len(products)
    for product in products:
        assert (product.rating is None) == (product.review_count == 0)
        assert (2 <= len(product.reviews) <= 4) == (product.rating is not None), product.id
        texts = [review.text["en"] for review in product.reviews]
        assert len(set(texts)) == len(texts)
    assert len({product.rating for product in rated}) >= 15
    assert {review.rating for product in rated for review in product.reviews} == {1, 2, 3, 4, 5}
    injected = [
        product.id
        for product in products
        for review in product.reviews
        if re.search("ignore all previous|you must now", review.text["en"])
    ]
    assert sorted(injected) == ["pepperbeat-pip", "wayfarrow-orbit-case"]


# Pictures


def test_each_colour_has_its_small_picture(products: list[Product], raw_lexicon: dict[str, Any]) -> None:
    wanted = {path for product in products for path in product.pictures.values()}
    assert wanted == {f"pictures/{path.name}" for path in (SHOP / "pictures").iterdir()}
    for product in products:
        for colour, path in product.pictures.items():
            assert path == f"pictures/{product.id}-{colour}.svg"
            svg = (SHOP / path).read_text(encoding="utf-8")
            assert len(svg.encode()) <= 3072, path
            root = ElementTree.fromstring(svg)
            assert root.get("viewBox") == "0 0 400 400"
            used = svg.lower()
            if product.type not in ("lamps", "mugs", "watches", "pans", "building_blocks", "desks"):
                assert raw_lexicon["colours"][colour]["hex"] in used, path


def test_pictures_of_a_type_differ(products: list[Product]) -> None:
    shapes: dict[str, set[str]] = defaultdict(set)
    for product in products:
        path = next(iter(product.pictures.values()))
        shapes[product.type].add(re.sub(r"#[0-9a-f]{3,6}", "", (SHOP / path).read_text(encoding="utf-8")))
    assert min(len(found) for found in shapes.values()) >= 3


def test_pictures_render(products: list[Product]) -> None:
    for product in {product.type: product for product in products}.values():
        svg = (SHOP / next(iter(product.pictures.values()))).read_text(encoding="utf-8")
        png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=100, height=100))
        image = Image.open(io.BytesIO(png)).convert("RGB")
        assert image.size == (100, 100)
        darkest, lightest = image.convert("L").getextrema()
        assert isinstance(darkest, int)
        assert darkest < 190 < lightest, product.type


# The lexicon


def test_the_lexicon_knows_all_that_products_carry(products: list[Product], lexicon: Lexicon) -> None:
    for product in products:
        assert lexicon.types[product.type].category == product.category
        assert set(product.pictures) <= set(lexicon.colours)
        for key, value in product.attributes.items():
            attribute = lexicon.attributes[key]
            if attribute.kind == "boolean":
                assert value in ("yes", "no"), (product.id, key)
            elif attribute.kind == "choice":
                assert value in attribute.values, (product.id, key, value)
            else:
                assert NUMBER.match(value), (product.id, key, value)
    assert set(lexicon.types) == {product.type for product in products}
    assert set(lexicon.attributes) == {key for product in products for key in product.attributes}
    assert {colour for product in products for colour in product.pictures} == set(lexicon.colours)


def test_sizes_and_units_have_words(products: list[Product], raw_lexicon: dict[str, Any]) -> None:
    sized = [product for product in products if product.category[1] in ("shoes", "clothing")]
    sizes = {variant.options.get("size", "") for product in sized for variant in product.variants}
    assert sizes <= set(raw_lexicon["sizes"])
    assert "UK 8" in raw_lexicon["sizes"]["42"]["words"]["en"]
    units = {
        value.partition(" ")[2]
        for product in products
        for key, value in product.attributes.items()
        if raw_lexicon["attributes"][key]["kind"] == "quantity"
    }
    assert units - {""} <= set(raw_lexicon["units"])


def test_every_entry_has_names_and_words(raw_lexicon: dict[str, Any]) -> None:
    entries = [entry for group in raw_lexicon.values() for entry in group.values() if "name" in entry]
    entries += [value for entry in raw_lexicon["attributes"].values() for value in entry.get("values", {}).values()]
    for entry in entries:
        assert all(entry["name"][language] and entry["words"][language] for language in LANGUAGES), entry
    assert len(entries) > 250


def test_a_word_means_one_type_or_umbrella(raw_lexicon: dict[str, Any]) -> None:
    for groups in (("types", "umbrellas"), ("colours",)):
        owners: dict[str, str] = {}
        for group in groups:
            for key, entry in raw_lexicon[group].items():
                for word in {word.casefold() for language in LANGUAGES for word in entry["words"][language]}:
                    assert owners.setdefault(word, key) == key, word
        assert owners
    assert "laptop" not in owners


def test_the_words_of_the_shop(lexicon: Lexicon) -> None:
    assert "running shoes" in lexicon.types["running_shoes"].words["en"]
    assert "跑鞋" in lexicon.types["running_shoes"].words["zh"]
    assert "footwear" in lexicon.umbrellas["shoes"].words["en"]
    assert set(lexicon.expand("shoes")) == {"running_shoes", "sneakers", "boots", "sandals"}
    assert "运动鞋" in lexicon.umbrellas["sports_shoes"].words["zh"]
    assert "藏青" in lexicon.colours["navy"].words["zh"]
    assert "真皮" in lexicon.attributes["material"].values["leather"].words["zh"]


def test_what_the_shop_does_not_carry_has_no_word(raw_lexicon: dict[str, Any]) -> None:
    known = {
        word.casefold()
        for group in ("types", "umbrellas")
        for entry in raw_lexicon[group].values()
        for language in LANGUAGES
        for word in entry["words"][language]
    }
    missing = (
        "laptop laptops phone phones sofa umbrella perfume guitar tv television printer lipstick 手机 电脑 沙发 雨伞"
    )
    assert not known & set(missing.split())


# The FAQ


def test_faq_is_the_same_in_both_languages(faq: list[FaqEntry]) -> None:
    by_language = {language: {entry.id: entry for entry in faq if entry.language == language} for language in LANGUAGES}
    assert len(faq) == 2 * len(by_language["en"])
    assert by_language["en"].keys() == by_language["zh"].keys()
    assert len(by_language["en"]) >= 64
    assert len({entry.topic for entry in faq}) >= 10
    for entry_id, english in by_language["en"].items():
        chinese = by_language["zh"][entry_id]
        assert (english.topic, english.link) == (chinese.topic, chinese.link)
        assert english.link is None or english.link.startswith("/")
        assert HAN.search(chinese.answer)
        if entry_id not in ("loyalty-points", "student-discount"):  # "one point" and 九折 say it in words
            assert Counter(NUMBER.findall(english.answer)) == Counter(NUMBER.findall(chinese.answer)), entry_id
    for entry in faq:
        assert 2 <= len(entry.also_asked) <= 4, entry.id
        assert 1 <= len(re.findall(r"[.!?。！？](?:\s|$)|[。！？]", entry.answer)) <= 4, entry.id
    asked = [(entry.language, text) for entry in faq for text in (entry.question, *entry.also_asked)]
    assert len(set(asked)) == len(asked)


def test_faq_says_what_the_shop_does(faq: list[FaqEntry]) -> None:
    answers = {entry.id: entry.answer for entry in faq if entry.language == "en"}
    assert "30 days" in answers["return-window"]
    assert "30-day" in answers["sale-returns"]
    assert "$4.90" in answers["shipping-cost"]
    assert "$50" in answers["shipping-cost"]
    assert "5 business days" in answers["refund-time"]


def test_the_edited_faq_changes_three_adds_one_removes_one(faq: list[FaqEntry]) -> None:
    with (SHOP / "faq-edited.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["id", "language", "topic", "question", "answer", "also_asked", "link"]
    edited = {
        (row["id"], row["language"]): FaqEntry.model_validate(
            row | {"also_asked": row["also_asked"].split("|"), "link": row["link"] or None}
        )
        for row in rows
    }
    before = {(entry.id, entry.language): entry for entry in faq}
    assert len(before.keys() - edited.keys()) == len(edited.keys() - before.keys()) == 2
    changed = [key for key in before.keys() & edited.keys() if before[key] != edited[key]]
    assert len(changed) == 6
    assert len({entry_id for entry_id, _ in changed}) == 3


# Customers and orders


def test_customers_are_plainly_made_up(people: list[dict[str, Any]]) -> None:
    assert len(people) == 40
    for key in ("id", "name", "email"):
        assert len({person[key] for person in people}) == 40
    for person in people:
        assert re.fullmatch(r"C-[0-9A-Z]{8}", person["id"])
        assert person["email"].endswith("@example.com")
        assert person["language"] in LANGUAGES
        assert person["postcode"]
        assert person["addresses"]
        for method in person["payment_methods"]:
            assert method["kind"] in ("credit_card", "paypal", "gift_card")
            assert method["kind"] != "credit_card" or re.fullmatch(r"\d{4}", method["last_four"])
            assert method["kind"] != "gift_card" or Decimal(method["balance"]) > 0
    assert {person["language"] for person in people} == set(LANGUAGES)


STATES = {
    "pending", "processed", "shipped", "delivered", "cancelled", "return_requested", "returned", "exchange_requested",
}  # fmt: skip


def partly_shipped(order: dict[str, Any]) -> bool:
    return {parcel["shipped_days_ago"] is None for parcel in order["fulfilments"]} == {True, False}


def test_orders_come_in_every_state(orders: list[dict[str, Any]], people: list[dict[str, Any]]) -> None:
    assert len(orders) >= 110
    assert len({order["id"] for order in orders}) == len(orders)
    assert all(re.fullmatch(r"SC-[2-9A-Z]{8}", order["id"]) for order in orders)
    assert {order["customer"] for order in orders} == {person["id"] for person in people}
    for demo in ("C-DEMO2345", "C-DEMO6789"):
        mine = [order for order in orders if order["customer"] == demo]
        assert {order["state"] for order in mine} == STATES
        assert any(partly_shipped(order) for order in mine)
        delivered = [order for order in mine if order["state"] == "delivered"]
        ages = [max(parcel["delivered_days_ago"] for parcel in order["fulfilments"]) for order in delivered]
        assert min(ages) < 29, "one can be sent back for some days to come"
        assert max(ages) > 30, "one is too old"


def test_order_money_adds_up(orders: list[dict[str, Any]], products: list[Product]) -> None:
    by_id = {product.id: product for product in products}
    for order in orders:
        goods = Decimal(0)
        for item in order["items"]:
            variant = by_id[item["product"]].variant(item["variant"])
            assert variant is not None
            assert variant.price == Decimal(item["unit_price"])
            goods += variant.price * item["quantity"]
        bulky = any(by_id[item["product"]].type in ("chairs", "desks", "bicycles") for item in order["items"])
        rate, free_from = (Decimal(39), 300) if bulky else (Decimal("4.90"), 50)
        assert Decimal(order["shipping"]) == (0 if goods >= free_from else rate), "as the FAQ says"
        total = Decimal(order["total"])
        assert total == goods + Decimal(order["shipping"])
        paid: Counter[str] = Counter()
        back: Counter[str] = Counter()
        for payment in order["payments"]:
            (paid if payment["kind"] == "payment" else back)[payment["method"]] += Decimal(payment["amount"])  # type: ignore[assignment]
        assert sum(paid.values()) == total
        assert all(back[method] <= paid[method] for method in back)
        expected = {"cancelled": total, "returned": goods}.get(order["state"], Decimal(0))
        assert sum(back.values()) == expected, order["id"]


def test_order_parcels_fit_the_state(orders: list[dict[str, Any]]) -> None:
    for order in orders:
        sent = [line for parcel in order["fulfilments"] for line in parcel["lines"]]
        if order["state"] in ("pending", "processed", "cancelled"):
            assert not sent
            continue
        items = [{"line": item["line"], "quantity": item["quantity"]} for item in order["items"]]
        assert sorted(sent, key=lambda line: int(line["line"])) == items
        for parcel in order["fulfilments"]:
            shipped, delivered = parcel["shipped_days_ago"], parcel["delivered_days_ago"]
            if shipped is None:
                assert delivered is None
                continue
            assert 0 < shipped < order["placed_days_ago"]
            assert delivered is None or 0 < delivered < shipped
            if order["state"] != "shipped":
                assert delivered is not None
            if order["request"]:
                assert 0 < order["request"]["requested_days_ago"] < delivered
                assert delivered - order["request"]["requested_days_ago"] <= 30
        assert (order["request"] is not None) == (
            order["state"] in ("return_requested", "returned", "exchange_requested")
        )


# Behaviour


def test_events_are_well_formed(events: list[dict[str, str]], products: list[Product]) -> None:
    assert 15_000 <= len(events) <= 25_000
    assert list(events[0]) == ["customer", "product", "variant", "kind", "days_ago", "rating", "query"]
    assert len({event["customer"] for event in events}) == 300
    assert {event["kind"] for event in events} == {"view", "cart", "purchase", "rating"}
    variants = {product.id: {variant.id for variant in product.variants} for product in products}
    seen: set[tuple[str, str]] = set()
    for event in events:
        assert event["variant"] in variants[event["product"]]
        assert 0 < float(event["days_ago"]) < 182
        assert (event["rating"] in set("12345")) == (event["kind"] == "rating")
        pair = (event["customer"], event["product"])
        if event["kind"] == "view":
            seen.add(pair)
        assert pair in seen, "nobody buys unseen"
    assert sum(bool(HAN.search(event["query"])) for event in events) > 300


def test_the_orders_are_among_the_purchases(events: list[dict[str, str]], orders: list[dict[str, Any]]) -> None:
    bought = {(event["customer"], event["variant"]) for event in events if event["kind"] == "purchase"}
    for order in orders:
        if order["state"] != "cancelled":
            assert all((order["customer"], item["variant"]) in bought for item in order["items"])


def test_events_hold_the_structure_that_was_put_in(events: list[dict[str, str]], products: list[Product]) -> None:
    by_id = {product.id: product for product in products}
    views = Counter(event["product"] for event in events if event["kind"] == "view")
    top = sum(count for _, count in views.most_common(len(products) // 10))
    assert top > 0.2 * sum(views.values()), "popularity is skewed"

    baskets: dict[str, list[tuple[float, Product]]] = defaultdict(list)
    for event in events:
        if event["kind"] == "purchase":
            baskets[event["customer"]].append((float(event["days_ago"]), by_id[event["product"]]))
    followed, chances, expected = 0, 0, 0.0
    for first, second in (
        ("tents", "sleeping_mats"), ("running_shoes", "socks"), ("bicycles", "helmets"), ("keyboards", "mice"),
        ("kettles", "mugs"), ("phone_cases", "chargers"), ("pans", "knives"),
    ):  # fmt: skip
        buyers = sum(any(product.type == second for _, product in basket) for basket in baskets.values())
        for basket in baskets.values():
            for days, product in basket:
                if product.type == first:
                    chances += 1
                    expected += buyers / len(baskets)
                    followed += any(0 < days - later < 60 and other.type == second for later, other in basket)
    assert chances > 100
    assert followed > 1.5 * expected, "what goes together is bought in sequence"

    pairs = [
        (one.brand == other.brand)
        for basket in baskets.values()
        for (_, one), (_, other) in combinations(basket, 2)
        if one.type != other.type
    ]
    shares = Counter(product.brand for basket in baskets.values() for _, product in basket)
    total = sum(shares.values())
    chance = sum((count / total) ** 2 for count in shares.values())
    assert sum(pairs) / len(pairs) > 1.3 * chance, "customers keep to their brands"


# Making it


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in SHOP.rglob("*") if path.is_file()) <= 6 * 1024 * 1024


def test_generating_again_gives_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "data" / "generator"), "--out", str(tmp_path / "shop")]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=30, env={"PYTHONHASHSEED": "7"})
    made = {path.relative_to(tmp_path / "shop") for path in (tmp_path / "shop").rglob("*") if path.is_file()}
    # The ranker is trained on what is generated; delivery terms, rules and other languages' words are written by hand.
    kept = {
        path.relative_to(SHOP)
        for path in SHOP.rglob("*")
        if path.is_file() and not {"ranker", "delivery.toml", "rules.toml", "lexicon"} & {*path.parts}
    }
    assert made == kept
    differing = [str(path) for path in made if not filecmp.cmp(SHOP / path, tmp_path / "shop" / path, shallow=False)]
    assert not differing


def test_the_page_about_it_names_what_is_there(people: list[dict[str, Any]], orders: list[dict[str, Any]]) -> None:
    page = (ROOT / "docs" / "demo-shop.md").read_text(encoding="utf-8")
    for demo in people[:2]:
        assert all(demo[key] in page for key in ("id", "name", "email", "postcode"))
    ids = {order["id"] for order in orders}
    mentioned = set(re.findall(r"SC-[2-9A-Z]{8}", page))
    assert len(mentioned) >= 11
    assert mentioned <= ids
