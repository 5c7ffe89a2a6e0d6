"""Zendesk by its ticketing API: one ticket a conversation. What is said here stands in it as internal notes, so that
Zendesk mails nobody; what its agents reply publicly comes into the chat by webhook."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx

from assistant.database import utc_now
from assistant.notify.chatwoot import answered, safe_base
from assistant.notify.courier import ChannelUnusable
from assistant.notify.links import Incoming, part
from assistant.notify.mirror import Line, Opening

_TIMEOUT_S = 15.0
_OLDEST = timedelta(minutes=5)
_SOLVED = ("SOLVED", "CLOSED")


class Zendesk:
    name = "zendesk"
    at_once = True

    def __init__(self, url: str, user: str, token: str) -> None:
        """``user`` is the agent's e-mail address that the API token is used as. Raises ``ChannelUnusable``."""
        base = safe_base(url, "SHOPCLERK_ZENDESK_URL")
        if not (user and token):
            raise ChannelUnusable("SHOPCLERK_ZENDESK_USER and SHOPCLERK_ZENDESK_TOKEN have to be set for Zendesk")
        self._path = f"{base}/api/v2/tickets"
        self._client = httpx.Client(auth=(f"{user}/token", token), timeout=_TIMEOUT_S, follow_redirects=False)

    def begin(self, opening: Opening, key: str) -> str:
        said = "\n\n".join(line.labelled for line in opening.lines)
        ticket: dict[str, Any] = {
            "subject": opening.subject,
            "comment": {"body": f"{said}\n\n{opening.link}", "public": False},
            "external_id": opening.ticket,
            "tags": ["shopclerk", f"language_{opening.language}"],
        }
        if opening.email:
            ticket["requester"] = {"name": opening.name, "email": opening.email}
        headers = {"Idempotency-Key": key}
        made = answered(self._client, "POST", f"{self._path}.json", {"ticket": ticket}, "Zendesk", headers)
        return str(made["ticket"]["id"])

    def add(self, theirs: str, lines: Sequence[Line]) -> None:
        body = "\n\n".join(line.labelled for line in lines)
        self._change(theirs, {"comment": {"body": body, "public": False}, "status": "open"})

    def close(self, theirs: str) -> None:
        self._change(theirs, {"status": "solved"})

    def _change(self, theirs: str, ticket: dict[str, Any]) -> None:
        answered(self._client, "PUT", f"{self._path}/{theirs}.json", {"ticket": ticket}, "Zendesk")


def genuine(secret: str, body: bytes, given: str, at: str, now: datetime | None = None) -> bool:
    """Whether a webhook's signature (of the time as it stands in its header, and the body) is right and fresh."""
    mac = base64.b64encode(hmac.new(secret.encode(), at.encode() + body, hashlib.sha256).digest())
    if not (secret and hmac.compare_digest(mac, given.encode())):
        return False
    try:
        age = (now or utc_now()) - datetime.fromisoformat(at)
    except (ValueError, TypeError):
        return False
    return abs(age) <= _OLDEST


def told(body: Any) -> Incoming | None:
    """What an event of Zendesk tells: a public comment of its staff, or that the ticket is solved; ``None`` for all
    else."""
    if not isinstance(body, dict):
        return None
    event, detail, kind = part(body, "event"), part(body, "detail"), str(body.get("type") or "")
    theirs = str(detail.get("id") or "")
    if kind.endswith("ticket.comment_added"):
        comment = part(event, "comment")
        author, text, which = part(comment, "author"), str(comment.get("body") or "").strip(), comment.get("id")
        if not (comment.get("is_public") and author.get("is_staff") and text and theirs and which):
            return None
        return Incoming(theirs, f"comment-{which}", str(author.get("name") or "Zendesk"), text)
    if kind.endswith("ticket.status_changed") and str(event.get("current") or "").upper() in _SOLVED and theirs:
        return Incoming(theirs, f"status-{body.get('id')}", "", closed=True)
    return None
