"""A shop's rules as a file: read whole or refused with file, key and value; each key does something."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.settings import ROOT
from assistant.shop import policy
from assistant.shop.actions import OrderAction
from assistant.shop.policy import DEMO, ServicePolicy
from assistant.shop.policy_text import settings_text
from assistant.shop.rules import FILE, RETAIL, RulesInvalid, load_rules, parse_rules, read_rules
from assistant.shop.views import OrderStatus, OrderView

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def rules(text: str) -> ServicePolicy:
    return parse_rules(text.encode())


def order(status: OrderStatus, hours_ago: float = 1) -> OrderView:
    placed = NOW - timedelta(hours=hours_ago)
    return OrderView(
        id="A-1", customer_id="c", status=status, placed_at=placed, currency="EUR", total=Decimal("80.00"), address="",
        lines=(), fulfilments=(), payments=(),
    )  # fmt: skip


def test_the_demo_shops_rules_are_such_a_file() -> None:
    assert replace(load_rules(ROOT / "data" / "shop"), coupons=()) == DEMO, "coupons are each shop's own"


def test_without_a_file_it_is_as_in_the_demo_shop_but_for_its_own_goods(tmp_path: Path) -> None:
    assert load_rules(tmp_path) == replace(DEMO, sealed=()) == rules("")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[returns]\nwithin_days = -1", "returns.within_days = -1: should be greater than or equal to 0"),
        ("[returns]\nwithin_days = 'soon'", 'returns.within_days = "soon"'),
        ("[returns]\nwindow = 3", "returns.window: there is no such key; there are fee"),
        ("[return]\nfee = 3", "return: there is no such key; there are cancelling"),
        ("returns = 3", "returns = 3: should be a table"),
        ("[identity]\nany_of = [['mail']]", "identity.any_of.0.0"),
        ("[identity]\nany_of = []", "identity.any_of"),
        ("[cancelling]\nwhile = ['delivered']", "cancelling.while.0"),
        ("[cancelling]\nreasons = []", "cancelling.reasons"),
        ("[refunds]\ndays = { cheque = 3 }", "refunds.days.cheque"),
        ("[returns]\nfee = '2.505'", "returns.fee"),
        ("[returns\n", "is no TOML"),
    ],
)
def test_what_is_wrong_is_told_by_file_key_and_value(text: str, told: str) -> None:
    with pytest.raises(RulesInvalid) as error:
        rules(text)
    assert str(error.value).startswith(FILE) and told in str(error.value)


def test_every_field_of_the_policy_can_be_set_but_for_those_of_the_delivery_terms() -> None:
    other = rules(
        """
        identity.any_of = [["order", "postcode"]]
        [cancelling]
        while = ["pending", "processed"]
        within_hours = 2
        reasons = ["too late"]
        [changes]
        address_while = ["pending", "processed"]
        payment_while = ["processed"]
        items_once = true
        [returns]
        within_days = 14
        used = true
        sealed = { soap = "" }
        shipping_paid_by = "customer"
        fee = "4.90"
        restocking_percent = 10
        [exchanges]
        within_days = "any"
        same_item = true
        settled = "arrived"
        [refunds]
        to = "named"
        days = { paypal = 1 }
        note_no_difference = true
        """
    )
    same = {each.name for each in fields(ServicePolicy) if getattr(other, each.name) == getattr(DEMO, each.name)}
    assert same == {"home_country", "return_deduction", "coupons"}, "coupons have tests of their own"
    said = settings_text(other)
    for part in (
        "within 2 hours",
        "while it is pending or processed",
        "The customer pays",
        "4.90",
        "10%",
        "within 14 days",
    ):
        assert part in said
    assert "the number of one of their orders" in said or "postcode together with" in said


def test_cancelling_by_status_and_time() -> None:
    shop = rules('[cancelling]\nwhile = ["pending", "processed"]\nwithin_hours = 3')

    def may(status: OrderStatus, hours_ago: float) -> str | None:
        refused = policy.may(OrderAction.CANCEL, order(status, hours_ago), NOW, shop)
        return refused.reason if refused else None

    assert may(OrderStatus.PROCESSED, 1) is None and may(OrderStatus.PROCESSED, 4) == "too_late"
    assert may(OrderStatus.SHIPPED, 1) == "not_pending"
    refused = policy.may(OrderAction.CHANGE_ADDRESS, order(OrderStatus.PROCESSED), NOW, shop)
    assert refused is not None and refused.reason == "not_pending", "only what is named is open while it is packed"


def test_fees_are_taken_off_a_refund_unless_the_shop_is_at_fault() -> None:
    shop = rules('[returns]\nfee = "4.90"\nrestocking_percent = 15')
    back = order(OrderStatus.DELIVERED)
    assert policy.deduction(back, Decimal("33.33"), shop, fault=False) == Decimal("9.90")
    assert policy.deduction(back, Decimal("33.33"), shop, fault=True) == 0
    assert policy.deduction(back, Decimal("3.00"), shop, fault=False) == Decimal("3.00"), "never more than it is worth"


def test_the_command_checks_a_file_and_says_it_in_words(tmp_path: Path) -> None:
    good, bad = tmp_path / "rules.toml", tmp_path / "other.toml"
    good.write_text("[returns]\nwithin_days = 14\n")
    bad.write_text("[returns]\nwithin_days = true\n")
    result = CliRunner().invoke(app, ["shop", "rules", str(good)])
    assert result.exit_code == 0 and "within 14 days of delivery" in result.stdout
    result = CliRunner().invoke(app, ["shop", "rules", str(bad)])
    assert isinstance(result.exception, RulesInvalid) and "other.toml: returns.within_days = true" in str(
        result.exception
    )


def test_retail_files_have_rules_of_their_own() -> None:
    assert RETAIL == read_rules(ROOT / "assistant" / "shop" / "retail_rules.toml") != DEMO
    assert RETAIL.email_identifies and not DEMO.email_identifies
