"""What a turn shows beside its words: the events that belong to each outcome."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.answering.evidence import Passage
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Need
from assistant.dialogue.need_edits import wishes
from assistant.dialogue.turn import Turn
from assistant.events import ApprovalNeeded, Event, HandedOff, ProductCard, ProductsShown
from assistant.outcome import (
    AskSlot,
    Compared,
    DeliverySum,
    FaqAnswer,
    Found,
    Handed,
    OfProducts,
    OrderAnswer,
    OrdersReply,
    OtherLanguage,
    Outcome,
    ProductAnswer,
    hits_of,
)
from assistant.profile.outcomes import ForgetAsked
from assistant.shop.actions import ActionDone, Approval, CartReply
from assistant.wording.cards import Cards, money


def show(turn: Turn, memory: Memory, deps: Dependencies) -> Iterator[Event]:
    """The events of the turn's outcomes, in the customer's language; remembers the cards for ``TurnDone``."""
    assert turn.outcome is not None
    turn.cards = shown_cards(turn.outcome, deps.cards, memory.language)
    for outcome in (turn.outcome, *turn.extra):
        yield from _events(outcome, turn, memory.language, deps)
        if isinstance(outcome, Found) and memory.need is not None:
            yield from _need(outcome, memory.need, turn, memory.language, deps)


def _need(outcome: Found, need: Need, turn: Turn, language: str, deps: Dependencies) -> Iterator[Event]:
    """What is looked for, where there is something to take off or a list to put in order."""
    held = list(wishes(need))
    if not held:
        return
    hits = outcome.result.hits
    products = deps.search.index.catalogue.products
    currency = hits[0].product.currency if hits else products[0].currency if len(products) else "USD"
    changed = ""
    if turn.press is not None:
        texts = deps.cards.texts("need", language)
        count = outcome.result.total
        changed = texts["left_one" if count == 1 else "left"].format(count=count)
    yield deps.cards.need(held, need.slots.sort, currency, language, changed)


def _events(outcome: Outcome, turn: Turn, language: str, deps: Dependencies) -> Iterator[Event]:
    cards = deps.cards
    match outcome:
        case Found(result=result) if turn.cards:
            yield ProductsShown(cards=turn.cards, total=result.total, relaxed=result.relaxed)
        case ProductAnswer(answer=answer):
            if turn.cards and (turn.only_named or not turn.named):  # what else was pointed at is still on display
                yield ProductsShown(cards=turn.cards, total=len(turn.cards))
            if pages := [item.hit for item in answer.evidence if isinstance(item, Passage)] if answer else []:
                yield cards.faq(pages)
        case Compared(hits=hits):
            yield cards.comparison(hits, language)
        case OfProducts() if turn.cards:
            yield ProductsShown(cards=turn.cards, total=len(turn.cards))
        case FaqAnswer(hits=answers) if answers:
            yield cards.faq(answers)
        case CartReply(cart=cart) | DeliverySum(cart=cart, of_cart=True):
            yield cards.cart(cart, language, deps.product)
        case OrdersReply(orders=orders) | AskSlot(orders=orders) | OrderAnswer(orders=orders) if orders:
            yield cards.orders(orders, language)
        case Approval() as asked:
            yield approval(asked, deps, language)
        case ForgetAsked():
            yield forget_approval(cards, language)
        case ActionDone(order=order) if order is not None:
            yield cards.orders((order,), language)
        case (
            Handed(ticket_id=ticket_id, reason=reason)
            | OtherLanguage(handed=Handed(ticket_id=ticket_id, reason=reason))
        ):
            yield HandedOff(ticket_id=ticket_id, reason=reason)
        case _:
            pass


def shown_cards(outcome: Outcome, cards: Cards, language: str) -> tuple[ProductCard, ...]:
    """The products of an outcome as cards, in their order."""
    return tuple(cards.product(hit, position, language) for position, hit in enumerate(hits_of(outcome), 1))


def forget_approval(cards: Cards, language: str) -> ApprovalNeeded:
    texts = cards.texts("forget", language)
    return ApprovalNeeded(action="forget_me", title=texts["title"], lines=(texts["goes"], texts["stays"]))


def approval(asked: Approval, deps: Dependencies, language: str) -> ApprovalNeeded:
    """The card to confirm: the order, what of it is concerned and becomes what, and all the money that moves."""
    cards, texts = deps.cards, deps.cards.texts("approval", language)
    lines = [f"{texts['order']}: {asked.order.id}"] if asked.order else []
    lines += [cards.swap(swap, language) for swap in asked.swaps]
    if not asked.swaps:
        lines += [cards.line(line, language) for line in asked.lines]
    if asked.new_address:
        lines.append(f"{texts['address']}: {asked.new_address}")
    if asked.new_payment is not None:
        lines.append(f"{texts['new_payment']}: {cards.method(asked.new_payment.label, language)}")
    lines += [cards.transfer(transfer, language) for transfer in asked.transfers]
    if asked.deducted and asked.order:
        worth, less = (
            money(amount, asked.order.currency, language)
            for amount in (asked.refunded + asked.deducted, asked.deducted)
        )
        lines.append(texts["deducted"].format(worth=worth, amount=less))
    if asked.swaps and not asked.transfers:
        lines.append(texts["same_price"])
    return ApprovalNeeded(action=asked.action, title=texts[asked.action], lines=tuple(lines))
