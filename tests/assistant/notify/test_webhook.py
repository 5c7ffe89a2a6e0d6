"""Signed posts: what a receiver checks, and what is tried again."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assistant.notify.courier import DeliveryFailed
from assistant.notify.outbox import Delivery, Kind
from assistant.notify.webhook import OLDEST_S, SIGNATURE, Webhook, genuine, signature

SECRET = "whsec-for-tests"
DELIVERY = Delivery("d1", "webhook", Kind.TICKET_OPENED, None, {"ticket": "T-1", "summary": "你好"},
                    datetime(2026, 11, 30, tzinfo=UTC), 1)  # fmt: skip


@contextmanager
def receiver(status: int = 200, headers: dict[str, str] | None = None) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    got: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.headers[SIGNATURE], body))
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", got
    server.shutdown()
    server.server_close()


def test_what_is_posted_is_signed() -> None:
    with receiver() as (url, got):
        Webhook(url, SECRET).send(DELIVERY)
    header, body = got[0]
    assert genuine(SECRET, body, header)
    told = json.loads(body)
    assert told["id"] == "d1" and told["type"] == "ticket.opened" and told["data"]["summary"] == "你好"


def test_forged_old_and_changed_ones_are_told_apart() -> None:
    body = b'{"id": "d1"}'
    header = signature(SECRET, body, 1_000_000)
    assert genuine(SECRET, body, header, 1_000_000 + OLDEST_S)
    assert not genuine(SECRET, body, header, 1_000_001 + OLDEST_S)
    assert not genuine(SECRET, body + b" ", header, 1_000_000)
    assert not genuine("other", body, header, 1_000_000) and not genuine(
        "", body, signature("", body, 1_000_000), 1_000_000
    )
    assert not genuine(SECRET, body, header.replace("t=1000000", "t=1000001"), 1_000_000)
    for odd in ("", "t=,v1=", "v1=ff", "t=１,v1=a", "nonsense"):
        assert not genuine(SECRET, body, odd, 1_000_000)


@pytest.mark.parametrize(
    ("status", "final", "wait_s"), [(500, False, None), (401, False, None), (429, False, 30.0), (410, True, None)]
)
def test_refusals(status: int, final: bool, wait_s: float | None) -> None:
    headers = {"Retry-After": "30"} if wait_s else {}
    with receiver(status, headers) as (url, _), pytest.raises(DeliveryFailed) as failed:
        Webhook(url, SECRET).send(DELIVERY)
    assert (failed.value.final, failed.value.wait_s) == (final, wait_s)
