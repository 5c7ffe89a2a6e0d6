"""One turn's workbench: what came in, and what each step of the graph found. Lives only while the turn runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from assistant.answering.evidence import Answer
from assistant.dialogue.need import Need, Shown
from assistant.dialogue.request import AskedTopic, Led, ServiceEvidence
from assistant.events import ProductCard
from assistant.outcome import Around, Outcome
from assistant.shop.policy import Condition
from assistant.understanding.about_me import AboutMe
from assistant.understanding.concerns import Concern
from assistant.understanding.conversation_reader import RequestRead
from assistant.understanding.schema import Intent, Slots, Understanding
from assistant.wording.compose import Degradation
from retrieval.ranking.person import Preference
from retrieval.search.query import FaqHit, Hit, SearchResult

PressAction = Literal[
    "add_to_cart",
    "change_quantity",
    "remove_from_cart",
    "show_cart",
    "confirm",
    "cancel",
    "remove_wish",
    "sort",
    "alike",
]
NEED_ACTIONS: tuple[PressAction, ...] = ("remove_wish", "sort", "alike")
"""Buttons that edit what is looked for: the turn searches, without anything to be understood."""


Problem = Literal["empty", "too_long", "no_words"] | Concern
"""What the guard finds of a message that goes no further."""

BEFORE_ACTING = ("", "guard", "understand", "retrieve", "rank")
"""Steps that change nothing: a turn may be broken off in them."""


class Stopped(Exception):
    """The shopper stopped the turn before it did anything."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button: it means exactly one thing, so nothing needs to be understood."""

    action: PressAction
    product_id: str = ""
    variant_id: str = ""
    quantity: int = 1
    key: str = ""
    """Which wish, or which order, of the need."""


@dataclass(frozen=True, slots=True)
class Side:
    """A kind of goods that is held against another, as the customer calls it, and the product that stands for it."""

    name: str
    hit: Hit | None


@dataclass(slots=True)
class Turn:
    conversation_id: str
    turn_id: str
    text: str = ""
    image: Image | None = None
    press: Press | None = None
    at: str = ""
    """The step it is in."""
    stop: asyncio.Event | None = None
    """Set when the shopper wants no more of the reply."""
    page: Shown | None = None
    """The product whose page in the shop the customer writes from."""
    language: str | None = None
    """Chosen by the customer's language switch; None: as the message is written."""

    message: str = ""
    """The text after the guard."""
    original: str = ""
    """The message as it was written, where ``message`` says it in English, to be read so."""
    own_words: bool = False
    """``message`` is in a language of the shop's own texts, and looked for as it stands."""
    said: str = ""
    """The whole message, of which ``message`` is one clause when it asks for several things."""
    answers_request: bool = False
    only_rule: bool = False
    """It asks what is allowed and wants nothing done."""
    """Goes on with the request in memory, rather than beginning another."""
    answers_asked: bool = False
    """Gives what was asked for of the cart."""
    said_of_self: tuple[str, ...] = ()
    """What it tells of who writes it: name, email, postcode, order."""
    identity_read: bool = False
    service: ServiceEvidence | None = None
    """That it is about the customer's orders, account or identity, whatever the router takes it for."""
    asked: tuple[AskedTopic, ...] = ()
    """What its sentences ask about the customer's own orders."""
    problem: Problem | None = None
    """Why nothing of it is taken up."""
    only_reads: bool = False
    """It gave the assistant orders too: of what it says besides, questions are answered and nothing is changed."""
    embedding: NDArray[np.float32] | None = None
    understanding: Understanding | None = None
    intent: Intent = Intent.SMALL_TALK
    slots: Slots = field(default_factory=Slots)
    things: tuple[Hit, ...] = ()
    """The products the message means."""
    sides: tuple[Side, ...] = ()
    """The two kinds of goods that it holds against each other."""
    reduced: tuple[Hit, ...] = ()
    """The reduced goods that it asks for."""
    cues: frozenset[str] = frozenset()
    """What it does with what was shown, by the names of ``languages/*/cues.toml``."""
    condition: Condition = ""
    """What it says of goods that somebody has."""
    request: RequestRead | None = None
    """What it asks for, as the leading model read it; ``None``: by the encoder's and the rules' reading."""
    of_several: bool = False
    """The message makes several requests, as a leading model read it."""
    of_items: tuple[Led, ...] = ()
    """The request, one an item where several make one, as the leading model read them."""
    led: tuple[Led, ...] = ()
    """What else the message asks for, as the leading model read it."""
    need: Need | None = None
    """The need as the leading model read it, in place of what the rules make of the message."""
    new_need: bool = False
    not_carried: str = ""
    answer: Answer | None = None
    """To a question about products, where it has been looked for already."""
    edited: bool = False
    unchanged: bool = False
    """The search finds just what is on display."""
    exhausted: bool = False
    """Nothing fits beside what was turned down."""
    around: Around = field(default_factory=Around)
    result: SearchResult | None = None
    hits: tuple[Hit, ...] = ()
    """Products meant or found, in the order they will be shown."""
    named: bool = False
    """Whether ``hits`` were pointed at by the message rather than searched for."""
    only_named: bool = False
    """The message is hardly more than the name of a product: what it is, is wanted."""
    answers: tuple[FaqHit, ...] = ()
    personal: bool = False
    about_me: AboutMe | None = None
    """What the message asks for of the shopper's own profile."""
    stated: tuple[Preference, ...] = ()
    """What it says of the shopper for good; ``only_states``: and nothing else."""
    only_states: bool = False
    unclear: bool = False
    outcome: Outcome | None = None
    extra: tuple[Outcome, ...] = ()
    cards: tuple[ProductCard, ...] = ()
    degraded: Degradation | None = None
    """Why the tool loop could not be asked, or not to its end."""
    model_calls: int = 0
    prompt_tokens: int = 0
    steps_ms: dict[str, float] = field(default_factory=dict)
    deeds: Iterator[int] = field(default_factory=count)
    """Counts what it has changed; one counter for all requests of a message."""

    def deed(self) -> str:
        """Names its next change: the same each time the turn is run, which makes it once."""
        return f"{self.conversation_id}/{self.turn_id}/{next(self.deeds)}"

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Adds the time of the block to ``steps_ms[name]``."""
        self.at = name
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.steps_ms[name] = self.steps_ms.get(name, 0.0) + (time.perf_counter() - begin) * 1000
