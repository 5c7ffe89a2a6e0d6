"""What the dialogue works with. ``bootstrap`` makes it from real parts; tests pass their own. No globals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.answering.answerer import Answerer
from assistant.dialogue.describe import Called
from assistant.dialogue.searching import UnreadWords
from assistant.dialogue.titles import Titles
from assistant.dialogue.voice import Voice
from assistant.llm.client import DialogueModel
from assistant.llm.endpoint import Reads
from assistant.merchandising.campaigns import Campaigns
from assistant.online.serving import Serving
from assistant.profile.profiles import Profiles
from assistant.records.conversations import Conversations
from assistant.records.tickets import Tickets
from assistant.records.unanswered import Unanswered
from assistant.shop.hours import Hours
from assistant.shop.shop import Shop
from assistant.understanding.concerns import ConcernReader
from assistant.understanding.order_questions import OrderQuestions
from assistant.understanding.understander import Understander
from assistant.wording.cards import Cards
from retrieval.encoders.embedded import TextModel
from retrieval.faq.search import FaqSearch
from retrieval.models import Product
from retrieval.ranking.ranker import Ranker
from retrieval.search.products import ProductSearch
from retrieval.text.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Limits:
    """``message`` in characters; ``shown`` and ``compared`` in products."""

    message: int = 2000
    shown: int = 6
    compared: int = 4
    faq_confidence: float = 0.5
    """Below it a passage is not offered as the answer."""
    clarify_confidence: float = 0.4
    """Below it the assistant asks what is meant, unless search or FAQ is sure."""


@dataclass(frozen=True, slots=True)
class LoopLimits:
    """How far the tool loop may go in one request: model calls, tool calls, and seconds in all."""

    model_calls: int = 6
    tool_calls: int = 12
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Dependencies:
    """``titles`` and ``product`` look into the live catalogue at each call."""

    lexicon: Lexicon
    text_encoder: TextModel
    understander: Understander
    concerns: ConcernReader
    """Tells what a shop assistant does not take up."""
    questions: OrderQuestions
    answerer: Answerer
    """Answers questions about products from evidence."""
    search: ProductSearch
    faq: FaqSearch
    ranker: Ranker
    online: Serving
    """Chooses the ranking of each list and logs what was shown."""
    shop: Shop
    profiles: Profiles
    conversations: Conversations
    tickets: Tickets
    unanswered: Unanswered
    cards: Cards
    words: UnreadWords
    called: Called
    titles: Callable[[], Titles]
    product: Callable[[str], Product | None]
    voice: Voice
    model: DialogueModel | None = None
    model_reads: Callable[[], Reads] = lambda: "off"
    """Which messages are put to the model now."""
    model_read_s: float = 6.0
    """Longest wait for its reading; then the encoder's stands."""
    model_answers: bool = True
    """Whether a model that leads may put a direct answer in its own words, where it holds."""
    hours: Hours | None = None
    """When people answer, where the settings say so; else help pages may."""
    campaigns: Campaigns | None = None
    """``None``: no place is sold."""
    tool_loop: LoopLimits | None = None
    """``None``: requests on orders are handled by the dialogue's own acts alone."""
    limits: Limits = field(default_factory=Limits)
