"""A capable model's reading of a whole conversation: what the latest message asks for, in one call with a JSON schema.

The model is shown the turns, the products, pages and orders at hand under labels, and answers with requests that point
at these labels, and with the need as it stands after the message. ``checked`` keeps what holds up: every key must be one
that the shop has. It knows nothing of memory or of acts; what it says never becomes a fact, only a reading.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.llm.client import DialogueModel, Prompt, json_within
from assistant.prompts import prompt
from assistant.shop.actions import OrderAction
from assistant.shop.policy import Condition
from assistant.understanding.schema import Intent, Slots, intent_of
from assistant.understanding.service_topics import ServiceTopic, topics
from assistant.understanding.wishes import Wish, completed
from retrieval.text.lexicon import Lexicon
from retrieval.text.measures import DIMENSIONS, limit
from retrieval.text.words import is_chinese

MAX_TOKENS = 1000
TALK = ("greeting", "thanks", "goodbye", "bot", "how_are_you", "praise", "acknowledgement", "hesitation")
"""What is said in passing."""
TOPICS = ("order", "problem", "person", "help")
ADULT_AGE = 16
"""Years from which on goods are not chosen by age."""
MAX_REQUESTS = 5
"""Requests of one message that are taken up."""
MAX_NAMED_PAGES = 120
"""Help pages up to which all are named in the instructions; of more, those found for the message."""

Act = Literal[
    "search", "suggest", "question", "compare", "add", "change", "remove", "cart", "checkout", "help", "order",
    "cancel", "address", "items", "part", "payment", "return", "exchange", "problem", "person", "chat", "outside", "yes", "no",
]  # fmt: skip

SEARCHES: tuple[Act, ...] = ("search", "suggest")
"""What has a need."""


def _slots(action: OrderAction) -> dict[str, Any]:
    return {"resolution": action.word} if action.gives_back else {"change": action}


INTENTS: dict[str, tuple[Intent, dict[str, Any]]] = {
    "search": (Intent.PRODUCT_SEARCH, {}),
    "suggest": (Intent.RECOMMEND, {}),
    "question": (Intent.PRODUCT_QUESTION, {}),
    "compare": (Intent.COMPARE, {}),
    "add": (Intent.CART, {"cart_action": "add"}),
    "change": (Intent.CART, {"cart_action": "change"}),
    "remove": (Intent.CART, {"cart_action": "remove"}),
    "cart": (Intent.CART, {"cart_action": "show"}),
    "checkout": (Intent.CART, {"cart_action": "checkout"}),
    "help": (Intent.FAQ, {}),
    "order": (Intent.ORDER_STATUS, {}),
    **{action.word: (intent_of(action), _slots(action)) for action in OrderAction if action.status},
    "part": (Intent.ORDER_CHANGE, {"change": OrderAction.CHANGE_ITEMS}),
    "problem": (Intent.COMPLAINT, {}),
    "person": (Intent.HUMAN_AGENT, {}),
    "chat": (Intent.SMALL_TALK, {}),
    "outside": (Intent.OUT_OF_SCOPE, {}),
    "yes": (Intent.CONFIRM, {}),
    "no": (Intent.DECLINE, {}),
}
"""Each act as an intent, and the slots that it settles."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


Word = Annotated[str, Field(max_length=40)]
Labels = Annotated[list[Annotated[str, Field(max_length=8)]], Field(max_length=12)]
Keys = Annotated[list[Word], Field(max_length=8)]
Sentence = Annotated[str, Field(max_length=400)]


class Limit(_Answer):
    """A bound on a quantity in the base unit of its dimension."""

    of: str
    low: float | None
    high: float | None


class WishRead(_Answer):
    """A quality wanted, with the words by which a product's text would speak for and against it."""

    say: Word
    like: Keys
    unlike: Keys


