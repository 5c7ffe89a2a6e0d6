"""Users' items in time order: read from files, split for measuring, drawn against.

Both public formats are one grammar: a line is a user and one or more items, and a user's lines are joined as they come.
So "user item" lines (as published with SASRec) and one line a user ("user item item …") are read alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

Items = NDArray[np.int32]
"""Positions in ``Sequences.items``."""

MIN_INTERACTIONS = 3
"""A user needs as many interactions for one to be kept back for testing, one for tuning and one to go by."""


class BadSequences(ValueError):
    """The file is not one of sequences; the message says where and why, in one line."""


@dataclass(frozen=True, slots=True)
class Interactions:
    """(length,) the items of one user and the kind of each interaction, oldest first."""

    items: Items
    kinds: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, part: slice) -> Interactions:
        return Interactions(self.items[part], self.kinds[part])


@dataclass(frozen=True, slots=True)
class Sequences:
    """``flat[starts[u] : starts[u + 1]]`` are user ``u``'s interactions, oldest first. Files know one kind of
    interaction only."""

    users: tuple[str, ...]
    items: tuple[str, ...]
    starts: NDArray[np.int64]
    flat: Interactions

    @classmethod
    def join(cls, everybody: Mapping[str, Interactions], items: Sequence[str]) -> Self:
        """``everybody``'s interactions by user; their items are positions in ``items``."""
        starts = np.cumsum([0, *map(len, everybody.values())], dtype=np.int64)
        flat = Interactions(
            np.concatenate([np.empty(0, dtype=np.int32), *(interactions.items for interactions in everybody.values())]),
            np.concatenate([np.empty(0, dtype=np.int8), *(interactions.kinds for interactions in everybody.values())]),
        )
        return cls(tuple(everybody), tuple(items), starts, flat)

    @classmethod
    def of(cls, histories: Mapping[str, Sequence[str]]) -> Self:
        """From each user's items, of one kind of interaction."""
        places: dict[str, int] = {}
        everybody = {}
        for user, history in histories.items():
            items = np.array([places.setdefault(item, len(places)) for item in history], dtype=np.int32)
            everybody[user] = Interactions(items, np.zeros(len(items), dtype=np.int8))
        return cls.join(everybody, tuple(places))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises ``BadSequences`` for what is no text, holds no item, or has a line without one."""
        histories: dict[str, list[str]] = {}
        try:
            with path.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    user, *items = line.split() or [""]
                    if not user:
                        continue
                    if not items:
                        raise BadSequences(f"{path.name}, line {number}: a user without an item ({user[:40]!r})")
                    histories.setdefault(user, []).extend(items)
        except UnicodeDecodeError as error:
            raise BadSequences(f"{path.name} is no UTF-8 text") from error
        if not histories:
            raise BadSequences(f"{path.name} holds no sequences: lines are 'user item' or 'user item item …'")
        return cls.of(histories)

    def __len__(self) -> int:
        return len(self.users)

    def __getitem__(self, user: int) -> Interactions:
        return self.flat[self.starts[user] : self.starts[user + 1]]

    def __iter__(self) -> Iterator[Interactions]:
        return (self[user] for user in range(len(self)))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(users,)"""
        return np.diff(self.starts)

    @property
    def owners(self) -> NDArray[np.int64]:
        """(interactions,) the user of each interaction."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def without_last(self, least: int = MIN_INTERACTIONS) -> Sequences:
        """Each user's interactions but the last; users of fewer than ``least``, of whom nothing is kept back, keep
        theirs."""
        kept = np.where(self.lengths < least, self.lengths, self.lengths - 1)
        offsets = np.arange(len(self.flat)) - np.repeat(self.starts[:-1], self.lengths)
        staying = offsets < np.repeat(kept, self.lengths)
        flat = Interactions(self.flat.items[staying], self.flat.kinds[staying])
        return Sequences(self.users, self.items, np.concatenate([[0], np.cumsum(kept)]), flat)

    def popularity(self) -> NDArray[np.int64]:
        """(items,) how often each occurs."""
        return np.bincount(self.flat.items, minlength=len(self.items))


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The last item of each user who has enough, kept back: leave-one-out."""

    histories: tuple[Interactions, ...]
    """What comes before the kept-back items."""
    targets: Items
    """(users,)"""

    @classmethod
    def of(cls, sequences: Sequences, least: int = MIN_INTERACTIONS) -> Self:
        """Of users with at least ``least`` interactions."""
        users = np.flatnonzero(sequences.lengths >= least)
        targets = sequences.flat.items[sequences.starts[1:][users] - 1]
        return cls(tuple(sequences[user][:-1] for user in users.tolist()), targets)

    def sample(self, count: int, seed: int = 0) -> HeldOut:
        """At most ``count`` of the users, drawn by lot."""
        if len(self.targets) <= count:
            return self
        drawn = np.sort(np.random.default_rng(seed).choice(len(self.targets), count, replace=False))
        return HeldOut(tuple(self.histories[user] for user in drawn), self.targets[drawn])

    def negatives(self, items: int, count: int, seed: int) -> NDArray[np.int64]:
        """(users, count) items drawn uniformly among those that are neither in a user's history nor kept back.

        Raises ``ValueError`` when a user leaves fewer than ``count``.
        """
        rng = np.random.default_rng(seed)
        drawn = np.empty((len(self.targets), count), dtype=np.int64)
        for user, (history, target) in enumerate(zip(self.histories, self.targets, strict=True)):
            taken = {target.item(), *history.items.tolist()}
            if items - len(taken) < count:
                raise ValueError(f"{count} negatives were asked for, {items - len(taken)} items are left")
            fresh = [item for item in rng.integers(0, items, 2 * count).tolist() if item not in taken]
            while len(fresh) < count:
                fresh += [item for item in rng.integers(0, items, 2 * count).tolist() if item not in taken]
            drawn[user] = fresh[:count]
        return drawn
