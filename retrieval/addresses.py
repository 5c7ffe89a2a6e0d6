"""Which addresses a browser may be sent to."""

from __future__ import annotations

import re

_UNSEEN = re.compile(r"[\x00-\x1f\x7f\\]")
"""What browsers leave out of an address, and the stroke that they take for the other one: a scheme or another site may
hide in it."""
_SCHEMES = ("https://", "http://", "mailto:", "tel:")


def followable(address: str | None) -> str:
    """The address where it leads into the web, this site, a mailbox or to a telephone, else nothing: "javascript:" and
    friends never reach a page."""
    text = (address or "").strip()
    if _UNSEEN.search(text):
        return ""
    own = text.startswith("/") and not text.startswith("//")
    return text if own or text.lower().startswith(_SCHEMES) else ""
