"""The HTTP API: conversations as server-sent events, search, pictures, health and metrics. Its documentation works
offline."""

from __future__ import annotations

import asyncio
import base64
import binascii
import math
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Body, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse, ServerSentEvent

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.events import CartShown, Event, ProductCard, event_adapter
from assistant.languages import Language
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
from assistant.service.answers import EVERYWHERE, FROM_PAGES, UNKNOWN, Refusal, sends
from assistant.service.clients import operates
from assistant.service.faults import told as told_of
from assistant.service.services import Services
from assistant.service.shoppers import ShopperService
from assistant.service.streams import HeldStream
from retrieval.encoders.pictures import BadPicture
from retrieval.search.query import Filters
from retrieval.search.query import Query as SearchQuery

log = structlog.get_logger()

OF_CONVERSATIONS = {**FROM_PAGES, **UNKNOWN}
EVENTS = sends("text/event-stream", description="One event after the other, each a JSON object: docs/api.md.")
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
NO_PICTURE = Path(__file__).with_name("no_picture.svg")
"""Shown for products that have none."""
DAY = {"Cache-Control": "public, max-age=86400"}


class NewConversation(BaseModel):
    language: Language = "en"
    customer_token: str | None = Field(
        default=None, description="Signed by the shop for a customer who has signed in there."
    )


class Started(BaseModel):
    id: str = Field(description="Unguessable: whoever has it may read and continue the conversation.")
    language: str
    customer: str | None


class Message(BaseModel):
    text: str = Field(default="", max_length=100_000)
    picture: str | None = Field(default=None, description="A picture, base64.")
    filename: str = "picture"
    turn_id: str = Field(
        default="",
        max_length=64,
        pattern=r"^([A-Za-z0-9_-]{8,64})?$",
        description="Made by the caller: the same again is the same message, and gets the same reply.",
    )


class Pressed(BaseModel):
    """A button. ``add_to_cart`` needs product_id and variant_id; ``change_quantity`` variant_id; thumbs turn_id."""

    action: Literal["add_to_cart", "change_quantity", "confirm", "cancel", "thumbs_up", "thumbs_down", "thumbs_off"]
    product_id: str = ""
    variant_id: str = ""
    turn_id: str = ""
    quantity: int = Field(default=1, ge=0, le=999)

    def press(self) -> Press:
        match self.action:
            case "add_to_cart":
                return AddToCart(self.product_id, self.variant_id, max(1, self.quantity))
            case "change_quantity":
                return ChangeQuantity(self.variant_id, self.quantity)
            case "confirm":
                return Confirm()
            case "cancel":
                return Cancel()
            case "thumbs_up":
                return Thumbs(self.turn_id, "up")
            case "thumbs_down":
                return Thumbs(self.turn_id, "down")
            case "thumbs_off":
                return Thumbs(self.turn_id, None)


class Found(BaseModel):
    outcome: str
    total: int
    relaxed: list[str]
    products: list[ProductCard]


class SpokenEvent(BaseModel):
    cursor: int
    speaker: Literal["shopper", "assistant", "agent"]
    text: str = ""
    name: str = ""
    events: list[Event] = []


