"""Readers of what the pages' scripts send."""

from __future__ import annotations

from typing import Any

from laboratory.fuzz.parsers.parser import Parser, as_json, each_of
from ui.line import message_of
from ui.live import NotSent, Sent
from ui.shopper import page_of, press_of


def _of_payloads(value: Any) -> None:
    payload = Sent(value if isinstance(value, dict) else {"page": value, "picture": value, "id": "a-turn-of-it"})
    for read in each_of(message_of, press_of, page_of, declared=(NotSent,)):
        read(payload)


_SENT = (
    b'{"id": "a-turn-of-it", "kind": "confirm"}', b'{"id": "a-turn-of-it", "text": "hello", "picture": "data:,eA=="}',
    b'{"kind": "quantity", "variant": "x", "quantity": 2}', b'{"page": {"cart": [{"title": "x", "quantity": "2"}]}}',
    b'{"kind": "thumb", "turn": "x", "verdict": "up"}',
)  # fmt: skip
PARSERS = (Parser("what pages send", as_json(_of_payloads), seeds=_SENT),)
