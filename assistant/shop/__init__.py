"""The shop: customers, stock, carts and orders, what may be done to them, and the tools that do it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.shop.retail import RetailShop


def open_retail(path: str | Path, database: str = "sqlite://") -> RetailShop:
    """The shop of a retail JSON file, for a program that calls its tools: see ``assistant.shop.retail.open_retail``."""
    # Not at the top: the shop's views are imported by what the retail shop is built of.
    from assistant.shop import retail

    return retail.open_retail(path, database)


__all__ = ["open_retail"]
