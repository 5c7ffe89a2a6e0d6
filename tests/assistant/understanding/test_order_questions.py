"""Questions about one's own orders and the colleague who takes over: told by meaning, answered from the records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from assistant.bootstrap import Shopclerk
from assistant.events import ApprovalNeeded, FaqCited, HandedOff
from assistant.shop.views import OrderStatus
from assistant.understanding.days import read_day
from assistant.understanding.order_questions import OrderQuestions, sentences
from tests.assistant.test_dialogue import Talk, talking

GRACE, FIONA, JASMINE, WENDY, RUTH = "C-PRDWQWN8", "C-RPB65FB4", "C-EEFH5AA7", "C-HRF34KHX", "C-X865V2UP"


@pytest.fixture
def visitor(own: Shopclerk) -> Iterator[Talk]:
    with talking(own) as talk:
        yield talk


@pytest.fixture(scope="module")
def questions(shop: Shopclerk) -> OrderQuestions:
    return OrderQuestions(shop.knowledge.encoders.sentences, shop.knowledge.lexicon)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("did what I posted back to you get there", "return_arrived"),
        ("you paid me back less than I paid", "refund_amount"),
        ("on which account do I get the money", "refund_to"),
        ("so how long till there is money on my card again", "refund_when"),
        ("has the other parcel been dispatched by now?", "shipped"),
        ("does it get here before saturday?", "arrives"),
        ("when does someone of your team answer me", "person_when"),
        ("why does a human have to do this", "person_why"),
        ("please stop my order, quick", "do_cancel"),
        ("the tent has the size I did not want, I chose wrong", "do_exchange"),
        ("there were three in the order and I found two in the box", "missing"),
        ("我退回去的东西你们收到了吗", "return_arrived"),
        ("退的钱怎么比付的少", "refund_amount"),
        ("人工多久回复", "person_when"),
    ],
)
def test_what_a_sentence_asks_is_told_by_its_meaning(questions: OrderQuestions, text: str, topic: str) -> None:
    found = questions.likeness(text)
    assert max(found, key=lambda name: found[name]) == topic


def test_goods_and_numbers_say_nothing_of_what_is_asked(questions: OrderQuestions) -> None:
    bare, named = questions.likeness("where is my order?"), questions.likeness("where is my order? SC-JSKAXEZR")
    assert bare["where"] > 0.9 and named["where"] > 0.8
    assert questions.likeness("when will my lamp come?") == questions.likeness("when will my jacket come?")


def test_a_message_is_taken_sentence_by_sentence() -> None:
    assert sentences("A new one please. And must I pay? ok and when does it come") == [
        "A new one please.", "And must I pay?", "ok", "when does it come",
    ]  # fmt: skip
    assert sentences("a@b.example") == ["a@b.example"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("will it be here tomorrow?", date(2026, 11, 30)),
        ("by wednesday", date(2026, 12, 2)),
        ("is it today", date(2026, 11, 29)),
        ("周三能到吗", date(2026, 12, 2)),
        ("后天呢", date(2026, 12, 1)),
        ("soon", None),
    ],
)
def test_the_day_a_message_names(text: str, day: date | None) -> None:
    assert read_day(text, date(2026, 11, 29)) == day


def test_each_parcel_is_told_by_its_own_state(shop: Shopclerk) -> None:
    with talking(shop, GRACE) as grace:
        said = grace.say("where is SC-JSKAXEZR?").text
        assert "Sonavo Pebble Max (order SC-JSKAXEZR) was delivered" in said
        assert "Ampwell Bastion (order SC-JSKAXEZR) has not been shipped" in said
        said = grace.say("and has the phone case left your warehouse?").text
        assert "has not been shipped" in said and "Pebble" not in said


def test_an_order_set_aside_is_not_shown(shop: Shopclerk) -> None:
    with talking(shop, GRACE) as grace:
        said = grace.say(
            "the boots I know about, when will the pebble speaker order be complete, when does it arrive?"
        ).text
        assert "SC-JSKAXEZR" in said and "SC-GD39XH9B" not in said


def test_a_return_is_answered_from_its_record(shop: Shopclerk) -> None:
    with talking(shop, JASMINE) as jasmine:
        said = jasmine.say("have the mugs I sent back reached you?").text
        assert "SC-EX8RY65U" in said and "not booked" in said
        said = jasmine.say("to which card will the money go?").text
        assert "American Express ending 3184" in said and "$32.00" in said
        assert not jasmine.all(ApprovalNeeded)


def test_a_refund_that_is_short_says_by_what(shop: Shopclerk) -> None:
    with talking(shop, FIONA) as fiona:
        said = fiona.say("I believe the refund you gave me was smaller than what I had paid").text
        assert "$34.99" in said and "$4.90" in said and "cannot" not in said
        fiona.say("I am not returning anything now")
        assert not fiona.all(ApprovalNeeded)


def test_what_was_asked_first_is_done_once_they_are_known(visitor: Talk) -> None:
    said = visitor.say("oh no, please stop the order that I placed last night").text
    assert "stopping" in said and "postcode" in said
    visitor.say("Daniel Kowalczyk")
    visitor.say("02039")
    assert visitor.one(ApprovalNeeded).action == "cancel_order"
    assert "Visa ending 7784" in visitor.say("and when would I have the money again?").text
    visitor.say("yes, cancel it")
    order = visitor.shop.commerce.shop.orders.for_staff("SC-25VB545K")
    assert order is not None and order.status is OrderStatus.CANCELLED
    said = visitor.say("so when is the money on my card?").text
    assert "a refund of $58.00" in said and "cannot" not in said


def test_a_first_and_a_last_name_are_taken_one_by_one(visitor: Talk) -> None:
    visitor.say("can my order still go to another address?")
    visitor.say("Ruth")
    visitor.say("Goldberg")
    claim = visitor.memory().claim
    assert claim is not None and claim.name == "Ruth Goldberg"


def test_a_yes_and_something_else_are_both_served(own: Shopclerk) -> None:
    with talking(own, RUTH) as ruth:
        ruth.say("send my backpack order SC-X9RQPH6X to 7 Mill Lane, Lakeview, MN 55466")
        assert ruth.one(ApprovalNeeded).action == "change_address"
        said = ruth.say("yes please. can the order with the knit dress go there as well?").text
        order = ruth.shop.commerce.shop.orders.for_staff("SC-X9RQPH6X")
        assert order is not None and "7 Mill Lane" in order.address
        assert "SC-XSRQB8CG" in said and "packed" in said


@pytest.mark.parametrize(
    "answer", ["yes, but only if it is free", "yes. wait, which card?", "great, thanks! how do I pack it?"]
)
def test_no_yes_is_heard_in_doubt(own: Shopclerk, answer: str) -> None:
    with talking(own, RUTH) as ruth:
        ruth.say("send my backpack order SC-X9RQPH6X to 7 Mill Lane, Lakeview, MN 55466")
        ruth.say(answer)
        order = ruth.shop.commerce.shop.orders.for_staff("SC-X9RQPH6X")
        assert order is not None and "7 Mill Lane" not in order.address


def test_after_a_hand_over_questions_are_still_answered(own: Shopclerk) -> None:
    with talking(own, WENDY) as wendy:
        said = wendy.say("take the striped top out of my order, but leave the bag in it").text
        assert wendy.one(HandedOff) and "as a whole" in said
        assert "as a whole" in wendy.say("why can't you do it yourself?").text
        said = wendy.say("when do they look at it?").text
        assert "8 am to 8 pm" in said and "Today is" in said
        assert "not on hold" in wendy.say("will my order be shipped in the meantime?").text


def test_a_rule_is_told_of_what_is_talked_about(own: Shopclerk) -> None:
    with talking(own) as patrick:
        patrick.say("I'd like to exchange my socks for a bigger size")
        assert "ships free" in patrick.say("do I pay for that?").text
        assert "free of charge" in patrick.say("what does shipping cost for the exchange?").text
        assert patrick.all(FaqCited)


def test_how_long_a_refund_takes_needs_no_identity(visitor: Talk) -> None:
    assert 'press "Return"' in visitor.say("how do I return it if it does not fit me?").text
    said = visitor.say("how long does a refund take with you?").text
    assert "5 business days" in said and "postcode" not in said


def test_what_did_not_help_is_not_said_again(visitor: Talk) -> None:
    first = visitor.say("I forgot my password").text
    second = visitor.say("no such mail has come to me, neither inbox nor spam").text
    third = visitor.say("but the mail with the link did not come!").text
    assert len({first, second, third}) == 3
    visitor.say("yes")
    assert visitor.one(HandedOff)


def test_service_words_are_no_shopping(own: Shopclerk) -> None:
    with talking(own, "C-PNYUFVRA") as victor:
        victor.say("you sent me another lamp than the one I ordered, it is black")
        said = victor.say("and what am I to do with the black lamp?")
        assert not said.products
        assert "label" in victor.say("where do I get the label to send it back?").text
