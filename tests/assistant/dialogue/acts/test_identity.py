"""Who a customer is known by is what the shop's rules say, and nothing less."""

from __future__ import annotations

import dataclasses

import pytest

from assistant.bootstrap import Shopclerk
from assistant.dialogue.acts.identity import postcodes_in, read_claim
from assistant.shop.policy import Proof
from assistant.understanding.order_ids import OrderIds
from tests.assistant.test_dialogue import DEMO, talking

RETAIL_IDS = OrderIds(["#W2611340", "#W4817420", "#W2378156"])


@pytest.mark.parametrize(
    ("proofs", "said", "known"),
    [
        ({"order", "postcode"}, "order {order}, postcode {postcode}", True),
        ({"order", "postcode"}, "order {order}, postcode 99999", False),
        ({"order", "postcode"}, "{email}, postcode {postcode}", False),
        ({"customer_id", "postcode"}, "my customer number is {id}, {postcode}", True),
        ({"customer_id", "postcode"}, "my customer number is {id}", False),
        ({"email"}, "it's {email}", True),
        ({"email", "order"}, "{email}, order {order}", True),
        ({"name", "order"}, "order {order}, my name is {name}", True),
        ({"name", "order"}, "order {order}, my name is Someone Else", False),
    ],
)
def test_what_proves_who_somebody_is(own: Shopclerk, proofs: set[Proof], said: str, known: bool) -> None:
    shop = own.commerce.shop
    shop.rules = dataclasses.replace(shop.rules, identified_by=(frozenset(proofs),))
    customer = shop.customers.get(DEMO)
    assert customer is not None and customer.address is not None
    values = {
        "order": shop.orders.of_customer(DEMO)[0].id,
        "postcode": customer.address.postcode,
        "email": customer.email,
        "name": customer.name,
        "id": DEMO,
    }
    with talking(own) as talk:
        talk.say("where is my order?")
        talk.say(said.format(**values))
        assert (talk.memory().customer_id == DEMO) is known


@pytest.mark.parametrize(
    ("proofs", "ways", "never"),
    [
        ([{"email"}], "your e-mail address.", "postcode"),
        ([{"order"}, {"customer_id"}], "order number or customer number", "e-mail"),
        ([{"name", "order"}, {"email", "name", "order"}], "name and order number", "e-mail"),
    ],
)
def test_no_more_is_asked_for_than_the_rules_need(
    own: Shopclerk, proofs: list[set[Proof]], ways: str, never: str
) -> None:
    shop = own.commerce.shop
    shop.rules = dataclasses.replace(shop.rules, identified_by=tuple(map(frozenset, proofs)))
    with talking(own) as talk:
        asked = talk.say("I want to cancel my order").text
        assert ways in asked and never not in asked
        again = talk.say("my postcode is 99999").text if never != "postcode" else "your e-mail address."
        assert ways in again and never not in again


@pytest.mark.parametrize("text", ["the kettle says F001", "fault e42", "size AB12"])
def test_a_code_is_no_postcode(text: str) -> None:
    assert postcodes_in(text, RETAIL_IDS) == []
    assert postcodes_in("SW1A 1AA", RETAIL_IDS) and postcodes_in("K1A 0B1", RETAIL_IDS)


def test_an_order_id_is_no_postcode() -> None:
    assert postcodes_in("W2378156, my zip is 19122", RETAIL_IDS) == ["19122"]
    claim = read_claim("w2378156, ann@example.com", RETAIL_IDS)
    assert (claim.order_ids, claim.postcode) == (["#W2378156"], "")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("cancel it please. Emma Ito, 19022", "Emma Ito"),
        ("This is for Lucas Johansson, zip code 94147", "Lucas Johansson"),
        ("send it to 12 Maple Court, Denver, CO 80203", ""),
        ("black boots, 42000", ""),
    ],
)
def test_a_name_with_its_postcode_says_who_writes(said: str, name: str) -> None:
    assert read_claim(said, RETAIL_IDS).name == name
