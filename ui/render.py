"""Events as HTML fragments, by Jinja with autoescape. The pages' scripts only put them in place; they build none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypedDict

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from assistant import events
from assistant.events import CartShown, Event
from assistant.languages import LANGUAGES, spoken
from assistant.pages import Entry, ProductDetail, Refused, WishShown
from retrieval.addresses import followable
from retrieval.models import FaqEntry
from ui.texts import Words

HERE = Path(__file__).parent


class Part(TypedDict):
    """A keyed piece of the transcript: the script adds it, or replaces the one with the same key."""

    key: str
    html: str


def safe_url(url: str | None) -> str:
    """The address when a browser may be sent there, or it is itself a picture; else nothing."""
    text = (url or "").strip()
    return text if text.lower().startswith("data:image/") else followable(text)


_ADDRESS = re.compile(r"(?<![\w/])(?:https?://|/help(?=[/#]|\b))[\w./#?=&%~-]*[\w/]")


def with_links(text: str) -> Markup:
    """The text, escaped, with its web addresses and links to the shop's own help pages as links."""
    parts, end = [], 0
    for found in _ADDRESS.finditer(text):
        parts += [escape(text[end : found.start()]), _link.format(found[0], found[0])]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


_link = Markup('<a href="{}" target="_blank" rel="noopener">{}</a>')


def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["url"] = safe_url
    env.filters["links"] = with_links
    env.filters["own_name"] = lambda language: LANGUAGES[spoken(language)]
    return env


ENVIRONMENT = environment()
_blocks: Any = ENVIRONMENT.get_template("blocks.html").module
_buying: Any = ENVIRONMENT.get_template("buying.html").module

_ELSEWHERE = ("degraded", "suggestions")
"""Kinds of blocks that have a place of their own in a turn."""

_SILENT = ("agent_joined", "agent_left")
"""Kinds of which no article but a line tells."""

_STRAIGHT = ("pending", "processed", "shipped", "delivered")
_DETOURS = {
    "cancelled": ("pending", "cancelled"),
    "return_requested": ("shipped", "delivered", "return_requested", "returned"),
    "returned": ("shipped", "delivered", "return_requested", "returned"),
    "exchange_requested": ("shipped", "delivered", "exchange_requested"),
    "other": ("other",),
}


def order_steps(status: str) -> tuple[tuple[str, ...], int]:
    """The stations of an order and the index of the one it is at; reached ends count as done."""
    steps = _DETOURS.get(status, _STRAIGHT)
    at = steps.index(status) if status in steps else 0
    ended = status in ("delivered", "cancelled", "returned")
    return steps, at + 1 if ended else at


class Turn:
    """The assistant's side of one turn, as it grows. ``html`` may be asked for at any time."""

    def __init__(self, words: Words, thumb: str | None = None) -> None:
        self._words = words
        self._thumb = thumb
        self._blocks: list[tuple[str, Any]] = []
        self.cart: CartShown | None = None
        self.done: events.TurnDone | None = None
        self._closed = False

    def add(self, event: Event) -> None:
        match event:
            case events.TextDelta(text=text):
                self._blocks.append(("text", [text]))
            case events.TurnDone():
                self.done = event
            case events.CartShown():
                self.cart = event
                self._blocks.append((event.type, event))
            case _:
                self._blocks.append((event.type, event))

    @property
    def empty(self) -> bool:
        return not self._blocks

    def close(self) -> None:
        """No more will come: the typing dots go, also when the turn's end was never told."""
        self._closed = True

    @property
    def html(self) -> str:
        """The inside of one article. The words come first and what they speak of below them, in whatever order it came:
        nobody scrolls past six cards to learn what they are. While more may come, the typing dots follow the words."""
        pieces = [text for kind, value in self._blocks if kind == "text" for text in value]
        open_ = self.done is None and not self._closed
        parts = [self._block(kind, value) for kind, value in self._blocks if kind == "degraded"]
        if pieces:
            parts.append(str(_blocks.text(pieces)))
        if open_:
            parts.append(str(_blocks.typing(self._words)))
        parts += [self._block(kind, value) for kind, value in self._blocks if kind not in ("text", *_ELSEWHERE)]
        if self.done is not None and any(kind not in ("notice", "agent_message") for kind, _ in self._blocks):
            parts.append(str(_blocks.feedback(self.done.turn_id, self._thumb, self._words)))
        parts += [str(_blocks.chips(event.chips)) for kind, event in self._blocks if kind == "suggestions"]
        return "".join(parts)

    def _block(self, kind: str, value: Any) -> str:
        w = self._words
        match kind:
            case "products_shown":
                return str(_blocks.products(value, w)) if value.cards else ""
            case "need_shown":
                return str(_blocks.need(value, w))
            case "comparison_shown":
                return str(_blocks.comparison(value, w))
            case "faq_cited":
                return str(_blocks.faq(value, w)) if value.passages else ""
            case "orders_shown":
                return "".join(str(_blocks.order(order, *order_steps(order.status), w)) for order in value.orders)
            case "approval_needed":
                return str(_blocks.approval(value, w))
            case "handed_off":
                return str(_blocks.handoff(value, w))
            case "cart_shown":
                return str(_blocks.cart_in_chat(value, w))
            case "agent_message":
                return str(_blocks.agent_message(value.agent, value.text))
            case "agent_joined" | "agent_left":
                return ""
            case "notice":
                return str(_blocks.notice(value, w))
            case "degraded":
                return str(_blocks.degraded(value))
        raise ValueError(f"no rendering for {kind}")


