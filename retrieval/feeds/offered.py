"""Whether a row of a dump is on offer: its columns of being published, hidden or over, whatever they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from retrieval.feeds.values import Assumed, for_sale, has_expired, is_unset, moments, sale_status, yes_or_no

OFFERED = ("published", "hidden", "status", "expires")
"""The fields of ``columns.toml`` that decide it."""


def is_offered(fields: Mapping[str, Iterable[Any]], assumed: Assumed) -> bool:
    """Whether nothing speaks against it: a draft, a day in the past. Raises ``ValueError`` for what cannot be read.

    A column "status" may be about anything: of it only words count that are known.
    """
    return (
        all(_is_published(value, assumed) for value in fields.get("published", ()))
        and not any(_is_hidden(value, assumed) for value in fields.get("hidden", ()))
        and not any(sale_status(value) is False for value in fields.get("status", ()) if isinstance(value, (str, bool)))
        and not any(has_expired(value, "expires", assumed) for value in fields.get("expires", ()))
    )


def _is_published(value: Any, assumed: Assumed) -> bool:
    """A date is the day of its publication."""
    days = moments(value, assumed) if isinstance(value, str) and len(value) > 5 else ()
    return all(day.at <= assumed.now for day in days) if days else for_sale(value, "published")


def _is_hidden(value: Any, assumed: Assumed) -> bool:
    """A date is the day on which it was deleted or hidden."""
    if is_unset(value) or value is False:
        return False
    found = yes_or_no(value)
    if found is None and not moments(value, assumed):
        raise ValueError(f"hidden: {str(value)[:40]!r} does not say whether this is for sale; write yes or no")
    return found is not False
