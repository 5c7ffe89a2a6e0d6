"""Delivery terms as data: they say what the help pages say; sums and days follow from them, in the shop and in talk."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.bootstrap import Shopclerk
from assistant.dialogue.show import approval
from assistant.events import CartShown
from assistant.outcome import DeliveryDates, DeliverySum, DeliveryWindow, Destination, TurnFacts
from assistant.settings import Settings
from assistant.shop import policy
from assistant.shop.actions import ActionDone, Approval, OrderAction
from assistant.shop.delivery import (
    FILE,
    DeliveryInvalid,
    DeliveryQuote,
    DeliveryTerms,
    Goods,
    MethodName,
    Unserved,
    arrival,
    fitting,
    load_delivery,
    quote,
)
from assistant.shop.request import Request
from assistant.shop.rules import RETAIL
from assistant.shop.views import CartLineView, CartView, OrderView
from assistant.understanding.countries import name_of, read_country
from assistant.understanding.days import read_deadline
from assistant.understanding.schema import Intent
from assistant.wording.check import Checker
from assistant.wording.plan import plan_reply, template_text
from tests.assistant.dialogue.test_lead import led, reading
from tests.assistant.test_dialogue import Talk, talking

SHOP_DATA = Settings().shop_data
KINDS = ("chairs", "desks", "bicycles")
_loaded = load_delivery(SHOP_DATA, KINDS)
assert _loaded is not None
TERMS: DeliveryTerms = _loaded
SUNDAY = datetime(2026, 11, 29, 10, tzinfo=UTC)


def help_page(name: str, language: str) -> str:
    entries = map(json.loads, (SHOP_DATA / "faq.jsonl").read_text(encoding="utf-8").splitlines())
    return str(next(e["answer"] for e in entries if (e["id"], e["language"]) == (name, language)))


def money(amount: Decimal | None) -> str:
    assert amount is not None
    return f"{amount:.0f}" if amount == amount.to_integral() else f"{amount:.2f}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_terms_say_what_the_help_pages_say(language: str) -> None:
    figures: dict[str, list[str]] = {
        "shipping-cost": [money(TERMS.methods["standard"].price), money(TERMS.methods["standard"].free_from)],
        "shipping-time": ["–".join(map(str, TERMS.methods["standard"].days))],
        "express-shipping": [
            money(TERMS.methods["express"].price),
            "–".join(map(str, TERMS.methods["express"].days)),
        ],
        "international-shipping": [
            money(TERMS.methods["international"].price),
            "–".join(map(str, TERMS.methods["international"].days)),
        ],
        "bulky-delivery": [
            money(TERMS.methods["bulky"].price),
            money(TERMS.methods["bulky"].free_from),
            "–".join(map(str, TERMS.methods["bulky"].days)),
        ],
        "gift-wrapping": [money(TERMS.wrapping)],
        "return-cost": [money(TERMS.return_deduction)],
    }
    for page, values in figures.items():
        told = set(re.findall(r"\d+(?:\.\d+)?(?:–\d+)?", help_page(page, language)))
        assert set(values) <= told, page
    assert TERMS.cut_off == time(14) and re.search(r"2 pm|下午2点", help_page("shipping-time", language))
    assert TERMS.methods["express"].free_from is None  # "whatever the order total"
    abroad = help_page("international-shipping", language)
    union = {"AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU",
             "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"}  # fmt: skip
    assert union <= set(TERMS.countries)
    for code in set(TERMS.countries) - union - {TERMS.home}:
        assert TERMS.countries[code].said[language] in abroad
    assert TERMS.countries[TERMS.home].said[language] in help_page("return-cost", language)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('price = "4.90"', 'price = "-1"'), "methods/standard/price"),
        (("days = [3, 5]", "days = [5, 3]"), "methods/standard.*fewest"),
        (('home = "US"', 'home = "FR1"'), "home: FR1"),
        (('kinds = ["chairs"', 'kinds = ["thrones"'), "thrones"),
        (('cut_off = "14:00"', 'cut_off = "noon"'), "cut_off"),
        (("[methods.express]", "[methods.drone]"), "methods/drone"),
        (("home =", "home"), FILE),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    written = (SHOP_DATA / FILE).read_text(encoding="utf-8")
    assert change[0] in written
    (tmp_path / FILE).write_text(written.replace(*change, 1), encoding="utf-8")
    with pytest.raises(DeliveryInvalid, match=says):
        load_delivery(tmp_path, KINDS)


def test_a_shop_without_the_file_has_no_terms(tmp_path: Path) -> None:
    assert load_delivery(tmp_path, KINDS) is None


GOODS = st.lists(
    st.builds(
        Goods,
        kind=st.sampled_from(["mugs", "tents", *KINDS]),
        quantity=st.integers(1, 20),
        unit_price=st.decimals("0.01", "900", places=2),
    ),
    min_size=1,
    max_size=5,
)
COUNTRIES = st.sampled_from([None, "US", "GB", "CN", "FR", "BR", "HK"])
METHODS = st.sampled_from([None, *get_args(MethodName)])


@given(GOODS, COUNTRIES, METHODS, st.integers(0, 30))
def test_a_quote_adds_up(lines: list[Goods], country: str | None, asked: MethodName | None, wraps: int) -> None:
    told = quote(TERMS, lines, country, asked, wraps)
    bulky = any(line.kind in KINDS for line in lines)
    if country in ("BR", "HK"):
        assert told == "country"
        return
    if country not in (None, "US") and bulky:
        assert told == "bulky_abroad"
        return
    assert isinstance(told, DeliveryQuote)
    used = TERMS.methods[told.method]
    assert used.abroad == (told.country != TERMS.home)
    assert told.goods == sum(line.quantity * line.unit_price for line in lines)
    assert told.wrapping == wraps * Decimal("3.50")
    assert told.total == told.goods + told.delivery + told.wrapping
    assert told.delivery == (0 if used.free_from is not None and told.goods >= used.free_from else used.price)
    assert (told.method == "bulky") == bulky


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))


@given(MOMENTS, st.sampled_from(get_args(MethodName)), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_an_arrival_counts_business_days(now: datetime, method: MethodName, later: timedelta) -> None:
    first, last = arrival(TERMS, now, method)
    fewest, most = TERMS.methods[method].days
    assert TERMS.is_business_day(first) and TERMS.is_business_day(last) and now.date() < first <= last

    def business_days(until: date) -> int:
        days = (now.date() + timedelta(days=n) for n in range(1, (until - now.date()).days + 1))
        return sum(TERMS.is_business_day(day) for day in days)

    waits = 0 if TERMS.is_business_day(now.date()) and now.time() < TERMS.cut_off else 1
    assert (business_days(first), business_days(last)) == (fewest + waits, most + waits)
    assert arrival(TERMS, now + later, method) >= (first, last)


def test_goods_that_go_by_a_method_of_their_own_take_the_order_with_them() -> None:
    assert fitting(TERMS, ["mugs", "desks"], "US", "express") == "bulky"
    assert fitting(TERMS, ["mugs"], "US", "express") == "express"
    assert fitting(TERMS, ["mugs"], "GB", "express") == "international"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("shipping to England, please", "GB"), ("to the uk", "GB"), ("in the United States", "US"),
        ("ship it to us", None),
        ("a china teapot with shipping", None), ("posted to china", "CN"), ("寄到中国香港", "HK"), ("寄到英国", "GB"),
        ("and to Brazil?", "BR"), ("寄到巴西要多少", "BR"), ("for my brother Chad", None), ("with express", None),
    ],
)  # fmt: skip
def test_the_country_named_is_read(text: str, code: str | None) -> None:
    assert read_country(text, {code: (*each.en, *each.zh) for code, each in TERMS.names().items()}) == code
    assert name_of("BR") == {"en": "Brazil", "zh": "巴西", "de": "Brasilien"}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("by Friday", "2026-12-04"), ("before 14 December", "2026-12-13"), ("by Dec. 14th", "2026-12-14"),
        ("before Christmas", "2026-12-24"), ("by the 5th", "2026-12-05"), ("by the 2nd", "2026-12-02"),
        ("in time for the weekend", "2026-12-05"), ("within 3 days", "2026-12-02"), ("by May 3", "2027-05-03"),
        ("圣诞节前能到吗", "2026-12-24"), ("下周五能到吗", "2026-12-04"), ("12月14号之前", "2026-12-13"),
        ("14号前能送到", "2026-12-13"), ("周三能到吗", "2026-12-02"), ("when?", None), ("by 31 February", None),
    ],
)  # fmt: skip
def test_the_last_day_in_time_is_read(text: str, day: str | None) -> None:
    assert read_deadline(text, SUNDAY.date()) == (date.fromisoformat(day) if day else None)


HERE = Destination(TERMS.countries["US"].said, True, "assumed")
THERE = Destination(TERMS.countries["GB"].said, False, "named")
LINES = (
    CartLineView("mug", "mug/red", {"en": "Hearth Mug", "zh": "炉边杯"}, {"colour": "red"}, 2, Decimal("14.50"), 9),
    CartLineView("tent", "tent/1", {"en": "Ridge Tent", "zh": "山脊帐篷"}, {}, 1, Decimal("189"), 9),
)
WINDOWS = (
    DeliveryWindow("standard", (3, 5), date(2026, 12, 3), date(2026, 12, 7)),
    DeliveryWindow("express", (1, 2), date(2026, 12, 1), date(2026, 12, 2)),
)


def told_of(lines: tuple[CartLineView, ...], to: Destination, told: DeliveryQuote | Unserved) -> DeliverySum:
    return DeliverySum(CartView("c", "USD", lines), told, to, kinds=("desks",), duties=not to.home, asked="express")


def outcomes() -> Iterator[DeliverySum | DeliveryDates]:
    for lines in (LINES, LINES[:1]):
        goods = [Goods("mugs", line.quantity, line.unit_price) for line in lines]
        for country, to in (("US", HERE), ("GB", THERE), ("US", dataclasses.replace(HERE, given="address"))):
            yield told_of(lines, to, quote(TERMS, goods, country, None, 2))
    yield told_of(LINES, THERE, "bulky_abroad")
    yield told_of(LINES, THERE, "country")
    for by in (None, date(2026, 12, 2), date(2026, 12, 4), date(2026, 12, 24)):
        yield DeliveryDates(WINDOWS, HERE, by, asked="standard")
    yield DeliveryDates((DeliveryWindow("express", (1, 1), date(2026, 12, 1), date(2026, 12, 1)),), HERE)
    yield DeliveryDates((), THERE, unserved="bulky_abroad", kinds=("desks",))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_statement_passes_the_check_as_planned(shop: Shopclerk, language: str) -> None:
    for outcome in outcomes():
        facts = TurnFacts(outcome, Intent.CART, language, "?")
        plan = plan_reply(facts, shop.knowledge.lexicon, "Shopclerk")
        checker = Checker(plan, shop.knowledge.lexicon)
        assert plan.statements
        for statement in plan.statements:
            assert not checker.check(statement.text), statement.text


@pytest.fixture
def sunday(shop: Shopclerk) -> Iterator[Shopclerk]:
    """The shop on a Sunday morning."""
    clock, shop.commerce.shop.clock = shop.commerce.shop.clock, lambda: SUNDAY
    yield shop
    shop.commerce.shop.clock = clock


@pytest.fixture
def talk(sunday: Shopclerk) -> Iterator[Talk]:
    with talking(sunday) as it:
        yield it


def test_the_sum_of_the_cart_is_said_line_by_line(talk: Talk) -> None:
    talk.say("Kitewood Animal Mug")
    talk.say("add two of it in yellow to my cart")
    said = talk.say("what would I pay altogether with postage and gift wrapping to England?").text
    assert all(figure in said for figure in ("$29.00", "the United Kingdom: $19.90", "2 × $3.50 = $7.00", "$55.90"))
    assert talk.one(CartShown).lines[0].quantity == 2
    said = talk.say("and without the wrapping?").text
    assert "$48.90" in said and "$3.50" not in said
    said = talk.say("and to the US by express?").text
    assert "Express delivery to the United States: $12.90" in said and "$41.90" in said
    said = talk.say("what is the total with standard shipping?").text
    assert "$4.90" in said and "$33.90" in said and "$21.00 more" in said
    talk.say("change it to four")
    assert "free, as the goods come to $50.00 or more" in talk.say("is delivery free for that?").text


def test_adding_and_summing_are_done_in_one_message(talk: Talk) -> None:
    talk.say("Kitewood Animal Mug")
    said = talk.say("put a yellow one in my cart. What's the total with shipping?").text
    assert "$19.40" in said
    said = talk.say("add gift wrapping, what's the total then with shipping?").text
    assert "$22.90" in said and talk.memory().cart_id
    assert [line.quantity for line in talk.one(CartShown).lines] == [1]


def test_one_product_is_summed_without_a_cart(talk: Talk) -> None:
    shown = talk.say("desks").products
    said = talk.say("what would the first one cost me with shipping?").text
    price = shown[0].price
    assert f"${price + (39 if price < 300 else 0)}" in said
    said = talk.say("and to Japan?").text
    assert "desks" in said and "Japan" in said and "$19.90" not in said
    assert "do not deliver to Brazil" in talk.say("what if it goes to Brazil, delivery included?").text


@pytest.mark.parametrize(
    ("question", "verdicts"),
    [
        ("If I order today, is it here by Friday?", ("standard delivery it may be", "express delivery it is there")),
        ("would it be delivered before 14 December?", ("standard delivery it is there by Sunday, December 13",)),
        ("will it arrive by tomorrow?", ("standard delivery it will not", "express delivery it will not")),
        ("if I order now, does it reach London before Christmas?", ("international delivery it is there by Thursday",)),
        ("if I order it today with express, is it here on Wednesday?", ("express delivery it is there by Wednesday",)),
    ],
)
def test_days_are_held_against_the_day_named(talk: Talk, question: str, verdicts: tuple[str, ...]) -> None:
    talk.say("mugs")
    said = talk.say(question).text
    assert all(verdict in said for verdict in verdicts), said


def test_sums_and_days_in_chinese(talk: Talk) -> None:
    talk.say("Kitewood Animal Mug")
    talk.say("加入购物车")
    said = talk.say("加上礼品包装和寄到英国的运费一共多少钱？").text
    assert all(figure in said for figure in ("英国：US$19.90", "1 × US$3.50", "一共要付US$37.90"))
    assert "到不了" in talk.say("今天下单周五能到吗？").text


def test_rules_and_own_orders_are_answered_as_before(talk: Talk) -> None:
    talk.say("mugs")
    for question in ("how much is shipping?", "do you deliver on Saturdays?", "do you ship to France?"):
        assert "Ordered now" not in (said := talk.say(question).text) and "Altogether" not in said
    assert "Ordered now" not in talk.say("will my parcel be here by Friday?").text


def test_a_shop_without_terms_answers_as_before(sunday: Shopclerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sunday.commerce.shop, "_delivery", lambda: None)
    with talking(sunday) as talk:
        talk.say("mugs")
        assert "Ordered now" not in talk.say("If I order today, is it here by Friday?").text


def test_the_customers_address_says_where_it_goes(sunday: Shopclerk) -> None:
    with talking(sunday, "C-DEMO6789") as talk:
        talk.say("Kitewood Animal Mug")
        said = talk.say("what would it cost me including shipping?").text
        assert "country of your address" in said and "$34.40" in said


def test_a_leading_model_asks_for_them_by_sentences_that_stand_alone(sunday: Shopclerk) -> None:
    add = {"act": "add", "say": "Add the Kitewood Animal Mug to my cart", "things": ["P1"]}
    total = "What is the total of my cart with gift wrapping and shipping to England?"
    dates = "If I order today with standard delivery, will it be here on Friday?"
    with led(
        sunday,
        reading({"act": "search", "say": "Kitewood Animal Mug"}, new=True, kinds=["mugs"], words="Animal"),
        reading(add),
        reading({"act": "cart", "say": total}),
        reading({"act": "help", "say": dates}),
        reading({"act": "question", "say": "What would the mug cost me with express delivery?"}),
    ) as (talk, _):
        talk.say("that animal mug")
        talk.say("hm ok that one goes in")
        line = talk.one(CartShown).lines[0]
        said = talk.say("england it is, wrapped. so?").text
        assert f"${line.unit_price + Decimal('23.40')}" in said
        assert "will not be there by Friday" in talk.say("friday ok?").text
        assert "no express delivery" in talk.say("express then").text


def test_a_return_from_abroad_is_refunded_less(own: Shopclerk) -> None:
    """The card, the sentence and the money booked are the same; what the shop did wrong costs nothing."""
    shop = own.commerce.shop
    orders = [order for who in shop.customers.list(50) for order in shop.orders.of_customer(who.id)]
    order = next(
        order
        for order in orders
        if order.status == "delivered"
        and order.ship_to is not None
        and order.ship_to.country == "GB"
        and policy.may_return(order, shop.clock()) is None
    )
    goods = sum(line.unit_price * line.quantity for line in order.lines)
    faulty = shop.pending.propose("c2", order.customer_id, "return_items", order.id, fault=True)
    asked = shop.pending.propose("c", order.customer_id, "return_items", order.id)
    assert isinstance(asked, Approval) and isinstance(faulty, Approval)
    assert faulty.deducted == 0 and sum(each.amount for each in faulty.transfers) == goods
    assert asked.deducted == Decimal("7.90") and sum(each.amount for each in asked.transfers) == goods - asked.deducted
    for language, says in (("en", "less $7.90"), ("zh", "减去US$7.90")):
        plan = plan_reply(TurnFacts(asked, Intent.RETURN_REFUND, language, "?"), own.knowledge.lexicon, "Shopclerk")
        assert says in template_text(plan) and not Checker(plan, own.knowledge.lexicon).check(template_text(plan))
        assert "7.90" in "".join(approval(asked, own.deps, language).lines)
    done = shop.pending.confirm("c", order.customer_id)
    assert isinstance(done, ActionDone) and done.order is not None and done.approved is not None
    assert done.approved.deducted == asked.deducted == shop.changes.deduction(done.order)
    back = shop.changes.receive_return(order.id)
    assert isinstance(back, OrderView)
    booked = sum(payment.amount for payment in back.payments if payment.kind == "refund")
    assert booked == goods - asked.deducted and shop.changes.deduction(back) == 0


def test_a_return_within_the_country_is_refunded_whole(own: Shopclerk) -> None:
    order = next(order for order in own.commerce.shop.orders.of_customer("C-DEMO2345") if order.status == "delivered")
    assert order.ship_to is not None and order.ship_to.country == TERMS.home
    asked = own.commerce.shop.pending.preview(order.customer_id, order.id, Request(OrderAction.RETURN_ITEMS))
    if isinstance(asked, Approval):
        assert asked.deducted == 0
    assert policy.deduction(order, Decimal(50), own.commerce.shop.rules, fault=False) == 0
    assert policy.deduction(order, Decimal(50), RETAIL, fault=False) == 0
