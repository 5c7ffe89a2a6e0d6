"""A retail file in and out again: every field, clear errors, nothing half loaded; and the tools by direct call."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from assistant.database import Base, Database
from assistant.settings import ROOT
from assistant.shop import open_retail
from assistant.shop.documents import number
from assistant.shop.retail import RetailShop
from assistant.shop.retail_files import RetailFile, RetailInvalid
from assistant.shop.retail_load import export, load
from assistant.shop.tools import ToolArgumentError, ToolError, ToolRefused
from assistant.shop.tools.arithmetic import calculate
from assistant.shop.tools.functions import TOOLS
from tests.retail_shop import Document, retail_file, shared_file, written


@pytest.fixture
def retail(database: Database) -> RetailShop:
    """The small file, on both databases."""
    load(database, parsed(retail_file()), "small")
    return RetailShop(database)


def parsed(file: Document) -> RetailFile:
    return RetailFile.parse(json.dumps(file).encode(), "db.json")


def refused(shop: RetailShop, tool: str, **arguments: Any) -> str:
    """The reason; the state is as before."""
    before = shop.export()
    with pytest.raises(ToolRefused) as caught:
        shop.call(tool, arguments)
    assert shop.export() == before
    return caught.value.code


def wrong(shop: RetailShop, tool: str, **arguments: Any) -> str:
    """What is wrong with the arguments; the state is as before."""
    before = shop.export()
    with pytest.raises(ToolArgumentError) as caught:
        shop.call(tool, arguments)
    assert shop.export() == before
    return caught.value.message


def test_a_large_file_comes_back_as_it_went_in(database: Database) -> None:
    path = shared_file()
    load(database, RetailFile.read(path), "large")
    assert export(database) == json.loads(path.read_text(encoding="utf-8"))


def test_a_small_file_comes_back_as_it_went_in(retail: RetailShop) -> None:
    assert retail.export() == retail_file()
    assert json.loads(json.dumps(retail.export())) == retail_file()


def test_what_is_not_known_comes_back_too(database: Database) -> None:
    file = retail_file()
    file["users"]["ann_lee_1"]["loyalty"] = {"points": 1.5, "tiers": ["a", None]}
    file["users"]["ann_lee_1"]["payment_methods"]["paypal_1"]["since"] = 2019
    file["orders"]["#W1"]["note"] = "leave at the door"
    file["orders"]["#W1"]["cancel_reason"] = None
    file["orders"]["#W1"]["return_items"] = []
    file["orders"]["#W1"]["items"][1]["engraving"] = "A"
    file["orders"]["#W2"]["fulfillments"][0]["carrier_code"] = 7
    file["orders"]["#W2"]["payment_history"][0]["receipt"] = "R1"
    file["products"]["9000000001"]["department"] = "wear"
    file["products"]["9000000001"]["variants"]["1000000001"]["weight"] = 0.25
    load(database, parsed(file), "extras")
    assert export(database) == file


def test_what_has_been_done_is_in_the_file_and_can_be_read_again(retail: RetailShop, tmp_path: Path) -> None:
    swap = {"payment_method_id": "paypal_1"}
    retail.call(
        "modify_pending_order_items",
        {"order_id": "#W1", "item_ids": ["2000000001"], "new_item_ids": ["2000000002"], **swap},
    )
    retail.call(
        "exchange_delivered_order_items",
        {"order_id": "#W2", "item_ids": ["1000000001"], "new_item_ids": ["1000000003"], **swap},
    )
    retail.call("cancel_pending_order", {"order_id": "#W4", "reason": "ordered by mistake"})
    done = retail.export()
    again = open_retail(written(tmp_path, done))
    assert again.export() == done
    assert refused(again, "cancel_pending_order", order_id="#W1", reason="no longer needed") == "changed_once"
    again.close()


def damage(change: Callable[[Document], Any]) -> Document:
    file = retail_file()
    change(file)
    return file


@pytest.mark.parametrize(
    ("file", "where"),
    [
        (damage(lambda f: f.pop("orders")), "orders: Field required"),
        (damage(lambda f: f.update(extra=1)), "extra: "),
        (damage(lambda f: f["orders"]["#W1"]["items"][0].update(price="40.5")), "orders/#W1/items/0/price: should be"),
        (damage(lambda f: f["orders"]["#W1"]["items"][0].update(price=-1)), "orders/#W1/items/0/price: "),
        (damage(lambda f: f["orders"]["#W1"]["items"][0].update(price=True)), "orders/#W1/items/0/price: should be"),
        (damage(lambda f: f["orders"]["#W1"].update(status="lost")), "orders/#W1/status: should be one of cancelled"),
        (damage(lambda f: f["orders"]["#W1"].update(items=[])), "orders/#W1/items: "),
        (damage(lambda f: f["orders"]["#W1"].update(order_id="#W9")), "orders/#W1/order_id: is '#W9'"),
        (damage(lambda f: f["orders"]["#W1"].update(user_id="x")), "users/ann_lee_1/orders/1: '#W1' is no order of"),
        (damage(lambda f: f["users"]["ann_lee_1"]["orders"].append("#W1")), "users/ann_lee_1/orders/4: "),
        (damage(lambda f: f["users"]["ann_lee_1"]["orders"].remove("#W1")), "orders/#W1: is not among the orders of"),
        (damage(lambda f: f["users"]["ann_lee_1"]["address"].pop("zip")), "users/ann_lee_1/address/zip: Field"),
        (damage(lambda f: f["users"]["ann_lee_1"].update(email="bob.ray@example.com")), "users/bob_ray_2/email: "),
        (damage(lambda f: f["users"]["ann_lee_1"]["payment_methods"]["gift_card_1"].pop("balance")),
         "users/ann_lee_1/payment_methods/gift_card_1: a gift card has a balance"),
        (damage(lambda f: f["users"]["ann_lee_1"]["payment_methods"]["paypal_1"].update(source="cash")),
         "users/ann_lee_1/payment_methods/paypal_1/source: "),
        (damage(lambda f: f["products"]["9000000001"]["variants"]["1000000001"].update(available="yes")),
         "products/9000000001/variants/1000000001/available: "),
        (damage(lambda f: f["products"]["9000000002"]["variants"].update(
            {"1000000001": f["products"]["9000000001"]["variants"]["1000000001"]})),
         "products/9000000002/variants/1000000001: belongs to product 9000000001 as well"),
    ],
)  # fmt: skip
def test_a_damaged_file_says_where_and_loads_nothing(tmp_path: Path, file: Document, where: str) -> None:
    target = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    with pytest.raises(RetailInvalid) as caught:
        open_retail(written(tmp_path, file), target)
    assert str(caught.value).startswith(f"db.json: {where}")
    assert not (tmp_path / "shop.sqlite3").exists()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'{"products": {', "line 1 column"),
        (b"\xff\xfe", "db.json: "),
        (b"[]", "db.json: "),
        (b'{"products": {}, "products": {}}', "'products' is there twice"),
        (b'{"products": {}, "users": {}, "orders": {"#W1": NaN}}', "NaN is no amount"),
    ],
)
def test_what_is_no_json_says_so(content: bytes, what: str) -> None:
    with pytest.raises(RetailInvalid, match=r"db\.json: ") as caught:
        RetailFile.parse(content, "db.json")
    assert what in str(caught.value)


def test_a_load_that_fails_half_way_leaves_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.shop import retail_load

    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(retail_load, "_write_orders", fail)
    with pytest.raises(RuntimeError):
        load(database, parsed(retail_file()), "small")
    with database.read() as session:
        assert all(session.scalar(select(func.count()).select_from(t)) == 0 for t in Base.metadata.sorted_tables)


def test_a_database_keeps_what_was_done_and_takes_no_other_file(tmp_path: Path) -> None:
    path, target = written(tmp_path), f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    shop = open_retail(path, target)
    shop.call("cancel_pending_order", {"order_id": "W1", "reason": "no longer needed"})
    done = shop.export()
    shop.close()
    again = open_retail(path, target)
    assert again.export() == done
    again.close()
    other = retail_file()
    other["orders"]["#W3"]["status"] = "delivered"
    with pytest.raises(RetailInvalid, match="another file"):
        open_retail(written(tmp_path, other), target)


@pytest.mark.parametrize("text", ["47.84", "59.0", "60", "0.1", "1E+2", "-3.50", "0.00"])
def test_amounts_are_the_numbers_they_were(text: str) -> None:
    assert number(Decimal(text)) == json.loads(text) and Decimal(str(number(Decimal(text)))) == Decimal(text)


def test_cancelling(retail: RetailShop) -> None:
    order = retail.call("cancel_pending_order", {"order_id": "#W4", "reason": "no longer needed"})
    assert order["status"] == "cancelled" and order["cancel_reason"] == "no longer needed"
    assert order["payment_history"] == [
        {"transaction_type": "payment", "amount": 52.35, "payment_method_id": "gift_card_1"},
        {"transaction_type": "refund", "amount": 52.35, "payment_method_id": "gift_card_1"},
    ]
    assert balance(retail) == 112.35
    assert retail.call("cancel_pending_order", {"order_id": "w4", "reason": "no longer needed"}) == order
    assert balance(retail) == 112.35
    assert refused(retail, "cancel_pending_order", order_id="#W4", reason="ordered by mistake") == "already_changed"
    assert refused(retail, "cancel_pending_order", order_id="#W1", reason="too dear") == "bad_reason"
    assert refused(retail, "cancel_pending_order", order_id="#W3", reason="no longer needed") == "not_pending"
    assert refused(retail, "cancel_pending_order", order_id="#W2", reason="no longer needed") == "not_pending"
    assert "no order" in wrong(retail, "cancel_pending_order", order_id="#W99", reason="no longer needed")


def balance(retail: RetailShop) -> float:
    found: float = retail.call("get_user_details", {"user_id": "ann_lee_1"})["payment_methods"]["gift_card_1"][
        "balance"
    ]
    return found


PLACE = {"address1": "5 New St", "address2": "", "city": "Austin", "state": "TX", "country": "USA", "zip": "78701"}


def test_addresses(retail: RetailShop) -> None:
    order = retail.call("modify_pending_order_address", {"order_id": "#W1", **PLACE})
    assert order["address"] == PLACE and order["status"] == "pending"
    user = retail.call("modify_user_address", {"user_id": "ann_lee_1", **PLACE})
    assert user["address"] == PLACE
    assert retail.call("find_user_id_by_name_zip", {"first_name": "ANN", "last_name": "lee", "zip": "78701"})
    assert "no one user" in wrong(retail, "find_user_id_by_name_zip", first_name="Ann", last_name="Lee", zip="80279")
    assert refused(retail, "modify_pending_order_address", order_id="#W3", **PLACE) == "not_pending"
    assert refused(retail, "modify_pending_order_address", order_id="#W1", **{**PLACE, "address1": " "}) == "invalid"
    assert "no user" in wrong(retail, "modify_user_address", user_id="nobody", **PLACE)


def test_an_address_may_go_there_and_back(retail: RetailShop) -> None:
    """The same call again is the same call only right after itself."""
    there, back = {"order_id": "#W1", **PLACE}, {"order_id": "#W1", **PLACE, "address1": "6 Old St"}
    for arguments in (there, back, back, there):
        retail.call("modify_pending_order_address", arguments)
    assert retail.call("get_order_details", {"order_id": "#W1"})["address"] == PLACE
    for street in ("5 New St", "6 Old St", "5 New St"):
        user = retail.call("modify_user_address", {"user_id": "ann_lee_1", **PLACE, "address1": street})
        assert user["address"]["address1"] == street


def test_paying_with_another_method(retail: RetailShop) -> None:
    order = retail.call("modify_pending_order_payment", {"order_id": "#W4", "payment_method_id": "paypal_1"})
    assert order["status"] == "pending"
    assert order["payment_history"][1:] == [
        {"transaction_type": "payment", "amount": 52.35, "payment_method_id": "paypal_1"},
        {"transaction_type": "refund", "amount": 52.35, "payment_method_id": "gift_card_1"},
    ]
    assert balance(retail) == 112.35
    assert refused(retail, "modify_pending_order_payment", order_id="#W4", payment_method_id="credit_card_1") == (
        "several_payments"
    )
    pay = "modify_pending_order_payment"
    assert refused(retail, pay, order_id="#W1", payment_method_id="credit_card_1") == "same_method"
    assert refused(retail, pay, order_id="#W1", payment_method_id="gift_card_1") == "balance_too_low"
    assert refused(retail, pay, order_id="#W1", payment_method_id="paypal_2") == "wrong_method"
    assert refused(retail, pay, order_id="#W3", payment_method_id="paypal_1") == "not_pending"
    cancelled = retail.call("cancel_pending_order", {"order_id": "#W4", "reason": "no longer needed"})
    assert cancelled["payment_history"][-1] == {
        "transaction_type": "refund", "amount": 52.35, "payment_method_id": "paypal_1"
    }  # fmt: skip
    assert len(cancelled["payment_history"]) == 4 and balance(retail) == 112.35


def test_paying_with_a_gift_card_takes_its_balance(database: Database) -> None:
    file = retail_file()
    file["users"]["ann_lee_1"]["payment_methods"]["gift_card_1"]["balance"] = 180.0
    load(database, parsed(file), "rich")
    retail = RetailShop(database)
    retail.call("modify_pending_order_payment", {"order_id": "#W1", "payment_method_id": "gift_card_1"})
    assert balance(retail) == 0.0
    retail.call("cancel_pending_order", {"order_id": "#W1", "reason": "no longer needed"})
    assert balance(retail) == 180.0


def items(order: Document) -> list[str]:
    return [item["item_id"] for item in order["items"]]


def test_changing_items(retail: RetailShop) -> None:
    change = "modify_pending_order_items"
    base = {"order_id": "#W1", "payment_method_id": "gift_card_1"}
    one = {**base, "item_ids": ["1000000001"]}
    assert refused(retail, change, **one, new_item_ids=["1000000001"]) == "same_item"
    assert refused(retail, change, **one, new_item_ids=["2000000002"]) == "other_product"
    assert refused(retail, change, **one, new_item_ids=["1000000004"]) == "not_available"
    three = {**base, "item_ids": ["1000000001"] * 3, "new_item_ids": ["1000000002"] * 3}
    assert refused(retail, change, **three) == "not_in_order"
    other = {**base, "item_ids": ["1000000002"], "new_item_ids": ["1000000001"]}
    assert refused(retail, change, **other) == "not_in_order"
    assert refused(retail, change, **{**one, "new_item_ids": ["1000000002"], "payment_method_id": "paypal_2"}) == (
        "wrong_method"
    )
    assert "no item" in wrong(retail, change, **one, new_item_ids=["5"])
    assert "product id" in wrong(retail, change, **one, new_item_ids=["9000000001"])
    assert "no item" in wrong(retail, change, **{**one, "item_ids": ["7"], "new_item_ids": ["1000000002"]})
    assert "equally many" in wrong(retail, change, **one, new_item_ids=["1000000002", "1000000003"])
    assert "item_ids" in wrong(retail, change, **{**base, "item_ids": [], "new_item_ids": []})
    for order_id in ("#W2", "#W3"):
        assert refused(retail, change, **{**one, "order_id": order_id}, new_item_ids=["1000000002"]) == "not_pending"

    order = retail.call(change, {**one, "new_item_ids": ["1000000002"]})
    assert order["status"] == "pending (item modified)"
    assert items(order) == ["1000000002", "1000000001", "2000000001"]
    assert order["items"][0]["price"] == 52.35 and order["items"][0]["options"] == {"color": "red", "size": "M"}
    assert order["payment_history"][1:] == [
        {"transaction_type": "payment", "amount": 11.85, "payment_method_id": "gift_card_1"}
    ]
    assert balance(retail) == 48.15
    assert retail.call(change, {**one, "new_item_ids": ["1000000002"]}) == order and balance(retail) == 48.15
    assert refused(retail, change, **one, new_item_ids=["1000000003"]) == "changed_once"
    assert refused(retail, "cancel_pending_order", order_id="#W1", reason="no longer needed") == "changed_once"
    assert refused(retail, "modify_pending_order_address", order_id="#W1", **PLACE) == "changed_once"
    assert refused(retail, "modify_pending_order_payment", order_id="#W1", payment_method_id="paypal_1") == (
        "changed_once"
    )


def test_a_gift_card_must_cover_the_difference(retail: RetailShop) -> None:
    retail.call("modify_pending_order_items", {
        "order_id": "#W4", "item_ids": ["1000000002"], "new_item_ids": ["1000000003"],
        "payment_method_id": "gift_card_1",
    })  # fmt: skip
    assert balance(retail) == 81.25
    many = {"item_ids": ["1000000001", "1000000001", "2000000001"],
            "new_item_ids": ["1000000002", "1000000002", "2000000002"], "payment_method_id": "gift_card_1"}  # fmt: skip
    order = retail.call("modify_pending_order_items", {"order_id": "#W1", **many})
    assert order["payment_history"][-1]["amount"] == 44.75 and balance(retail) == 36.5


@pytest.mark.parametrize("tool", ["modify_pending_order_items", "exchange_delivered_order_items"])
def test_a_gift_card_that_does_not_cover_the_difference_is_refused(database: Database, tool: str) -> None:
    file = retail_file()
    file["users"]["ann_lee_1"]["payment_methods"]["gift_card_1"]["balance"] = 23.69
    load(database, parsed(file), "poor")
    order_id = "#W1" if tool.startswith("modify") else "#W2"
    swap = {"item_ids": ["1000000001"] * 2, "new_item_ids": ["1000000002"] * 2, "payment_method_id": "gift_card_1"}
    assert refused(RetailShop(database), tool, order_id=order_id, **swap) == "balance_too_low"


def test_no_difference_is_noted_as_a_refund_of_nothing(retail: RetailShop) -> None:
    order = retail.call("modify_pending_order_items", {
        "order_id": "#W5", "item_ids": ["1000000001"], "new_item_ids": ["1000000005"], "payment_method_id": "paypal_2",
    })  # fmt: skip
    assert order["payment_history"][1:] == [
        {"transaction_type": "refund", "amount": 0.0, "payment_method_id": "paypal_2"}
    ]


def test_returns(retail: RetailShop) -> None:
    give = "return_delivered_order_items"
    assert refused(retail, give, order_id="#W2", item_ids=["1000000001"], payment_method_id="credit_card_1") == (
        "wrong_method"
    )
    assert refused(retail, give, order_id="#W2", item_ids=["1000000001"], payment_method_id="paypal_2") == (
        "wrong_method"
    )
    assert refused(retail, give, order_id="#W2", item_ids=["1000000001"] * 3, payment_method_id="paypal_1") == (
        "not_in_order"
    )
    assert refused(retail, give, order_id="#W2", item_ids=["1000000002"], payment_method_id="paypal_1") == (
        "not_in_order"
    )
    assert refused(retail, give, order_id="#W1", item_ids=["1000000001"], payment_method_id="paypal_1") == (
        "not_delivered"
    )
    order = retail.call(give, {
        "order_id": "#W2", "item_ids": ["2000000002", "1000000001", "1000000001"], "payment_method_id": "gift_card_1",
    })  # fmt: skip
    assert order["status"] == "return requested"
    assert order["return_items"] == ["1000000001", "1000000001", "2000000002"]
    assert order["return_payment_method_id"] == "gift_card_1"
    assert len(order["payment_history"]) == 1 and balance(retail) == 60.0
    assert refused(retail, give, order_id="#W2", item_ids=["1000000001"], payment_method_id="paypal_1") == (
        "already_changed"
    )


def test_exchanges(retail: RetailShop) -> None:
    swap = "exchange_delivered_order_items"
    base = {"order_id": "#W2", "payment_method_id": "paypal_1"}
    assert refused(retail, swap, **base, item_ids=["1000000001"], new_item_ids=["2000000001"]) == "other_product"
    assert refused(retail, swap, **base, item_ids=["1000000001"], new_item_ids=["1000000004"]) == "not_available"
    gift = {**base, "payment_method_id": "gift_card_1"}
    assert refused(
        retail, swap, **{**base, "order_id": "#W1"}, item_ids=["1000000001"], new_item_ids=["1000000002"]
    ) == ("not_delivered")
    assert refused(retail, swap, **{**gift, "payment_method_id": "nope"}, item_ids=["1000000001"],
                   new_item_ids=["1000000002"]) == "wrong_method"  # fmt: skip
    order = retail.call(swap, {
        **base, "item_ids": ["2000000002", "1000000001"], "new_item_ids": ["2000000001", "1000000002"],
    })  # fmt: skip
    assert order["status"] == "exchange requested"
    assert order["exchange_items"] == ["1000000001", "2000000002"]
    assert order["exchange_new_items"] == ["1000000002", "2000000001"]
    assert order["exchange_payment_method_id"] == "paypal_1" and order["exchange_price_difference"] == -9.2
    assert len(order["payment_history"]) == 1 and items(order) == ["1000000001", "1000000001", "2000000002"]
    assert refused(retail, swap, **base, item_ids=["1000000001"], new_item_ids=["1000000003"]) == "already_changed"


def test_reading(retail: RetailShop) -> None:
    file = retail_file()
    assert retail.call("find_user_id_by_email", {"email": "BOB.ray@example.com"}) == "bob_ray_2"
    assert "no user" in wrong(retail, "find_user_id_by_email", email="x@example.com")
    assert retail.call("get_user_details", {"user_id": "ann_lee_1"}) == file["users"]["ann_lee_1"]
    assert retail.call("get_order_details", {"order_id": "W2"}) == file["orders"]["#W2"]
    assert retail.call("get_product_details", {"product_id": "9000000001"}) == file["products"]["9000000001"]
    variant = file["products"]["9000000001"]["variants"]["1000000004"]
    assert retail.call("get_item_details", {"item_id": "1000000004"}) == variant
    assert "item id" in wrong(retail, "get_product_details", product_id="1000000004")
    assert "product id" in wrong(retail, "get_item_details", item_id="9000000001")
    assert retail.call("list_all_product_types") == {"Kettle": "9000000002", "T-Shirt": "9000000001"}
    assert retail.call("think", {"thought": "hm"}) == ""
    assert retail.call("transfer_to_human_agents", {"summary": "wants a refund"}) == "Transfer successful"
    assert retail.call("calculate", {"expression": "(12.50 + 3) * 2"}) == "31.0"
    assert retail.export() == file


@pytest.mark.parametrize(
    "expression", ["2 ** 99", "__import__('os')", "1 +", "1 / 0", "9" * 600, "(" * 300, "1e9", "7 // 2", "", "a + b"]
)
def test_only_arithmetic_is_calculated(retail: RetailShop, expression: str) -> None:
    wrong(retail, "calculate", expression=expression)


def test_sums_are_exact() -> None:
    assert calculate("0.1 + 0.2 - 0.3") == 0 and calculate("-(2 - 5) / 7") == Decimal("0.43")


def test_calls_that_no_tool_takes(retail: RetailShop) -> None:
    assert "no tool" in wrong(retail, "drop_all_orders")
    assert "order_id" in wrong(retail, "get_order_details")
    assert "wish" in wrong(retail, "get_order_details", order_id="#W1", wish="x")
    with pytest.raises(ToolError) as caught:
        retail.call("get_order_details", {"order_id": "#W0"})
    assert caught.value.document() == {"error": "arguments", "message": "there is no order '#W0'"}


def test_a_key_makes_a_call_the_same_one_whatever_came_between(retail: RetailShop) -> None:
    first = {"order_id": "#W1", **PLACE}
    retail.call("modify_pending_order_address", first, key="k1")
    retail.call("modify_pending_order_address", {**first, "address1": "8 Mid St"}, key="k2")
    retail.call("modify_pending_order_address", first, key="k1")
    assert retail.call("get_order_details", {"order_id": "#W1"})["address"]["address1"] == "8 Mid St"
    with pytest.raises(ToolArgumentError, match="another request"):
        retail.call("cancel_pending_order", {"order_id": "#W1", "reason": "no longer needed"}, key="k1")


def test_every_tool_can_be_given_to_a_model(retail: RetailShop) -> None:
    schemas = {each["function"]["name"]: each["function"] for each in retail.tools()}
    assert set(schemas) == set(TOOLS) and len(schemas) == 17
    assert {tool.name for tool in TOOLS.values() if tool.action} == {
        "cancel_pending_order", "modify_pending_order_address", "modify_pending_order_items",
        "modify_pending_order_payment", "modify_user_address", "return_delivered_order_items",
        "exchange_delivered_order_items",
    }  # fmt: skip
    swap = schemas["modify_pending_order_items"]["parameters"]
    assert swap["required"] == ["order_id", "item_ids", "new_item_ids", "payment_method_id"]
    assert all(len(function["description"]) > 30 for function in schemas.values())


def test_the_shop_in_memory_serves_many_threads(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    shop = open_retail(written(tmp_path))
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(shop.call, "get_order_details", {"order_id": "#W1"}) for _ in range(40)]
        assert {call.result()["status"] for call in calls} == {"pending"}
    shop.close()


def test_the_documented_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "shop.md").read_text(encoding="utf-8")
    example = next(code for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "open_retail" in code)
    path = shared_file()
    (tmp_path / "db.json").symlink_to(path)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "docs/shop.md", "exec"), {})
    after = json.loads((tmp_path / "after.json").read_text(encoding="utf-8"))
    assert after == json.loads(path.read_text(encoding="utf-8")), "that order is processed: nothing may change"


def test_the_documented_arguments_are_the_tools(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "shop.md").read_text(encoding="utf-8")
    table = page.partition("| tool | arguments |")[2].partition("\n\n")[0]
    rows = [re.findall(r"`(\w+)`", line) for line in table.splitlines() if line.startswith("| `")]
    documented = {row[0]: sorted(row[1:]) for row in rows}
    assert documented == {name: sorted(tool.arguments.model_fields) for name, tool in TOOLS.items()}
