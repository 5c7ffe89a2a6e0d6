"""The model leads, and something of an order is to be changed, exchanged or returned: what it has read wins, and what
was said once is not asked again."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.bootstrap import Shopclerk
from assistant.dialogue.request import reason_in
from assistant.events import ApprovalNeeded
from tests.assistant.dialogue.test_lead import led, reading
from tests.assistant.test_dialogue import Talk
from tests.scripted_model import ScriptedModel

FIONA, CAMERA = "C-RPB65FB4", "SC-TH84NB35"
DANIEL = "C-TQ2GF54B"
PATRICK = "C-AGPMWPP9", "SC-BMTYAA7S"
HANNAH = "C-TFJG6BDB", "SC-YYNFVQFH"
YUSUF = "C-HTSZK49C", "SC-F5QAVNZS"


def labels(talk: Talk, model: ScriptedModel, *titles: str) -> list[str]:
    """The labels under which the model is shown things of the customer's orders."""
    model.enqueue(reading({"act": "chat", "say": "Hello.", "talk": "greeting"}))
    talk.say("hello there to all of you, it is me again")
    rows = model.history[-1][0].user.splitlines()
    return [next(row.split()[0] for row in rows if f" {title} |" in row) for title in titles]


def approved(talk: Talk) -> list[str]:
    """The lines of the proposal that a reply makes."""
    assert talk.all(ApprovalNeeded), talk.one_text()
    return list(talk.one(ApprovalNeeded).lines)


def waiting(shop: Shopclerk, talk: Talk) -> dict[str, Any]:
    found = shop.commerce.shop.pending.get(talk.id)
    assert found is not None, talk.one_text()
    return dict(found.arguments)


@pytest.mark.parametrize(
    ("say", "said"),
    [
        ("The camera should be silver.", "the camera in silver pls and take what it costs more off my paypal"),
        ("相机要银色。", "相机要银色的，差价用PayPal付"),
    ],
)
def test_a_method_named_with_the_change_is_not_asked_for(own: Shopclerk, say: str, said: str) -> None:
    change = {"act": "items", "say": say, "colour": "silver", "order": CAMERA}
    with led(own, reading(change), customer=FIONA) as (talk, _):
        talk.say(said)
        assert any("PayPal" in line for line in approved(talk))
    pays = {"act": "payment", "say": "Pay with PayPal." if say.isascii() else "用PayPal付。"}
    with led(own, reading(change, pays), customer=FIONA) as (talk, _):
        talk.say("silver please" if say.isascii() else "要银色")
        assert any("PayPal" in line for line in approved(talk))


@pytest.mark.parametrize("act", ["items", "payment"])
def test_a_method_named_later_goes_on_with_the_change(own: Shopclerk, act: str) -> None:
    change = {"act": "items", "say": "Change the camera to silver.", "colour": "silver", "order": CAMERA}
    pays = {"act": act, "say": "As I said, PayPal pays for it."}
    with led(own, reading(change), reading(pays), customer=FIONA) as (talk, _):
        talk.say("may i have the camera in silver")
        assert not talk.all(ApprovalNeeded)
        talk.say("as i have told you. it is paypal and no other.")
        assert any("PayPal" in line for line in approved(talk))


def test_what_was_said_of_an_exchange_once_holds(own: Shopclerk) -> None:
    """The method and the size while the colour is still talked over; the item while something is asked about it."""
    customer, order = PATRICK
    with led(own, customer=customer) as (talk, model):
        (neo,) = labels(talk, model, "Ironfell Neo")
        swap = {"act": "exchange", "order": order}
        model.enqueue(
            reading({**swap, "say": "Exchange the dumbbell for one of 6 kg.", "things": [neo], "size": "6 kg"})
        )
        talk.say("the dumbbell is too light, i need 6 kg")
        assert not talk.all(ApprovalNeeded)
        model.enqueue(
            reading(
                {"act": "question", "say": "Does the dumbbell come in yellow?", "things": [neo], "colour": "yellow"},
                {"act": "payment", "say": "Pay with PayPal."},
            )
        )
        talk.say("paypal then. and does it come in yellow?")
        model.enqueue(reading({"act": "yes", "say": "Yes, the yellow one.", "things": [neo], "colour": "yellow"}))
        talk.say("yes please then i take the yellow one of those")
        lines = " ".join(approved(talk))
        assert "yellow" in lines and "6 kg" in lines and "PayPal" in lines


