"""A shop tried with questions made from its own data, without a model, one conversation each.

What it does not know: whether people ask for what the shop has, and in words that its data does not hold.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from assistant.answering.evidence import Offered
from assistant.bootstrap import Shopclerk
from assistant.cli.session import begun
from assistant.cli.trial_questions import ABSENT, NEED, PAGES, PROPERTY, VERSION, Question
from assistant.events import Event, FaqCited, ProductsShown, TurnDone
from assistant.outcome import Found, Outcome, ProductAnswer

FIRST = 3
"""Places at which a product must be shown to count as found."""


@dataclass(frozen=True, slots=True)
class Answered:
    question: Question
    right: bool
    reply: str


async def answers(shop: Shopclerk, asked: Sequence[Question]) -> AsyncIterator[Answered]:
    """Each question said to the shop in a conversation of its own."""
    async with shop.opened() as dialogue:
        for question in asked:
            session = await begun(shop, dialogue)
            turn = session.turn(question.text)
            events = await session.say(turn)
            reply = next((event.text for event in events if isinstance(event, TurnDone)), "")
            yield Answered(question, is_right(question, reply, events, turn.outcome), reply)


def is_right(question: Question, reply: str, events: Sequence[Event], outcome: Outcome | None) -> bool:
    """Whether the turn gave what the shop's data says."""
    if question.kind in PAGES:
        cited = [passage.id for event in events if isinstance(event, FaqCited) for passage in event.passages]
        return bool(cited) and cited[0] in question.right
    shown = [card.id for event in events if isinstance(event, ProductsShown) for card in event.cards]
    if question.kind == ABSENT:
        return isinstance(outcome, Found) and (not shown or bool(outcome.around.thing))
    if question.kind == PROPERTY:
        return _levelled(question.says) in _levelled(reply)
    if question.kind == VERSION:
        return isinstance(outcome, ProductAnswer) and _tells_stock(outcome, question)
    if question.kind == NEED:
        return bool(shown) and all(each in question.right for each in shown[:FIRST])
    return any(each in question.right for each in shown[:FIRST])


def _tells_stock(outcome: ProductAnswer, question: Question) -> bool:
    """Whether the version is spoken of, as in stock or not as it is."""
    said = outcome.answer.evidence if outcome.answer is not None else ()
    of_version = [
        item
        for item in said
        if isinstance(item, Offered) and item.product_id in question.right
        if question.says.casefold() in [value.casefold() for _, value in item.wanted]
    ]
    return any(item.there and (item.left > 0) == bool(question.stock) for item in of_version)


def _levelled(text: str) -> str:
    """Without what differs in how countries write: spaces, decimal marks, capitals."""
    return re.sub(r"\s+", "", text.casefold()).replace(",", ".")
