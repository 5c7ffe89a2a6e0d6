"""Names for customers and queries in the log: the same each time, and nobody's without the shop's secret."""

from __future__ import annotations

import hmac
import re

from assistant.privacy import redact

_GAPS = re.compile(r"[\s\W]+")


class Pseudonyms:
    """Keyed by the shop's session secret. With another secret all names are others; what is to be erased is then found
    by its conversations."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"ranking log", "sha256")

    def customer(self, customer_id: str) -> str:
        return self._name("customer", customer_id)

    def query(self, text: str) -> str:
        """Alike for queries that differ in case, spaces and punctuation; personal data is taken out first."""
        return self._name("query", _GAPS.sub(" ", redact(text).casefold()).strip())

    def _name(self, kind: str, text: str) -> str:
        return hmac.digest(self._key, f"{kind}/{text}".encode(), "sha256").hex()[:32]