def router(app: Shopclerk, services: Services, access: Access) -> APIRouter:
    """The routes."""
    api, shoppers = APIRouter(responses=EVERYWHERE), services.shoppers
    token = app.settings.operations_token.get_secret_value()

    def checked(request: Request) -> None:
        if not access.origin_allowed(request.headers.get("origin"), request.headers.get("host")):
            raise HTTPException(403, "This page may not call the shop: its origin is not on the list.")

    def stream(events: AsyncIterator[Event], conversation_id: str, language: str) -> EventSourceResponse:
        held = shoppers.streams.take(conversation_id, language)

        async def sent() -> AsyncIterator[ServerSentEvent]:
            try:
                async for event in events:
                    yield ServerSentEvent(event_adapter.dump_json(event).decode(), event=event.type)
            except UnknownConversation:
                yield ServerSentEvent('{"type": "error", "text": "There is no such conversation."}', event="error")
            except Exception as error:  # the answer has begun: all that can be done is to say so
                log.exception("a stream broke off")
                said, _, _ = told_of(error, language)
                yield ServerSentEvent(event_adapter.dump_json(said).decode(), event=said.type)

        return HeldStream(shoppers.streams, held, sent(), ping=15)

    @api.post("/api/conversations", tags=["chat"], summary="Begin a conversation", responses=FROM_PAGES)
    async def start(request: Request, new: Annotated[NewConversation | None, Body()] = None) -> Started:
        checked(request)
        new = new or NewConversation()
        found = await shoppers.start(new.customer_token, new.language)
        return Started(id=found.id, language=found.language, customer=found.customer)

    @api.post(
        "/api/conversations/{conversation_id}/turns",
        tags=["chat"],
        summary="Say something; the reply streams as events",
        response_class=Response,
        responses={**OF_CONVERSATIONS, **EVENTS},
    )
    async def turn(request: Request, conversation_id: str, message: Message) -> Response:
        checked(request)
        picture = None
        if message.picture:
            try:
                picture = Picture(base64.b64decode(message.picture, validate=True), message.filename)
            except (binascii.Error, ValueError) as error:
                raise HTTPException(422, "The picture is not valid base64.") from error
        found = await _existing(shoppers, conversation_id)
        receipt, events = await shoppers.taken(conversation_id, message.text, picture, message.turn_id)
        if receipt.wait_s and receipt.notice is not None:
            refused = {"detail": receipt.notice.text, "code": receipt.notice.code}
            return JSONResponse(refused, 429, {"Retry-After": str(math.ceil(receipt.wait_s))})
        return stream(events, conversation_id, found.language)

    @api.post(
        "/api/conversations/{conversation_id}/press",
        tags=["chat"],
        summary="Press a button",
        response_class=Response,
        responses={**OF_CONVERSATIONS, **EVENTS},
    )
    async def press(request: Request, conversation_id: str, pressed: Pressed) -> EventSourceResponse:
        checked(request)
        found = await _existing(shoppers, conversation_id)
        return stream(shoppers.press(conversation_id, pressed.press()), conversation_id, found.language)

    @api.get(
        "/api/conversations/{conversation_id}/messages",
        tags=["chat"],
        summary="What was said after a cursor",
        responses=OF_CONVERSATIONS,
    )
    async def messages(
        request: Request, conversation_id: str, after: Annotated[int, Query(ge=0)] = 0
    ) -> list[SpokenEvent]:
        checked(request)
        await _existing(shoppers, conversation_id)
        found = await shoppers.news(conversation_id, 0)
        return [
            SpokenEvent(cursor=e.cursor, speaker=e.speaker, text=e.text, name=e.name, events=list(e.events))
            for e in found.entries
            if e.cursor > after
        ]

    @api.get("/api/conversations/{conversation_id}/cart", tags=["chat"], summary="The cart", responses=OF_CONVERSATIONS)
    async def cart(request: Request, conversation_id: str) -> CartShown:
        checked(request)
        await _existing(shoppers, conversation_id)
        return await services.shopping.cart(conversation_id)

    @api.get("/api/search", tags=["search"], summary="Search the catalogue without a conversation")
    async def search(
        q: Annotated[str, Query(max_length=500)],
        language: Language = "en",
        limit: Annotated[int, Query(ge=1, le=50)] = 10,
        in_stock: bool = True,
    ) -> Found:
        app.bounds.take("searches", language=language)

        def found() -> Found:
            said = app.deps.understander.english(q, language)
            query = SearchQuery(text=said, filters=Filters(in_stock=in_stock), language=language, limit=limit)
            result = app.knowledge.search.search(query)
            cards = [app.cards.product(hit, at, language) for at, hit in enumerate(result.hits, 1)]
            return Found(outcome=result.outcome.value, total=result.total, relaxed=list(result.relaxed), products=cards)

        return await asyncio.to_thread(found)

    @api.get(
        "/pictures/{product_id:path}/{colour}.webp",
        tags=["pictures"],
        summary="A product's picture",
        response_class=Response,
        responses={**UNKNOWN, **sends("image/webp", "image/svg+xml")},
    )
    async def picture(product_id: str, colour: str) -> Response:
        product = app.knowledge.search.product(product_id)
        if product is not None and not product.pictures:
            return Response(NO_PICTURE.read_bytes(), media_type="image/svg+xml", headers=DAY)
        try:
            path = await asyncio.to_thread(app.knowledge.picture, product_id, colour)
        except (FileNotFoundError, BadPicture, OSError) as error:
            raise HTTPException(404, "There is no such picture.") from error
        return FileResponse(path, media_type="image/webp", headers=DAY)

    @api.get(
        "/uploads/{name}",
        tags=["pictures"],
        summary="A picture a shopper sent (unguessable name)",
        response_class=Response,
        responses={**UNKNOWN, **sends("image/webp")},
    )
    async def upload(name: str) -> FileResponse:
        path = app.uploads.directory / name
        if path.parent != app.uploads.directory or path.suffix != ".webp" or not path.is_file():
            raise HTTPException(404, "There is no such picture.")
        return FileResponse(path, media_type="image/webp", headers=FOREVER)

    @api.get("/healthz", tags=["operation"], summary="Whether the process answers")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @api.get(
        "/readyz",
        tags=["operation"],
        summary="Whether customers can be served: each part is tried",
        responses={503: {"description": "They cannot.", "content": {"application/json": {}}}},
    )
    async def ready(request: Request) -> JSONResponse:
        """503 where they cannot. Operators are told how each part is."""
        found = await services.readiness.now()
        told: dict[str, object] = {"status": found.status, "parts": dict(found.parts)}
        if operates(request, token):
            items = await services.admins.health()
            told["details"] = {item.name: {"state": item.state, "text": item.text} for item in items}
        return JSONResponse(told, 503 if found.status == "unavailable" else 200)

    @api.get(
        "/metrics",
        tags=["operation"],
        summary="Prometheus metrics, for operators",
        response_class=PlainTextResponse,
        responses={403: {"model": Refusal, "description": "Not an operator."}},
    )
    async def metrics(request: Request) -> Response:
        if not operates(request, token):
            raise HTTPException(403, "For operators: see SHOPCLERK_OPERATIONS_TOKEN.")
        return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return api


async def _existing(shoppers: ShopperService, conversation_id: str) -> Conversation:
    try:
        return await shoppers.resume(conversation_id)
    except (UnknownConversation, Refused) as error:
        raise HTTPException(404, "There is no such conversation.") from error
