"""Which units of which lines a message wants to give back ("the helmet and one of the tees", "keep the shoes")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.dialogue.acts import order_lines
from assistant.dialogue.dependencies import Dependencies
from assistant.shop.views import OrderLineView
from assistant.understanding.languages import expressions
from assistant.understanding.numbers import value_of
from assistant.understanding.remedies import read_kept, without_kept

_LISTED = re.compile(r"\b(?:and|plus)\b|[,;&+!。！；]|\.\s|和|、|跟|，|以及|还有", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w-])(?<!size )(?<!the )(?<!that )(?<!this )(?P<n>a single|two|three|four|[1-9])(?: ?[x×])?(?: of\b| only\b|(?= [a-z])|$)"
    r"|\b(?P<one_of>one) of\b|(?:^\W*|\b(?:only|just|return|back|keep|exchange|swap|send|and|want|with|plus|is) )(?P<one>one)\b(?! size)"
    r"|(?P<zh>[一两二三四1-9])(?:个|件|双|条|顶|只|本|盏|支|瓶)(?!尺)|[退换]了?(?P<zh_of>[一两二三四1-9])$",
    re.IGNORECASE,
)
_HAD = re.compile(
    r"\b(?:ordered|bought|got|have|received|came with|there (?:are|were))\b|\bthings?\b|\bitems?\b|\bwrong\b|买了|订了|收到|错",
    re.IGNORECASE,
)
"""Where a number tells what there is, not what goes back."""


def units(text: str) -> int | None:
    """How many a text asks for; ``None`` where it does not say."""
    match = None if _HAD.search(text) else _NUMBER.search(text)
    if match is None:
        return None
    said = next(group for group in match.groups() if group).lower()
    return 1 if said == "a single" else int(value_of(said))


def says_part(text: str) -> bool:
    """Whether not all of the order is meant, whatever is."""
    return expressions("cues")["partly"].search(text) is not None


def select(text: str, offered: Sequence[OrderLineView], deps: Dependencies) -> dict[str, int]:
    """The units of each of the lines ``offered`` that a message names, by variant; empty where it names none."""
    kept = order_lines.fitting(read_kept(text), offered, deps) if read_kept(text) else []
    if kept and len(kept) < len(offered):
        text = without_kept(text)
        rest = [line for line in offered if line not in kept]
        return _named(text, rest, deps) or {line.variant_id: line.quantity for line in rest}
    return _named(without_kept(text) if read_kept(text) else text, offered, deps)


def of_request(text: str, lines: Sequence[OrderLineView], deps: Dependencies) -> dict[str, int]:
    """What all that was said of a request selects of an order; empty where it has to be asked."""
    named = select(text, lines, deps)
    if len(lines) == 1:
        (line,) = lines
        # More than there are is not cut to what there is: the policy refuses it.
        named = named if named.get(line.variant_id, line.quantity) != line.quantity else {}
        named = named or {line.variant_id: units(text) or line.quantity}
    whole = {line.variant_id: line.quantity for line in lines}
    if named == whole and (says_part(text) or (len(lines) > 1 and not _LISTED.search(text))):
        return {}
    return named


def _named(text: str, offered: Sequence[OrderLineView], deps: Dependencies) -> dict[str, int]:
    best = order_lines.fitting(text, offered, deps)
    found: dict[str, int] = {}
    loose: list[int] = []
    pieces = [piece for piece in _LISTED.split(text) if re.search(r"\w", piece)]
    for piece in pieces:
        named, wanted = order_lines.fitting(piece, offered, deps), units(piece)
        if not named and wanted:
            loose.append(wanted)
        # "There is a pan to go back, the red one": a part that fits several says less than one that fits one line.
        if len(named) == 1 or (len(named) > 1 and len(best) > 1):
            for line in named:
                found[line.variant_id] = wanted or found.get(line.variant_id) or line.quantity
    if len(pieces) < 2 or not found:
        found = found or {line.variant_id: line.quantity for line in best}
    if len(found) == 1 and loose:  # "I ordered two tees, return one"
        (only,) = found
        found[only] = loose[-1]
    return {line.variant_id: found[line.variant_id] for line in offered if line.variant_id in found}


def corrected(
    text: str, chosen: dict[str, int], offered: Sequence[OrderLineView], deps: Dependencies
) -> dict[str, int]:
    """The selection after a message that names items again: those take its place; "and the helmet too" adds to it, and
    a number for one of several leaves the others."""
    named = select(text, offered, deps)
    if not named:
        several = [variant for variant, count in chosen.items() if count > 1 or len(chosen) == 1]
        wanted = units(text)
        return {**chosen, several[0]: wanted} if wanted and len(several) == 1 else {}
    adds = expressions("cues")["adds"].search(text) is not None and not named.keys() & chosen.keys()
    numbers = len(named) == 1 and not says_part(text) and all(named[each] != chosen.get(each, 0) for each in named)
    numbers = numbers and named.keys() < chosen.keys()
    return {**chosen, **named} if adds or numbers else named
