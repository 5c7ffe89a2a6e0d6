"""A leading model's direct answer: said where it holds, and nothing lost where it does not."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from assistant.bootstrap import Shopclerk
from assistant.dialogue.graph import Dialogue
from assistant.events import ApprovalNeeded, FaqCited
from tests.assistant.dialogue.test_lead import led, reading

NORA = "C-DEMO2345"
ASKED = "Can I send back a jumper that I have worn?"
PAGE = reading({"act": "help", "say": ASKED, "page": "return-window"})
RULE = "You can return unused items within 30 days of delivery for a refund."


def direct(answer: str, *, of: tuple[int, ...] = (1,), drop: tuple[int, ...] = ()) -> dict[str, Any]:
    return {"answer": answer, "from": list(of), "drop": list(drop)}


def test_it_stands_before_the_rule_that_it_rests_on(shop: Shopclerk) -> None:
    answer = "No, only unused items can go back."
    with led(shop, PAGE, direct(answer), {"follows": True}) as (talk, _):
        done = talk.say(ASKED)
        assert done.text == f"{answer} {RULE}" and done.model_calls == 3 and done.wording == "model"


def test_and_in_place_of_it_where_the_model_finds_it_needless(shop: Shopclerk) -> None:
    answer = "No, only unused items can go back."
    with led(shop, PAGE, direct(answer, drop=(1,)), {"follows": True}) as (talk, _):
        assert talk.say(ASKED).text == answer
        assert [passage.id for event in talk.all(FaqCited) for passage in event.passages] == ["return-window"]


def test_where_a_part_of_it_is_left_out_the_reply_stays_whole(shop: Shopclerk) -> None:
    answer = "No, only unused items can go back. My sister was there, too."
    with led(shop, PAGE, direct(answer, drop=(1,)), {"follows": True}) as (talk, _):
        assert talk.say(ASKED).text == f"No, only unused items can go back. {RULE}"


@pytest.mark.parametrize(
    "replies",
    [
        [direct("Yes, worn items can go back.", drop=(1,)), {"follows": False}],
        [direct("No, only unused items can go back.", drop=(1,))],  # and then it is gone
        [direct("Yes, within 90 days of delivery.", drop=(1,))],
        [direct("I will take it back for you.", drop=(1,))],
        [direct("No, only unused items can go back.", of=(99,), drop=(1,))],
        [direct("", drop=(1,))],
        [{"answer": ["no"], "from": "1", "drop": None}],
        [],
    ],
)
def test_what_does_not_hold_leaves_the_reply_as_it_is(shop: Shopclerk, replies: list[dict[str, Any]]) -> None:
    with led(shop, PAGE, *replies) as (talk, _):
        done = talk.say(ASKED)
        assert done.text == RULE and done.wording == "template"


def test_a_shop_may_want_none(shop: Shopclerk) -> None:
    with led(shop, PAGE, direct("No, only unused items can go back."), {"follows": True}) as (talk, model):
        session = talk._session
        deps = dataclasses.replace(shop.deps, model=model, model_reads=lambda: "all", model_answers=False)
        session.dialogue = Dialogue(deps, session.dialogue._graph.checkpointer)  # type: ignore[arg-type]
        done = talk.say(ASKED)
        assert done.text == RULE and done.model_calls == 1


def test_a_proposal_cannot_be_left_out(shop: Shopclerk) -> None:
    order = next(order for order in shop.commerce.shop.orders.of_customer(NORA) if order.status == "pending")
    request = reading({"act": "cancel", "say": f"cancel order {order.id}", "order": order.id})
    said = f"cancel {order.id} please, I found it elsewhere. is that ok?"
    with led(shop, request, direct("Yes: it can be cancelled.", drop=(1, 2, 3)), {"follows": True}, customer=NORA) as (
        talk,
        _,
    ):
        text = talk.say(said).text
        assert talk.one(ApprovalNeeded).action == "cancel_order"
        assert text.startswith("Yes: it can be cancelled.") and "?" in text and order.id in text


def test_the_model_sees_the_last_day_for_a_return_and_no_address(shop: Shopclerk) -> None:
    customer = shop.commerce.shop.customers.get(NORA)
    order = next(
        order for order in shop.commerce.shop.orders.of_customer(NORA) if shop.commerce.shop.changes.last_days(order)
    )
    speech = shop.deps.voice.speech("en")
    last = speech.full_date(shop.commerce.shop.changes.last_days(order)["return"])
    with led(shop, PAGE, direct(""), customer=NORA) as (talk, model):
        talk.say(ASKED)
        shown = model.history[1][0].user
        assert f"can be returned until {last}" in shown and "Today is" in shown
        assert customer is not None and customer.email not in shown and customer.address is not None
        assert customer.address.address1 not in shown


def test_products_are_answered_about_from_their_lines(shop: Shopclerk) -> None:
    with led(
        shop,
        reading({"act": "search", "say": "tents"}, new=True, kinds=["tents"]),
        reading({"act": "question", "say": "Is the first one below 1000 dollars?", "things": ["P1"]}),
    ) as (talk, model):
        card = talk.say("tents").products[0]
        chosen = {"lines": [], "missing": "", "pick": 0, "size": ""}
        answer = f"Yes, its price is {card.price_text}."
        model.enqueue({**chosen, "answer": answer, "from": [1]}, {"follows": True})
        done = talk.say("below a thousand, that first one?")
        assert done.text.startswith(answer) and done.model_calls == 3


def test_what_may_only_be_quoted_is_no_line_to_rest_on(shop: Shopclerk) -> None:
    product = next(p for p in shop.knowledge.search.catalogue.products if p.attributes.get("max_load"))
    title = product.name("en")
    with led(
        shop,
        reading({"act": "question", "say": f"Would the {title} carry me?", "things": ["P1"]}),
    ) as (talk, model):
        chosen = {"missing": "", "pick": 0, "size": ""}
        load = product.attributes["max_load"]
        model.enqueue({**chosen, "lines": [], "answer": f"Yes, it carries up to {load}.", "from": list(range(1, 9))})
        done = talk.say(f"would the {title} carry me")
        assert "Yes, it carries" not in done.text and done.model_calls == 2
