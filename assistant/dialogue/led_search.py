"""A search whose need comes whole from the leading model."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from assistant.dialogue.definite import with_definite
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.fallbacks import fit_together, near_interest, others_of_kind, suggest, used_up
from assistant.dialogue.finding import carries, come_nearest, found, leaves, measured
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Need
from assistant.dialogue.preferred import of_pairs
from assistant.dialogue.searching import says
from assistant.dialogue.turn import Turn
from assistant.outcome import Around
from assistant.understanding.languages import expressions
from assistant.understanding.numbers import DIGITS, value_of
from assistant.understanding.schema import Intent, Slots
from assistant.understanding.wishes import wished
from retrieval.search.query import Hit, Outcome, SearchResult
from retrieval.text.words import is_chinese

_ABOVE = Decimal("1.6")
"""How far above their limit something is slightly dearer."""
_NUMBER = re.compile(DIGITS)


def search_as_led(turn: Turn, need: Need, memory: Memory, deps: Dependencies) -> None:
    """The need comes whole from the leading model: nothing is merged. What no kind stands for and is no name of a thing
    either ("a Christmas present") is suggested for rather than denied."""
    turn.edited = memory.need is not None and not turn.new_need
    if not need.wishes:
        need = need.model_copy(update={"wishes": wished(need.words, "zh" if is_chinese(need.words) else "en")})
    need = _bearable(need, deps, memory.reads)
    if turn.edited:
        memory.need = need
    else:
        memory.turn_to(need)
    if turn.not_carried and not need.slots.type:
        come_nearest(turn.not_carried, (), turn, memory, deps)
        return
    told = turn.message if need.slots.type and not turn.edited else ""
    words = " ".join(
        [need.words, *(wish.say for wish in need.wishes if wish.like and wish.say not in need.words)]
    ).strip()
    text = told or deps.words.query(need.slots, words, memory.reads) or turn.message
    turn.result = found(text, turn.embedding if text == turn.message else None, turn, memory, deps)
    if turn.not_carried:
        turn.around = dataclasses.replace(turn.around, thing=turn.not_carried)
    if need.budget is not None and turn.result.outcome is Outcome.FOUND:
        fit_together(turn, need.budget, memory, deps)
    if turn.things and turn.result.outcome is not Outcome.FOUND and not _among(turn.things, turn.result):
        # What they name does not meet what they wished before: it is what they want now.
        kept = Slots(type=need.slots.type, price_min=need.slots.price_min, price_max=need.slots.price_max)
        memory.need = need = need.model_copy(update={"slots": kept})
        turn.result = found(text, None, turn, memory, deps)
    open_ = need.words and not (need.slots.type or need.slots.sort or turn.things or _few(turn.result, deps))
    if open_ and (near := near_interest(need.words, need, deps, turned_down_too=True)).hits:
        # "Gardening" is no goods, but what some of them are for.
        left = tuple(hit for hit in near.hits if hit.product.id not in need.turned_down)
        turn.around = Around(by_meaning=True)
        turn.result = SearchResult(left, Outcome.FOUND if left else Outcome.NOTHING_MATCHES, len(left))
    if turn.edited and not turn.things:
        _beyond_limit(turn, text, memory, deps)
    several = (
        len(need.slots.type) != 1 and turn.around.bundle is None and turn.result.outcome is not Outcome.NOT_CARRIED
    )
    if several and not (need.slots.sort or turn.exhausted):
        turn.result = with_definite(turn.result, need, deps)
    turn.around = dataclasses.replace(turn.around, converted=_converted(turn.message, need))
    if turn.exhausted:
        return
    if used_up(turn, text, memory, deps):
        turn.exhausted, turn.result = True, others_of_kind(turn, memory, deps)
        need.turned_down = []
    elif turn.result.outcome is Outcome.NOT_CARRIED and not _dearer(turn, memory, deps):
        turn.result, turn.intent = None, Intent.RECOMMEND
        suggest(turn, memory, deps)


def _dearer(turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """What has to do with the words, the cheapest first, where nothing within the price has: rather that than something
    cheap for somebody else."""
    need = memory.need
    if need is None or not need.words or need.slots.price_max is None:
        return False
    dearer = need.model_copy(update={"slots": need.slots.model_copy(update={"price_max": None})})
    near = near_interest(need.words, dearer, deps)
    if near.hits:
        hits = tuple(sorted(near.hits, key=lambda hit: hit.variant.price))
        turn.result = SearchResult(hits, Outcome.RELAXED, len(hits), ("price_max",))
    return bool(near.hits)


def _beyond_limit(turn: Turn, text: str, memory: Memory, deps: Dependencies) -> None:
    """Where a follow-up finds no more than what is on display within the price, what there is slightly above it."""
    need, shown = memory.need, {one.product_id for one in memory.shown}
    assert need is not None and turn.result is not None
    limit, found_now = need.slots.price_max, {hit.product.id for hit in turn.result.hits}
    if limit is None or need.slots.sort or not found_now or found_now != shown:  # fewer than before: it was narrowed
        return
    if turn.result.outcome is not Outcome.FOUND:
        return
    above = need.slots.model_copy(update={"price_max": limit * _ABOVE, "price_min": limit})
    dearer = need.model_copy(update={"slots": above, "turned_down": [*need.turned_down, *shown]})
    beyond = found(text, None, turn, memory, deps, dearer)
    if beyond.outcome is Outcome.FOUND:
        turn.exhausted, turn.result = True, dataclasses.replace(beyond, outcome=Outcome.NOTHING_MATCHES)


def _converted(message: str, need: Need) -> Decimal | None:
    """The limit, where the amount that they named is in another currency."""
    limit = need.slots.price_max or need.budget
    if limit is None or not expressions("cues")["other_currency"].search(message):
        return None
    named = {value_of(number) for number in _NUMBER.findall(message)}
    return limit if named and limit not in named else None


def _few(result: SearchResult, deps: Dependencies) -> bool:
    """Whether the words have found just what has to do with them."""
    return result.outcome is Outcome.FOUND and 0 < result.total <= deps.limits.shown


def _among(things: Sequence[Hit], result: SearchResult) -> bool:
    ids = {hit.product.id for hit in result.hits}
    return any(hit.product.id in ids for hit in things)


def _bearable(need: Need, deps: Dependencies, language: str) -> Need:
    """Wishes that no product of the kinds wanted could meet are left to meaning."""
    kinds = tuple(leaves(need.slots, deps))
    if not kinds:
        return need
    index = deps.search.index
    there = [index.catalogue.products[int(at)] for at in np.flatnonzero(index.table.of_types(kinds))]

    def bears(pair: str) -> bool:
        key, _, value = pair.partition("=")
        return carries(key, kinds, deps) or any(says(product, key, value, deps.lexicon) for product in there)

    borne = [pair for pair in need.slots.attribute if bears(pair)]
    unborne = [pair for pair in need.slots.attribute if pair not in borne]
    words = " ".join([need.words, *(deps.lexicon.name("attribute", pair, "en") for pair in unborne)]).strip()
    measures = [each for each in need.slots.measures if measured(each, kinds, deps)]
    slots = need.slots.model_copy(update={"attribute": borne, "measures": measures})
    qualities = [*need.wishes, *of_pairs(unborne, deps, language)]
    return need.model_copy(update={"slots": slots, "words": words, "wishes": qualities})