@pytest.mark.parametrize(
    ("say", "said"),
    [
        ("The running shoes should be in size 40.", "those running shoes of mine in a 40"),
        ("跑鞋换成40码。", "跑鞋换成40码"),
    ],
)
def test_the_only_thing_of_an_order_is_meant_whatever_it_is_called(own: Shopclerk, say: str, said: str) -> None:
    with led(own, reading({"act": "items", "say": say, "size": "40"}), customer=DANIEL) as (talk, _):
        talk.say(said)
        assert "40" in " ".join(approved(talk))


def test_the_item_that_comes_in_what_is_wanted_is_meant(own: Shopclerk) -> None:
    customer, order = PATRICK
    say = "Exchange it for one of 6 kg, with PayPal for the rest."
    with led(own, reading({"act": "exchange", "say": say, "size": "6 kg", "order": order}), customer=customer) as (
        talk,
        _,
    ):
        talk.say("that should be a 6 kg one, paypal for the rest")
        assert "6 kg" in " ".join(approved(talk))


@pytest.mark.parametrize(
    ("say", "colour", "told"),
    [
        ("The helmet should be an M.", "", "black"),
        ("头盔要M码的。", "", "黑色"),
        ("Mint, in M, please.", "mint", "black"),
    ],
)
def test_what_there_is_instead_is_named(own: Shopclerk, say: str, colour: str, told: str) -> None:
    """And what was said of the size holds when a colour is chosen."""
    customer, order = HANNAH
    swap = {"act": "exchange", "order": order}
    with led(own, customer=customer) as (talk, model):
        (dome,) = labels(talk, model, "Pedalry Dome")
        model.enqueue(reading({**swap, "say": say, "things": [dome], "size": "M", "colour": colour}))
        talk.say(say)
        assert not talk.all(ApprovalNeeded) and told in talk.one_text()
        chosen = {**swap, "say": "Black will do." if say.isascii() else "黑色也行。", "colour": "black"}
        model.enqueue(reading(chosen))
        talk.say("well, if there is nothing else: black then" if say.isascii() else "那没办法，黑色也行吧，就这样办")
        assert waiting(own, talk)["swaps"] == [["pedalry-dome/white-l", "pedalry-dome/black-m"]]


@pytest.mark.parametrize(
    "say", ["Size 41, in black if there is one, else in pink.", "要41码，有黑色的话要黑色，没有就粉色。"]
)
def test_a_second_choice_is_proposed_where_the_first_is_not_there(own: Shopclerk, say: str) -> None:
    with led(own, reading({"act": "items", "say": say, "size": "41", "colour": "black"}), customer=DANIEL) as (talk, _):
        talk.say(say)
        new = ["stridewell-slip-knit-women/pink-39", "stridewell-slip-knit-women/pink-41"]
        assert waiting(own, talk)["swaps"] == [new]


BOOK, CAP = "quillmere-press-one-pot-many-guests-paperback/orange", "arroyo-lane-field-cap-rain/olive"


def test_several_items_of_a_return_are_one_proposal(own: Shopclerk) -> None:
    customer, order = YUSUF
    with led(own, customer=customer) as (talk, model):
        book, cap = labels(talk, model, "Quillmere Press One Pot, Many Guests Paperback", "Arroyo Lane Field Cap Rain")
        back = {"act": "return", "order": order}
        model.enqueue(
            reading(
                {**back, "say": "Return one of the books.", "things": [book], "quantity": 1},
                {**back, "say": "Return the cap.", "things": [cap]},
            )
        )
        talk.say("a book of the two goes back to you and so does the cap")
        assert dict(waiting(own, talk)["items"]) == {BOOK: 1, CAP: 1}
    with led(own, customer=customer) as (talk, model):
        say = "Return one of the two cookbooks and the field cap."
        model.enqueue(reading({**back, "say": say, "things": [book, cap], "quantity": 1}))
        talk.say("one cookbook and that cap of mine are going back to you")
        assert dict(waiting(own, talk)["items"]) == {BOOK: 1, CAP: 1}


