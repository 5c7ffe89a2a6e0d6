"""The model leads, and something of an order is to be changed, exchanged or returned: what it has read wins, and what
was said once is not asked again."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.bootstrap import Shopclerk
from assistant.events import ApprovalNeeded
from assistant.llm.client import ScriptedModel
from tests.test_dialogue import Talk
from tests.test_lead import led, reading

FIONA, CAMERA = "C-RPB65FB4", "SC-TH84NB35"
DANIEL = "C-TQ2GF54B"
PATRICK = "C-AGPMWPP9", "SC-BMTYAA7S"


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
    found = shop.pending.get(talk.id)
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


HANNAH, HELMET = "C-R3ZJGRTA", "SC-YYNFVQFH"
