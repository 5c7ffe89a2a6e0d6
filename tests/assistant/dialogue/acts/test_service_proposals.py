"""Proposals hold what was asked, and a yes or a no beside other words does just that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.bootstrap import Shopclerk
from assistant.dialogue.acts.selection import units
from assistant.events import ApprovalNeeded
from assistant.shop.views import OrderStatus
from assistant.understanding.actions import read_cancel_reason
from assistant.understanding.clauses import cancels_no_order, denies, requested_action
from assistant.understanding.condition import read_condition
from assistant.understanding.payments import is_settled
from tests.assistant.dialogue.acts.test_service_dialogue import HANNAH, ISABEL, order, variants
from tests.assistant.test_dialogue import Talk, talking

TEES, SANDALS, BAG, SHOES, CAP = "SC-YYNFVQFH", "SC-8UUEM8T9", "SC-X9RQPH6X", "SC-25VB545K", "SC-8THUNCC7"
RUTH, DANIEL, FIONA, CAP_OWNER, SNEAKERS_OWNER = (
    "C-X865V2UP",
    "C-TQ2GF54B",
    "C-RPB65FB4",
    "C-SS37GTU3",
    "C-JHGH56EM",
)


@pytest.fixture
def hannah(own: Shopclerk) -> Iterator[Talk]:
    with talking(own, HANNAH) as talk:
        yield talk


def proposed(talk: Talk) -> set[str]:
    """The units proposed, by the first word of each line's brand ("2 Tidewell")."""
    return {" ".join(line.split()[:3:2]) for line in talk.one(ApprovalNeeded).lines if "×" in line}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("one of the mugs", 1),
        ("send back 2 of them", 2),
        ("only a single pillow", 1),
        ("the black one", None),
        ("in size 3", None),
        ("I bought two", None),
        ("退一件", 1),
        ("两双", 2),
    ],
)
def test_how_many_are_meant(text: str, count: int | None) -> None:
    assert units(text) == count


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"send back one of the tees and the helmet from {TEES}", {"1 Tidewell", "1 Pedalry"}),
        (f"from {TEES} I'd return the helmet + 1 tee", {"1 Tidewell", "1 Pedalry"}),
        (f"return both tees from {TEES}", {"2 Tidewell"}),
        (f"{TEES}的一件T恤和头盔想退", {"1 Tidewell", "1 Pedalry"}),
    ],
)
def test_just_the_units_named_are_proposed(hannah: Talk, text: str, lines: set[str]) -> None:
    hannah.say(text)
    assert proposed(hannah) == lines


@pytest.mark.parametrize("text", [f"can a part of the order {TEES} go back? not everything", f"{TEES}想退货，不是全部"])
def test_not_all_of_it_asks_which(hannah: Talk, text: str) -> None:
    hannah.say(text)
    assert not hannah.all(ApprovalNeeded)
    if hannah.memory().request is None:  # a rule was told
        hannah.say(f"I want to return some of {TEES}, not everything")
    assert hannah.memory().request is not None and hannah.memory().request.asked == "item"  # type: ignore[union-attr]


def test_items_named_again_take_the_place_of_those_proposed(hannah: Talk) -> None:
    hannah.say(f"return everything from {TEES}")
    hannah.say("oh no, not everything, the helmet and one tee. I keep the shoes")
    assert proposed(hannah) == {"1 Tidewell", "1 Pedalry"}
    hannah.say("just the helmet then")
    assert proposed(hannah) == {"1 Pedalry"}
    hannah.say("yes, and one of the tees as well")
    assert proposed(hannah) == {"1 Tidewell", "1 Pedalry"}, "a yes that adds something is asked again"
    hannah.say("not all of that")
    assert not hannah.all(ApprovalNeeded)
    hannah.say("one tee")
    assert proposed(hannah) == {"1 Tidewell"}
    hannah.say("yes")
    assert order(hannah, TEES).status is OrderStatus.RETURN_REQUESTED


