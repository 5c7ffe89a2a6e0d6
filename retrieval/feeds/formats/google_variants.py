"""What tells the variants of a Google Merchant group apart, and what their titles have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from retrieval.feeds.values import options, shared_start, text_of

_TELLING_NAMES = "gender age_group condition size_type size_system multipack unit_pricing_measure product_weight"
"""What may tell variants apart where colour, size, material and pattern do not."""

_MARKS = " -–—,/|(:·"

_MEASURE = re.compile(
    r"[\d.,/]+ ?[^\W\d]{0,3}(?: ?[x×] ?[\d.,]+ ?[^\W\d]{0,3}){0,2}|(?:\d?x{0,4})(?:s|m|l)", re.IGNORECASE
)


def options_of(rows: Sequence[Mapping[str, Any]], title: str) -> list[dict[str, str]]:
    """What tells the items of a group apart: colour and size, material and pattern where they differ, and of what else
    differs as much as is needed to tell each from the others; last what their titles end in, or their numbers."""
    telling = [name for name in ("material", "pattern") if len({text_of(item, name) for item in rows}) > 1]
    chosen = [options((name, text_of(item, name)) for name in ("color", "size", *telling)) for item in rows]

    def told_apart(held: Sequence[Mapping[str, str]]) -> int:
        return len({tuple(sorted(options.items())) for options in held})

    detailed = [dict(details(item)) for item in rows]
    names = dict.fromkeys(name for held in detailed for name in held)
    rest = _rests([text_of(item, "title") for item in rows], title)
    by_name = [
        *((name, [held.get(name, "") for held in detailed]) for name in names),
        *((name, [text_of(item, name) for item in rows]) for name in _TELLING_NAMES.split()),
        (_kind_of(rest), rest),
        ("variant", [text_of(item, "mpn", "id") for item in rows]),  # that a cart can hold one of them
    ]
    for name, values in by_name:
        if told_apart(chosen) == len(rows):
            break
        more = [{**options([(name, value)]), **held} for value, held in zip(values, chosen, strict=True)]
        if told_apart(more) > told_apart(chosen):
            chosen = more
    return chosen


def _rests(titles: Sequence[str], shared: str) -> list[str]:
    """The titles without what they begin with alike, and of measures without what follows alike; whole where nothing
    is left of one."""
    rests = [title.removeprefix(shared).strip(_MARKS) for title in titles]
    words = [rest.split() for rest in rests]
    for size in (3, 2, 1):
        measures = [" ".join(each[:size]).rstrip(_MARKS) for each in words]
        if len({tuple(each[size:]) for each in words}) == 1 and _kind_of(measures) == "size" and all(measures):
            return measures
    return rests if all(rests) else list(titles)


def _kind_of(values: Sequence[str]) -> str:
    """Measures are sizes; what else a title may end in is a variant of it."""
    return "size" if all(_MEASURE.fullmatch(value) for value in values) else "variant"


def details(item: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Name and value of each ``product_detail``."""
    held = item.get("product_detail")
    for detail in held if isinstance(held, list) else [held]:
        if isinstance(detail, dict):
            yield text_of(detail, "attribute_name"), text_of(detail, "attribute_value")
        elif isinstance(detail, str):  # in tables, several of section:name:value
            for part in re.split(r",(?=[^,:]*:[^,:]*:)", detail):
                *_, name, value = ["", *part.split(":")] if ":" in part else ("", "")
                yield name.strip(), value.strip()


def shared_title(titles: Sequence[str]) -> str:
    """What the variants' titles begin with alike, where that says enough to be a title."""
    if len(set(titles)) > 1:
        shared = shared_start(titles)
        if any(title[len(shared) : len(shared) + 1].isalnum() for title in titles):
            shared = re.sub(r"(?<![\w'’])[\w'’]+$", "", shared) if shared[-1:].isalnum() else shared
        shared = shared.rstrip(_MARKS)
        sizes = shared and _kind_of([title.removeprefix(shared).strip() for title in titles]) == "size"
        if len(shared) >= 4 or sizes or shared in titles or re.search(r"[一-鿿]{2}", shared):
            return shared
    return titles[0]
