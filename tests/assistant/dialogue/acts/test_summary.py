"""What agents read of a conversation in their queue."""

from __future__ import annotations

import pytest

from assistant.bootstrap import Shopclerk
from tests.assistant.test_dialogue import DEMO, talking


@pytest.mark.parametrize(
    ("said", "tells"),
    [
        (
            ["I want to cancel an order", "can I talk to a human?"],
            ["I want to cancel an order", "can I talk to a human"],
        ),
        (["red running shoes under $80", "human please"], ["Looks for red running shoes under 80"]),
        (["my parcel arrived soaking wet and torn", "a person please", "yes"], ["my parcel arrived soaking wet"]),
    ],
)
def test_the_queue_says_what_the_customer_wants(own: Shopclerk, said: list[str], tells: list[str]) -> None:
    with talking(own, DEMO) as talk:
        for at, text in enumerate(said):
            own.commerce.records.conversations.say(talk.id, f"turn-{at}", text)
            talk.say(text)
        ticket = own.commerce.records.tickets.of_conversation(talk.id)
    assert ticket is not None and all(part in ticket.summary for part in tells), ticket
    assert len(ticket.summary) <= 200
