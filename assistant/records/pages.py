"""The page of the shop that a shopper looks at: one a conversation, as the page itself told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.database import Clock, Database, clean, utc_now
from assistant.records.changes import Changes
from assistant.records.tables import ConversationRow, PageRow

MAX_CHARS = 500
MAX_LINES = 50


@dataclass(frozen=True, slots=True)
class Page:
    """``product_id`` where it is the page of a product that the shop sells. ``cart`` is the page's own, as (title,
    quantity). ``url`` and all else is a stranger's word."""

    product_id: str | None
    query: str
    url: str
    title: str
    cart: tuple[tuple[str, int], ...]
    at: datetime


class Pages:
    def __init__(self, database: Database, clock: Clock = utc_now, changes: Changes | None = None) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes or Changes()

    def put(
        self,
        conversation_id: str,
        *,
        product_id: str | None = None,
        query: str = "",
        url: str = "",
        title: str = "",
        cart: tuple[tuple[str, int], ...] = (),
    ) -> None:
        """In place of the page before; an unknown conversation looks at none."""
        lines = [{"title": clean(name)[:MAX_CHARS], "quantity": count} for name, count in cart[:MAX_LINES]]
        values = {
            "product_id": product_id,
            "query": clean(query)[:MAX_CHARS],
            "url": clean(url)[:MAX_CHARS],
            "title": clean(title)[:MAX_CHARS],
            "cart": lines,
            "at": self._clock(),
        }
        row = self._database.insert(PageRow).values(conversation_id=conversation_id, **values)
        with self._database.write() as session:
            if session.get(ConversationRow, conversation_id) is None:
                return
            session.execute(row.on_conflict_do_update(index_elements=["conversation_id"], set_=values))
        self._changes.announce(conversation_id)

    def of(self, conversation_id: str) -> Page | None:
        with self._database.read() as session:
            row = session.get(PageRow, conversation_id)
            if row is None:
                return None
            cart = tuple((str(line["title"]), int(line["quantity"])) for line in row.cart)
            return Page(row.product_id, row.query, row.url, row.title, cart, row.at)
