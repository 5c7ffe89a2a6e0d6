"""What a shopper waits for: kept, shown, taken back, and told where it comes true."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from urllib.parse import quote

import structlog

from assistant.bootstrap import Shopclerk
from assistant.events import ProductsShown, TextDelta, TurnDone
from assistant.notify.notifications import Notifications
from assistant.pages import Refused, UnknownConversation, WishShown
from assistant.profile.wishes import Wish, WishKind, meant
from assistant.records.contacts import NoAddress
from assistant.records.contacts import address as mail_address
from assistant.records.conversations import Sender
from assistant.service.open_conversations import OpenConversations, owner_of
from assistant.wording.cards import localised, money
from retrieval.search.query import Hit

log = structlog.get_logger()

LOOK_EVERY_S = 15.0
"""How often the open wishes are held against stock and prices: a load, a sale and a sync all change these."""


class WishService:
    """Calls on a conversation raise ``UnknownConversation``; whoever has its id sees its shopper's wishes only."""

    def __init__(
        self, app: Shopclerk, conversations: OpenConversations, notifications: Notifications | None = None
    ) -> None:
        """Without ``notifications`` wishes are told in the chat alone."""
        self.app = app
        self.conversations = conversations
        self.notifications = notifications

    async def add(
        self, conversation_id: str, kind: WishKind, product_id: str, variant_id: str = "", email: str = ""
    ) -> str:
        """Keeps it and says so. Raises Refused for an address that is none, or a product that is gone, and
        ``TooMany``."""
        record = await self.conversations.record(conversation_id)
        texts = self.app.cards.texts("wishes", record.language)
        try:
            address = mail_address(email) if email.strip() else ""
        except NoAddress as error:
            raise Refused(texts["bad_email"]) from error
        self.app.bounds.take("wishes", conversation=conversation_id, language=record.language)
        kept = await asyncio.to_thread(
            self.app.commerce.wishes.add,
            owner_of(record),
            kind,
            product_id,
            variant_id,
            email=address or None,
            language=record.language,
        )
        if kept is None:
            raise Refused(self.app.cards.texts("notice", record.language)["unknown_product"])
        by_mail = bool(address) and self.notifications is not None and self.notifications.can_mail
        return texts["kept_mail" if by_mail else "kept"].format(email=address)

    async def list(self, conversation_id: str) -> Sequence[WishShown]:
        record = await self.conversations.record(conversation_id)
        wishes = await asyncio.to_thread(self.app.commerce.wishes.of, owner_of(record))
        return [shown for wish in wishes if (shown := self._shown(wish, record.language)) is not None]

    async def remove(self, conversation_id: str, wish_id: str) -> None:
        """What is not there, or not theirs, is not removed and no error."""
        record = await self.conversations.record(conversation_id)
        await asyncio.to_thread(self.app.commerce.wishes.remove, owner_of(record), wish_id)

    async def follow(self) -> None:
        """Looks until it is cancelled. What fails once is tried again."""
        while True:
            try:
                await asyncio.to_thread(self.tell)
            except Exception:
                log.exception("the wishes were not looked at")
            await asyncio.sleep(LOOK_EVERY_S)

    def tell(self) -> int:
        """Tells everybody whose wish has come true, once; how many there were. Not for the event loop."""
        wishes = self.app.commerce.wishes
        return sum(wishes.told(wish.id) and self._told(wish) for wish in wishes.come_true())

    def _told(self, wish: Wish) -> bool:
        product = self.app.knowledge.search.product(wish.product_id)
        if product is None:
            return False
        left = self.app.commerce.shop.stock.of_many([variant.id for variant in product.variants])
        variant = meant(wish, product, left)
        if variant is None:
            return False
        variant = variant.model_copy(update={"stock": left[variant.id]})
        texts = self.app.cards.texts("wishes", wish.language)
        values = {
            "title": localised(product.title, wish.language),
            "price": money(variant.price, product.currency, wish.language),
            "before": money(wish.price, product.currency, wish.language) if wish.price is not None else "",
        }
        text = texts[f"{wish.kind}_true"].format(**values)
        card = self.app.cards.product(Hit(product, variant, 0.0), 1, wish.language)
        turn_id = f"wish-{secrets.token_urlsafe(9)}"
        said = (TextDelta(text=text), ProductsShown(cards=(card,), total=1))
        done = TurnDone(
            conversation_id=wish.conversation_id,
            turn_id=turn_id,
            intent="wish",
            confidence=1.0,
            language=wish.language,
            wording="template",
            model_calls=0,
            prompt_tokens=0,
            steps_ms={},
            text=text,
            products=(card,),
        )
        try:
            self.app.commerce.records.conversations.append(
                wish.conversation_id, turn_id, Sender.ASSISTANT, (*said, done)
            )
        except (UnknownConversation, LookupError):
            log.info("a wish came true in a conversation that is gone", wish=wish.id)
        if self.notifications is not None:
            self._write(wish, texts[f"{wish.kind}_subject"].format(**values), f"{text}\n\n{texts['why_mail']}")
        return True

    def _write(self, wish: Wish, title: str, text: str) -> None:
        assert self.notifications is not None
        try:
            self.notifications.wish_came_true(
                wish.id,
                wish.email,
                wish.language,
                title=title,
                text=text,
                path=f"/chat/#product={quote(wish.product_id, safe='')}",
                conversation_id=wish.conversation_id,
            )
        except Exception:
            log.exception("a wish was not written about", wish=wish.id)

    def _shown(self, wish: Wish, language: str) -> WishShown | None:
        product = self.app.knowledge.search.product(wish.product_id)
        if product is None:
            return None
        variant = product.variant(wish.variant_id) if wish.variant_id else None
        options = variant.options if variant else {}
        texts, cards = self.app.cards.texts("wishes", language), self.app.cards
        price = money(wish.price, product.currency, language) if wish.price is not None else ""
        key = f"{wish.kind}_met" if wish.told_at is not None else f"{wish.kind}_open"
        return WishShown(
            wish.id,
            wish.kind,
            product.id,
            localised(product.title, language),
            {name: cards.option(name, value, language) for name, value in options.items()},
            texts[key].format(price=price),
            cards.picture(product, options.get("colour", "")),
            wish.told_at is not None,
            wish.email or "",
        )
