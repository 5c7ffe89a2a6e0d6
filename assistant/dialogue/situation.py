"""What a capable model is shown of a conversation: turns, products, cart, orders and help pages at hand, by labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.dialogue.acts.cart import cart_lines
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.loop_texts import said_before
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Need
from assistant.dialogue.turn import Turn
from assistant.privacy import redact
from assistant.shop.views import REQUESTED, CartLineView, OrderLineView, OrderView
from assistant.understanding.conversation_reader import MAX_NAMED_PAGES
from retrieval.models import Product, in_language
from retrieval.search.query import FaqHit, Query

_MAX_LISTED = 6
"""Products of each list, and latest orders."""
_MAX_PAGES = 4
"""Help pages found for the message, for the one before, and for both together."""
_GIST_CHARS = 110
"""Characters of a help page's answer."""
_VALUES = 12
"""Values of an option that are listed."""


@dataclass(frozen=True, slots=True)
class Situation:
    """``shown`` fills the prompt; ``things`` are product ids by label, ``pages`` help pages by id, ``all_pages`` the
    questions of all that the shop has where they are few enough to be named."""

    shown: dict[str, Any]
    things: dict[str, str]
    pages: dict[str, FaqHit]
    all_pages: dict[str, str]
    orders: tuple[str, ...]


def situation(turn: Turn, memory: Memory, deps: Dependencies) -> Situation:
    """Asks catalogue, help pages and the customer's own orders; nothing personal is in it but what they ordered."""
    said = said_before(turn, deps)
    things: dict[str, str] = {}

    def lines(product_ids: list[str]) -> list[str]:
        listed: list[str] = []
        for product_id in product_ids:
            product = deps.product(product_id)
            if product is None or product_id in things.values() or len(listed) == _MAX_LISTED:
                continue
            label = f"P{len(things) + 1}"
            things[label] = product_id
            listed.append(f"{label} {product_line(product, memory, deps)}")
        return listed

    shown = lines([one.product_id for one in memory.shown])
    seen = lines([*memory.talked, *(one.product_id for one in memory.seen)])
    orders = _orders(memory.customer_id, deps) if memory.customer_id else []
    ordered = lines([line.product_id for order in orders for line in order.lines])
    on_orders = memory.request or memory.pending or turn.said_of_self
    nearby = [] if on_orders else lines(_nearby(turn, memory, deps))
    pages = _pages(turn, said, memory, deps)
    talked = [memory.focus] if memory.focus else memory.talked[:2]
    return Situation(
        shown={
            "turns": said,
            "need": _need(memory.need, things),
            "shown": shown,
            "focus": [label for label, product_id in things.items() if product_id in talked],
            "seen": seen,
            "nearby": nearby,
            "cart": [_line(line, memory.language) for line in cart_lines(memory, deps)],
            "ordered": ordered,
            "orders": [_order(order, memory.language) for order in orders],
            "pages": [
                f"{page_id} {hit.entry.question} {hit.entry.answer[:_GIST_CHARS]}" for page_id, hit in pages.items()
            ],
            "offered": memory.offered,
            "request": f"{memory.request.verb} ({redact(memory.request.text)})" if memory.request else "",
            "later": [redact(one.text) for one in memory.agenda],
            "asked": (memory.request.asked if memory.request else "") or (memory.asked.slot if memory.asked else ""),
            "waiting": memory.pending or "",
            "handed": memory.handed,
            "message": redact(turn.original or turn.message),
        },
        things=things,
        pages=pages,
        all_pages=all_pages(memory.language, deps),
        orders=tuple(order.id for order in orders),
    )


def _orders(customer_id: str, deps: Dependencies) -> list[OrderView]:
    """The latest, and whichever have a return or an exchange under way."""
    latest = deps.shop.orders.of_customer(customer_id, limit=_MAX_LISTED)
    under_way = deps.shop.orders.of_customer(customer_id, statuses=REQUESTED)
    return [*latest, *(order for order in under_way if all(order.id != each.id for each in latest))]


def all_pages(language: str, deps: Dependencies) -> dict[str, str]:
    listed = {entry.id: entry.question for entry in deps.faq.entries if entry.language == language}
    return listed if len(listed) <= MAX_NAMED_PAGES else {}


def product_line(product: Product, memory: Memory, deps: Dependencies) -> str:
    """Title, kind, prices and options on one line."""
    prices = sorted({variant.price for variant in product.variants})
    price = f"{prices[0]}" if len(prices) == 1 else f"{prices[0]} to {prices[-1]}"
    kind = deps.lexicon.name("type", product.type, "en")
    options: dict[str, list[str]] = {}
    there: dict[str, set[str]] = {}
    for variant in product.variants:
        for key, value in variant.options.items():
            options.setdefault(key, []).append(value)
            there.setdefault(key, set()).update({value} if variant.stock else ())
    told = [
        f"{key}: {', '.join(v if v in there[key] else f'{v} (sold out)' for v in [*dict.fromkeys(values)][:_VALUES])}"
        for key, values in options.items()
    ]
    return " | ".join([product.name(memory.language), kind, f"{price} {product.currency}", *told])


def _order(order: OrderView, language: str) -> str:
    placed = f", placed {order.placed_at:%Y-%m-%d}" if order.placed_at else ""
    return f"{order.id} {order.status}{placed}: " + "; ".join(_line(line, language) for line in order.lines)


def _line(line: CartLineView | OrderLineView, language: str) -> str:
    options = f" ({', '.join(line.options.values())})" if line.options else ""
    return f"{line.quantity} × {in_language(line.title, language)}{options}"


def _need(need: Need | None, things: Mapping[str, str]) -> str:
    if need is None:
        return ""
    slots = need.slots.model_dump(mode="json", exclude_defaults=True)
    told = [f"{key} {value}" for key, value in slots.items()]
    rejected = [label for label, product_id in things.items() if product_id in need.turned_down]
    told += [f"together {need.budget}"] if need.budget is not None else []
    told += [f"wishes {', '.join(wish.say for wish in need.wishes)}"] if need.wishes else []
    told += [f"words {need.words}"] if need.words else []
    return "; ".join([*told, *([f"rejected {', '.join(rejected)}"] if rejected else [])])


def _nearby(turn: Turn, memory: Memory, deps: Dependencies) -> list[str]:
    """Ids of products named by title, then of those that fit the words best."""
    named = [product.id for product in deps.titles().named(turn.message)]
    found = deps.search.search(Query(text=turn.message, language=memory.language, limit=_MAX_LISTED), turn.embedding)
    return [*named, *(hit.product.id for hit in found.hits)]


def _pages(turn: Turn, said: list[tuple[str, str]], memory: Memory, deps: Dependencies) -> dict[str, FaqHit]:
    before = next((text for who, text in reversed(said) if who == "shopper"), "")
    hits = list(deps.faq.search(turn.message, memory.language, turn.embedding)[:_MAX_PAGES])
    for text in (before, f"{before} {turn.message}") if before else ():
        hits += deps.faq.search(text, memory.language)[:_MAX_PAGES]
    return {hit.entry.id: hit for hit in reversed(hits)}
