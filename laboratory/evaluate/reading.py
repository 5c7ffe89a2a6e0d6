"""``shopclerk evaluate reading``: held-out messages, each said at the end of a short conversation, and what they were
taken to mean by the real dialogue on a fresh copy of the demo shop."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from langgraph.checkpoint.memory import InMemorySaver
from numpy.typing import NDArray

from assistant.bootstrap import Shopclerk
from assistant.dialogue.graph import Dialogue
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.events import CartShown, ComparisonShown, Event, OrdersShown, ProductCard, ProductsShown, TurnDone
from assistant.outcome import Compared, ProductAnswer
from assistant.shop.shop import Shop
from laboratory.evaluate.reading_expected import Card, Message, Observed, Verdict, Wanted, judged, read_messages
from laboratory.evaluate.service.run import remembering_vectors
from laboratory.evaluate.service.world import World
from retrieval.intervals import RESAMPLES, means

PARTS = {
    "accuracy": "act",
    "need_exact": "need",
    "references": "reference",
    "shows": "shows",
    "remembers": "remembers",
    "held": "held",
}
"""Metric → what of the verdict it is the mean of."""
Cart = Mapping[tuple[str, str], int]
"""Units by product and variant."""
OnMessage = Callable[[str, Message, Observed, Verdict], None]
Progress = Callable[[int, int], None]


def wanted(memory: Memory) -> Wanted:
    """The need that is remembered. The one place that knows in which form the dialogue keeps it."""
    slots = memory.search
    if slots is None:
        return Wanted()
    lists = {"type": slots.type, "colour": slots.colour, "size": slots.size, "brand": slots.brand}
    lists |= {"attribute": slots.attribute, "without": slots.exclude}
    return Wanted(
        values={key: frozenset(values) for key, values in lists.items()},
        price_min=slots.price_min,
        price_max=slots.price_max,
        rating_min=slots.rating_min,
        bounds=tuple((measure.low, measure.high) for measure in getattr(slots, "measures", ())),
    )


def pointed(memory: Memory, turn: Turn) -> frozenset[str]:
    """Products that the message was taken to mean, or that were answered about."""
    ids = {memory.focus} if memory.focus else set()
    for outcome in (turn.outcome, *turn.extra):
        if isinstance(outcome, ProductAnswer | Compared):
            ids |= {hit.product.id for hit in outcome.hits}
    return frozenset(ids | ({hit.product.id for hit in turn.hits} if turn.named else set()))


def known_orders(memory: Memory, turn: Turn, events: Iterable[Event]) -> frozenset[str]:
    """Orders that the conversation is about: named, under way, or on display."""
    ids = {*memory.orders, *memory.dealt, *turn.slots.order_id}
    ids |= {order.id for event in events if isinstance(event, OrdersShown) for order in event.orders}
    ids |= set(memory.request.order_ids) if memory.request else set()
    ids |= set(memory.claim.order_ids) if memory.claim else set()
    return frozenset(ids)


@dataclass(slots=True)
class _Reader:
    """One way of reading: an application over a shop put back to the beginning before each conversation."""

    app: Shopclerk
    world: World

    async def read(self, message: Message, *, context: bool = True) -> Observed:
        self.world.restore()
        # A shop of its own: wrong guesses at who somebody is are counted in its memory.
        shop = Shop(self.app.commerce.database, self.app.knowledge.search.product)
        dialogue = Dialogue(replace(self.app.deps, shop=shop), InMemorySaver())
        record = self.app.commerce.records.conversations.start(message.language, None)
        await dialogue.remember(record.id, Memory(language=message.language))
        cart: Cart = {}
        shown: frozenset[str] = frozenset()
        for said in message.before if context else ():
            events = [event async for event in dialogue.run(self._turn(record.id, said))]
            cart = _cart(events, cart)
            shown = frozenset(card.id for card in _cards(events)) or shown
        turn = self._turn(record.id, message.say)
        events = [event async for event in dialogue.run(turn)]
        memory = await dialogue.memory(record.id) or Memory()
        after = _cart(events, cart)
        customer = shop.customers.get(memory.customer_id) if memory.customer_id else None
        claim = memory.claim
        of_self = [customer.name, customer.email] if customer else []
        of_self += [claim.name, claim.email] if claim else []
        done = next(event for event in events if isinstance(event, TurnDone))
        return Observed(
            act=done.intent,
            wanted=wanted(memory),
            pointed=pointed(memory, turn),
            moved=frozenset(line[0] for line in {*cart, *after} if cart.get(line, 0) != after.get(line, 0)),
            cards=tuple(self._card(card) for card in _cards(events)),
            before=shown,
            order_ids=known_orders(memory, turn, events),
            customer=customer.id if customer else "",
            said_of_self=" ".join(of_self),
            reply=done.text,
        )

    def _turn(self, conversation_id: str, text: str) -> Turn:
        return Turn(conversation_id, secrets.token_urlsafe(9), text=text)

    def _card(self, card: ProductCard) -> Card:
        product = self.app.knowledge.search.product(card.id)
        return Card(card.id, product.type if product else "", card.price)


def _cards(events: Iterable[Event]) -> list[ProductCard]:
    """The cards of a turn, each product once, in the order in which they were shown."""
    found: dict[str, ProductCard] = {}
    for event in events:
        if isinstance(event, ProductsShown | ComparisonShown):
            found |= {card.id: card for card in event.cards if card.id not in found}
        elif isinstance(event, TurnDone):
            found |= {card.id: card for card in event.products if card.id not in found}
    return list(found.values())


def _cart(events: Iterable[Event], before: Cart) -> Cart:
    """The cart after a turn; as before where it was not shown."""
    for event in events:
        if isinstance(event, CartShown):
            before = {(line.product_id, line.variant_id): line.quantity for line in event.lines}
    return before


async def evaluate_reading(
    app: Shopclerk,
    path: Path,
    *,
    model: bool = False,
    on_message: OnMessage = lambda system, message, observed, verdict: None,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """The figures of the encoder's reading, of the model's (``model``, which must be ready), and of a baseline that
    hears each message without what was said before. Raises ``ValueError`` for a bad file."""
    messages = read_messages(path)
    _check(messages, app)
    remembering = remembering_vectors(app)
    alone = replace(remembering, deps=replace(remembering.deps, model=None, tool_loop=None))
    systems: dict[str, tuple[Shopclerk, bool]] = {"shopclerk": (alone, True)}
    if model:
        level = remembering.deps.model_reads()
        read = replace(remembering.deps, model_reads=lambda: "unsure" if level == "off" else level)
        systems["model"] = (replace(remembering, deps=read), True)
    systems["no_context"] = (alone, False)
    world, leaves = World(remembering), remembering.knowledge.lexicon.expand
    report: dict[str, Any] = {}
    for at, (name, (reading, context)) in enumerate(systems.items()):
        reader = _Reader(reading, world)
        verdicts: list[Verdict] = []
        for number, message in enumerate(messages):
            progress(at * len(messages) + number, len(systems) * len(messages))
            observed = await reader.read(message, context=context)
            verdicts.append(judged(message.expect, observed, leaves))
            on_message(name, message, observed, verdicts[-1])
        report[name] = figures(messages, verdicts)
    world.restore()
    return report


def _check(messages: Sequence[Message], app: Shopclerk) -> None:
    """Raises ``ValueError`` where a message expects a product that the shop does not have."""
    for message in messages:
        for product_id in message.expect.refers:
            if app.knowledge.search.product(product_id) is None:
                raise ValueError(f"{message.id}: refers: no product {product_id}")


def figures(messages: Sequence[Message], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """All metrics with their intervals, and by language and kind what each kind is worth."""

    def of(chosen: Sequence[int]) -> dict[str, Any]:
        return _figures([verdicts[index] for index in chosen])

    def groups(name: str) -> dict[str, Any]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for index, message in enumerate(messages):
            found[getattr(message, name)].append(index)
        return {key: of(chosen) for key, chosen in sorted(found.items()) if key}

    return {**of(range(len(messages))), "by_language": groups("language"), "by_kind": groups("kind")}


def _figures(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    report: dict[str, Any] = {"n": len(verdicts), "ns": {}, "ci95": {}}
    for metric, part in PARTS.items():
        values = [value for verdict in verdicts if (value := getattr(verdict, part)) is not None]
        if not values:
            continue
        mean = means({metric: np.array(values, dtype=np.float64)})
        report |= {metric: mean[metric]}
        report["ns"][metric], report["ci95"][metric] = mean["n"], mean["ci95"][metric]
    counts = np.array([verdict.counts for verdict in verdicts if verdict.need is not None], dtype=np.float64)
    if len(counts):
        drawn = np.random.default_rng(0).integers(0, len(counts), (RESAMPLES, len(counts)))
        low, high = np.percentile([_f1(counts[rows]) for rows in drawn], [2.5, 97.5])
        report["need_f1"], report["ns"]["need_f1"] = round(_f1(counts), 4), len(counts)
        report["ci95"]["need_f1"] = [round(float(low), 4), round(float(high), 4)]
    return report


def _f1(counts: NDArray[np.float64]) -> float:
    """Micro F1 of (messages, [right, found, expected])."""
    right, found, expected = counts.sum(0)
    return float(2 * right / (found + expected)) if found + expected else 1.0


def told(system: str, message: Message, observed: Observed, verdict: Verdict) -> str:
    """A message that was misread, for reading: what was expected and what came of it."""
    lines = [f"--- {message.id} ({system}): {' / '.join([*message.before, message.say])}"]
    expected, need = message.expect, observed.wanted
    if not verdict.act:
        lines.append(f"! act {observed.act}, expected {' or '.join(expected.act)}")
    if verdict.need is False and expected.need:
        kept = {key: sorted(values) for key, values in need.values.items() if values}
        prices = f"price {need.price_min} to {need.price_max}, bounds {list(need.bounds)}"
        lines.append(f"! need {kept}, {prices}; expected {expected.need.model_dump_json(exclude_defaults=True)}")
    if verdict.reference is False:
        shown = [card.product_id for card in observed.cards]
        lines.append(f"! means {sorted(observed.pointed | observed.moved)}, shows {shown}; expected {expected.refers}")
    if verdict.shows is False and expected.shows:
        shown = [card.product_id for card in observed.cards]
        lines.append(f"! shows {shown}; expected {expected.shows.model_dump_json(exclude_defaults=True)}")
    if verdict.remembers is False:
        lines.append(
            f"! remembers orders {sorted(observed.order_ids)}, {observed.customer or observed.said_of_self or 'nobody'}"
        )
    return "\n".join([*lines, f"> {' '.join(observed.reply.split())}"])