@pytest.mark.parametrize(
    "first", ["my sandals are a bit large, could I have 39 instead of 40", "I want to return my sandals"]
)
def test_a_size_in_place_of_another_is_an_exchange(own: Shopclerk, first: str) -> None:
    with talking(own, ISABEL) as talk:
        talk.say(first)
        talk.say("39 instead of 40 please")
        talk.say("yes please. will I have to pay for the postage?")
        assert order(talk, SANDALS).status is OrderStatus.EXCHANGE_REQUESTED
        assert "cannot" not in talk.one_text()


@pytest.mark.parametrize(
    "asked",
    [
        "I was just wondering if a camera that was used may be returned, is that allowed?",
        "Are opened cameras refundable? I don't need it any more",
        "我只是想问一下用过的相机能不能退",
    ],
)
def test_a_rule_asked_for_proposes_nothing(own: Shopclerk, asked: str) -> None:
    with talking(own, FIONA) as talk:
        talk.say(asked)
        assert not talk.all(ApprovalNeeded) and talk.memory().request is None


def test_what_is_no_order_is_not_cancelled(own: Shopclerk) -> None:
    assert cancels_no_order("please close my last request") and not cancels_no_order("cancel the mugs")
    assert requested_action("make it 41 instead of 42") == "swap"
    assert read_cancel_reason("I don't want a colleague to write, cancel it") == ""
    with talking(own, RUTH) as talk:
        talk.say("cancel my ticket and change the address of my school bag order to 8 Mill Road, Lakeview, MN 55466")
        assert talk.one(ApprovalNeeded).action == "change_address"
        talk.say("cancel the school bag order")
        assert talk.one(ApprovalNeeded).action == "cancel_order"
        talk.say("Stop! I never asked to cancel it. Change the address to 8 Mill Road, Lakeview, MN 55466")
        assert talk.one(ApprovalNeeded).action == "change_address"
        talk.say("yes")
        assert order(talk, BAG).status is OrderStatus.PENDING and "Mill Road" in order(talk, BAG).address
        talk.say("please withdraw that request")
        assert not talk.all(ApprovalNeeded)


@pytest.mark.parametrize(
    ("text", "act", "denied"),
    [
        ("I never wanted to return it", "return", True),
        ("谁说要退了，我没让你退货", "return", True),
        ("I don't want a return, I want an exchange", "swap", False),
        ("I don't know how to return it", "return", False),
        ("这个不能退吗", "return", False),
    ],
)
def test_what_is_denied(text: str, act: str, denied: bool) -> None:
    assert denies(text, act) is denied


@pytest.mark.parametrize(
    "no", ["否", "否！ 帽子什么时候送到的", "我没说要退货！我是问物流", "No! I didn't ask to return anything"]
)
def test_a_no_with_more_words_is_a_no(own: Shopclerk, no: str) -> None:
    with talking(own, CAP_OWNER) as talk:
        talk.say("把棒球帽退了")
        assert talk.one(ApprovalNeeded).action == "return_items"
        talk.say(no)
        assert not talk.all(ApprovalNeeded) and talk.memory().pending is None
        assert order(talk, CAP).status is OrderStatus.DELIVERED


@pytest.mark.parametrize("yes", ["行 退吧", "好，退吧", "对 继续", "是 包裹怎么寄回去？", "好的 退吧 谁出运费"])
def test_a_chinese_yes_with_its_verb_does_what_waits(own: Shopclerk, yes: str) -> None:
    with talking(own, CAP_OWNER) as talk:
        talk.say("把棒球帽退了")
        talk.say(yes)
        assert order(talk, CAP).status is OrderStatus.RETURN_REQUESTED


@pytest.mark.parametrize(
    "other",
    [
        "好 换吧",
        "行 取消吧",
        "好 改地址吧",
        "是吗",
        "好 但是只退一半行不行",
        "对 我没要退",
        "好的，帽子我还是留着",
        "行动不便来着",
    ],
)
def test_another_verb_or_a_doubt_does_nothing(own: Shopclerk, other: str) -> None:
    with talking(own, CAP_OWNER) as talk:
        talk.say("把棒球帽退了")
        talk.say(other)
        assert order(talk, CAP).status is OrderStatus.DELIVERED