_article = ENVIRONMENT.from_string(
    '<article class="turn turn-{{ speaker }}{{ " is-replaced" if replaced }}" data-key="{{ key }}"'
    ' aria-label="{{ label }}">{{ inner }}</article>'
)
_shopper = ENVIRONMENT.from_string(
    '{% if picture %}<img class="sent-picture" src="{{ picture|url }}" alt="{{ w("chat.your_picture") }}">{% endif %}'
    '{% if text %}<div class="bubble said">{{ text }}</div>{% endif %}'
    '{% if replaced %}<p class="own-note">{{ w("chat.replaced") }}</p>{% elif own and text %}'
    '<button type="button" class="own-edit" data-do="edit">{{ w("chat.edit") }}</button>{% endif %}'
)
_system = ENVIRONMENT.from_string('<p class="system">{{ text }}</p>')


def message_key(turn_id: str) -> str:
    """Of a shopper's message, the same while it waits in the page and when it is read back."""
    return f"m-{turn_id}"


def reply_key(turn_id: str) -> str:
    """Of a reply, the same while it streams and when it is read back."""
    return f"a-{turn_id}"


def _key(entry: Entry) -> str:
    if entry.turn_id and entry.speaker == "shopper":
        return message_key(entry.turn_id)
    ended = any(event.type == "turn_done" or getattr(event, "code", "") in _ENDS for event in entry.events)
    return reply_key(entry.turn_id) if entry.turn_id and ended else f"e{entry.cursor}"


_ENDS = ("failed", "stopped")
"""Notices that end a turn in place of its own end."""


def article(key: str, speaker: str, inner: str, words: Words, replaced: bool = False) -> Part:
    """``inner`` is finished HTML. ``speaker``: shopper, assistant, agent or system."""
    label = words("chat.you") if speaker == "shopper" else words("chat.assistant") if speaker == "assistant" else ""
    return {
        "key": key,
        "html": _article.render(key=key, speaker=speaker, inner=Markup(inner), label=label, replaced=replaced),
    }


def assistant_turn(key: str, turn: Turn, words: Words, replaced: bool = False) -> Part:
    return article(key, "assistant", turn.html, words, replaced)


def came_and_went(event: Event, words: Words, own: bool = True) -> str:
    """The line that says that an agent came into the conversation or went; ``own``: said to the shopper."""
    match event:
        case events.AgentJoined(agent=agent):
            return words("person.joined", name=agent)
        case events.AgentLeft(reason="finished"):
            return words(f"person.{'left' if own else 'shopper'}_ended")
        case events.AgentLeft(agent=agent, reason="ended"):
            return words(f"person.{'left' if own else 'shopper'}_{'ended' if agent else 'queue'}")
        case events.AgentLeft(agent=agent, reason=reason):
            return words(f"person.left_{reason}", name=agent or words("person.team"))
    return ""


def shopper_message(text: str, picture_url: str | None, words: Words, own: bool = False, replaced: bool = False) -> str:
    return _shopper.render(text=text, picture=picture_url, w=words, own=own, replaced=replaced)


def entries(items: Iterable[Entry], words: Words, own: bool = False) -> list[Part]:
    """The parts of a transcript read from history or from the stream. ``own``: for the shopper, who may write anew."""
    parts = []
    for entry in items:
        key = _key(entry)
        if entry.speaker == "shopper":
            parts.append(
                article(
                    key,
                    "shopper",
                    shopper_message(entry.text, entry.picture_url, words, own, entry.replaced),
                    words,
                    entry.replaced,
                )
            )
        elif entry.speaker == "agent" and all(event.type in _SILENT for event in entry.events) and entry.events:
            lines = [came_and_went(event, words, own) for event in entry.events]
            parts.append(article(key, "system", _system.render(text=" ".join(filter(None, lines))), words))
        elif entry.speaker == "agent" and entry.events:  # cards
            shown = Turn(words)
            for event in entry.events:
                shown.add(event)
            shown.close()
            parts.append(article(key, "agent", shown.html, words))
        elif entry.speaker == "agent":
            parts.append(
                article(
                    key,
                    "agent",
                    str(_blocks.agent_message(entry.name, entry.text)),
                    words,
                )
            )
        elif entry.events and all(getattr(event, "code", "failed") != "failed" for event in entry.events):
            text = " ".join(event.text for event in entry.events if isinstance(event, events.Notice))
            parts.append(article(key, "system", _system.render(text=text), words))
        else:
            turn = Turn(words, entry.thumb)
            for event in entry.events:
                turn.add(event)
            turn.close()
            parts.append(assistant_turn(key, turn, words, entry.replaced))
    return parts


def cart_panel(cart: CartShown, words: Words) -> str:
    return str(_buying.cart_lines(cart, words))


def cart_count(cart: CartShown) -> int:
    return sum(line.quantity for line in cart.lines)


def product_page(detail: ProductDetail, words: Words, *, ask: bool = False) -> str:
    """``ask``: it was to be put into the cart, so what is still to be chosen is asked for."""
    return str(_buying.product_page(detail, words, ask))


def passage(entry: FaqEntry, others: Sequence[FaqEntry], words: Words) -> str:
    return str(_buying.passage(entry, others, words))


def wishes(items: Sequence[WishShown], words: Words) -> str:
    return str(_buying.wishes(items, words))


def refusal(refused: Refused, words: Words) -> str:
    """Why something cannot be done, in the page's language."""
    return words(f"refused.{refused.key}", **refused.values) if refused.key else str(refused)


def page(template: str, **values: object) -> str:
    return ENVIRONMENT.get_template(template).render(**values)
