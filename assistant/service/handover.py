"""Where a cart goes to be paid for: the address of the shop's own checkout with the cart in it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from urllib.parse import quote, urlencode, urlsplit

import httpx

from assistant.notify.webhook import SIGNATURE, signature
from assistant.settings import Settings

Kind = Literal["demo", "pattern", "shopify", "woocommerce", "webhook", "none"]
TIMEOUT_S = 6.0
FIELDS = ("items", "coupon", "language")
"""What a pattern may hold: ``items`` is "id:quantity,id:quantity"."""


class NotTaken(RuntimeError):
    """The checkout cannot take this cart now; the message is for the log."""


@dataclass(frozen=True, slots=True)
class Item:
    """``ref`` is what the store knows the variant by: its own number where it has one, else the feed's id."""

    ref: str
    variant_id: str
    product_id: str
    quantity: int
    unit_price: Decimal


def kind_of(settings: Settings, demo_goods: bool) -> Kind:
    """Which checkout there is. ``demo_goods``: what is sold is the demo shop's."""
    if settings.checkout != "auto":
        return settings.checkout
    if "{items}" in settings.checkout_url:
        return "pattern"
    if settings.store_url:
        shopify = settings.store == "shopify" or (
            settings.store == "auto" and (urlsplit(settings.store_url).hostname or "").endswith(".myshopify.com")
        )
        return "shopify" if shopify else "woocommerce"
    return "demo" if demo_goods and settings.environment == "development" else "none"


def address(settings: Settings, kind: Kind, items: Sequence[Item], coupon: str, language: str) -> str:
    """Of the checkouts that are reached by an address alone. Raises ``NotTaken``."""
    base = (settings.checkout_url or settings.store_url).rstrip("/")
    match kind:
        case "pattern":
            listed = ",".join(f"{quote(item.ref, safe='')}:{item.quantity}" for item in items)
            return settings.checkout_url.format(items=listed, coupon=quote(coupon, safe=""), language=language)
        case "shopify":
            listed = ",".join(f"{_number(item)}:{item.quantity}" for item in items)
            return f"{base}/cart/{listed}" + (f"?{urlencode({'discount': coupon})}" if coupon else "")
        case "woocommerce" if len(items) == 1 and not coupon:
            return f"{base}/checkout/?{urlencode({'add-to-cart': _number(items[0]), 'quantity': items[0].quantity})}"
        case "woocommerce":
            listed = ",".join(f"{_number(item)}:{item.quantity}" for item in items)
            code = f"&{urlencode({'coupon': coupon})}" if coupon else ""
            return f"{base}/checkout-link/?products={listed}{code}"
    raise NotTaken(f"{kind} has no address of its own")


def _number(item: Item) -> str:
    if not item.ref.isdecimal():
        raise NotTaken(f"the feed does not say the store's number of {item.variant_id}; load the store's own data")
    return item.ref


async def asked(
    settings: Settings, items: Sequence[Item], coupon: str, language: str, currency: str, total: Decimal, cart: str
) -> str:
    """The address that the shop's webhook answers with, ``{"url": "https://…"}``. Raises ``NotTaken``."""
    told = {
        "type": "checkout",
        "cart": cart,
        "currency": currency,
        "total": str(total),
        "coupon": coupon,
        "language": language,
        "items": [
            {
                "product": item.product_id,
                "variant": item.variant_id,
                "ref": item.ref,
                "quantity": item.quantity,
                "unit_price": str(item.unit_price),
            }
            for item in items
        ],
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    secret = settings.checkout_secret.get_secret_value()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Shopclerk",
        SIGNATURE: signature(secret, body, int(time.time())),
    }
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
            answer = await client.post(settings.checkout_url, content=body, headers=headers)
        url = str(answer.json()["url"]) if answer.is_success else ""
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise NotTaken(f"the checkout's webhook did not answer as it should: {type(error).__name__}") from None
    if urlsplit(url).scheme not in ("https", "http") or not urlsplit(url).hostname:
        raise NotTaken(f"the checkout's webhook answered {answer.status_code} without an address")
    return url
