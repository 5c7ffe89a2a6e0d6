"""The assistant comes back to a conversation that a person had: it knows what was said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.bootstrap import Shopclerk
from assistant.dialogue.loop_texts import said_before
from assistant.dialogue.turn import Turn
from assistant.events import ApprovalNeeded, ProductsShown
from assistant.records.conversations import Sender
from assistant.shop.views import OrderStatus
from tests import app
from tests.assistant.test_dialogue import DEMO, Talk, talking


class Handed(Talk):
    """A talk whose messages are recorded, as the service records them, and that a person may have."""

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk.shop, talk._loop, talk._session)
        self.conversations, self.tickets = (
            talk.shop.commerce.records.conversations,
            talk.shop.commerce.records.tickets,
        )

    def ask(self, text: str) -> str:
        turn = self._session.turn(text)
        self.conversations.say(self.id, turn.turn_id, text)
        self.events = self._loop.run_until_complete(self._session.say(turn))
        self.conversations.append(self.id, turn.turn_id, Sender.ASSISTANT, self.events)
        return self.one_text()

    def person(self, *said: str) -> str:
        """Maya takes it; what she and the shopper ("> …") write. The ticket's id."""
        ticket = self.tickets.of_conversation(self.id)
        assert ticket is not None
        self.tickets.take(ticket.id, "Maya")
        for text in said:
            if text.startswith("> "):
                self.conversations.say(self.id, f"while-{text}", text[2:])
            else:
                self.tickets.reply(ticket.id, "Maya", text)
        return ticket.id


@pytest.fixture
def talk(shop: Shopclerk) -> Iterator[Handed]:
    with talking(shop) as it:
        yield Handed(it)


@pytest.fixture
def demo(built: Shopclerk, tmp_path: Path) -> Iterator[Handed]:
    with talking(app.fresh(built, tmp_path), DEMO) as it:
        yield Handed(it)


WAITING = {
    "en": ("I want to talk to a person", ("hi", "hello", "good morning"), "A colleague will answer you here"),
    "zh": ("我要转人工", ("你好", "在吗"), "同事会在这里回复您"),
    "de": ("Ich möchte mit einem Menschen sprechen", ("hallo", "guten Tag"), "antwortet Ihnen hier"),
}


@pytest.mark.parametrize("language", WAITING)
def test_who_waits_is_not_greeted_but_helped(talk: Handed, language: str) -> None:
    asks, greetings, told = WAITING[language]
    talk.ask(asks)
    for greeting in (*greetings, greetings[0]):
        reply = talk.ask(greeting)
        assert told in reply and not reply.startswith(("Hi", "Hello", "您好", "Hallo", "Guten Tag")), reply
    assert "shoes" in talk.ask("do you have red running shoes?")


def test_what_a_person_named_is_what_the_talk_is_about(talk: Handed) -> None:
    talk.ask("I want to talk to a person")
    ticket = talk.person("Our Fernway Trail Runner 2 would suit you.", "> sounds good, which colours?", "Red, for one.")
    talk.tickets.hand_back(ticket, "Maya")
    reply = talk.ask("and in navy?")
    cards = [card for shown in talk.all(ProductsShown) for card in shown.cards]
    assert cards and all(card.title == "Fernway Trail Runner 2" for card in cards), reply
    assert "navy" in reply.lower()
    assert not talk.memory().handed and "colleague" not in talk.ask("hello")


def test_an_order_that_a_person_spoke_of_is_it(demo: Handed) -> None:
    orders = demo.shop.commerce.shop.orders
    last, order = [each for each in orders.of_customer(DEMO) if each.status is OrderStatus.PENDING]
    demo.ask("can I talk to a human")
    ticket = demo.person(f"{order.id} has not left yet, so it can still be cancelled.", "> ah good")
    demo.tickets.close(ticket, "Maya")
    reply = demo.ask("then cancel it")
    assert order.id in reply and last.id not in reply and demo.one(ApprovalNeeded).action == "cancel_order"
    demo.ask("yes")
    changed = orders.for_staff(order.id)
    assert changed is not None and changed.status is OrderStatus.CANCELLED


def test_other_peoples_orders_are_nobodys_here(demo: Handed) -> None:
    demo.ask("can I talk to a human")
    ticket = demo.person("Is it SC-BMTYAA7S?")  # another customer's
    demo.tickets.hand_back(ticket, "Maya")
    assert "SC-BMTYAA7S" not in demo.ask("then cancel it") and demo.memory().orders != ["SC-BMTYAA7S"]


def test_a_model_is_shown_who_said_what(talk: Handed) -> None:
    talk.ask("I want to talk to a person")
    talk.person("Write to me at maya@shop.example.", "> will do")
    said = said_before(Turn(talk.id, "next"), talk.shop.deps)
    assert said[-2:] == [("colleague", "Write to me at [email]."), ("shopper", "will do")]
