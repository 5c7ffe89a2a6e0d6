"""A shop tried with questions made from its own data: each title, what a customer remembers of it, each kind, each help
page in fewer words. They are said in the chat, without a model, one conversation each.

What it does not know: whether people ask for what the shop has, and in words that its data does not hold.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from assistant.bootstrap import Shopclerk
from assistant.cli.session import begun
from assistant.events import Event, FaqCited, ProductsShown
from retrieval.models import FaqEntry, Product
from retrieval.text.words import terms

FIRST = 3
"""Places at which a product must be shown to count as found."""
SEED = 7


@dataclass(frozen=True, slots=True)
class Question:
    """``kind``: title, part of a title, kind of goods, help page, help page in fewer words. ``right``: the ids of the
    products or of the help page that answer it."""

    kind: str
    text: str
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answered:
    question: Question
    right: bool
    reply: str


def made_from(products: Sequence[Product], entries: Sequence[FaqEntry], most: int = 40) -> list[Question]:
    """At most ``most`` of each kind, the same ones for the same data."""
    chance = random.Random(SEED)
    sold = [product for product in products if any(variant.stock for variant in product.variants)]
    some = chance.sample(sold, min(most, len(sold)))
    pages = chance.sample(list(entries), min(most, len(entries)))
    return [*_of_titles(some, sold), *_of_kinds(some, sold), *_of_pages(pages)]


def _of_titles(some: Sequence[Product], sold: Sequence[Product]) -> Iterator[Question]:
    titled: dict[str, set[str]] = {}
    held: Counter[str] = Counter()
    for product in sold:
        for text in product.title.values():
            titled.setdefault(text.casefold(), set()).add(product.id)
            held.update(set(terms(text)))
    for product in some:
        for text in product.title.values():
            yield Question("title", text, frozenset(titled[text.casefold()]))
            remembered = _remembered(text, held)
            if len(remembered) < len(text.split()):
                fitting = {
                    other.id
                    for other in sold
                    if any(set(terms(" ".join(remembered))) <= set(terms(title)) for title in other.title.values())
                }
                yield Question("part of a title", " ".join(remembered), frozenset(fitting))


def _remembered(title: str, held: Counter[str]) -> list[str]:
    """The two words of a title that the fewest titles hold, in its order."""
    parts = [part for part in title.split() if terms(part)]
    rare = sorted(parts, key=lambda part: min(held[word] for word in terms(part)))[:2]
    return [part for part in parts if part in rare]


def _of_kinds(some: Sequence[Product], sold: Sequence[Product]) -> Iterator[Question]:
    """A kind is asked for by the name that its category has in the feed."""
    for kind in dict.fromkeys(product.type for product in some if len(product.category) > 1 or product.category):
        of_kind = frozenset(product.id for product in sold if product.type == kind)
        if len(of_kind) > 1:
            yield Question("kind of goods", kind.replace("_", " "), of_kind)


def _of_pages(pages: Sequence[FaqEntry]) -> Iterator[Question]:
    for entry in pages:
        yield Question("help page", entry.question, frozenset([entry.id]))
        parts = entry.question.split()
        if len(parts) > 4:
            kept = sorted(sorted(range(len(parts)), key=lambda at: -len(parts[at]))[: max(3, len(parts) // 2)])
            yield Question("help page in fewer words", " ".join(parts[at] for at in kept), frozenset([entry.id]))


async def answers(shop: Shopclerk, asked: Sequence[Question]) -> AsyncIterator[Answered]:
    """Each question said to the shop in a conversation of its own."""
    async with shop.opened() as dialogue:
        for question in asked:
            session = await begun(shop, dialogue)
            events = await session.say(session.turn(question.text))
            yield Answered(question, _right(question, events), events[-1].text if hasattr(events[-1], "text") else "")


def _right(question: Question, events: Sequence[Event]) -> bool:
    if question.kind.startswith("help page"):
        cited = [passage.id for event in events if isinstance(event, FaqCited) for passage in event.passages]
        return bool(cited) and cited[0] in question.right
    shown = [card.id for event in events if isinstance(event, ProductsShown) for card in event.cards]
    return any(each in question.right for each in shown[:FIRST])
