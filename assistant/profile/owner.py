"""Whose profile it is: a customer's, or for as long as a conversation lasts, its anonymous visitor's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    """``session`` is the conversation's id, which nobody can guess; ``customer_id`` is known once they have signed in.

    What a visitor did and said before signing in stays the conversation's, and counts for it as long as it lasts.
    """

    customer_id: str | None
    session: str

    @property
    def key(self) -> str:
        """Under which the profile is kept."""
        return visitor_key(self.session) if self.customer_id is None else customer_key(self.customer_id)

    @property
    def keys(self) -> tuple[str, ...]:
        """All that counts in this conversation."""
        return tuple(dict.fromkeys((self.key, visitor_key(self.session))))


def customer_key(customer_id: str) -> str:
    return f"customer:{customer_id}"


def visitor_key(session: str) -> str:
    return f"visitor:{session}"
