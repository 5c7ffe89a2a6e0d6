"""Readers of what shoppers, browsers and other programs say: messages, headers, tokens, webhooks, orders of a store."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import httpx

from assistant.access import Access, Credentials, Origins
from assistant.languages import preferred
from assistant.notify import chatwoot, zendesk
from assistant.retry_after import retry_after
from assistant.seal import Seal
from assistant.shop.hours import Hours, HoursUnreadable
from assistant.stores import shopify_orders
from assistant.understanding.address_parts import in_parts
from assistant.understanding.addresses import completed, is_whole, read_address
from assistant.understanding.days import read_day, read_deadline
from assistant.understanding.guard import guard
from assistant.understanding.language import detect_language, normalise
from assistant.understanding.measures import read_measures
from assistant.understanding.money import amount_of, other_currency
from assistant.understanding.numbers import value_of
from assistant.understanding.order_ids import OrderIds
from assistant.understanding.prices import read_limits
from assistant.understanding.sizes import read_sizes
from assistant.understanding.spans import Spans
from laboratory.fuzz.parsers.parser import Parser, as_json, as_text, each_of

SECRET = "a secret of strange input, long enough"
TODAY = date(2026, 11, 30)


def _of_headers(text: str) -> None:
    name, _, other = text.partition("\n")
    preferred(name)
    Origins(["https://shop.example"]).allowed(name, other)
    Origins([name]).allowed(other, name)
    try:
        headers = [(b"Retry-After", name.encode("latin-1", "replace"))]
        retry_after(httpx.Response(429, headers=headers))
    except httpx.InvalidURL:
        pass


@cache
def _access() -> Access:
    return Access(Credentials(SECRET, "a password", "another password"))


def _of_tokens(text: str) -> None:
    for read in (_access().read_session, _access().read_customer, _access().read_return, Seal(SECRET).open):
        read(text)


def _of_hooks(value: Any) -> None:
    zendesk.told(value)
    chatwoot.told(SECRET, SECRET, value)


def _of_signatures(text: str) -> None:
    at, _, given = text.partition("\n")
    zendesk.genuine(SECRET, text.encode("utf-8", "replace"), given, at)


@cache
def _order_ids() -> OrderIds:
    return OrderIds()


def _of_messages(text: str) -> None:
    text = guard(text, limit=2000).text if text else text
    normal = normalise(text)
    detect_language(text)
    read_day(normal, TODAY)
    read_deadline(normal, TODAY)
    address = read_address(text)
    is_whole(address)
    in_parts(text)
    completed(address, text)
    other_currency(normal, "USD")
    _order_ids().read(text, asked=True)
    for bare in (False, True):
        read_limits(Spans(normal), bare)
        read_sizes(Spans(normal), bare)
    read_measures(Spans(normal))


_JSON = (
    b'{"event": "message_created", "message_type": "outgoing", "id": 1, "content": "x", "conversation": {"id": 2}}',
    b'{"type": "zen:event-type:ticket.comment_added", "detail": {"id": 1}, "event": {"comment": {"id": 2, "body": "x", '
         b'"is_public": true, "author": {"is_staff": true}}}}',
    b'{"event": "conversation_status_changed", "status": "resolved", "id": 3}',
)  # fmt: skip
_SAID = (
    b"red running shoes under $80, size 42", "退货到上海市浦东新区世纪大道100号 200120".encode(),
    b"ship it to 12 Elm Street, Austin, TX 78701 by Friday, order SC-1A2B3C",
    "bis 50 € in Größe M, 30 x 40 cm".encode(),
)  # fmt: skip


PARSERS = (
    Parser(
        "tokens",
        as_text(_of_tokens, encoding="latin-1"),
        seeds=(_access().sign_customer("C-1").encode(), Seal(SECRET).close("a@b.example").encode()),
    ),
    Parser(
        "headers",
        as_text(_of_headers, encoding="latin-1"),
        seeds=(b"de;q=0.8,en", b"https://shop.example:443\nshop.example", b"Mon, 30 Nov 2026 10:00:00 GMT"),
    ),
    Parser(
        "hours",
        as_text(*each_of(Hours.read, lambda text: Hours.read("", text), declared=(HoursUnreadable,))),
        seeds=(b"Mo-Fr 09:00-17:00; 2026-12-25 off", b"Europe/Berlin"),
    ),
    Parser("help desks", as_json(_of_hooks), seeds=_JSON),
    Parser("signatures", as_text(_of_signatures, encoding="latin-1"), seeds=(b"2026-11-30T10:00:00Z\nAAAA",)),
    Parser(
        "orders of a store",
        as_json(shopify_orders.read_order),
        (KeyError, TypeError, ValueError),
        (b'{"lineItems": {"pageInfo": {"hasNextPage": false}, "nodes": []}}',),
    ),
    Parser("numbers", as_text(*each_of(amount_of, value_of, declared=(ValueError,))), seeds=(b"1,234.5", b"twenty")),
    Parser("messages", as_text(_of_messages), seeds=_SAID),
)
