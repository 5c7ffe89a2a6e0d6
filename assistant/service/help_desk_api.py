"""Where other help desks tell what their people wrote (docs/agents.md)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import APIRouter, HTTPException, Request

from assistant.bootstrap import Shopclerk
from assistant.notify import chatwoot, zendesk
from assistant.notify.links import Incoming, Links

_LIMIT_BYTES = 2**20


def help_desk_router(app: Shopclerk) -> APIRouter:
    """Only the routes of those that the settings name."""
    api, settings = APIRouter(tags=["help desks"]), app.settings
    links = Links(app.commerce.database, app.commerce.records.changes)

    async def received(desk: str, told: Incoming | None) -> dict[str, bool]:
        if told is None:
            return {"taken": False}
        return {"taken": await asyncio.to_thread(links.receive, desk, told)}

    if settings.chatwoot_url:

        @api.post("/hooks/chatwoot/{secret}", summary="A webhook of Chatwoot")
        async def from_chatwoot(request: Request, secret: str) -> dict[str, bool]:
            body = _json(await _body(request))
            try:
                told = chatwoot.told(settings.chatwoot_secret.get_secret_value(), secret, body)
            except PermissionError as error:
                raise HTTPException(403, "This address does not end as it should.") from error
            return await received("chatwoot", told)

    if settings.zendesk_url:

        @api.post("/hooks/zendesk", summary="A webhook of Zendesk")
        async def from_zendesk(request: Request) -> dict[str, bool]:
            body, headers = await _body(request), request.headers
            given, at = (
                headers.get("x-zendesk-webhook-signature", ""),
                headers.get("x-zendesk-webhook-signature-timestamp", ""),
            )
            if not zendesk.genuine(settings.zendesk_secret.get_secret_value(), body, given, at):
                raise HTTPException(403, "The signature is wrong or too old.")
            return await received("zendesk", zendesk.told(_json(body)))

    return api


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LIMIT_BYTES:
            raise HTTPException(413, "That is too much at once.")
    return bytes(body)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HTTPException(422, "That is no JSON.") from error
