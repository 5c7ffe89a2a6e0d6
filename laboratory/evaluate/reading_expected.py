"""Held-out messages with context: how a file of them is written, and whether what came of a message is as expected.

Knows nothing of how a message is read: it is handed what is remembered and shown afterwards, as a ``Observed``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.understanding.schema import Intent

TOLERANCE = 0.02
"""How far, as a share of it, a bound may be off the number that was said: "over 200" may be kept as 201."""
ABOUT = 0.5
"""How far either way a wish "about" a number may reach."""
_FACTORS = {"kg": 1000.0, "ml": 0.001, "mm": 0.1, "in": 2.54, "days": 24.0, "m": 100.0}
"""Units whose number is kept in another (g, l, cm, h); all others are kept as they are."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Measured(_Strict):
    """A wish on a quantity. ``attribute`` is a key of the lexicon, or "price"."""

    attribute: str
    operator: Literal["at_least", "at_most", "less", "more", "about"]
    value: float
    unit: str = ""


class Needed(_Strict):
    """What the shopper is after once the message is read.

    A key that is named has exactly these values afterwards; of ``attribute`` and ``without`` (both key=value) these are
    among them, and no other value of an attribute that has one here. ``forgets``: keys that must have none.
    Keys that are not named are not judged.
    """

    type: list[str] = []
    colour: list[str] = []
    size: list[str] = []
    brand: list[str] = []
    price_max: Decimal | None = None
    price_min: Decimal | None = None
    rating_min: float | None = None
    attribute: list[str] = []
    without: list[str] = []
    measures: list[Measured] = []
    forgets: list[Literal["type", "colour", "size", "brand", "price_max", "price_min"]] = []


class Shows(_Strict):
    """Of the cards that are shown in answer. ``types``: each of these is among them. ``changed``: there are some, and
    none that was shown just before."""

    types: list[str] = []
    max_price: Decimal | None = None
    not_ids: list[str] = []
    changed: bool = False


class Identity(_Strict):
    """``customer``: known to be this one; ``name`` and ``email``: at least remembered as said."""

    customer: str = ""
    name: str = ""
    email: str = ""


class Expected(_Strict):
    """``act``: intents, any of which is right. ``refers``: products that are meant."""

    act: list[Intent] = Field(min_length=1)
    need: Needed | None = None
    refers: list[str] = []
    shows: Shows | None = None
    order_ids: list[str] = []
    identity: Identity | None = None


class Message(_Strict):
    """``before``: what the customer said until then; ``say``: the message that is judged."""

    id: str
    kind: str = ""
    language: Literal["en", "zh"]
    before: list[str] = Field(default=[], max_length=6)
    say: str
    expect: Expected

    @model_validator(mode="after")
    def _named(self) -> Message:
        if not self.say.strip():
            raise ValueError("say is empty")
        return self


def read_messages(path: Path) -> list[Message]:
    """A JSON object a line. Raises ``ValueError`` naming the line and what is wrong with it."""
    found: list[Message] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(Message.model_validate(json.loads(line)))
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}:{number}: not JSON: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(step) for step in first["loc"])
            raise ValueError(f"{path}:{number}: {where}: {first['msg']}") from error
    if not found:
        raise ValueError(f"{path}: no messages in it")
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """The need that is remembered, whatever form the dialogue keeps it in. ``bounds``: lowest and highest of each wish
    on a quantity, in g, l, cm, h, W, Hz or a plain number."""

    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By key of ``Needed``: types, colours, sizes, brands, attributes and exclusions (key=value)."""
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    rating_min: float | None = None
    bounds: tuple[tuple[float | None, float | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    product_id: str
    type: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Observed:
    """What came of a message. ``pointed`` are products it was taken to mean or that were answered about, ``moved``
    those whose number in the cart changed, ``cards`` what was shown in answer and ``before`` what had been shown just
    before. ``reply`` is for reading only."""

    act: str
    wanted: Wanted
    pointed: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    cards: tuple[Card, ...] = ()
    before: frozenset[str] = frozenset()
    order_ids: frozenset[str] = frozenset()
    customer: str = ""
    said_of_self: str = ""
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``counts``: right, found and expected values of the need, from which F1 is made; the rest is ``None`` where the
    message expects nothing of the kind."""

    act: bool
    need: bool | None = None
    counts: tuple[int, int, int] = (0, 0, 0)
    reference: bool | None = None
    shows: bool | None = None
    remembers: bool | None = None

    @property
    def held(self) -> bool:
        return self.act and not any(part is False for part in (self.need, self.reference, self.shows, self.remembers))


