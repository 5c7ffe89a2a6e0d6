"""A conversation as a file that its shopper keeps: one HTML page without scripts, readable anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC

from babel.dates import format_datetime

from assistant.events import (
    ApprovalNeeded,
    CartShown,
    ComparisonShown,
    Event,
    FaqCited,
    Notice,
    OrdersShown,
    ProductsShown,
    TextDelta,
)
from assistant.pages import Entry
from ui import render
from ui.texts import Words

NAME = "conversation.html"


@dataclass(frozen=True, slots=True)
class Said:
    """``lines`` are what was shown beside the words."""

    who: str
    at: str
    text: str
    lines: tuple[str, ...] = ()
    own: bool = False


def page(entries: Iterable[Entry], shop: str, w: Words) -> str:
    said = [each for entry in entries if (each := _said(entry, w)) is not None]
    return render.page("transcript.html", w=w, shop=shop, said=said)


def _said(entry: Entry, w: Words) -> Said | None:
    at = str(format_datetime(entry.at.astimezone(UTC), "medium", locale=w.language))
    if entry.speaker == "shopper":
        return Said(w("chat.you"), at, entry.text or w("chat.your_picture"), own=True)
    text = entry.text or "".join(event.text for event in entry.events if isinstance(event, TextDelta | Notice))
    lines = tuple(line for event in entry.events for line in _lines(event))
    if not text and not lines:
        return None
    return Said(entry.name or w("chat.assistant"), at, text, lines)


def _lines(event: Event) -> Iterable[str]:
    match event:
        case ProductsShown(cards=cards) | ComparisonShown(cards=cards):
            return [f"{card.position}. {card.title} · {card.price_text}" for card in cards]
        case CartShown():
            rows = [f"{line.quantity} × {line.title} · {line.total_text}" for line in event.lines]
            return [*rows, event.total_text] if rows else []
        case OrdersShown(orders=orders):
            return [f"{order.id} · {order.status_text} · {order.total_text}" for order in orders]
        case FaqCited(passages=passages):
            return [passage.question for passage in passages]
        case ApprovalNeeded():
            return [event.title, *event.lines]
    return []
