"""Orders and products of shops that run elsewhere, read into our views. They only read: nothing is changed there."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import httpx

Value = TypeVar("Value")


class ShopUnreachable(RuntimeError):
    """The other shop did not answer, or not as documented; the message says what it said."""


def sent(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    """The answer, when it is a good one. Raises ``ShopUnreachable`` otherwise."""
    try:
        response = client.send(request)
    except httpx.HTTPError as error:
        raise ShopUnreachable(f"{request.url.host}: {error}") from error
    if response.status_code != httpx.codes.OK:
        raise ShopUnreachable(f"{request.url.host}: status {response.status_code}")
    return response


def as_json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise ShopUnreachable(f"{response.url.host}: not JSON") from error


def amount(text: Any) -> Decimal:
    """Amounts come as text; anything else is not as documented."""
    try:
        return Decimal(text)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise ShopUnreachable(f"{text!r} is no amount") from error


def read(make: Callable[[dict[str, Any]], Value], record: dict[str, Any]) -> Value:
    """What ``make`` makes of a record. Raises ``ShopUnreachable`` when the record is not as documented."""
    try:
        return make(record)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ShopUnreachable(f"record {record.get('id')!r} is not as documented: {error!r}") from error