def judged(expected: Expected, observed: Observed, leaves: Callable[[str], Iterable[str]]) -> Verdict:
    """``leaves`` gives the product types of a type or umbrella key."""
    counts = _need(expected.need, observed.wanted, leaves) if expected.need else None
    told = [set(expected.order_ids) <= observed.order_ids] if expected.order_ids else []
    if expected.identity:
        told.append(_known(expected.identity, observed))
    return Verdict(
        act=observed.act in expected.act,
        need=None if counts is None else counts[0] == counts[1] == counts[2],
        counts=counts or (0, 0, 0),
        reference=_meant(expected.refers, observed) if expected.refers else None,
        shows=_shown(expected.shows, observed) if expected.shows else None,
        remembers=all(told) if told else None,
    )


def _need(needed: Needed, wanted: Wanted, leaves: Callable[[str], Iterable[str]]) -> tuple[int, int, int]:
    right = found = expected = 0
    for key in ("type", "colour", "size", "brand"):
        hoped = {value.casefold() for value in getattr(needed, key)}
        got = {value.casefold() for value in wanted.values.get(key, ())}
        if not hoped and key not in needed.forgets:
            continue
        if key == "type":
            hoped, got = ({leaf for each in keys for leaf in leaves(each)} for keys in (hoped, got))
        right, found, expected = right + len(hoped & got), found + len(got), expected + len(hoped)
    for key in ("attribute", "without"):
        hoped = {value.casefold() for value in getattr(needed, key)}
        keys = {value.partition("=")[0] for value in hoped}
        got = {v.casefold() for v in wanted.values.get(key, ()) if v.partition("=")[0].casefold() in keys}
        right, found, expected = right + len(hoped & got), found + len(got), expected + len(hoped)
    for key in ("price_min", "price_max", "rating_min"):
        number, kept = getattr(needed, key), getattr(wanted, key)
        if number is None and key not in needed.forgets:
            continue
        same = number is not None and kept is not None and _near(float(number), float(kept))
        right, found, expected = right + same, found + (kept is not None), expected + (number is not None)
    for measure in needed.measures:
        holds = _holds(measure, wanted)
        right, found, expected = right + holds, found + holds, expected + 1
    return right, found, expected


def _near(said: float, kept: float) -> bool:
    return abs(said - kept) <= max(TOLERANCE * said, 1.0 if said >= 50 else 0.0)


def _holds(measure: Measured, wanted: Wanted) -> bool:
    value = measure.value * _FACTORS.get(measure.unit, 1.0)
    if measure.attribute == "price":
        prices = tuple(None if price is None else float(price) for price in (wanted.price_min, wanted.price_max))
        bounds: Iterable[tuple[float | None, float | None]] = [(prices[0] or 0.0, prices[1])]
    else:
        bounds = wanted.bounds
    for low, high in bounds:
        if measure.operator in ("at_least", "more"):
            holds = low is not None and _near(value, low)
        elif measure.operator in ("at_most", "less"):
            holds = high is not None and _near(value, high)
        else:
            holds = low is not None and high is not None and low <= value <= high <= value * (1 + ABOUT)
        if holds:
            return True
    return False


def _meant(refers: list[str], observed: Observed) -> bool:
    """Pointed at, moved in the cart, or shown first; nothing else may have been moved in the cart."""
    first = {card.product_id for card in observed.cards[: len(refers)]}
    return set(refers) <= observed.pointed | observed.moved | first and observed.moved <= set(refers)


def _shown(shows: Shows, observed: Observed) -> bool:
    ids = {card.product_id for card in observed.cards}
    types = {card.type for card in observed.cards}
    return (
        set(shows.types) <= types
        and (shows.max_price is None or all(card.price <= shows.max_price for card in observed.cards))
        and not ids & set(shows.not_ids)
        and (not shows.changed or (bool(ids) and not ids & observed.before))
    )


def _known(identity: Identity, observed: Observed) -> bool:
    if identity.customer:
        return observed.customer == identity.customer
    said = observed.said_of_self.casefold()
    return all(part.casefold() in said for part in (identity.name, identity.email) if part)
