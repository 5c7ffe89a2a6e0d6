"""Goods for animals: who asks for a dog's bed is shown no cat's cave, or is told that nothing is for dogs."""

from __future__ import annotations

import dataclasses

from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.understanding.languages import expressions, matched
from retrieval.models import Product
from retrieval.search.query import Outcome, SearchResult

_LEAD_CHARS = 40
"""Characters before an animal in which a description says that something is for it."""


def keep_to_animals(turn: Turn, memory: Memory) -> None:
    """Of what was found keeps what is for the animals that the need names.

    Where nothing is, but a kind of goods was named: what its description mentions with them, else what is for no other
    animal, and that it is not described so; of no kind, nothing.
    """
    found, need = turn.result, memory.need
    if need is None or found is None or turn.around.thing:
        return
    text = turn.original or turn.message
    wanted = matched("animals", f"{need.words} {text}")
    if not wanted:
        return
    made_for = {hit.product.id: animals_of(hit.product) for hit in found.hits}
    own = tuple(hit for hit in found.hits if made_for[hit.product.id] & wanted)
    if not own and need.slots.type:
        own = tuple(hit for hit in found.hits if wanted & matched("animals", _told(hit.product)))
    if own:
        turn.result = dataclasses.replace(found, hits=own, total=len(own))
        return
    called = (expressions("animals")[name].search(text) for name in sorted(wanted))
    whom = next((match[0] for match in called if match), "")
    others = tuple(hit for hit in found.hits if not made_for[hit.product.id])
    if need.slots.type and others:
        turn.result = dataclasses.replace(found, hits=others, total=len(others))
        turn.around = dataclasses.replace(turn.around, unsaid=(whom,) if whom else ())
        return
    turn.result = SearchResult((), Outcome.NOT_CARRIED, 0)
    turn.around = dataclasses.replace(turn.around, whom=whom, unsaid=())


def _told(product: Product) -> str:
    return " ".join(product.description.values())


def animals_of(product: Product) -> frozenset[str]:
    """Those that its names and properties tell it is for; in its description, only where it says "for" them."""
    names = [*product.title.values(), *product.category, *product.attributes.values()]
    found = set(matched("animals", " ".join(names)))
    leads = expressions("leads")["for_whom"]
    for text in product.description.values():
        for name, animal in expressions("animals").items():
            if any(leads.search(text[max(0, at.start() - _LEAD_CHARS) : at.start()]) for at in animal.finditer(text)):
                found.add(name)
    return frozenset(found)
