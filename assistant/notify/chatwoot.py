"""Chatwoot by its application API: an inbox of the kind "API channel" holds the conversations.

What the shopper writes comes in as theirs; what was said here otherwise stands beside it as private notes, which
Chatwoot shows to its agents alone and tells nobody of.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx

from assistant.notify.courier import ChannelUnusable, DeliveryFailed
from assistant.notify.links import Incoming, part
from assistant.notify.mirror import Line, Opening
from assistant.notify.webhook import checked

_TIMEOUT_S = 15.0


class Chatwoot:
    name = "chatwoot"
    at_once = False

    def __init__(self, url: str, account: int, inbox: int, token: str) -> None:
        """Raises ``ChannelUnusable``."""
        base = safe_base(url, "SHOPCLERK_CHATWOOT_URL")
        if not (account and inbox and token):
            raise ChannelUnusable("SHOPCLERK_CHATWOOT_ACCOUNT, _INBOX and _TOKEN have to be set for Chatwoot")
        self._path = f"{base}/api/v1/accounts/{account}"
        self._inbox = inbox
        self._client = httpx.Client(headers={"api_access_token": token}, timeout=_TIMEOUT_S, follow_redirects=False)

    def begin(self, opening: Opening, key: str) -> str:
        person: dict[str, Any] = {"inbox_id": self._inbox, "name": opening.name}
        if opening.email:
            person["email"] = opening.email
        made = self._post("/contacts", person)["payload"]
        conversation = self._post(
            "/conversations",
            {
                "inbox_id": self._inbox,
                "contact_id": made["contact"]["id"],
                "source_id": made["contact_inbox"]["source_id"],
                "status": "open",
                "custom_attributes": {"shopclerk_ticket": opening.ticket, "language": opening.language},
            },
        )
        return str(conversation["id"])

    def add(self, theirs: str, lines: Sequence[Line]) -> None:
        for line in lines:
            if line.who == "shopper":
                body = {"content": line.text, "message_type": "incoming", "private": False}
                self._post(f"/conversations/{theirs}/messages", body)
            else:
                self._note(theirs, line.labelled)

    def close(self, theirs: str) -> None:
        self._post(f"/conversations/{theirs}/toggle_status", {"status": "resolved"})

    def _note(self, theirs: str, text: str) -> None:
        body = {"content": text, "message_type": "outgoing", "private": True}
        self._post(f"/conversations/{theirs}/messages", body)

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return answered(self._client, "POST", self._path + path, body, "Chatwoot")


def told(secret: str, given: str, body: Any) -> Incoming | None:
    """What a webhook of Chatwoot tells: a person's public answer, or that the conversation is resolved; ``None`` for
    all else. ``given`` is the end of the address that it posts to. Raises ``PermissionError`` where that is not the
    secret."""
    if not (secret and hmac.compare_digest(secret.encode(), given.encode())):
        raise PermissionError
    if not isinstance(body, dict):
        return None
    if body.get("event") == "message_created" and body.get("message_type") in ("outgoing", 1):
        sender, conversation, which = part(body, "sender"), part(body, "conversation"), body.get("id")
        text, theirs = str(body.get("content") or "").strip(), conversation.get("id") or conversation.get("display_id")
        if body.get("private") or not text or None in (theirs, which) or sender.get("type") not in ("user", None):
            return None
        return Incoming(str(theirs), f"message-{which}", str(sender.get("name") or "Chatwoot"), text)
    if body.get("event") == "conversation_status_changed" and body.get("status") == "resolved" and "id" in body:
        assignee = part(part(body, "meta"), "assignee")
        at = body.get("updated_at") or body.get("last_activity_at") or body.get("timestamp") or ""
        return Incoming(str(body["id"]), f"resolved-{body['id']}-{at}", str(assignee.get("name") or ""), closed=True)
    return None


def safe_base(url: str, setting: str) -> str:
    """Without the slash at its end. Raises ``ChannelUnusable``: keys are sent over TLS, or to this machine."""
    base = url.strip().rstrip("/")
    parts = urlsplit(base)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ChannelUnusable(f"{setting} must begin with https://")
    return base


def answered(
    client: httpx.Client, method: str, url: str, body: dict[str, Any], name: str, headers: dict[str, str] | None = None
) -> Any:
    """The JSON of a call that went well. Raises ``DeliveryFailed``."""
    try:
        response = client.request(method, url, json=body, headers=headers)
    except httpx.HTTPError as error:
        raise DeliveryFailed(f"{name} cannot be reached: {type(error).__name__}") from None
    checked(response, name)
    try:
        return response.json()
    except ValueError:
        raise DeliveryFailed(f"{name} answered with something that is no JSON") from None
