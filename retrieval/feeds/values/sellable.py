"""Yes and no, and whether something is for sale at all, in the words of shop systems and spreadsheets."""

from __future__ import annotations

from functools import lru_cache

from retrieval.feeds.values.wordlists import word, words


def yes_or_no(value: object) -> bool | None:
    """None where it is neither. ``WAHR``, ``FALSCH`` and ``否`` are what spreadsheets make of true and false."""
    if isinstance(value, bool):
        return value
    return _answer(str(value)) if len(str(value)) <= 40 else None


@lru_cache(maxsize=4096)
def _answer(text: str) -> bool | None:
    said = word(text)
    if not said:  # nothing but marks: `-`, `✓` stay themselves
        said = text.strip()
    return True if said in words("answers.toml", "answers", "yes") else False if _is_no(said) else None


def _is_no(said: str) -> bool:
    return said in words("answers.toml", "answers", "no")


def for_sale(value: object, field: str) -> bool:
    """Whether a product with this status is for sale: ``active``, ``TRUE``, ``veröffentlicht``; ``draft``, ``FALSCH``.

    An empty one is. Raises ``ValueError`` for words that are not known: what may be a draft is not put on sale.
    """
    found = sale_status(value)
    if found is None and str(value if value is not None else "").strip():
        raise ValueError(f"{field}: {str(value)[:40]!r} does not say whether this is for sale; write active or draft")
    return found is not False


def sale_status(value: object) -> bool | None:
    """The same where the field may be about something else: None for words that are not known, and for nothing."""
    if value is None or isinstance(value, bool):
        return value
    text = str(value)[:60]
    if text.strip() in ("-1", "-2"):
        return False
    answer = yes_or_no(text)
    if answer is not None:
        return answer
    said = word(text)
    if said in words("answers.toml", "sale", "off"):
        return False
    return True if said in words("answers.toml", "sale", "on") else None
