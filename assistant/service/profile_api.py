"""The HTTP API of profiles, for shops that show them on a page of their own."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import asdict
from typing import Any, Literal, TypeVar

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field

from assistant.access import Access
from assistant.pages import Refused, UnknownConversation
from assistant.service.answers import EVERYWHERE, FROM_PAGES, UNKNOWN
from assistant.service.profiles import ProfileService

T = TypeVar("T")


class Switch(BaseModel):
    on: bool


class Wish(BaseModel):
    text: str = Field(max_length=2000, examples=["vegan, size 42, no leather"])


class Forget(BaseModel):
    confirm: Literal[True] = Field(description="Nothing can be brought back.")


def profile_router(profiles: ProfileService, access: Access) -> APIRouter:
    """The routes; whoever has a conversation's id has its shopper's profile, and no other."""
    told = {**EVERYWHERE, **FROM_PAGES, **UNKNOWN}
    api = APIRouter(prefix="/api/conversations/{conversation_id}", tags=["profile"], responses=told)

    async def answered(request: Request, call: Coroutine[Any, Any, T]) -> T:
        try:
            if not access.origin_allowed(request.headers.get("origin"), request.headers.get("host")):
                raise HTTPException(403, "This page may not call the shop: its origin is not on the list.")
            return await call
        except UnknownConversation as error:
            raise HTTPException(404, "There is no such conversation.") from error
        except Refused as error:
            raise HTTPException(422, str(error)) from error
        finally:
            call.close()

    @api.get("/profile", summary="What is held of the shopper")
    async def profile(request: Request, conversation_id: str) -> dict[str, Any]:
        return asdict(await answered(request, profiles.profile(conversation_id)))

    @api.put("/profile/personal", summary="Switches personalisation on or off")
    async def personal(request: Request, conversation_id: str, switch: Switch) -> dict[str, Any]:
        return asdict(await answered(request, profiles.switch_personal(conversation_id, switch.on)))

    @api.post("/profile/preferences", summary="States preferences")
    async def add(request: Request, conversation_id: str, wish: Wish) -> dict[str, Any]:
        return asdict(await answered(request, profiles.add_preference(conversation_id, wish.text)))

    @api.put("/profile/preferences/{preference_id}", summary="Changes a preference")
    async def change(request: Request, conversation_id: str, preference_id: str, wish: Wish) -> dict[str, Any]:
        return asdict(await answered(request, profiles.change_preference(conversation_id, preference_id, wish.text)))

    @api.delete("/profile/preferences/{preference_id}", summary="Removes a preference")
    async def remove(request: Request, conversation_id: str, preference_id: str) -> dict[str, Any]:
        return asdict(await answered(request, profiles.remove_preference(conversation_id, preference_id)))

    @api.get("/profile/export", summary="Everything held of the shopper, as JSON")
    async def export(request: Request, conversation_id: str) -> dict[str, Any]:
        return await answered(request, profiles.export_profile(conversation_id))

    @api.post("/profile/forget", summary="Erases everything but orders; the receipt says what")
    async def forget(request: Request, conversation_id: str, sure: Forget) -> dict[str, Any]:
        return asdict(await answered(request, profiles.forget(conversation_id)))

    @api.post("/products/{product_id:path}/share", summary="A link to a product; counts as a sign of interest")
    async def share(request: Request, conversation_id: str, product_id: str) -> dict[str, str]:
        return {"link": await answered(request, profiles.share(conversation_id, product_id))}

    return api
