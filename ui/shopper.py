"""The shopper's chat page: opens or resumes a conversation, streams turns, watches for agents' messages."""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.events import CartShown, Event, Notice
from assistant.languages import LANGUAGES, Language, spoken
from assistant.pages import (
    AddToCart,
    Cancel,
    ChangeQuantity,
    Confirm,
    Conversation,
    Picture,
    Press,
    Refused,
    Thumbs,
    UnknownConversation,
)
from assistant.service.profiles import ProfileService
from assistant.service.shoppers import ShopperService
from assistant.service.shopping import ShoppingService
from ui import live, render
from ui.live import Payload
from ui.profile import ProfilePage
from ui.texts import Words, words

SECTIONS = ("chat", "product", "cart", "buy", "feedback", "profile")


@dataclass(frozen=True, slots=True)
class Limits:
    message: int = 2000
    """Characters."""
    picture: int = 10
    """Megabytes."""


def browser_words(w: Words) -> dict[str, str]:
    """What the page's script may need, as "section.key"."""
    texts = {f"{section}.{key}": text for section in SECTIONS for key, text in w.section(section).items()}
    return {**texts, "language": w.language}


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


def press_of(payload: Payload) -> Press:
    """Raises KeyError or ValueError for what no button sends."""
    match payload.get("kind"):
        case "add":
            return AddToCart(str(payload["product"]), str(payload["variant"]))
        case "quantity":
            return ChangeQuantity(str(payload["variant"]), max(0, min(999, int(payload["quantity"]))))
        case "confirm":
            return Confirm()
        case "cancel":
            return Cancel()
        case "thumb":
            verdict = payload.get("verdict")
            return Thumbs(str(payload["turn"]), verdict if verdict in ("up", "down") else None)
    raise ValueError("unknown button")


class ShopperPage:
    """The calls and the stream behind the page; no state of its own."""

    def __init__(self, shoppers: ShopperService, shopping: ShoppingService, shop_name: str) -> None:
        self.shoppers = shoppers
        self.shopping = shopping
        self.shop_name = shop_name

    async def _model(self) -> bool | str:
        state = await self.shoppers.model_state()
        return True if state.ready or state.reason == "off" else state.reason or "unavailable"

    async def _conversation(self, payload: Payload) -> Conversation:
        known = payload.get("conversation")
        if isinstance(known, str) and known:
            try:
                return await self.shoppers.resume(known)
            except UnknownConversation:
                pass
        return await self.shoppers.start(payload.get("token") or None, language_of(payload))

    async def open_chat(self, payload: Payload, request: gr.Request) -> Payload:
        conversation = await self._conversation(payload)
        if payload.get("chosen"):
            await self.shoppers.set_language(conversation.id, language_of(payload))
        w = words(language_of(payload))
        past = await self.shoppers.history(conversation.id)
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
            "parts": render.entries(past.entries, w),
            "cursor": past.cursor,
            "human": past.human,
            "model": await self._model(),
            "cart": self._cart(await self.shopping.cart(conversation.id), w),
        }

    def _cart(self, cart: CartShown, w: Words) -> Payload:
        return {"html": render.cart_panel(cart, w), "count": render.cart_count(cart)}

    async def poll(self, payload: Payload, request: gr.Request) -> Payload:
        w = words(language_of(payload))
        try:
            news = await self.shoppers.poll(str(payload["conversation"]), int(payload.get("after") or 0))
        except UnknownConversation:
            return {"lost": True}
        return {
            "parts": render.entries(news.entries, w),
            "cursor": news.cursor,
            "human": news.human,
            "model": await self._model(),
        }

    async def press(self, payload: Payload, request: gr.Request) -> Payload:
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

    def _events(self, payload: Payload) -> AsyncIterator[Event]:
        conversation = str(payload["conversation"])
        if payload.get("kind") in ("confirm", "cancel"):
            return self.shoppers.press(conversation, press_of(payload))
        return self.shoppers.turn(conversation, str(payload.get("text") or ""), picture_of(payload))

    async def turn(self, payload: Payload, request: gr.Request) -> AsyncIterator[Payload]:
        """Pieces of one turn: each holds the whole turn as it stands, so that a lost piece loses nothing."""
        w = words(language_of(payload))
        key = str(payload.get("key"))
        turn = render.Turn(w)
        last: Payload = {
            "key": key,
            "done": True,
            "human": False,
            "cursor": 0,
            "parts": [],
        }
        try:
            async for event in self._events(payload):
                turn.add(event)
                if turn.done is None and event.type != "suggestions":
                    yield {
                        "key": key,
                        "done": False,
                        "parts": [render.assistant_turn(key, turn, w)],
                    }
            last["parts"] = [self._closed(key, turn, w)]
            if turn.cart is not None:
                last["cart"] = self._cart(turn.cart, w)
            last["language"] = turn.done.language if turn.done else None
        except UnknownConversation:
            yield {"key": key, "lost": True}
            return
        except Exception:
            live.log.exception("a turn failed")
            last["parts"] = [self._failure(key, payload, w)]
        last["model"] = await self._model()
        last.update(await self._standing(str(payload["conversation"])))
        yield last

    def _closed(self, key: str, turn: render.Turn, w: Words) -> render.Part:
        if turn.empty:
            return {"key": key, "html": ""}
        turn.close()
        return render.assistant_turn(key, turn, w)

    def _failure(self, key: str, payload: Payload, w: Words) -> render.Part:
        inner = render.page("failure.html", w=w, say=str(payload.get("text") or ""))
        return render.article(key, "assistant", inner, w)

    async def _standing(self, conversation_id: str) -> dict[str, Any]:
        """Whether a human is in charge now. The cursor stays: what an agent wrote meanwhile is still to come."""
        news = await self.shoppers.poll(conversation_id, 2**53)
        return {"human": news.human}


def build(
    shoppers: ShopperService,
    shopping: ShoppingService,
    profiles: ProfileService,
    shop_name: str,
    limits: Limits,
    language: Language = "en",
) -> gr.Blocks:
    page, profile = ShopperPage(shoppers, shopping, shop_name), ProfilePage(profiles)
    w = words(language)
    return live.page(
        title=shop_name,
        skeleton=render.page("shopper.html", w=w, shop=shop_name, languages=LANGUAGES),
        scripts=("shopper.js", "composer.js", "buttons.js", "buying.js", "profile.js", "embedding.js"),
        calls=(
            page.open_chat,
            page.poll,
            page.press,
            profile.profile,
            profile.export_profile,
            profile.share,
        ),
        streams={"turn": page.turn},
        settings={
            "words": browser_words(w),
            "limits": {"message": limits.message, "picture": limits.picture},
        },
    )
