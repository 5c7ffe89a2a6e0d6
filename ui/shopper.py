"""The shopper's chat page: opens or resumes a conversation, buttons, the cart, products. ``ui.line`` sends."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.events import CartShown, Notice
from assistant.languages import LANGUAGES, Language, spoken
from assistant.pages import (
    ChangeQuantity,
    Conversation,
    PageSeen,
    Picture,
    Press,
    Refused,
    Thumbs,
    UnknownConversation,
)
from assistant.service.shoppers import ShopperService
from assistant.service.shopping import ShoppingService
from ui import render
from ui.live import NotSent, Payload, whole
from ui.page import Call, Document
from ui.person import PersonPage
from ui.profile import ProfilePage
from ui.texts import Words, words

SECTIONS = ("chat", "product", "cart", "buy", "faq", "feedback", "person", "profile")


@dataclass(frozen=True, slots=True)
class Limits:
    message: int = 2000
    """Characters."""
    picture: int = 10
    """Megabytes."""


def browser_words(w: Words) -> dict[str, str]:
    """What the page's script may need, as "section.key"."""
    texts = {f"{section}.{key}": text for section in SECTIONS for key, text in w.section(section).items()}
    return {**texts, "language": w.language, "direction": w.direction}


def language_of(payload: Payload) -> Language:
    return spoken(str(payload.get("language")))


def starters(w: Words, kinds: Sequence[str]) -> list[str]:
    """What a shopper may begin with: the pages' own examples, in a shop of other goods its kinds instead of theirs."""
    own = list(w.several("chat.chips"))
    return [*kinds, *own[len(own) // 2 :]] if kinds else own


def picture_of(payload: Payload) -> Picture | None:
    """From a ``data:`` address. What is no base64 is handed on as it is: the service says that it is no picture."""
    address = payload.get("picture")
    if not isinstance(address, str):
        return None
    body = address.partition(",")[2] or address
    try:
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        data = body.encode(errors="replace")
    return Picture(data, str(payload.get("filename") or "picture"))


def page_of(payload: Payload) -> PageSeen | None:
    """The page around the chat, where it told of itself."""
    told = payload.get("page")
    if not isinstance(told, dict):
        return None
    cart = [line for line in told.get("cart") or [] if isinstance(line, dict)]
    lines = tuple((str(line.get("title")), whole(line, "quantity", 1)) for line in cart)
    texts = {name: str(told.get(name) or "") for name in ("product", "query", "url", "title")}
    return PageSeen(**texts, cart=lines)


def press_of(payload: Payload) -> Press:
    """Raises NotSent."""
    match payload.get("kind"):
        case "quantity":
            return ChangeQuantity(str(payload["variant"]), max(0, min(999, whole(payload, "quantity"))))
        case "thumb":
            verdict = payload.get("verdict")
            why = str(payload.get("reason") or "")[:1000]
            return Thumbs(str(payload["turn"]), verdict if verdict in ("up", "down") else None, why)
    raise NotSent("unknown button")


class ShopperPage:
    """The calls behind the page; no state of its own."""

    def __init__(self, shoppers: ShopperService, shopping: ShoppingService, shop_name: str) -> None:
        self.shoppers = shoppers
        self.shopping = shopping
        self.shop_name = shop_name

    async def model(self) -> bool | str:
        state = await self.shoppers.model_state()
        return True if state.ready or state.reason == "off" else state.reason or "unavailable"

    async def _conversation(self, payload: Payload) -> Conversation:
        known = payload.get("conversation")
        if isinstance(known, str) and known:
            try:
                return await self.shoppers.resume(known, payload.get("token"))
            except UnknownConversation:
                pass
        return await self.shoppers.start(payload.get("token") or None, language_of(payload))

    async def open_chat(self, payload: Payload, request: Any) -> Payload:
        conversation = await self._conversation(payload)
        page = page_of(payload)
        if page is not None:
            await self.shoppers.see(conversation.id, page)
        if payload.get("chosen"):
            await self.shoppers.set_language(conversation.id, language_of(payload))
        w = words(language_of(payload))
        past = await self.shoppers.news(conversation.id, 0)
        return {
            "conversation": conversation.id,
            "customer": w("chat.signed_in", name=conversation.customer) if conversation.customer else None,
            "words": browser_words(w),
            "welcome": render.page(
                "welcome.html",
                w=w,
                shop=self.shop_name,
                customer=(conversation.customer or "").split(" ")[0],
                chips=starters(w, await self.shopping.kinds_to_try(language_of(payload))),
            ),
            "parts": render.entries(past.entries, w, own=True),
            "cursor": past.cursor,
            "human": past.human,
            "model": await self.model(),
            "cart": await self.cart(conversation.id, w),
        }

    async def see(self, payload: Payload, request: Any) -> Payload:
        """The shopper looks at a page of the shop."""
        page = page_of(payload)
        if page is not None:
            await self.shoppers.see(str(payload.get("conversation")), page)
        return {}

    async def cart(self, conversation_id: str, w: Words) -> Payload:
        return self._cart(await self.shopping.cart(conversation_id), w)

    def _cart(self, cart: CartShown, w: Words) -> Payload:
        return {"html": render.cart_panel(cart, w), "count": render.cart_count(cart)}

    async def press(self, payload: Payload, request: Any) -> Payload:
        w = words(language_of(payload))
        reply: Payload = {}
        try:
            async for event in self.shoppers.press(str(payload["conversation"]), press_of(payload)):
                if isinstance(event, CartShown):
                    reply["cart"] = self._cart(event, w)
                elif isinstance(event, Notice):
                    reply["notice"] = event.text
        except UnknownConversation:
            return {"lost": True}
        except Refused as refusal:
            reply["notice"] = str(refusal)
        return reply


STYLES = ("base.css", "blocks.css", "shopper.css", "buying.css", "person.css", "profile.css")
SCRIPTS = tuple(
    f"{name}.js"
    for name in ("theme", "shopper", "line", "composer", "buttons", "buying", "person", "profile", "embedding")
)


def document(shop_name: str, limits: Limits, origins: Sequence[str] = ()) -> Document:
    """``origins``: of the sites that may embed the page."""

    def skeleton(language: Language) -> str:
        return render.page("shopper.html", w=words(language), shop=shop_name, languages=LANGUAGES)

    def settings(language: Language) -> Payload:
        return {
            "words": browser_words(words(language)),
            "limits": {"message": limits.message, "picture": limits.picture},
            "origins": list(origins),
        }

    return Document(shop_name, skeleton, settings, SCRIPTS, STYLES)


def calls(page: ShopperPage, profile: ProfilePage, person: PersonPage) -> tuple[Call, ...]:
    of_profile = (profile.profile, profile.export_profile, profile.share)
    return page.open_chat, page.see, page.press, *of_profile, person.person
