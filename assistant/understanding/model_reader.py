"""The language model as a reader of a message: one call, a few fields, and checks of everything it says.

It reads what the encoder cannot: the turns before, the titles on display, what was asked last. It answers which act the
message is, the message rewritten so that it can be understood alone, and the products it points at. What it turns down
and budgets are left to the rules: a small model invents them. It knows nothing of memory or of the shop; what it says
never becomes a fact, only a reading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.llm.client import DialogueModel, Prompt, json_within
from assistant.understanding.schema import Intent

MAX_TURNS = 4
"""Earlier messages that the model is shown."""
MAX_TURN_CHARS = 160
"""Of each of them; of the message itself three times as many."""
MAX_TITLES = 8
MAX_ADDED_CHARS = 80
"""Characters that a rewriting may have beyond the message."""
MAX_TOKENS = 96
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ABOUT_PRODUCTS = (Intent.PRODUCT_QUESTION, Intent.COMPARE, Intent.CART)

ACTS: dict[str, Intent] = {
    "search": Intent.PRODUCT_SEARCH,
    "question": Intent.PRODUCT_QUESTION,
    "compare": Intent.COMPARE,
    "suggest": Intent.RECOMMEND,
    "cart": Intent.CART,
    "order_status": Intent.ORDER_STATUS,
    "order_change": Intent.ORDER_CHANGE,
    "return": Intent.RETURN_REFUND,
    "help": Intent.FAQ,
    "complaint": Intent.COMPLAINT,
    "human": Intent.HUMAN_AGENT,
    "chat": Intent.SMALL_TALK,
    "outside": Intent.OUT_OF_SCOPE,
    "yes": Intent.CONFIRM,
    "no": Intent.DECLINE,
}
"""Short names: every token of the answer is time."""

_SYSTEM = """You read one customer message to an online shop. Answer JSON:
say: the message as one full sentence that can be understood alone, in the customer's language; nothing added
act: search (wants products, or changes the search) | question (about one product) | compare | suggest (a gift, no idea) | \
cart (buy, add, remove) | order_status | order_change (cancel, address, items) | return | help (how the shop works: \
delivery, payment, returns rules) | complaint (broken, wrong, late, angry) | human | chat (hello, thanks) | outside | \
yes | no (answers what the shop asked)
of: numbers of the listed products it points at

Shop: What are you looking for?
Customer: something warm for my hands, no wool
{"say":"I want warm gloves, no wool","act":"search","of":[]}
List: 1 Oak Stool 2 Birch Bench
Customer: is the second one for outdoors?
{"say":"Is the Birch Bench for outdoors?","act":"question","of":[2]}
List: 1 Oak Stool 2 Birch Bench
Customer: hmm both too dear, 60 at most
{"say":"I want a stool or bench for at most 60","act":"search","of":[]}
List: 1 Pine Clock
Customer: ok that's the one, two of them
{"say":"Put two Pine Clocks in my cart","act":"cart","of":[1]}
Customer: it came with a crack!!
{"say":"My order arrived with a crack","act":"complaint","of":[]}
Shop: The scarf is $20. Anything else?
Customer: how long till it gets here
{"say":"How long does delivery take?","act":"help","of":[]}
顾客: 上周买的还没到
{"say":"我上周买的东西还没到，现在到哪了？","act":"order_status","of":[]}
列表: 1 橡木凳 2 桦木长椅
顾客: 第一个有黑色的吗
{"say":"橡木凳有黑色的吗？","act":"question","of":[1]}"""

SCHEMA: dict[str, Any] = {
    "title": "reading",
    "type": "object",
    "properties": {
        "say": {"type": "string", "maxLength": 160},
        "act": {"enum": list(ACTS)},
        "of": {"type": "array", "items": {"type": "integer"}, "maxItems": 3},
    },
    "required": ["say", "act", "of"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What of a conversation the model is shown. ``turns``: ("shopper" or "assistant", redacted text), the latest last.

    ``asked``: what the assistant asked for last; ``request``: the change that is being talked over; ``waiting``:
    something waits for a yes or no.
    """

    turns: Sequence[tuple[str, str]] = ()
    titles: Sequence[str] = ()
    asked: str = ""
    request: str = ""
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class ModelReading:
    """What holds up of the model's answer. ``things`` counts the shown list from 1."""

    intent: Intent
    standalone: str
    things: tuple[int, ...] = ()


def prompt_for(text: str, scene: Scene) -> Prompt:
    """Instructions and examples first, always the same, so that the server keeps them read."""
    lines: list[str] = []
    for who, said in scene.turns[-MAX_TURNS:]:
        lines.append(f"{'Customer' if who == 'shopper' else 'Shop'}: {_line(said, MAX_TURN_CHARS)}")
    if scene.titles:
        listed = " ".join(f"{number} {title}" for number, title in enumerate(scene.titles[:MAX_TITLES], 1))
        lines.append(f"List: {listed}")
    if scene.request:
        lines.append(f"Under way: {scene.request}")
    if scene.asked:
        lines.append(f"Shop asked for: {scene.asked}")
    if scene.waiting:
        lines.append("Shop waits for yes or no.")
    lines.append(f"Read this. Customer: {_line(text, 3 * MAX_TURN_CHARS)}")
    return Prompt(_SYSTEM, "\n".join(lines), max_tokens=MAX_TOKENS)


def checked(answer: Mapping[str, Any], text: str, scene: Scene) -> ModelReading | None:
    """The answer as far as it holds up; None where its act does not.

    Yes or no needs something that waits; a product must be on the list, and is only believed of an act that is about
    single products; a rewriting must keep to the numbers and the language of what was said.
    """
    intent = ACTS.get(str(answer.get("act")))
    if intent is None or (intent in (Intent.CONFIRM, Intent.DECLINE) and not scene.waiting):
        return None
    shown = range(1, min(len(scene.titles), MAX_TITLES) + 1)
    of = answer.get("of") if intent in _ABOUT_PRODUCTS else None
    things = [number for number in of if type(number) is int and number in shown] if isinstance(of, list) else []
    said = answer.get("say")
    standalone = said.strip() if isinstance(said, str) else ""
    return ModelReading(
        intent=intent,
        standalone=standalone if _faithful(standalone, text, scene) else text,
        things=tuple(dict.fromkeys(things)),
    )


async def read(text: str, scene: Scene, model: DialogueModel, limit_s: float) -> ModelReading | None:
    """One call; None when no answer that holds up came within ``limit_s``."""
    answer = await json_within(model, prompt_for(text, scene), SCHEMA, limit_s)
    return checked(answer, text, scene) if answer is not None else None


def _line(text: str, most: int) -> str:
    return " ".join(text.split())[:most]


def _faithful(standalone: str, text: str, scene: Scene) -> bool:
    """Whether a rewriting is one: no number that nobody said, the message's language, not an answer to it, and not what
    the assistant said."""
    known = _digits(" ".join([text, *scene.titles, *(said for _, said in scene.turns[-MAX_TURNS:])]))
    same_language = bool(_HAN.search(standalone)) == bool(_HAN.search(text))
    repeated = any(standalone in said for who, said in scene.turns if who != "shopper")
    short = len(standalone) <= len(text) + MAX_ADDED_CHARS
    return bool(standalone) and same_language and short and not repeated and _digits(standalone) <= known


def _digits(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))
