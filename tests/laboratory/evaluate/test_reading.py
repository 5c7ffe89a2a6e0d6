"""The evaluation of reading with context: files are read, conversations held, and what came of the message judged."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Shopclerk
from assistant.settings import ROOT
from laboratory.evaluate.reading import evaluate_reading
from laboratory.evaluate.reading_expected import Card, Expected, Observed, Verdict, Wanted, judged, read_messages
from retrieval.text.lexicon import Lexicon
from tests import app

FOLDER = ROOT / "data" / "evaluation"
LEXICON = Lexicon.from_file(ROOT / "data" / "shop" / "lexicon.json")
SEARCH: dict[str, Any] = {"act": ["product_search"]}


def verdict(expect: dict[str, Any], **observed: Any) -> Verdict:
    expected = Expected.model_validate({**SEARCH, **expect})
    return judged(expected, Observed(**{"act": "product_search", "wanted": Wanted(), **observed}), LEXICON.expand)


def wanted(price_max: str | None = None, bounds: Any = (), **values: str) -> Wanted:
    listed = {key: frozenset(value.split(",")) for key, value in values.items()}
    return Wanted(listed, price_max=Decimal(price_max) if price_max else None, bounds=bounds)


@pytest.fixture(scope="module")
def own(shop: Shopclerk, tmp_path_factory: pytest.TempPathFactory) -> Shopclerk:
    return app.fresh(shop, tmp_path_factory.mktemp("reading"))


def written(folder: Path, *messages: dict[str, Any]) -> Path:
    path = folder / "messages.jsonl"
    lines = [{"id": str(at), "language": "en", **message} for at, message in enumerate(messages)]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(("name", "least"), [("reading", 500), ("reading_reserve", 120)])
def test_the_files_can_be_read_and_name_what_the_shop_has(name: str, least: int) -> None:
    messages = read_messages(FOLDER / f"{name}.jsonl")
    products = {json.loads(line)["id"] for line in (ROOT / "data/shop/products.jsonl").read_text("utf-8").splitlines()}
    assert len(messages) >= least and len({message.id for message in messages}) == len(messages)
    assert sum(message.language == "zh" for message in messages) >= 0.33 * len(messages)
    for message in messages:
        need = message.expect.need
        assert set(message.expect.refers) <= products, message.id
        if need:
            assert all(LEXICON.expand(key) for key in need.type), message.id
            assert set(need.colour) <= set(LEXICON.colours), message.id
            keys = {pair.partition("=")[0] for pair in [*need.attribute, *need.without]} | {
                measure.attribute for measure in need.measures
            }
            assert keys <= {*LEXICON.attributes, "price", "colour", "brand", "type"}, message.id


def test_no_message_of_the_reserve_is_in_the_file() -> None:
    said = [
        {(*message.before, message.say) for message in read_messages(FOLDER / f"{name}.jsonl")}
        for name in ("reading", "reading_reserve")
    ]
    assert not said[0] & said[1]


def test_what_is_wrong_with_a_file_is_said_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path, {"say": "hi", "expect": {"act": ["small_talk"]}}, {"say": "hi", "expect": {"act": ["wave"]}}
    )
    with pytest.raises(ValueError, match=r"messages\.jsonl:2: expect\.act\.0"):
        read_messages(path)


def test_a_need_is_exact_only_with_all_its_values_and_no_other() -> None:
    need = {"type": ["shoes"], "colour": ["red"], "price_max": 40, "forgets": ["size"]}
    shoes = {"type": "running_shoes,sneakers,boots,sandals"}
    assert verdict({"need": need}, wanted=wanted("40", colour="red", **shoes)).need
    assert not verdict({"need": need}, wanted=wanted("40", colour="red,blue", **shoes)).need
    assert not verdict({"need": need}, wanted=wanted("40", colour="red", size="42", **shoes)).need
    assert not verdict({"need": need}, wanted=wanted("50", colour="red", **shoes)).need
    half = verdict({"need": {"colour": ["red"], "attribute": ["vegan=yes"]}}, wanted=wanted(colour="red"))
    assert half.need is False and half.counts == (1, 1, 2)
    assert verdict({"need": {"colour": ["red"]}}, wanted=wanted("9", colour="red", size="42")).need


@pytest.mark.parametrize(
    ("operator", "value", "unit", "bounds", "holds"),
    [
        ("more", 200, "", (201, None), True),
        ("more", 200, "", (None, 200), False),
        ("at_most", 2, "kg", (None, 2000), True),
        ("at_most", 2, "kg", (None, 2), False),
        ("about", 28, "cm", (25, 31), True),
        ("about", 28, "cm", (25, None), False),
    ],
)
def test_a_wish_on_a_quantity_is_a_bound_in_the_right_direction(
    operator: str, value: float, unit: str, bounds: tuple[float | None, float | None], holds: bool
) -> None:
    measure = {"attribute": "pages", "operator": operator, "value": value, "unit": unit}
    assert verdict({"need": {"measures": [measure]}}, wanted=wanted(bounds=(bounds,))).need is holds


def test_a_reference_is_pointed_at_moved_or_shown_first_and_nothing_else_is_moved() -> None:
    cards = tuple(Card(id_, "mugs", Decimal(9)) for id_ in ("a", "b"))
    assert verdict({"refers": ["a"]}, pointed=frozenset("a")).reference
    assert verdict({"refers": ["a"]}, moved=frozenset("a")).reference
    assert verdict({"refers": ["a"]}, cards=cards).reference and not verdict({"refers": ["b"]}, cards=cards).reference
    assert not verdict({"refers": ["a"]}, pointed=frozenset("a"), moved=frozenset("b")).reference
    assert verdict({"refers": ["a", "b"]}, cards=cards).reference


def test_a_list_that_is_shown_again_has_not_changed() -> None:
    cards = (Card("a", "mugs", Decimal(9)),)
    assert verdict({"shows": {"changed": True}}, cards=cards).shows
    assert not verdict({"shows": {"changed": True}}, cards=cards, before=frozenset("a")).shows
    assert not verdict({"shows": {"changed": True}}).shows
    assert not verdict({"shows": {"types": ["mugs", "kettles"]}}, cards=cards).shows
    assert not verdict({"shows": {"max_price": 5}}, cards=cards).shows


def test_who_somebody_is_and_their_orders_are_remembered() -> None:
    expect = {"order_ids": ["SC-1"], "identity": {"email": "Nora@example.com"}}
    observed = {"order_ids": frozenset({"SC-1"}), "said_of_self": "Nora nora@example.com"}
    assert verdict(expect, **observed).remembers
    assert not verdict(expect, said_of_self="nora@example.com").remembers
    assert not verdict({"identity": {"customer": "C-1"}}, **observed).remembers


def test_conversations_are_held_with_the_real_dialogue(own: Shopclerk, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {"before": ["red running shoes"], "say": "in size 42", "kind": "refine"}
        | {"expect": {**SEARCH, "need": {"type": ["running_shoes"], "colour": ["red"], "size": ["42"]}}},
        {
            "say": "how much is the Keyhaven Contour",
            "expect": {"act": ["product_question"], "refers": ["keyhaven-contour"]},
        },
        {"language": "zh", "say": "你好", "expect": {"act": ["cart"]}},
    )
    told: list[tuple[str, str, bool]] = []
    report = asyncio.run(
        evaluate_reading(
            own, path, on_message=lambda name, message, _, result: told.append((name, message.id, result.held))
        )
    )
    assert [name for name, _, _ in told] == ["shopclerk"] * 3 + ["no_context"] * 3
    found, alone = report["shopclerk"], report["no_context"]
    assert found["n"] == 3 and found["ns"]["need_exact"] == 1 and found["by_language"]["zh"]["held"] == 0
    assert found["need_f1"] == 1.0 > alone["need_f1"] and found["references"] == 1.0
    low, high = found["ci95"]["held"]
    assert low <= found["held"] <= high and found["held"] == pytest.approx(2 / 3, abs=0.01)
    assert found["by_kind"]["refine"]["need_exact"] == 1.0 > alone["by_kind"]["refine"]["need_exact"]


def test_an_unknown_product_is_said_before_anything_runs(own: Shopclerk, tmp_path: Path) -> None:
    path = written(tmp_path, {"say": "hi", "expect": {**SEARCH, "refers": ["no-such-thing"]}})
    with pytest.raises(ValueError, match="no-such-thing"):
        asyncio.run(evaluate_reading(own, path))
