"""Who must forget a shopper: every part that keeps something of them registers here, and a receipt says what went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is to be forgotten. ``conversations`` are all of the customer's, or the visitor's one; ``current`` is the
    one that goes on afterwards, if any. ``before``: only what is from before that moment, since the shopper may have
    switched personalisation on again; ``None``: everything."""

    customer_id: str | None
    conversations: tuple[str, ...]
    current: str = ""
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many rows (or the like) each part erased, by its name. Parts that held nothing are named too."""

    at: datetime
    erased: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.erased.values())


Erase = Callable[[Subject], int]
"""Deletes everything a part holds of a subject and returns how many; called again after a failure, so it must not mind
that part of it is gone."""
Export = Callable[[Subject], list[dict[str, Any]]]
"""Everything a part holds of a subject, as plain JSON."""
OnErased = Callable[[], None]
"""Told once everything is erased: for what was learned from everybody, and is to be learned anew."""


class Erasers:
    """The registry. Safe to use from several threads; parts are asked in the order in which they registered."""

    def __init__(self) -> None:
        self._parts: dict[str, tuple[Erase, Export | None]] = {}
        self._listeners: list[OnErased] = []
        self._turn = Lock()

    def register(self, name: str, erase: Erase, export: Export | None = None) -> None:
        """``name`` says what is erased ("impressions"); registering it again replaces it."""
        self._parts[name] = erase, export

    def unregister(self, name: str) -> None:
        """For parts that live shorter than the application; unknown names are no error."""
        self._parts.pop(name, None)

    def on_erased(self, listener: OnErased) -> None:
        self._listeners.append(listener)

    def erase(self, subject: Subject, learned_from: bool = True) -> dict[str, int]:
        """``learned_from``: whether anything was learned from the subject, as is from customers alone. Raises what a
        part raises: an erasure that is not whole is not reported as one."""
        with self._turn:
            erased = {name: erase(subject) for name, (erase, _) in list(self._parts.items())}
            for listener in self._listeners if learned_from else ():
                listener()
        return erased

    def export(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        parts = list(self._parts.items())
        return {name: export(subject) for name, (_, export) in parts if export is not None}