@pytest.mark.parametrize("act", ["return", "problem"])
def test_money_back_takes_the_place_of_the_exchange_talked_over(own: Shopclerk, act: str) -> None:
    customer, order = YUSUF
    with led(own, customer=customer) as (talk, model):
        (cap,) = labels(talk, model, "Arroyo Lane Field Cap Rain")
        model.enqueue(reading({"act": "exchange", "say": "Exchange the cap.", "things": [cap], "order": order}))
        talk.say("the cap, i would have another one of those")
        asked = talk.memory().request
        assert asked is not None and asked.asked == "option"
        say = "Return the cap for a refund, it was the wrong item."
        model.enqueue(
            reading({"act": act, "say": say, "things": [cap], "topic": "wrong_item" if act == "problem" else ""})
        )
        talk.say("no more of that. my money back, you sent me the wrong one")
        assert dict(waiting(own, talk)["items"]) == {CAP: 1}


def test_a_no_to_one_thing_leaves_what_is_under_way_for_another(own: Shopclerk) -> None:
    customer, order = PATRICK
    with led(own, customer=customer) as (talk, model):
        neo, socks = labels(talk, model, "Ironfell Neo", "Kitewood Animal Socks")
        swap = {
            "act": "exchange",
            "order": order,
            "things": [neo],
            "size": "6 kg",
            "say": "Exchange the dumbbell for 6 kg.",
        }
        back = {"act": "return", "order": order, "things": [socks], "say": "Return the socks."}
        model.enqueue(reading(swap, back))
        talk.say("a heavier dumbbell for me, and the socks go back to you")
        assert [each.text for each in talk.memory().agenda] == ["Return the socks."]
        model.enqueue(reading({"act": "no", "say": "The socks stay.", "things": [socks]}))
        talk.say("no wait, i think the socks can stay where they are")
        request = talk.memory().request
        assert request is not None and request.asked == "payment" and not talk.memory().agenda, talk.one_text()
        talk.say("PayPal")
        assert "6 kg" in " ".join(approved(talk))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Exchange the red jacket of order SC-HAHNKJWG for an M because it is too tight.", "it is too tight"),
        ("Exchange the jacket for an M. The reason is: too small.", "too small"),
        ("Send the cap back for a refund, you sent the wrong colour", "you sent the wrong colour"),
        ("Please return the two green mugs of the order from last week to you", ""),
        ("外套换成M码，因为太紧了。", "太紧了"),
        ("帽子退掉，尺码太小", "尺码太小"),
        ("把绿色的杯子退掉", ""),
    ],
)
def test_the_reason_on_record_is_the_one_given(text: str, reason: str) -> None:
    assert reason_in(text) == reason


@pytest.mark.parametrize(
    ("say", "said"),
    [
        ("What does it come to with gift wrapping and standard shipping?", "all of it wrapped and shipped, the total?"),
        ("礼品包装加运费一共多少？", "怎么只包一件，三件都要包，连运费一共多少"),
    ],
)
def test_all_pieces_of_the_cart_are_wrapped(shop: Shopclerk, say: str, said: str) -> None:
    with led(shop) as (talk, model):
        model.enqueue(reading({"act": "search", "say": "mugs"}, new=True, kinds=["mugs"]))
        talk.say("i am looking for mugs, nothing fancy")
        model.enqueue(reading({"act": "add", "say": "Add three of the first.", "things": ["P1"], "quantity": 3}))
        talk.say("three of the first one of these")
        for quantity in (None, 3):
            model.enqueue(reading({"act": "cart", "say": say, "quantity": quantity}))
            talk.say(said)
            assert "3 ×" in talk.one_text(), talk.one_text()


@pytest.mark.parametrize(
    ("say", "noted"),
    [("Refund the damaged cap; the book stays.", "That is noted"), ("坏了的帽子退款，书留着。", "已记下")],
)
def test_what_is_added_after_a_hand_over_is_noted(own: Shopclerk, say: str, noted: str) -> None:
    customer, order = YUSUF
    english = say.isascii()
    with led(own, customer=customer) as (talk, model):
        model.enqueue(reading({"act": "person", "say": "A colleague, please." if english else "请转人工。"}))
        talk.say("let me have a word with one of your people" if english else "我想找你们的人工客服说说")
        model.enqueue(reading({"act": "problem", "say": say, "topic": "damaged", "order": order}))
        talk.say(say)
        assert noted in talk.one_text(), talk.one_text()
