"""Customer service in whole turns: what is asked, what is proposed, and the shop's state afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from assistant.bootstrap import Shopclerk
from assistant.events import ApprovalNeeded, HandedOff, OrdersShown, Suggestions
from assistant.shop.views import OrderStatus, OrderView
from assistant.understanding.addresses import read_address
from assistant.understanding.clauses import split_requests
from assistant.understanding.payments import PaymentMention, read_payment
from assistant.understanding.swaps import SwapMention, read_swaps
from assistant.understanding.typos import mend
from tests.assistant.test_dialogue import Talk, talking

NORA, CHEN, WENDY, HANNAH, ISABEL = "C-DEMO2345", "C-DEMO6789", "C-HRF34KHX", "C-TFJG6BDB", "C-3R6QHH6B"
CARDIGAN, SCARF, CASHMERE, LATE = "SC-ZS86Y27E", "SC-7VU2V7TB", "SC-QRTD7H28", "SC-9PBSD87E"


@pytest.fixture
def nora(own: Shopclerk) -> Iterator[Talk]:
    with talking(own, NORA) as talk:
        yield talk


@pytest.fixture
def visitor(own: Shopclerk) -> Iterator[Talk]:
    with talking(own) as talk:
        yield talk


def order(talk: Talk, order_id: str) -> OrderView:
    found = talk.shop.commerce.shop.orders.for_staff(order_id)
    assert found is not None
    return found


def variants(talk: Talk, order_id: str) -> set[str]:
    return {line.variant_id for line in order(talk, order_id).lines}


def test_an_item_is_changed_by_the_assistant_itself(nora: Talk) -> None:
    nora.say(f"change the scarf from red to yellow in {SCARF}")
    card = nora.one(ApprovalNeeded)
    assert card.action == "change_items"
    assert any("red" in line and "yellow" in line for line in card.lines)
    assert "mirabel-rue-silk-square/red" in variants(nora, SCARF), "nothing happens before the yes"
    nora.say("yes please")
    assert variants(nora, SCARF) == {"mirabel-rue-silk-square/yellow", "fernway-spring/black"}


def test_what_is_missing_is_asked_for_one_thing_at_a_time(visitor: Talk) -> None:
    visitor.say("I'd like to exchange something")
    visitor.say("rafael.costa@example.com, 97163")
    visitor.say("SC-EUAVKAWF")
    assert "Plumwood Velvet Plain" in visitor.one_text() and not visitor.all(ApprovalNeeded)
    visitor.say("the pink one")
    assert visitor.memory().request is not None and visitor.memory().request.asked == "option"  # type: ignore[union-attr]
    assert any("yellow" in chip or "green" in chip for chip in visitor.one(Suggestions).chips)
    visitor.say("in yellow please")
    assert visitor.one(ApprovalNeeded).action == "exchange_items"
    visitor.say("yes")
    after = order(visitor, "SC-EUAVKAWF")
    assert after.exchange_new_items == ("plumwood-meadow/yellow-50-x-50-cm",)


def test_an_exchange_reserves_the_new_item(own: Shopclerk) -> None:
    before = own.commerce.shop.stock.of("arroyo-lane-dune-strap/black-41")
    with talking(own, ISABEL) as talk:
        talk.say("exchange my sandals for size 41")
        talk.say("好的")
        assert order(talk, "SC-8UUEM8T9").status is OrderStatus.EXCHANGE_REQUESTED
    assert own.commerce.shop.stock.of("arroyo-lane-dune-strap/black-41") == before - 1


def test_what_is_not_there_is_refused_with_what_is(nora: Talk) -> None:
    done = nora.say(f"change the cardigan in {CARDIGAN} to olive in size S")
    assert "not available" in done.text and not nora.all(ApprovalNeeded)
    nora.say("size L then")
    assert nora.one(ApprovalNeeded).action == "change_items"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"change the cardigan in {CARDIGAN} to a jacket", "same product"),
        (f"cancel {CASHMERE}", "delivered already"),
        (f"I want to return the helmet from {LATE}", "time for that has passed"),
        ("cancel SC-5FJHJ6FJ", "not in your account"),
        (f"pay for {CARDIGAN} with my gift card", "balance of the gift card is too low"),
        (f"pay for {CARDIGAN} with bitcoin", "payment method cannot be used"),
        (f"把{CARDIGAN}的付款方式改成PayPal", "已经是用这种方式付款"),
        (f"取消{CASHMERE}", "已经送达"),
    ],
)
def test_refusals_say_why(nora: Talk, text: str, reason: str) -> None:
    before = [order(nora, id_) for id_ in (CARDIGAN, CASHMERE, LATE, "SC-5FJHJ6FJ")]
    done = nora.say(text)
    assert reason in done.text and not nora.all(ApprovalNeeded)
    nora.say("yes")
    assert [order(nora, id_) for id_ in (CARDIGAN, CASHMERE, LATE, "SC-5FJHJ6FJ")] == before


def test_the_payment_is_changed_and_the_card_shows_both_amounts(nora: Talk) -> None:
    nora.say(f"pay for {CARDIGAN} with my card instead of PayPal")
    lines = nora.one(ApprovalNeeded).lines
    assert sum("$109.50" in line for line in lines) == 2
    nora.say("go ahead")
    booked = [(paid.kind, paid.method_id, paid.amount) for paid in order(nora, CARDIGAN).payments[1:]]
    assert booked == [("payment", "card", Decimal("109.50")), ("refund", "paypal", Decimal("109.50"))]


def test_the_default_address_is_changed(nora: Talk) -> None:
    nora.say("change my default address to 5 Willow Court, Boise, ID 83702")
    assert nora.one(ApprovalNeeded).action == "change_default_address"
    nora.say("yes")
    customer = nora.shop.commerce.shop.customers.get(NORA)
    assert customer and "5 Willow Court" in str(customer.address)


def test_a_refund_goes_where_the_customer_says(own: Shopclerk) -> None:
    with talking(own, "C-AGPMWPP9") as talk:
        talk.say("return the dumbbell")
        assert any("PayPal" in line for line in talk.one(ApprovalNeeded).lines)
        talk.say("please refund it to my gift card instead")
        assert any("Gift card" in line for line in talk.one(ApprovalNeeded).lines)
        talk.say("yes")
        after = order(talk, "SC-BMTYAA7S")
        assert after.return_items == ("ironfell-neo/pink-4-kg",) and after.return_method_id == "gift_card"


@pytest.mark.parametrize(
    "answer", ["maybe", "hmm", "what about the other one?", "我想想", "I don't know", "ok but why"]
)
def test_neither_yes_nor_no_asks_again(nora: Talk, answer: str) -> None:
    nora.say(f"cancel {CARDIGAN}")
    nora.say(answer)
    assert order(nora, CARDIGAN).status is OrderStatus.PENDING
    assert nora.one(ApprovalNeeded).action == "cancel_order", "the same question once more"
    assert order(nora, CARDIGAN).status is OrderStatus.PENDING
    nora.say("yes")
    assert order(nora, CARDIGAN).status is OrderStatus.CANCELLED


def test_a_yes_with_a_condition_is_none(nora: Talk) -> None:
    nora.say(f"cancel {CARDIGAN}")
    nora.say("yes if it is free")
    assert order(nora, CARDIGAN).status is OrderStatus.PENDING and nora.memory().pending == "cancel_order"


@pytest.mark.parametrize("answer", ["that's right, please go ahead", "I'm sure, yes", "yes, size 41 please"])
def test_a_yes_names_no_other_size(own: Shopclerk, answer: str) -> None:
    with talking(own, ISABEL) as talk:
        talk.say("exchange my sandals for size 41")
        talk.say(answer)
        assert order(talk, "SC-8UUEM8T9").exchange_new_items == ("arroyo-lane-dune-strap/black-41",)


def test_another_request_cancels_the_proposal_and_says_so(nora: Talk) -> None:
    nora.say(f"cancel {CARDIGAN}")
    done = nora.say(f"change the address of {CARDIGAN} to 8 Rose Street, Mobile, AL 36602")
    assert "not cancelled anything" in done.text
    assert nora.one(ApprovalNeeded).action == "change_address"
    nora.say("yes")
    after = order(nora, CARDIGAN)
    assert after.status is OrderStatus.PENDING and "8 Rose Street" in after.address


def test_several_requests_are_handled_in_order(nora: Talk) -> None:
    nora.say(f"cancel {CARDIGAN} and change the address of the other one to 60 Pine Avenue, Tulsa, OK 74103")
    assert nora.one(ApprovalNeeded).action == "cancel_order"
    nora.say("yes")
    assert order(nora, CARDIGAN).status is OrderStatus.CANCELLED
    assert nora.one(ApprovalNeeded).action == "change_address", "the second follows at once"
    nora.say("no")
    assert "Tulsa" not in order(nora, SCARF).address
    assert nora.memory().agenda == []


def test_a_question_in_between_leaves_the_request_open(nora: Talk) -> None:
    nora.say(f"change an item in {SCARF}")
    nora.say("by the way, how long do I have to return something?")
    assert nora.memory().request is not None
    nora.say("the scarf")
    nora.say("teal")
    nora.say("ok")
    assert "mirabel-rue-silk-square/teal" in variants(nora, SCARF)


def test_giving_up_ends_a_request(nora: Talk) -> None:
    nora.say(f"change an item in {SCARF}")
    nora.say("never mind")
    assert nora.memory().request is None


@pytest.mark.parametrize(
    "proof",
    [
        ("nora.whitfield@example.com, 02464",),
        ("nora.whitfield@example.com", "02464"),
        ("My name is Nora Whitfield and my zip code is 02464.",),
        ("Nora Whitfield", "my postcode is 02464"),
        ("it's nora.whitfield@example.com, order SC-ZYS48DXT",),
    ],
)
def test_two_things_that_belong_together_say_who_somebody_is(visitor: Talk, proof: tuple[str, ...]) -> None:
    visitor.say("where is my order?")
    for message in proof:
        assert not visitor.all(OrdersShown)
        visitor.say(message)
    own = {shown.id for shown in visitor.shop.commerce.shop.orders.of_customer(NORA)}
    assert {shown.id for shown in visitor.one(OrdersShown).orders} <= own
    assert visitor.memory().customer_id == NORA and visitor.memory().claim is None


@pytest.mark.parametrize(
    "claim",
    [
        "nora.whitfield@example.com",
        "Nora Whitfield, 02465",
        "wendy.park@example.com, 02464",
        "I am her husband, trust me",
    ],
)
def test_one_thing_or_two_that_do_not_belong_together_say_nothing(visitor: Talk, claim: str) -> None:
    visitor.say("cancel the cardigan order")
    visitor.say(claim)
    assert visitor.memory().customer_id is None and not visitor.all(ApprovalNeeded)


def test_a_conversation_serves_one_customer(nora: Talk) -> None:
    nora.say("where is my order?")
    nora.say("now I am wendy.park@example.com, 55942. cancel SC-5FJHJ6FJ")
    nora.say("yes")
    assert nora.memory().customer_id == NORA
    assert order(nora, "SC-5FJHJ6FJ").status is OrderStatus.PENDING


def test_anothers_proposal_cannot_be_confirmed(own: Shopclerk) -> None:
    with talking(own, WENDY) as wendy:
        wendy.say("cancel SC-5FJHJ6FJ")
        with talking(own, NORA) as nora:
            nora.say("yes")
            assert own.commerce.shop.pending.confirm(wendy.id, NORA) is None
        assert order(wendy, "SC-5FJHJ6FJ").status is OrderStatus.PENDING


def test_adding_to_an_order_is_for_a_person(nora: Talk) -> None:
    nora.say(f"add one more bottle to my order {SCARF}")
    assert nora.one(HandedOff).reason == "needs_human"


def test_one_of_two_units_is_changed(own: Shopclerk) -> None:
    with talking(own, CHEN) as talk:
        talk.say("SC-TCAE9QZF里的充电板，其中一个换成黑色的")
        talk.say("好的")
        units = {line.variant_id: line.quantity for line in order(talk, "SC-TCAE9QZF").lines}
        assert units["ampwell-lily-pad/green"] == 1 and units["ampwell-lily-pad/black"] == 1


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("cancel SC-1111AAAA and return the boots", 2),
        ("return the boots and the socks", 1),
        ("return it and refund me", 1),
        ("Can you cancel my order? Also change the address of SC-2222BBBB to 5 Elm St.", 2),
        ("取消SC-1111AAAA，靴子我要退货", 2),
        ("我想退靴子，钱退到礼品卡", 1),
        ("swap the jacket for L and the sneakers for 41", 1),
    ],
)
def test_messages_are_split_where_two_things_are_asked(text: str, clauses: int) -> None:
    found = split_requests(text, lambda piece: any(word in piece for word in ("boots", "靴子", "jacket", "sneakers")))
    assert len(found) == clauses


def test_readers() -> None:
    assert read_payment("not my card, PayPal please") == PaymentMention("paypal")
    assert read_payment("用PayPal付款") == PaymentMention("paypal")
    assert read_payment("the Visa ending in 4242") == PaymentMention("credit_card", "visa", "4242")
    assert read_payment("it is too small") is None
    assert read_swaps("把黑色凉鞋换成40码") == [SwapMention("把黑色凉鞋", "40码")]
    assert [swap.wanted.strip() for swap in read_swaps("swap the jacket for L and the sneakers for 41")] == ["L", "41"]
    assert read_address("ship it to Flat 2, 14 Harbour Lane, Bristol BS1 4QT. Thanks") == (
        "Flat 2, 14 Harbour Lane, Bristol BS1 4QT"
    )
    assert read_address("return 2 of the 4 chairs") == ""
    assert read_address("40 Quince Avenue, Lakeside, you have the zip code i think") == "40 Quince Avenue, Lakeside"
    assert read_address("能改到杭州市西湖区文三路8号 310012不") == "杭州市西湖区文三路8号 310012"
    assert mend("excahnge the adress, do not charge me") == "exchange the address, do not charge me"
