"""A retail shop from one JSON file and back: what was read is given back, and with it what has been done since.

``open_retail`` is the entry for a program with a task list of its own: it may call every tool for every customer, and
no confirmation is asked for. A conversation with customers goes through ``ServiceSession`` instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.database import Database
from assistant.migrations import migrate
from assistant.shop.documents import Document
from assistant.shop.products import StoredProducts
from assistant.shop.retail_files import RetailFile
from assistant.shop.retail_load import CURRENCY, export, load
from assistant.shop.rules import RETAIL
from assistant.shop.shop import Shop
from assistant.shop.tools.session import ServiceSession


class RetailShop:
    """The shop of one file. ``shop`` is it for a conversation, ``call`` for a program that is trusted."""

    def __init__(self, database: Database) -> None:
        products = StoredProducts(database, CURRENCY)
        self.database = database
        self.shop = Shop(database, products, currency=CURRENCY, rules=RETAIL)
        # A program with many tasks looks the same people up again and again; only customers are kept from guessing.
        unlimited = Shop(database, products, currency=CURRENCY, rules=RETAIL, limited=False)
        self._session = ServiceSession(unlimited, "direct", trusted=True)

    def call(self, tool: str, arguments: Mapping[str, Any] | None = None, *, key: str | None = None) -> Any:
        """Runs a tool at once, as the customer whom its arguments concern, and returns what it answers as JSON values.

        Raises ``ToolArgumentError`` (no such tool, id, or argument) or ``ToolRefused`` (a rule forbids it), and has
        then changed nothing. ``key`` makes a call the same one when it is sent again; without it, the same call right
        after itself is.
        """
        return self._session.call(tool, {} if arguments is None else arguments, key=key)

    def tools(self) -> list[Document]:
        """The tools as a tool-calling model is given them."""
        return self._session.tools()

    def export(self) -> Document:
        """The file as it would be written now."""
        return export(self.database)

    def close(self) -> None:
        self.database.close()


def open_retail(path: str | Path, database: str = "sqlite://") -> RetailShop:
    """The shop of a JSON file, in memory, or in the ``database`` of that SQLAlchemy URL.

    A database that has the same file already is opened as it is, with what has been done since. Raises
    ``RetailInvalid`` when the file is damaged, or when the database holds something else; nothing is loaded then.
    """
    content = Path(path).read_bytes()
    file = RetailFile.parse(content, Path(path).name)
    opened = Database(database)
    try:
        migrate(opened)
        load(opened, file, hashlib.sha256(content).hexdigest())
    except BaseException:
        opened.close()
        raise
    return RetailShop(opened)
