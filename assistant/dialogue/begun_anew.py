"""Whether a message that names the kind of goods under way asks for it anew, rather than for less of what was found.

"Boots under $1,000" after "red boots" is a whole request; "under $100" and "the leather boots" go on with the last one.
"""

from __future__ import annotations

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.nearby import thing_named
from assistant.dialogue.need import Need
from assistant.dialogue.searching import unmeasured
from assistant.dialogue.turn import Turn
from assistant.understanding.languages import expressions
from assistant.understanding.schema import Slots
from retrieval.text.words import is_chinese

_GOES_ON = frozenset(
    ("adds", "alike", "as_well", "back_to", "definite", "described", "points_back", "prefers", "others", "turns_down")
)
"""Cues of a message that speaks of what was found."""


def whole_request(turn: Turn, need: Need, free: str) -> bool:
    """No more than a kind and a limit of its own, where nothing was said of for whom it is: that would still hold."""
    slots = turn.slots
    bare = slots.model_copy(update={"type": [], "price_max": None, "price_min": None, "sort": None})
    limited = slots.price_max is not None or slots.price_min is not None
    personal = need.slots.size or need.slots.measures or any(p.startswith("audience=") for p in need.slots.attribute)
    return bool(
        slots.type
        and limited
        and bare == Slots()
        and not free
        and not personal
        and not turn.cues & _GOES_ON
        and not slots.sort
        and _nothing_but(turn)
    )


def _nothing_but(turn: Turn) -> bool:
    """Not "only boots under 50" or "and the boots?": it begins with the goods."""
    return not is_chinese(turn.message) and expressions("cues")["goes_on"].match(turn.message) is None


def described_anew(turn: Turn, need: Need, deps: Dependencies) -> bool:
    """Whether the kind is named with a word of its own in the place of that before: "outdoor shoes" after "indoor
    shoes"."""
    if not need.words or not turn.slots.type or is_chinese(turn.message):
        return False
    *before, _ = thing_named(unmeasured(turn.message), deps.search.index).split() or ("",)
    said = set(deps.words.free(turn.message).casefold().split())
    return bool(set(before) & said - set(need.words.casefold().split()))


def undescribed(need: Need) -> Need:
    """The need without its words, and without the qualities that they asked for: "dark roast" takes the place of "light
    roast"."""
    said = need.words.casefold().split()
    kept = [wish for wish in need.wishes if not set(wish.say.casefold().split()) <= set(said)]
    return need.model_copy(update={"words": "", "wishes": kept})
