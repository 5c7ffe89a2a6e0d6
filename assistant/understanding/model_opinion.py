"""The dialogue model as a second reader of a message: its prompt, the schema its answer must fit, and what is kept of
it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.llm.client import Prompt
from assistant.understanding.schema import Intent, Slots, TurnContext
from retrieval.lexicon import Lexicon

_SYSTEM = """You sort customers' messages for an online shop. Answer with one JSON object: {{"intent": ..., "slots": {{...}}}}.
Intents:
{intents}
Slots hold only what the message itself says. "type" is one of: {types}. Leave out what is not said."""
_MEANINGS = {
    Intent.PRODUCT_SEARCH: "find products, or change the search (cheaper, in blue, not leather, start over)",
    Intent.PRODUCT_QUESTION: "a question about one shown or named product",
    Intent.COMPARE: "compare products",
    Intent.RECOMMEND: "wants suggestions without saying what, gifts",
    Intent.CART: "add, change, remove or show the cart, check out",
    Intent.ORDER_STATUS: "where is my order",
    Intent.ORDER_CHANGE: "cancel or change an order",
    Intent.RETURN_REFUND: "return, exchange or refund of one's own order",
    Intent.FAQ: "how the shop works: shipping, returns policy, payment, account, opening hours",
    Intent.COMPLAINT: "is unhappy or reports something broken, wrong or missing",
    Intent.HUMAN_AGENT: "wants to talk to a person",
    Intent.SMALL_TALK: "greetings, thanks, chit-chat",
    Intent.OUT_OF_SCOPE: "nothing to do with the shop",
    Intent.CONFIRM: "yes to what was just asked",
    Intent.DECLINE: "no to what was just asked",
}
MAX_TOKENS = 96


class _ModelSlots(BaseModel):
    """The few slots that are worth a model's word; numbers and ids are read by rules only."""

    model_config = ConfigDict(extra="forbid")

    type: list[str] = Field(default=[], max_length=3)
    colour: list[str] = Field(default=[], max_length=3)
    reference: list[int] = Field(default=[], max_length=4)


class Opinion(BaseModel):
    """What the model answers."""

    model_config = ConfigDict(extra="forbid")

    intent: Intent
    slots: _ModelSlots = _ModelSlots()

    def merged_into(self, read: Slots, lexicon: Lexicon) -> Slots:
        """``read`` with the model's slots where the rules found none and the lexicon knows the keys."""
        update: dict[str, Any] = {}
        if not read.type:
            update["type"] = [key for key in self.slots.type if lexicon.expand(key)]
        if not read.colour:
            update["colour"] = [key for key in self.slots.colour if key in lexicon.colours]
        return read.model_copy(update=update)


JSON_SCHEMA: dict[str, Any] = Opinion.model_json_schema()


def meanings() -> dict[Intent, str]:
    """Each intent in a few words, as the prompt has it."""
    return dict(_MEANINGS)


def prompt_for(text: str, context: TurnContext, lexicon: Lexicon) -> Prompt:
    """The question to the model, state included, at most a few hundred tokens."""
    intents = "\n".join(f"- {intent}: {meaning}" for intent, meaning in _MEANINGS.items())
    system = _SYSTEM.format(intents=intents, types=", ".join([*lexicon.types, *lexicon.umbrellas]))
    state = context.model_dump_json(
        include={"last_intent", "shown", "in_focus", "pending", "asked_for"}, exclude_defaults=True
    )
    return Prompt(system=system, user=f"State: {state}\nMessage: {text[:500]}", max_tokens=MAX_TOKENS)