def test_a_yes_is_carried_out_before_what_is_asked_beside_it(own: Shopclerk) -> None:
    with talking(own, DANIEL) as talk:
        talk.say("I ordered shoes in 39, please change them to 40")
        talk.say("no wait, paypal instead")
        talk.say("change the shoes from 39 to 40")
        assert talk.one(ApprovalNeeded).action == "change_items"
        talk.say("yes, but with paypal instead")
        assert any(each.endswith("39") for each in variants(talk, SHOES))
        talk.say("change the shoes from 39 to 40")
        talk.say("yes do it. also could I use paypal to pay?")
        assert all(each.endswith("40") for each in variants(talk, SHOES))
        assert "Nothing has been changed" not in talk.one_text()


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("I wore them once to the gym", "used"),
        ("they have been washed already", "used"),
        ("I ran in them twice", "used"),
        ("I've opened the packet", "opened"),
        ("the seal is broken", "opened"),
        ("never worn them, still in the box", ""),
        ("I tried them on in the hall, that is all", ""),
        ("it hasn't been used", ""),
        ("I used PayPal to pay for it", ""),
        ("the card that was used for it has expired", ""),
        ("I have used my gift card", ""),
        ("I slept on it and want to return it", ""),
        ("the soles are worn out already", ""),
        ("I slept on them twice", "used"),
        ("they have been used outside", "used"),
        ("what if I wear them once?", ""),
        ("穿过一次了", "used"),
        ("洗了两次缩水了", "used"),
        ("已经拆封了", "opened"),
        ("在家试穿过，没穿出去", ""),
        ("全新没拆", ""),
        ("下单时用了一张优惠券", ""),
    ],
)
def test_what_is_said_of_goods(text: str, condition: str) -> None:
    assert read_condition(text) == condition


@pytest.mark.parametrize(
    ("request_", "told", "faulty"),
    [
        (f"I want to return the tees from {TEES}", "by the way, I wore them twice", "accepted only if they are faulty"),
        (f"想退{TEES}里的T恤", "对了，已经穿过两次了", "只有存在质量问题才能退换"),
    ],
)
def test_what_is_used_is_not_taken_back_whenever_it_is_said(
    own: Shopclerk, request_: str, told: str, faulty: str
) -> None:
    with talking(own, HANNAH) as talk:
        talk.say(f"{request_}. {told}" if request_.isascii() else f"{request_}，{told}")
        assert not talk.all(ApprovalNeeded) and faulty in talk.one_text()
    with talking(own, HANNAH) as talk:
        talk.say(request_)
        assert talk.all(ApprovalNeeded)
        talk.say(told)
        assert faulty in talk.one_text() and talk.memory().pending is None
        assert own.commerce.shop.pending.get(talk.id) is None
        talk.say(request_)
        assert not talk.all(ApprovalNeeded), "what was said of them holds"


@pytest.mark.parametrize(
    ("text", "kinds", "settled"),
    [
        ("but into my account, not as a voucher", {"paypal"}, True),
        ("but on PayPal, not on the card", {"paypal"}, True),
        ("but to a gift card", {"paypal"}, False),
        ("but only one of them", {"paypal"}, False),
        ("不要退成礼品卡", {"paypal"}, True),
        ("退到礼品卡", {"paypal"}, False),
    ],
)
def test_a_condition_on_the_payment_that_is_met_anyway(text: str, kinds: set[str], settled: bool) -> None:
    assert is_settled(text, kinds) is settled


@pytest.mark.parametrize(
    ("request_", "yes", "done"),
    [
        (f"return the helmet from {TEES}", "yes. but to my card, not as a voucher", True),
        (f"return the helmet from {TEES}", "yes. but only if it is today", False),
        (f"{TEES}的头盔想退", "好的。不要退成礼品卡", True),
    ],
)
def test_a_yes_with_a_condition_that_is_met_is_one(own: Shopclerk, request_: str, yes: str, done: bool) -> None:
    with talking(own, HANNAH) as talk:
        talk.say(request_)
        assert talk.all(ApprovalNeeded)
        talk.say(yes)
        after = order(talk, TEES)
        assert (after.status is OrderStatus.RETURN_REQUESTED) is done, talk.one_text()
