"""Conversations that a large model led, held again with its recorded answers: prompts, schema, and what the shop does
with a capable reading. ``python -m tests.recorded.record`` records them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Shopclerk
from assistant.dialogue.graph import Dialogue
from assistant.events import ApprovalNeeded, ComparisonShown, FaqCited, HandedOff, OrdersShown, ProductsShown
from assistant.settings import ROOT
from tests import app
from tests.assistant.test_dialogue import Talk, talking
from tests.scripted_model import ScriptedModel

RECORDED = sorted((ROOT / "tests" / "recorded").glob("*.json"))
MAX_CALLS = 3


@pytest.fixture(scope="module")
def own(shop: Shopclerk, tmp_path_factory: pytest.TempPathFactory) -> Shopclerk:
    """One for all the conversations: those that change an order are of different customers."""
    return app.fresh(shop, tmp_path_factory.mktemp("recorded"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_conversation_goes_as_it_must(own: Shopclerk, path: Path) -> None:
    written = json.loads(path.read_text("utf-8"))
    model = ScriptedModel()
    deps = dataclasses.replace(own.deps, model=model, model_reads=lambda: "all")
    failed: list[str] = []
    with talking(own, written["customer"]) as talk:
        talk._session.dialogue = Dialogue(deps, talk._session.dialogue._graph.checkpointer)  # type: ignore[arg-type]
        for turn in written["turns"]:
            model.queue.clear()
            model.enqueue(*turn["model"])
            done = talk.say(turn["say"])
            assert done.model_calls == len(turn["model"]) <= MAX_CALLS, turn["say"]
            wrong = [name for name, value in turn["expect"].items() if not _holds(name, value, talk)]
            failed += [f"{turn['say']!r}: {name} {turn['expect'][name]}: {done.text}" for name in wrong]
    assert not failed, "\n".join(failed)


def _holds(name: str, wanted: Any, talk: Talk) -> bool:
    """types: kinds of all goods shown; first: the id shown first; shows, compares: ids among those; none: nothing is
    shown; cites: help pages; cart: pieces by product id; approval: the action proposed; orders: ids shown; handed;
    says, says_not: parts of the reply, any case."""
    cards = [card.id for event in (*talk.all(ProductsShown), *talk.all(ComparisonShown)) for card in event.cards]
    text = talk.one_text().lower()
    match name:
        case "types":
            products = [talk.shop.knowledge.search.product(card) for card in cards]
            return {product.type for product in products if product} == set(wanted)
        case "first":
            return cards[:1] == [wanted]
        case "shows":
            return set(wanted) <= set(cards)
        case "compares":
            return {card.id for event in talk.all(ComparisonShown) for card in event.cards} == set(wanted)
        case "none":
            return not cards
        case "cites":
            return [passage.id for event in talk.all(FaqCited) for passage in event.passages] == wanted
        case "cart":
            view = talk.shop.commerce.shop.carts.show(talk.memory().cart_id or "")
            return {line.product_id: line.quantity for line in view.lines} == wanted
        case "approval":
            return [event.action for event in talk.all(ApprovalNeeded)] == ([wanted] if wanted else [])
        case "orders":
            return set(wanted) <= {order.id for event in talk.all(OrdersShown) for order in event.orders}
        case "handed":
            return bool(talk.all(HandedOff)) is wanted
        case "says":
            return all(any(part.lower() in text for part in either.split("|")) for either in wanted)
        case "says_not":
            return not any(part.lower() in text for part in wanted)
    raise AssertionError(f"no such check: {name}")
