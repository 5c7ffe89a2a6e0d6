"""What happens with tickets, posted to an address of the shop's own and signed (docs/api.md)."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

from assistant.notify.courier import DeliveryFailed
from assistant.notify.outbox import Delivery
from assistant.retry_after import retry_after

SIGNATURE = "Shopclerk-Signature"
OLDEST_S = 300
"""A signature older than this is no proof: somebody may have listened."""
_TIMEOUT_S = 10.0
_FINAL = (400, 410, 413, 422)
"""Refusals of what was sent; others, a wrong key among them, can be mended where they come from."""


def signature(secret: str, body: bytes, at: int) -> str:
    """ "t=1767225600,v1=…": HMAC-SHA256 in hex over the time in seconds, a full stop, and the body as it is sent."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def genuine(secret: str, body: bytes, header: str, now: float | None = None) -> bool:
    """Whether the signature is right and fresh: what a receiver checks."""
    parts = dict(part.strip().partition("=")[::2] for part in header.split(","))
    at = parts.get("t", "")
    if not (secret and at.isdecimal() and at.isascii()):
        return False
    if abs((time.time() if now is None else now) - int(at)) > OLDEST_S:
        return False
    return hmac.compare_digest(signature(secret, body, int(at)).partition("v1=")[2], parts.get("v1", ""))


class Webhook:
    name = "webhook"

    def __init__(self, url: str, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._client = httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False)

    def send(self, delivery: Delivery) -> None:
        told = {
            "id": delivery.id,
            "type": str(delivery.kind),
            "at": delivery.made_at.isoformat(),
            "data": delivery.body,
        }
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Shopclerk",
            "Shopclerk-Delivery": delivery.id,
            SIGNATURE: signature(self._secret, body, int(self._clock())),
        }
        post(self._client, self._url, body, headers, "the webhook")


def post(client: httpx.Client, url: str, body: bytes, headers: dict[str, str], name: str) -> httpx.Response:
    """The answer of one that took it. Raises ``DeliveryFailed``, without what was sent."""
    try:
        response = client.post(url, content=body, headers=headers)
    except httpx.HTTPError as error:
        raise DeliveryFailed(f"{name} at {urlsplit(url).netloc} cannot be reached: {type(error).__name__}") from None
    checked(response, name)
    return response


def checked(response: httpx.Response, name: str) -> None:
    """Raises ``DeliveryFailed`` for everything but a success."""
    status = response.status_code
    if response.is_success:
        return
    raise DeliveryFailed(f"{name} answered {status}", final=status in _FINAL, wait_s=retry_after(response))
