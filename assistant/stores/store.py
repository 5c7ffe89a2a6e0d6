"""What a connected store is to the rest: its products as rows of a feed, and its orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from assistant.settings import Settings
from assistant.shop.store_order import OrderStore, StoreFailed
from assistant.stores.shopify import Shopify
from assistant.stores.woocommerce import WooCommerce


class Store(OrderStore, Protocol):
    """Every call raises ``StoreFailed``, also while what it returned is iterated."""

    def currency(self) -> str:
        """That of its prices, an ISO 4217 code."""

    def products(self) -> Iterator[dict[str, Any]]:
        """All of its products as objects that ``retrieval.feeds`` reads, complete or not at all."""


def connected_store(settings: Settings) -> Store | None:
    """The one that the settings name; nothing is asked of it yet. Raises ``StoreFailed`` where they do not fit."""
    url = settings.store_url.strip().rstrip("/")
    if not url:
        return None
    if "://" not in url:
        url = f"https://{url}"
    host = url.partition("://")[2].partition("/")[0].partition(":")[0]
    kind = settings.store
    if kind == "auto":
        kind = "shopify" if host.endswith(".myshopify.com") else "woocommerce"
    key, secret = settings.store_key.get_secret_value(), settings.store_secret.get_secret_value()
    if kind == "shopify":
        if not secret:
            raise StoreFailed("SHOPCLERK_STORE_SECRET is not set: it is the Admin API access token of your Shopify app")
        return Shopify(url, secret)
    if not (key and secret):
        raise StoreFailed(
            "SHOPCLERK_STORE_KEY and SHOPCLERK_STORE_SECRET are not set: they are the consumer key and secret that"
            " WooCommerce makes under Settings, Advanced, REST API"
        )
    return WooCommerce(url, key, secret)
