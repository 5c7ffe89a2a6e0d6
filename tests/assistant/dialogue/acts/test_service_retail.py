"""Conversations with the customers of a large retail file, without a model: whole, in words of ours, and judged by what
has become of the shop's data. Everything that a conversation does not name must be unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Shopclerk, build
from assistant.cli.shop_file import load_shop
from assistant.shop.retail_load import export
from tests import app
from tests.assistant.test_dialogue import Talk, talking
from tests.retail_shop import Document, shared_file

REQUESTED = {"status": "return requested"}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state directory after `shopclerk shop load`."""
    file, state = shared_file(), tmp_path_factory.mktemp("retail")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SHOPCLERK_STATE_DIR", str(state))
        environment.setenv("SHOPCLERK_SESSION_SECRET", app.SECRET)  # as the shop has that serves it
        load_shop([file], dry_run=False, replace=False)
    yield state


@pytest.fixture(scope="module")
def served(loaded: Path) -> Shopclerk:
    """The shop that is served from it: each conversation is about orders of its own."""
    return build(app.test_settings(loaded))


@dataclass(frozen=True)
class Conversation:
    """``becomes``: by order or customer, the fields that are other than before; nothing else changes. ``told``: what
    the last reply says."""

    says: tuple[str, ...]
    becomes: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: tuple[str, ...] = ()


def paid(document: Document, order_id: str, *more: tuple[str, float, str]) -> list[Document]:
    """The payment history with what is booked in addition."""
    return [
        *document["orders"][order_id]["payment_history"],
        *({"transaction_type": kind, "amount": amount, "payment_method_id": method} for kind, amount, method in more),
    ]


CONVERSATIONS = {
    "cancelled with a reason, named in small letters": Conversation(
        (
            "hello, could you cancel w1348788 for me?",
            "chen.anderson4495@example.com",
            "we don't need it any more",
            "yes please",
        ),
        {
            "#W1348788": {
                "status": "cancelled",
                "cancel_reason": "no longer needed",
                "+payment": ("refund", 615.93, "credit_card_9389219"),
            }
        },
    ),
    "an exchange by all options": Conversation(
        (
            "Hi, I need to exchange the laptop from #W2923184 for another one",
            "My mail is sophia.patel9841@example.com",
            "15-inch, i7, 8GB, 1TB SSD, black",
            "the card I paid with",
            "yes",
        ),
        {
            "#W2923184": {
                "status": "exchange requested",
                "exchange_items": ["1684786391"],
                "exchange_new_items": ["9844888101"],
                "exchange_payment_method_id": "credit_card_6419343",
                "exchange_price_difference": -48.32,
            }
        },
    ),
    "all but one item is returned": Conversation(
        ("Please take back everything except the tablet from W9706917", "Ava Kovacs, 75346", "PayPal", "yes, do that"),
        {
            "#W9706917": {
                **REQUESTED,
                "return_items": ["6309044598"],
                "return_payment_method_id": "paypal_3610783",
            }
        },
    ),
    "a new address for an order": Conversation(
        (
            "Order #W5861600 has to go to a different address",
            "daiki.khan2146@example.com",
            "12 Maple Court, Apt 4, Denver, CO 80203",
            "yes",
        ),
        {
            "#W5861600": {
                "address": {
                    "address1": "12 Maple Court",
                    "address2": "Apt 4",
                    "city": "Denver",
                    "state": "CO",
                    "country": "USA",
                    "zip": "80203",
                }
            }
        },
    ),
    "paid with the other card": Conversation(
        ("Can W5073920 be charged to my other credit card?", "It's Lucas Johansson, zip 94147", "yes"),
        {
            "#W5073920": {
                "+payment": ("payment", 494.78, "credit_card_1864112"),
                "+refund": ("refund", 494.78, "credit_card_1814983"),
            }
        },
    ),
    "another version of an item before it is sent": Conversation(
        (
            "I picked the wrong T-shirt in order #W1080318, please change it to red in size L",
            "omar kim 32214",
            "my credit card",
            "yes",
        ),
        {
            "#W1080318": {
                "status": "pending (item modified)",
                "items.0.item_id": "3234800602",
                "+payment": ("refund", 6.77, "credit_card_3577130"),
            }
        },
    ),
    "how an order stands": Conversation(
        ("Where's order 4931754? This is Liam Li, 28226",),
        told=("#W4931754", "packed"),
    ),
    "the tracking number": Conversation(
        ("I need the tracking number of w3780282", "emma.ito3790@example.com"),
        told=("836515258452",),
    ),
    "what was delivered is not cancelled": Conversation(
        ("cancel #W7728728, I no longer need it", "aarav.nguyen1293@example.com"),
        told=("delivered already",),
    ),
    "somebody else's order is refused": Conversation(
        ("cancel order #W5199551, it was a mistake", "mia.garcia2723@example.com"),
        told=("not in your account",),
    ),
    "known by name and postcode": Conversation(
        ("cancel #w8664580 please, I ordered it by mistake. Emma Ito, 19022", "yes"),
        {
            "#W8664580": {
                "status": "cancelled",
                "cancel_reason": "ordered by mistake",
                "+payment": ("refund", 54.04, "paypal_9995021"),
            }
        },
    ),
    "two requests in one message": Conversation(
        (
            "I want to return the hiking boots of W3972714 and cancel order W2609687, which I no longer need",
            "Olivia Ahmed, zip 94152",
            "back to my card please",
            "yes",
            "yes",
        ),
        {
            "#W3972714": {
                **REQUESTED,
                "return_items": ["2658930189"],
                "return_payment_method_id": "credit_card_9698900",
            },
            "#W2609687": {
                "status": "cancelled",
                "cancel_reason": "no longer needed",
                "+payment": ("refund", 662.18, "gift_card_1044904"),
            },
            "olivia_ahmed_6778": {"payment_methods.gift_card_1044904.balance": 678.18},
        },
    ),
    "the address of an order and of the account": Conversation(
        (
            "I moved to 88 Willow Road, Apt 2B, Seattle, WA 98101. "
            "Please update it in my profile and in my pending order W4096800",
            "mia.sanchez1556@example.com",
            "yes",
            "yes",
        ),
        {
            "#W4096800": {"address.address1": "88 Willow Road", "address.address2": "Apt 2B", "address.zip": "98101"},
            "mia_sanchez_3401": {
                "address.address1": "88 Willow Road",
                "address.address2": "Apt 2B",
                "address.zip": "98101",
            },
        },
    ),
    "a gift card that does not cover it": Conversation(
        ("pay for W5199551 with my gift card instead", "fatima.johnson2300@example.com", "then leave it as it is"),
    ),
}


