"""The blend: relevance first, then what is known of the person and the products, within a bound that relevance sets.

A hit's score is its relevance plus ``LIFT_BOUND`` · tanh(w · x): x are the columns of ``features`` around the mean of
the hits, w is fitted to purchases (a conditional logit over the products of one answer, McFadden 1974; ``shopclerk
train blend``). So nothing personal moves a hit past one that fits the request better by 2 · ``LIFT_BOUND``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.ranking.features import FEATURES, PART_OF
from retrieval.search.query import Hit

Column = NDArray[np.float64]

BLEND_FILE = "blend.json"
LIFT_BOUND = 0.6
"""How far all of it together lifts or lowers a hit, in the units of ``Hit.score`` (about a standard deviation)."""
TYPICALITY_SHARE = 0.5
"""Of how typical a product is of a request that says no more than a type ("boots"), this share is left: meaning then
only says that wellingtons are less of a boot, not that they are not wanted."""
_DATA_PARTS = ("type", "head", "brand", "colour", "attributes")
"""Parts of the relevance that are data: hits that have them alike are equally what was asked for."""
FLAT_BELOW = 0.05
"""Words that differ by less (standard deviations, weighted) tell such hits not apart."""


class BadBlend(ValueError):
    """The file of weights does not hold what it must; the message names it."""


@dataclass(frozen=True, slots=True)
class BlendWeights:
    """By feature: ``search`` orders what was found for a request, ``recommend`` the whole catalogue without one."""

    search: Mapping[str, float]
    recommend: Mapping[str, float]

    @classmethod
    def read(cls, path: Path | None = None) -> Self:
        """The shipped ones, or a file's. Raises ``BadBlend``."""
        try:
            text = (path or files("retrieval.ranking").joinpath(BLEND_FILE)).read_text(encoding="utf-8")
            both = {use: {name: float(json.loads(text)[use][name]) for name in FEATURES} for use in _USES}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadBlend(f"{path or 'the shipped weights'}: {type(error).__name__}: {error}") from error
        return cls(both["search"], both["recommend"])


_USES = ("search", "recommend")


def lifts(columns: Mapping[str, Column], weights: Mapping[str, float]) -> dict[str, Column]:
    """By part, (hits,): what each adds to the scores; together within ±``LIFT_BOUND``.

    ``columns`` are (hits,) each of ``FEATURES``.
    """
    told = {name: weights[name] * (columns[name] - columns[name].mean()) for name in FEATURES}
    logit = np.sum(list(told.values()), axis=0)
    small = np.abs(logit) < 1e-9
    share = np.where(small, LIFT_BOUND, LIFT_BOUND * np.tanh(logit) / np.where(small, 1.0, logit))
    return by_part({name: share * column for name, column in told.items()})


def by_part(told: Mapping[str, Column]) -> dict[str, Column]:
    """What features say, added up by the part they go into."""
    parts: dict[str, Column] = {}
    for name, column in told.items():
        parts[PART_OF[name]] = parts[PART_OF[name]] + column if PART_OF[name] in parts else column
    return parts


def evened(hits: Sequence[Hit]) -> Column:
    """(hits,) what is given back of the differences in meaning between hits that are equally what was asked for.

    Only where the words do not tell these apart either, and the request is not a vague one, which meaning alone reads.
    """
    back = np.zeros(len(hits))
    if not hits or any("meaning_if_vague" in hit.parts for hit in hits):
        return back
    groups: dict[tuple[int, ...], list[int]] = {}
    for at, hit in enumerate(hits):
        groups.setdefault(tuple(round(10 * hit.parts.get(name, 0.0)) for name in _DATA_PARTS), []).append(at)
    for group in groups.values():
        words = np.array([hits[at].parts.get("words", 0.0) for at in group])
        if words[:10].std() <= FLAT_BELOW:
            meaning = np.array([hits[at].parts.get("meaning", 0.0) for at in group])
            back[group] = (1 - TYPICALITY_SHARE) * (meaning.max() - meaning)
    return back
