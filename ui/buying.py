"""The calls behind the window's buying: product pages, choices, the cart, what one waits for. Each brings the
conversation's id, which is the key to all that is the shopper's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from assistant.events import CartShown, Event, Notice
from assistant.pages import ProductDetail, Refused, UnknownConversation
from assistant.service.checkouts import CheckoutService
from assistant.service.shoppers import ShopperService
from assistant.service.shopping import ShoppingService
from assistant.service.wishes import WishService
from ui import render, transcript
from ui.live import Payload
from ui.page import Call
from ui.texts import Words, words

BuyingCall = Callable[[Payload, Words], Awaitable[Payload]]

MAX_OPTIONS = 12


def chosen_of(payload: Payload) -> dict[str, str] | None:
    """Options by key; ``None`` where nothing was said of them."""
    given = payload.get("chosen")
    if not isinstance(given, dict):
        return None
    return {str(key)[:80]: str(value)[:200] for key, value in list(given.items())[:MAX_OPTIONS]}


class BuyingCalls:
    """No state of its own. Every call may raise ``UnknownConversation`` and ``Refused``."""

    def __init__(
        self,
        shoppers: ShopperService,
        shopping: ShoppingService,
        checkouts: CheckoutService,
        wishes: WishService,
        shop_name: str,
    ) -> None:
        self.shoppers = shoppers
        self.shop_name = shop_name
        self.shopping = shopping
        self.checkouts = checkouts
        self.wishes = wishes

    def table(self) -> dict[str, BuyingCall]:
        return {
            "product": self.product,
            "put": self.put,
            "checkout": self.checkout,
            "coupon": self.coupon,
            "passage": self.passage,
            "transcript": self.transcript,
            "wish": self.wish,
            "unwish": self.unwish,
            "wishes": self.wished,
        }

    async def product(self, payload: Payload, w: Words) -> Payload:
        shown = payload.get("variant")
        detail = await self.shopping.product(
            str(payload["conversation"]), str(payload["product"]), chosen_of(payload), str(shown) if shown else None
        )
        return {"html": render.product_page(detail, w)}

    async def put(self, payload: Payload, w: Words) -> Payload:
        done = await self.shopping.put(str(payload["conversation"]), str(payload["product"]), chosen_of(payload) or {})
        if isinstance(done, ProductDetail):
            return {"choose": render.product_page(done, w, ask=True)}
        return shown(done, w)

    async def checkout(self, payload: Payload, w: Words) -> Payload:
        ready = await self.checkouts.begin(str(payload["conversation"]))
        return {"url": ready.url} if ready is not None else {}

    async def coupon(self, payload: Payload, w: Words) -> Payload:
        return shown(await self.checkouts.coupon(str(payload["conversation"]), str(payload.get("code") or "")[:80]), w)

    async def passage(self, payload: Payload, w: Words) -> Payload:
        found, others = await self.shopping.passage(str(payload["conversation"]), str(payload["passage"]))
        return {"html": render.passage(found, others, w)}

    async def transcript(self, payload: Payload, w: Words) -> Payload:
        """The conversation as one file, made of what is recorded: its own, and no other's."""
        past = await self.shoppers.news(str(payload["conversation"]), 0)
        return {"html": transcript.page(past.entries, self.shop_name, w), "name": transcript.NAME}

    async def wish(self, payload: Payload, w: Words) -> Payload:
        kind = payload.get("kind")
        told = await self.wishes.add(
            str(payload["conversation"]),
            "price_drop" if kind == "price_drop" else "back_in_stock",
            str(payload["product"]),
            str(payload.get("variant") or ""),
            str(payload.get("email") or "")[:254],
        )
        return {"toast": told}

    async def unwish(self, payload: Payload, w: Words) -> Payload:
        await self.wishes.remove(str(payload["conversation"]), str(payload["wish"]))
        return {**await self.wished(payload, w), "toast": w("buy.unwished")}

    async def wished(self, payload: Payload, w: Words) -> Payload:
        return {"html": render.wishes(await self.wishes.list(str(payload["conversation"])), w)}


def shown(event: Event, w: Words) -> Payload:
    """What came of a change of the cart."""
    if isinstance(event, CartShown):
        return {"cart": {"html": render.cart_panel(event, w), "count": render.cart_count(event)}}
    return {"notice": event.text} if isinstance(event, Notice) else {}


def answering(name: str, call: BuyingCall) -> Call:
    """As the page's script asks it: what the shop refuses is told, and a conversation that is gone begins anew."""

    async def answer(payload: Payload, request: Any) -> Payload:
        w = words(str(payload.get("language")))
        try:
            return await call(payload, w)
        except UnknownConversation:
            return {"lost": True}
        except Refused as refusal:
            return {"notice": str(refusal)}

    answer.__name__ = f"buy_{name}"
    return answer


def calls(buying: BuyingCalls) -> tuple[Call, ...]:
    return tuple(answering(name, call) for name, call in buying.table().items())