class NeedRead(_Answer):
    """All that is wanted of one search, restated; not only what the message adds."""

    new: bool
    kinds: Keys
    brands: Keys
    colours: Keys
    sizes: Keys
    price_min: float | None
    price_max: float | None
    together: float | None
    attributes: Keys
    without: Keys
    limits: Annotated[list[Limit], Field(max_length=4)]
    wishes: Annotated[list[WishRead], Field(max_length=4)] = []
    words: Annotated[str, Field(max_length=160)]
    not_a_kind: Word
    sort: Literal["", "cheapest", "dearest", "best_rated"]
    rejected: Labels


class RequestRead(_Answer):
    act: Act
    say: Sentence
    things: Labels
    colour: Word
    size: Word
    quantity: int | None
    page: Word
    order: Word
    topic: str
    talk: str
    condition: Condition = ""
    """Of goods they have. Readings recorded before there was one have none."""
    need: NeedRead | None


class ConversationReading(_Answer):
    requests: list[RequestRead]


@dataclass(frozen=True, slots=True)
class KnownLabels:
    """What the answers may name: labels of things and pages, order ids; the shop's words; brands."""

    things: Collection[str]
    pages: Collection[str]
    orders: Collection[str]
    lexicon: Lexicon
    brands: Collection[str]


@cache
def schema() -> dict[str, Any]:
    """Every property required and no other allowed, as constrained decoding wants it."""
    made = ConversationReading.model_json_schema()
    made["title"] = "conversation_reading"
    made["properties"]["requests"] |= {"minItems": 1, "maxItems": MAX_REQUESTS}
    for part in made["$defs"].values():
        part["required"] = list(part["properties"])
    made["$defs"]["RequestRead"]["properties"]["topic"] = {"enum": ["", *topics()]}
    made["$defs"]["RequestRead"]["properties"]["talk"] = {"enum": ["", *TALK]}
    made["$defs"]["NeedRead"]["properties"]["wishes"].pop("default", None)
    made["$defs"]["Limit"]["properties"]["of"] = {"enum": sorted(DIMENSIONS)}
    return made


def prompt_for(
    situation: Mapping[str, Any], lexicon: Lexicon, shop: str, pages: Mapping[str, str] = MappingProxyType({})
) -> Prompt:
    """``situation``: what ``prompts/read_turn.md.jinja`` shows. The instructions are the same at every call in one
    language, so that the server keeps them read; ``pages``: questions of the help pages by id."""
    return Prompt(_system(lexicon, shop, pages), prompt("read_turn.md").render(situation).strip(), MAX_TOKENS)


async def read(request: Prompt, known: KnownLabels, model: DialogueModel, limit_s: float) -> ConversationReading | None:
    """One call; ``None`` when no answer that holds up came within ``limit_s`` seconds."""
    answer = await json_within(model, request, schema(), limit_s)
    return checked(answer, known) if answer is not None else None


def checked(answer: Mapping[str, Any], known: KnownLabels) -> ConversationReading | None:
    """The answer without what the shop does not have; ``None`` where it is none."""
    try:
        reading = ConversationReading.model_validate(answer)
    except ValidationError:
        return None
    requests = [_kept(request, known) for request in reading.requests[:MAX_REQUESTS]]
    return ConversationReading(requests=requests) if requests else None


def _kept(request: RequestRead, known: KnownLabels) -> RequestRead:
    need = request.need
    if need is not None:
        need = need.model_copy(update={"rejected": [label for label in need.rejected if label in known.things]})
    return request.model_copy(
        update={
            "things": [label for label in dict.fromkeys(request.things) if label in known.things],
            "page": request.page if request.page in known.pages else "",
            "order": request.order if request.order in known.orders else "",
            "topic": request.topic if request.topic in topics() else "",
            "talk": request.talk if request.talk in TALK else "",
            "need": need if request.act in SEARCHES else None,
        }
    )


