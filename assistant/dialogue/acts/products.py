"""Acts about products: what was found, answers to questions, comparisons, recommendations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from assistant.answering.evidence import Answer, Fact, GuardedFact, Offered, Quote, Rated, Recommendation, Silent
from assistant.answering.options import of_version
from assistant.dialogue.acts.cart_wishes import measure_named, options_named, quantities, version_wanted
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Shown
from assistant.dialogue.turn import Turn
from assistant.outcome import AskSlot, Compared, Found, Outcome, ProductAnswer, Recommended
from assistant.understanding.schema import Intent
from retrieval.models import Product
from retrieval.search.query import Hit
from retrieval.text.sizes import has_option, own_size

_MAX_BRIEF_WORDS = 4
"""Words of a question that is hardly about a property ("what's the titles?")."""
MIN_SETTLING_SUPPORT = 0.85
"""Support from which on an answer says what a comparison was asked for."""


def found(turn: Turn, memory: Memory) -> Outcome:
    assert turn.result is not None and memory.search is not None
    if not turn.exhausted and (turn.hits or not turn.edited):  # what is on display stays where nothing else is found
        _display(memory, turn.hits)
    if turn.around.sold_out:  # "is it really gone?"
        memory.talk_about([hit.product.id for hit in turn.around.sold_out])
    if turn.hits and memory.search.sort in ("cheapest", "dearest", "best_rated"):
        memory.focus = turn.hits[0].product.id  # "the cheapest one" … "is it in stock?"
    return Found(
        turn.result,
        memory.search,
        with_picture=turn.image is not None,
        edited=turn.edited,
        unchanged=turn.unchanged,
        exhausted=turn.exhausted,
        around=turn.around,
    )


def question(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    if not turn.hits:
        return AskSlot("which_product", "product_question")
    if turn.reduced or not memory.shown:
        _display(memory, turn.hits)
    if len(turn.hits) == 1:
        if memory.focus != turn.hits[0].product.id or memory.last_intent is not Intent.PRODUCT_QUESTION:
            memory.version = {}
        memory.focus = turn.hits[0].product.id
    if turn.named or len(turn.hits) == 1:
        memory.talk_about([hit.product.id for hit in turn.hits])
    settled = turn.answer is not None and turn.answer.direct
    if not settled and (lacking := _lacking(turn)) is not None:
        facts = tuple(Fact(hit.product.id, lacking) for hit in turn.hits)
        return ProductAnswer(turn.hits, answer=Answer(facts, support=MIN_SETTLING_SUPPORT))
    wanted = {hit.product.id: _version(turn, hit.product) for hit in turn.hits}
    if len(turn.hits) == 1:
        ((only, now),) = wanted.items()
        memory.version = wanted[only] = now | _version_before(now, turn, memory)
    products = [hit.product for hit in turn.hits]
    turn.hits = tuple(_as_told(hit, wanted[hit.product.id]) for hit in turn.hits)
    if turn.answer is not None:
        _talked_about(turn.answer, memory)
        return ProductAnswer(turn.hits, answer=of_version(turn.answer, wanted, products))
    said = "" if turn.only_named else turn.message  # the words of its title ask nothing
    answer = deps.answerer.answer(said, turn.hits, memory.reads, quantities(turn.message, memory, deps))
    silent = all(isinstance(item, Silent) for item in answer.evidence)
    if turn.only_named and not any(hit.product.description.get(memory.reads, "").strip() for hit in turn.hits):
        answer = Answer(tuple(Fact(hit.product.id, "price") for hit in turn.hits), support=MIN_SETTLING_SUPPORT)
    if silent and "which" in turn.cues and turn.named and len(turn.hits) > 1:
        return compare(turn, memory, deps)  # no sentence says which is better for it: their facts do
    shown_again = (
        silent
        and not turn.only_named
        and ("seeks" in turn.cues or (not turn.named and len(turn.message.split()) <= _MAX_BRIEF_WORDS))
    )
    named = any(wanted.values())
    told: Literal["stock", "price"] = "stock" if named else "price"
    asks_version = named and not deps.answerer.asks(turn.message, turn.hits, memory.reads)
    if asks_version and not any(isinstance(item, Offered) for item in answer.evidence):
        # "The hose in 25 m?" asks for no more than whether there is one.
        answer = Answer(tuple(Fact(hit.product.id, told) for hit in turn.hits), support=MIN_SETTLING_SUPPORT)
    if ("prices" in turn.cues and answer.support < MIN_SETTLING_SUPPORT) or shown_again:
        answer = Answer(tuple(Fact(hit.product.id, told) for hit in turn.hits), support=MIN_SETTLING_SUPPORT)
    return ProductAnswer(turn.hits, answer=of_version(answer, wanted, products))


def _as_told(hit: Hit, wanted: Mapping[str, str]) -> Hit:
    """With the version that is asked about, so that the card beside the answer has its price and its stock; one that
    there is not leaves it as it is."""
    fitting = [v for v in hit.product.variants if all(has_option(v, key, value) for key, value in wanted.items())]
    if not wanted or not fitting or hit.variant in fitting:
        return hit
    variant = min(fitting, key=lambda each: (each.stock == 0, each.price))
    return replace(hit, variant=variant, dearer_too=len({each.price for each in fitting}) > 1)


def _version(turn: Turn, product: Product) -> dict[str, str]:
    """The options that the message asks for of a product: as the slots say them, by the shop's own names for them, or
    as a measure that it does not come in. What its title says already asks for none."""
    named = options_named(turn.message, product)
    told = " ".join(product.title.values()).casefold()
    named = {key: value for key, value in named.items() if value.casefold() not in told}
    return measure_named(turn.message, product) | version_wanted(turn.slots, product) | named


def _version_before(wanted: Mapping[str, str], turn: Turn, memory: Memory) -> dict[str, str]:
    """What was said before of the version: it holds for another option of the same product, and for its stock and price,
    unless another is named with the product itself, or it is asked which there are."""
    if (turn.named and wanted) or "which" in turn.cues:
        return {}
    return {key: value for key, value in memory.version.items() if key not in wanted}


def _talked_about(answer: Answer, memory: Memory) -> None:
    """What "put it in the cart" means after an answer: the product advised, or the only one that it tells of."""
    told = [
        item.product_id
        for item in answer.evidence
        if isinstance(item, (Recommendation, Fact, GuardedFact, Quote, Rated))
    ]
    memory.talk_about(list(dict.fromkeys(told)))
    if told and (len(set(told)) == 1 or isinstance(answer.evidence[0], Recommendation)):
        memory.focus = told[0]


def _lacking(turn: Turn) -> Literal["colour", "size"] | None:
    """The option that is asked about in a value that none of the products comes in."""
    for key, wanted in (("colour", turn.slots.colour), ("size", turn.slots.size)):
        products = [hit.product for hit in turn.hits if any(key in one.options for one in hit.product.variants)]
        if wanted and products and not any(_comes_in(product, key, value) for product in products for value in wanted):
            return "colour" if key == "colour" else "size"
    return None


def _comes_in(product: Product, key: str, value: str) -> bool:
    value = own_size(product, value) if key == "size" else value
    return any(has_option(variant, key, value) for variant in product.variants)


def compare(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    if len(turn.hits) < 2:
        return AskSlot("what_to_compare", "compare")
    if "asks" in turn.cues and turn.request is None and not turn.sides:
        # "Which of them is lighter?" wants that, not a table.
        answer = deps.answerer.answer(turn.message, turn.hits, memory.reads)
        if answer.support >= MIN_SETTLING_SUPPORT:
            memory.talk_about([hit.product.id for hit in turn.hits])
            return ProductAnswer(turn.hits, answer=answer)
    _display(memory, turn.hits)
    memory.talk_about([hit.product.id for hit in turn.hits])
    return Compared(turn.hits, kinds=tuple(side.name for side in turn.sides))


def recommend(turn: Turn, memory: Memory) -> Outcome:
    if not turn.hits:
        return AskSlot("what_to_find", "recommend")
    _display(memory, turn.hits)
    return Recommended(turn.hits, personal=turn.personal)


def _display(memory: Memory, hits: tuple[Hit, ...]) -> None:
    """What is shown now is what "the second one" will mean."""
    memory.display([Shown(product_id=hit.product.id, variant_id=hit.variant.id) for hit in hits])
