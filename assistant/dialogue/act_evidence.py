"""What a message holds for one act or another, beside what the router takes it for: read once, before ``decide``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.dialogue.acts import questions
from assistant.dialogue.acts.cart import OPTION_WORDS
from assistant.dialogue.acts.cart_wishes import options_named
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import wishes
from assistant.dialogue.resolve import focus, matching_variants, meant, referents, without_titles
from assistant.dialogue.turn import Turn
from assistant.shop.actions import VERBS
from assistant.understanding.clauses import requested_action
from assistant.understanding.languages import matched
from assistant.understanding.schema import Intent, Slots, TurnContext
from assistant.understanding.slots import Reading, slots_for
from retrieval.search.query import Hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a message holds beside the router's opinion. ``slots``: what it would say of goods; ``things``: the products
    it means."""

    reading: Reading
    slots: Slots
    things: tuple[Hit, ...]
    cues: frozenset[str]
    shopping: bool
    """Goods are being talked about."""
    wanted: tuple[str, ...]
    """The attributes wished so far and now."""
    only_named: bool
    """Beside the titles of products it names neither a kind nor any property."""
    kinds_beside: tuple[str, ...]
    """Kinds that are named beside the titles of products."""
    version_of_line: bool
    """Right after the cart was spoken of it names no more than a colour or size of the product in focus there."""
    option_of_focus: bool
    """It names no more than a colour or size that the product in focus comes in."""
    on_orders: bool
    """It has the words or the number of a request on an order, or tells of what was bought."""

    @property
    def wished(self) -> bool:
        """Whether it wishes anything of goods beside their kind."""
        return bool(self.slots.indifferent) or wishes(self.slots.model_copy(update={"type": []})) != Slots()


def gather(turn: Turn, memory: Memory, context: TurnContext, deps: Dependencies) -> Evidence:
    """Reads the message once more without a label."""
    text, understander = turn.message, deps.understander
    reading = understander.reading(text, context)
    slots = slots_for(reading, Intent.PRODUCT_SEARCH)
    at_hand = referents(memory, deps)
    # The numbers of titles count nothing: "the Lodge 2 and 3" are not the second and the third.
    unnamed = without_titles(text, memory, deps.titles())
    besides = understander.reading(unnamed, context) if unnamed != text else reading
    pointing = slots_for(besides, Intent.PRODUCT_QUESTION)
    wished = wishes(slots_for(besides, Intent.PRODUCT_SEARCH)) if unnamed != text else slots
    things = meant(slots.model_copy(update={"reference": pointing.reference}), text, at_hand)
    cues = matched("cues", text)
    anew = "anew" in cues and bool(slots.attribute)  # 想换个不粘的: to buy another, not to exchange one
    return Evidence(
        reading=reading,
        slots=slots,
        things=tuple(things),
        cues=cues,
        shopping=memory.need is not None or bool(memory.shown),
        wanted=(*slots.attribute, *(memory.search.attribute if memory.search else ())),
        only_named=unnamed != text and wished == Slots(),
        kinds_beside=tuple(besides.slots.type),
        version_of_line=_version_of_line(slots, things, cues, text, memory, deps),
        option_of_focus=_option_of_focus(slots, memory, deps),
        on_orders=bool(slots.order_id)
        or (requested_action(text) in VERBS and not anew)
        or "owned" in cues
        or questions.requests(turn),
    )


def _option_of_focus(slots: Slots, memory: Memory, deps: Dependencies) -> bool:
    only = focus(memory, deps.product)
    said = slots.model_copy(update={"colour": [], "size": [], "reference": []})
    if only is None or said != Slots() or not (slots.colour or slots.size):
        return False
    return bool(matching_variants(only.product, slots))


_WANTED = re.compile(
    r"\b(?:can|could|may|might) (?:i|we|you) (?:have|get|take|change|make|switch|swap)\b", re.IGNORECASE
)
_MANY, _BRIEF_WORDS = 20, 4


def _version_of_line(
    slots: Slots, things: Sequence[Hit], cues: frozenset[str], text: str, memory: Memory, deps: Dependencies
) -> bool:
    """ "In navy", "actually make it a 44": of what has just been put in the cart."""
    if memory.last_intent is not Intent.CART or memory.cart_id is None or memory.focus is None:
        return False
    if "asks" in cues and not _WANTED.search(text):
        return False
    product = deps.product(memory.focus)
    lines = deps.shop.carts.show(memory.cart_id).lines
    if product is None or all(line.product_id != product.id for line in lines):
        return False
    if any(hit.product.id != product.id for hit in things):
        return False
    if not (slots.colour or slots.size):
        # "Sorry, 44": nothing but the name of a version, and no number of pieces.
        said = [value for value in options_named(text, product).values() if not value.isdigit() or int(value) > _MANY]
        return bool(said) and len(text.split()) <= _BRIEF_WORDS
    has = {key for variant in product.variants for key in variant.options}
    if (slots.colour and "colour" not in has) or (slots.size and "size" not in has):
        return False
    if set(deps.words.free(text).split()) - OPTION_WORDS:
        return False
    kind = not slots.type or product.type in deps.lexicon.leaves(slots.type)
    others: dict[str, object] = {"colour": [], "size": [], "reference": [], "type": [], "cart_action": None}
    return kind and wishes(slots.model_copy(update=others)) == Slots()
