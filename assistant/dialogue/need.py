"""What the shopper is after: a need, edited from message to message, and left and taken up again as a topic."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from assistant.understanding.schema import Slots
from assistant.understanding.wishes import Wish, merged
from retrieval.text.measures import quantity

_REPLACED = ("colour", "size", "brand")
"""Slots whose new value takes the place of the old one ("in blue"); attributes and exclusions add up instead."""
_KEPT_APART = ("reference", "quantity", "order_id", "cart_action", "reset", "indifferent")
"""What a message says beside what it wishes."""


class Shown(BaseModel):
    """A product on display, with the variant whose price and stock its card shows."""

    model_config = ConfigDict(frozen=True)

    product_id: str
    variant_id: str


class Need(BaseModel):
    """``slots`` are the wishes that can be held against a product, ``words`` what is asked for beyond them.

    ``turned_down`` are ids of products that were shown for it and not liked.
    """

    slots: Slots
    words: str = ""
    wishes: list[Wish] = []
    """Qualities that no slot stands for: what is found is put in order by them."""
    turned_down: list[str] = []
    budget: Decimal | None = None
    """For all of it together."""
    wider: list[str] = []
    """The kinds that those looked for now are a part of, where it was narrowed from them."""

    @classmethod
    def of(cls, slots: Slots, words: str, qualities: Sequence[Wish] = ()) -> Need:
        return cls(slots=wishes(slots), words=words, wishes=list(qualities))

    def edited(self, slots: Slots, words: str, qualities: Sequence[Wish] = ()) -> Need:
        """The need after a follow-up."""
        both = " ".join(dict.fromkeys(f"{self.words} {words}".split()))
        narrowed = slots.type and self.slots.type and slots.type != self.slots.type
        wider = self.slots.type if narrowed else self.wider
        update = {"slots": wishes(merge(self.slots, slots)), "words": both, "wider": wider}
        return self.model_copy(update={**update, "wishes": merged(self.wishes, qualities)})


class ParkedNeed(BaseModel):
    """A need that was left for another, with the list shown for it last."""

    need: Need
    shown: list[Shown] = []
    focus: str | None = None


def wishes(slots: Slots) -> Slots:
    """The slots that say what is wanted, without what else a message says."""
    return slots.model_copy(
        update={name: Slots.model_fields[name].get_default(call_default_factory=True) for name in _KEPT_APART}
    )


def merge(previous: Slots, new: Slots) -> Slots:
    """The search after a follow-up: what is said anew wins, wanted and unwanted never contradict each other."""
    unwanted = set(new.exclude)
    wanted = {*new.attribute, *(f"colour={value}" for value in new.colour), *(f"brand={value}" for value in new.brand)}
    update: dict[str, object] = {
        name: [value for value in (getattr(new, name) or getattr(previous, name)) if f"{name}={value}" not in unwanted]
        for name in _REPLACED
    }
    keys = {pair.partition("=")[0] for pair in new.attribute}
    kept = [p for p in previous.attribute if p.partition("=")[0] not in keys and p not in unwanted]
    update["attribute"] = [*kept, *new.attribute]
    measured = {(measure.dimension, measure.aspect) for measure in new.measures}
    update["measures"] = [m for m in previous.measures if (m.dimension, m.aspect) not in measured] + new.measures
    update["exclude"] = [
        *(pair for pair in previous.exclude if pair not in wanted and pair not in unwanted),
        *new.exclude,
    ]
    update["type"] = new.type or [kind for kind in previous.type if f"type={kind}" not in unwanted]
    for name in ("price_min", "price_max", "rating_min"):
        given = getattr(new, name)
        update[name] = given if given is not None else getattr(previous, name)
    amounts = [amount for measure in previous.measures for amount in (measure.low, measure.high)]
    sizes = {size: found[1] for size in new.size if (found := quantity(size)) is not None}
    # "120 cm, I said" says again how wide, and takes back what was taken for a price.
    update["size"] = [size for size in update["size"] if sizes.get(size) not in amounts or size not in sizes]  # type: ignore[attr-defined]
    meant = {*sizes.values(), *(amount for measure in new.measures for amount in (measure.low, measure.high))}
    if new.price_max is None and previous.price_max is not None and float(previous.price_max) in meant:
        update["price_max"] = None
    if new.price_max is not None and previous.price_min is not None and new.price_max < previous.price_min:
        update["price_min"] = new.price_min
    if new.price_min is not None and previous.price_max is not None and new.price_min > previous.price_max:
        update["price_max"] = new.price_max
    for name in new.indifferent:
        update.update(dict.fromkeys(("price_min", "price_max")) if name == "price" else {name: []})
    update["sort"] = new.sort or (previous.sort if previous.sort in ("cheapest", "dearest", "best_rated") else None)
    return Slots.model_validate(update)
