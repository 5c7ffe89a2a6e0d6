"""What people said to a shop that a large model leads, and was done wrong: by rules and led alike."""

from __future__ import annotations

import pytest

from assistant.bootstrap import Shopclerk
from assistant.events import ApprovalNeeded, FaqCited, HandedOff
from assistant.understanding.addresses import completed, is_whole, read_address
from tests.assistant.dialogue.acts.test_service_dialogue import NORA, SCARF, order, variants
from tests.assistant.dialogue.test_lead import led, reading
from tests.assistant.test_dialogue import talking

ZHAO, HENRIK, GRACE, HANNAH = "C-5JH5R2JX", "C-VTQ74WR9", "C-PRDWQWN8", "C-TFJG6BDB"
SHOES_AND_JACKET, MAT, CASE = "SC-Z7C69EVC", "SC-4NDM56ZT", "SC-JSKAXEZR"


@pytest.mark.parametrize(
    ("text", "address", "whole"),
    [
        ("change it to 8, Station Row, in Elm Grove, Texas", "8 Station Row, Elm Grove, Texas", False),
        ("to Flat 2, 1042 High Road, York", "Flat 2, 1042 High Road, York", False),
        ("ship it to 14 Harbour Lane, Bristol BS1 4QT", "14 Harbour Lane, Bristol BS1 4QT", True),
        ("湖滨区银杉路66号8楼 邮编200120（收件人李明）", "湖滨区银杉路66号8楼，200120，李明收", True),
    ],
)
def test_a_whole_address_is_told_from_a_part(text: str, address: str, whole: bool) -> None:
    assert read_address(text) == address and is_whole(address) is whole


def test_a_postcode_completes_the_street_and_says_no_other() -> None:
    assert completed("8 Elm Row, Salem, Texas", "please put 78701 Salem with it") == "8 Elm Row, Salem, Texas 78701"
    assert completed("8 Elm Row", "Salem, TX 78701") == "8 Elm Row, Salem, TX 78701"


def test_an_address_is_proposed_whole_or_asked_for(own: Shopclerk) -> None:
    with talking(own, NORA) as talk:
        talk.say(f"send {SCARF} to my other address that is on file")
        assert "64 Harbour Road, Lakeview, MN 55466" in " ".join(talk.one(ApprovalNeeded).lines)
        talk.say("no")
        talk.say(f"change the address of {SCARF} to 8, Mill Lane, in Lakeview, Minnesota")
        assert not talk.all(ApprovalNeeded), "no postcode"
        talk.say("55466 Lakeview with it")
        assert "8 Mill Lane, Lakeview, Minnesota 55466" in " ".join(talk.one(ApprovalNeeded).lines)
        talk.say("Yes, that is correct. Does it cost anything?")
        assert order(talk, SCARF).address.startswith("8 Mill Lane, Lakeview")


def test_a_yes_that_names_what_is_proposed_is_taken_and_the_rest_goes_on(own: Shopclerk) -> None:
    with talking(own, NORA) as talk:
        talk.say(f"change the scarf from red to yellow in {SCARF}")
        talk.say("yes, in blue please")
        assert "mirabel-rue-silk-square/red" in variants(talk, SCARF)
        talk.say(f"change the scarf to yellow in {SCARF}")
        talk.say(
            "Yes please, the yellow one. Now my cashmere jumper came with a tear along the sleeve, what can be done?"
        )
        assert "mirabel-rue-silk-square/yellow" in variants(talk, SCARF)
        assert "photo" in talk.one_text()


@pytest.mark.parametrize(
    ("message", "beside", "taken"),
    [
        ("Yes, all right. Who pays the postage?", {"act": "help", "say": "Who pays?", "page": "return-cost"}, True),
        ("Yes. Only charge it to the gift card", {"act": "payment", "say": "Charge it to the gift card"}, False),
        ("Yes, but in blue", {"act": "items", "say": "The scarf in blue"}, False),
    ],
)
def test_a_yes_that_a_model_reads_binds_nothing(
    own: Shopclerk, message: str, beside: dict[str, str], taken: bool
) -> None:
    with led(own, reading({"act": "items", "say": f"Change the scarf from red to yellow in {SCARF}", "order": SCARF}),
             reading(beside, {"act": "yes", "say": "Yes"})) as (talk, _):  # fmt: skip
        talk.say("nora.whitfield@example.com 02464")
        talk.say(f"in {SCARF} i want the scarf not red but yellow")
        assert talk.all(ApprovalNeeded)
        talk.say(message)
        assert ("mirabel-rue-silk-square/yellow" in variants(talk, SCARF)) is taken


def test_several_items_of_an_order_are_one_proposal(own: Shopclerk) -> None:
    with talking(own, ZHAO) as talk:
        talk.say("鞋子要39的 另外牛仔夹克想换m码")
        assert sum("39" in line or "M" in line for line in talk.one(ApprovalNeeded).lines) == 2
        talk.say("不用了")
    both = reading(
        {"act": "items", "say": "把鞋子换成39码", "order": SHOES_AND_JACKET},
        {"act": "items", "say": "把牛仔夹克换成M码", "order": SHOES_AND_JACKET},
    )
    with led(own, both) as (talk, _):
        talk.say("mingxuan.zhao@example.com 999836")
        talk.say("鞋要小一号39 夹克要m的 两个一起")
        assert sum("39" in line or "M" in line for line in talk.one(ApprovalNeeded).lines) == 2
        text = talk.say("是的").text
        assert {each.rpartition("-")[2] for each in variants(talk, SHOES_AND_JACKET)} == {"39", "m"}
        assert "无法" not in text


def test_a_refusal_and_a_charge_give_the_true_reason(own: Shopclerk) -> None:
    with talking(own, HENRIK) as talk:
        talk.say("where is my sleeping mat?")
        assert "not been shipped yet" in talk.one_text()
        said = talk.say(f"change the address of {MAT} to 1 Loch Road, Fort William PH33 6AA").text
        assert "one of its parcels is on its way" in said
        talk.say("yes, ask them please")
        assert talk.all(HandedOff) and "Monday" in talk.one_text(), "when somebody answers"
        assert "T-" in talk.say("you can close that ticket, nobody must do anything now").text
    with talking(own, HANNAH) as talk:
        said = talk.say("exchange the orange trail runners for size 45").text
        assert "more than what you have" in said and "Which payment method" in said


def test_what_is_in_a_parcel_to_come_is_not_missing_and_goodwill_is_for_a_colleague(own: Shopclerk) -> None:
    with talking(own, GRACE) as talk:
        said = talk.say("only half of my order came, the phone case is missing").text
        assert CASE in said and "not been shipped yet" in said and not talk.all(FaqCited)
        assert "Could you tell me that" not in said
        assert "on its way already and the rest is packed" in talk.say("cancel the case then").text
        assert "goodwill" in talk.say("I want compensation for that").text
        talk.say("yes please")
        assert talk.all(HandedOff)


def test_an_order_that_cannot_be_made_faster_is_not_sold_express(own: Shopclerk) -> None:
    with talking(own, NORA) as talk:
        talk.say(f"where is {SCARF}?")
        told = talk.say("any chance you can speed that up, I need it on Friday").text
        assert "go faster" in told and "Yes." not in told and not talk.all(FaqCited)
