"""Ids of what has none, or none that can be: made from what stays the same when the feed is made anew."""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import parse_qsl, unquote, urlsplit

from retrieval.feeds.names import fold

LONGEST = 80

CUT_OFF = (
    "ids look like what a spreadsheet makes of long numbers (4.00638E+12) and were not used; export again with the"
    " column as text"
)
"""What is said of mangled ids, behind their number."""

_MANGLED = re.compile(r"'?\d(?:[.,]\d+)?[Ee]\+\d{1,3}|#+|#[A-ZÄÖÜ]{3,7}[!?]|#N/A|#NV|#DIV/0!")
_GTIN = re.compile(r"\d{8}|\d{12,14}")
_TRACKING = re.compile(r"(?:utm_|gclid|fbclid|srsltid|ref$|source$|campaign)")


def mangled(text: str) -> bool:
    """Whether a spreadsheet has written a long number as ``4.00638E+12``, or an error like ``#REF!``: neither says any
    more what it was."""
    return _MANGLED.fullmatch(text.strip()) is not None


def made_id(url: str, gtin: str, title: str, options: str = "") -> tuple[str, str]:
    """An id, and what it is made from: the page's address without the shop's name in it, else the GTIN, else the title
    with what tells the variants apart. Empty where there is nothing of these."""
    if path := _path(url):
        return path, "url"
    if _GTIN.fullmatch(gtin):
        return gtin, "gtin"
    return _short(fold(f"{title} {options}").replace("_", "-")), "title"


def _path(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if not (parts.scheme or url.startswith("/")):
        return ""
    asked = sorted(value for name, value in parse_qsl(parts.query) if not _TRACKING.match(name.lower()))
    path = re.sub(r"\.(?:html?|php|aspx?)$", "", unquote(parts.path))
    return _short("-".join(re.findall(r"\w+", " ".join([path, *asked]))).lower())


def _short(text: str) -> str:
    """At most ``LONGEST`` characters, those that were cut off as a digest."""
    if len(text) <= LONGEST:
        return text
    return f"{text[-LONGEST + 9 :].lstrip('-')}-{sha256(text.encode()).hexdigest()[:8]}"


_MADE_FROM = {"url": "the address of their page", "gtin": "their GTIN", "title": "their title"}


def made_note(of: str) -> str:
    """What is said of ids that were made, behind their number."""
    return f"products have no id; theirs is made from {_MADE_FROM[of]}, and a new one when that changes"
