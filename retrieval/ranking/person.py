"""What ranking may know of who is asking: the shopper's interactions, this conversation's, and what they said they
want."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.ranking.behaviour import Behaved


@dataclass(frozen=True, slots=True)
class Preference:
    """Something the shopper stated and can see and edit: "vegan", "size 42", "nothing by Acme".

    ``key`` is brand, type, colour, size, price_max or a key of ``Product.attributes``; ``value`` is one value as the
    catalogue writes it. ``wanted`` False is an aversion.
    """

    key: str
    value: str
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """All fields empty is a stranger. A shopper who switched personalisation off, or was forgotten, *is* ``STRANGER``:
    results cannot differ from an anonymous customer's, because nothing else reaches the ranker."""

    history: tuple[Behaved, ...] = ()
    """Long-term: the customer's interactions in earlier visits and orders, in any order."""
    session: tuple[Behaved, ...] = ()
    """Short-term: this conversation's interactions, of a customer or of an anonymous visitor, in any order."""
    preferences: tuple[Preference, ...] = ()


STRANGER = Person()