def changed(document: Document, becomes: dict[str, dict[str, Any]]) -> Document:
    """The shop's data as they are to be afterwards."""
    for id_, values in becomes.items():
        record = document["orders"].get(id_) or document["users"][id_]
        for path, value in values.items():
            if path.startswith("+"):
                record["payment_history"] = paid(document, id_, value)
                continue
            *way, last = path.split(".")
            place = record
            for step in way:
                place = place[int(step)] if isinstance(place, list) else place[step]
            place[last] = value
    return document


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_it_ends_as_it_should(served: Shopclerk, name: str) -> None:
    conversation, database = CONVERSATIONS[name], served.commerce.database
    expected = changed(export(database), conversation.becomes)
    with talking(served) as talk:
        said = [talk.say(text).text for text in conversation.says]
    after = export(database)
    if any(path == "items.0.item_id" for values in conversation.becomes.values() for path in values):
        for order in conversation.becomes:
            expected["orders"][order]["items"] = after["orders"][order]["items"]
            assert after["orders"][order]["items"][0]["item_id"] == conversation.becomes[order]["items.0.item_id"]
    differing = [
        (part, id_, expected[part][id_], after[part][id_])
        for part in expected
        for id_ in expected[part]
        if expected[part][id_] != after[part][id_]
    ]
    assert not differing, said
    assert all(part in said[-1] for part in conversation.told), said


def test_the_new_postcode_identifies_and_the_old_one_no_longer(served: Shopclerk, tmp_path: Path) -> None:
    def known(talk: Talk, postcode: str) -> bool:
        talk.say(f"where is my order? James Martin, {postcode}")
        return talk.memory().customer_id == "james_martin_1500"

    with talking(served) as talk:
        assert known(talk, "92112")
        talk.say("change my default address to 7 Elm Street, Reno, NV 89501")
        assert "89501" in talk.one_text()
        talk.say("yes")
    with talking(served) as talk:
        assert not known(talk, "92112")
    with talking(served) as talk:
        assert known(talk, "89501")
