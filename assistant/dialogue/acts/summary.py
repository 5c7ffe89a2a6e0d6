"""One line for the agents' queue: what the customer wants, from what the conversation has come to, and their words."""

from __future__ import annotations

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Need
from assistant.dialogue.request import ServiceRequest
from assistant.dialogue.turn import Turn
from assistant.records.conversations import SHOPPER_MESSAGE
from assistant.understanding.schema import Intent
from retrieval.text.words import is_chinese, latin_words

MAX_CHARS = 200
_MIN_WORDS, _MIN_CHINESE = 4, 6
"""Words, and Chinese characters, from which a message says something by itself: "yes please" does not."""
_LOOKED_BACK = 30
_MAX_CALL_CHARS = 60
"""Letters of a message that only asks for a person."""
_WANTS = {
    "cancel": "Cancel",
    "return": "Return from",
    "swap": "Exchange or change items of",
    "address": "Change the address of",
    "payment": "Change the payment of",
    "status": "Asks about",
    "problem": "Something is wrong with",
}


def summary(turn: Turn, memory: Memory, deps: Dependencies) -> str:
    """At most ``MAX_CHARS`` characters, in English around the customer's own words. Redacted by the record that stores
    it."""
    said = _telling(turn.original or turn.message, turn, deps)
    wanted = _request(memory.request) if memory.request else _need(memory.need, deps) if memory.need else ""
    whole = f"{wanted}: {said}" if wanted and said not in wanted else wanted or said
    return whole if len(whole) <= MAX_CHARS else whole[: MAX_CHARS - 1] + "…"


def _telling(last: str, turn: Turn, deps: Dependencies) -> str:
    """What was said last; where that but calls for a person, or is but a yes, after the last that says something."""
    calls = turn.intent is Intent.HUMAN_AGENT and len(last) <= _MAX_CALL_CHARS
    if _says_something(last) and not calls:
        return last
    messages = reversed(deps.conversations.latest(turn.conversation_id, _LOOKED_BACK))
    texts = (message.text for message in messages if message.kind == SHOPPER_MESSAGE and message.text != last)
    before = next((text for text in texts if _says_something(text)), "")
    return f"{before} … {last}" if before else last


def _says_something(text: str) -> bool:
    return len(text) >= _MIN_CHINESE if is_chinese(text) else len(latin_words(text)) >= _MIN_WORDS


def _request(request: ServiceRequest) -> str:
    orders = ", ".join(request.order_ids)
    what = f"order {orders}" if orders else "an order"
    about = request.about.replace("_", " ")
    more = [f"({about})" if about else "", f"wants a {request.remedy}" if request.remedy else ""]
    return " ".join(part for part in (_WANTS.get(request.verb, request.verb.capitalize()), what, *more) if part)


def _need(need: Need, deps: Dependencies) -> str:
    slots = need.slots
    kinds = [deps.lexicon.name("type", kind, "en").lower() for kind in slots.type]
    named = [*slots.colour, *slots.brand, *(kinds or ([need.words] if need.words else []))]
    limit = f" under {slots.price_max.normalize():f}" if slots.price_max is not None else ""
    size = f" in size {', '.join(slots.size)}" if slots.size else ""
    return f"Looks for {' '.join(named)}{size}{limit}" if named else ""