def slots_of(need: NeedRead, known: KnownLabels) -> tuple[Slots, str]:
    """The need as slots, and the words that no slot stands for: what the lexicon does not know is left to meaning."""
    lexicon, words = known.lexicon, [need.words, "" if need.kinds else need.not_a_kind]

    def keys(values: list[str], has: Collection[str]) -> list[str]:
        words.extend(value for value in values if value not in has)
        return [value for value in dict.fromkeys(values) if value in has]

    def pairs(said: list[str]) -> list[str]:
        values = [value if "=" in value else f"{value}=yes" for value in said]
        kept = [value for value in dict.fromkeys(values) if _is_pair(value, lexicon)]
        words.extend(_in_words(value) for value in values if value not in kept)
        return kept

    slots = Slots(
        type=keys(need.kinds, {*lexicon.types, *lexicon.umbrellas}),
        brand=keys(need.brands, known.brands),
        colour=keys(need.colours, lexicon.colours),
        size=list(dict.fromkeys(need.sizes)),
        price_min=price(need.price_min),
        price_max=price(need.price_max),
        attribute=pairs(need.attributes),
        exclude=[pair for pair in dict.fromkeys([*need.without, *_for_adults(need)]) if _is_unwanted(pair, known)],
        measures=[
            limit(one.of, one.low, one.high)
            for one in need.limits
            if one.of in DIMENSIONS and (one.low is not None or one.high is not None) and not _is_adult(one)
        ],
        sort=need.sort or None,
    )
    return slots, " ".join(dict.fromkeys(" ".join(words).split()))


def wishes_of(need: NeedRead) -> list[Wish]:
    """The qualities wanted; what their own words say of them is added by the shop's (``wishes.completed``)."""
    return [
        completed(
            Wish(say=one.say, like=tuple(one.like), unlike=tuple(one.unlike)), "zh" if is_chinese(one.say) else "en"
        )
        for one in need.wishes
        if one.say.strip()
    ]


def _is_adult(one: Limit) -> bool:
    return one.of == "age" and (one.low or one.high or 0) >= ADULT_AGE


def _for_adults(need: NeedRead) -> list[str]:
    """An adult's age is no bound on goods, but that they are not made for children."""
    return ["audience=kids"] if any(_is_adult(one) for one in need.limits) else []


def price(amount: float | None) -> Decimal | None:
    """An amount of money that may be meant."""
    return Decimal(str(amount)) if amount is not None and 0 < amount < 10**9 else None


def _in_words(pair: str) -> str:
    key, _, value = pair.partition("=")
    return (key if value in ("yes", "no") else value).replace("_", " ")


def _is_pair(pair: str, lexicon: Lexicon) -> bool:
    key, _, value = pair.partition("=")
    entry = lexicon.attributes.get(key)
    if entry is None or entry.kind == "quantity":
        return False
    return value in ("yes", "no") if entry.kind == "boolean" else value in entry.values


def _is_unwanted(pair: str, known: KnownLabels) -> bool:
    key, _, value = pair.partition("=")
    has: dict[str, Collection[str]] = {
        "type": known.lexicon.types,
        "colour": known.lexicon.colours,
        "brand": known.brands,
    }
    return value in has[key] if key in has else _is_pair(pair, known.lexicon)


def _is_told(topic: ServiceTopic, kind: str, pages: Mapping[str, str]) -> bool:
    """Where all pages are named, a topic that is no more than a page need not be."""
    return topic.kind == kind and not (pages and kind == "help" and topic.help["en"])


def _system(lexicon: Lexicon, shop: str, pages: Mapping[str, str]) -> str:
    attributes = [
        key if entry.kind == "boolean" else f"{key}={'|'.join(entry.values)}"
        for key, entry in lexicon.attributes.items()
        if entry.kind != "quantity"
    ]
    return (
        prompt("read.md")
        .render(
            shop=shop,
            kinds=list(lexicon.types),
            umbrellas={key: entry.types for key, entry in lexicon.umbrellas.items()},
            colours=list(lexicon.colours),
            attributes=attributes,
            topics={
                kind: [topic.told for topic in topics().values() if _is_told(topic, kind, pages)] for kind in TOPICS
            },
            dimensions=DIMENSIONS,
            pages=pages,
        )
        .strip()
    )
