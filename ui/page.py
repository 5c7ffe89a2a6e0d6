"""A page of our own: one HTML document, its script and styles under addresses that name their content, its calls.

The document stays small and is asked for anew with an ETag; script and styles may be kept for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from assistant.database import tidied
from assistant.languages import Language, direction, spoken
from ui import live, render
from ui.live import NotSent, Payload, Sent
from ui.login import Guard, browser_language

Call = Callable[[Payload, Any], Awaitable[Payload]]
"""Answers what a page's script asks: (what it sends, the request)."""
MayCall = Callable[[str | None, str | None], bool]
"""Whether a page of this origin may call us under this host name."""

FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
HOUR = {"Cache-Control": "public, max-age=3600"}
FRESH = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}


@dataclass(frozen=True)
class Document:
    """What the page is made of. ``skeleton`` gives finished HTML in a language, ``settings`` what its script gets."""

    title: str
    skeleton: Callable[[Language], str]
    settings: Callable[[Language], Payload]
    scripts: Sequence[str]
    styles: Sequence[str]
    files: dict[str, tuple[str, str]] = field(init=False, default_factory=dict)
    """By name: media type and text."""

    def __post_init__(self) -> None:
        script = "\n".join(map(live.asset, ("page.js", "live.js", *self.scripts)))
        self._keep("js", "text/javascript", f"(() => {{\n{script}\n}})();\n")
        self._keep("css", "text/css", live.styles(*self.styles))

    def _keep(self, ending: str, kind: str, text: str) -> None:
        self.files[f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.{ending}"] = kind, text

    def html(self, language: Language) -> str:
        style, script = (next(name for name in self.files if name.endswith(ending)) for ending in (".css", ".js"))
        # Not even a text of ours may end the element that it stands in.
        settings = json.dumps(self.settings(language), ensure_ascii=False).replace("<", "\\u003c")
        return render.page(
            "page.html",
            language=language,
            direction=direction(language),
            title=self.title,
            style=style,
            script=script,
            skeleton=self.skeleton(language),
            settings=settings,
        )


def router(
    path: str,
    document: Document,
    calls: Sequence[Call],
    may_call: MayCall,
    limit_bytes: int,
    who: Guard | None = None,
) -> APIRouter:
    """``limit_bytes``: of what one call may send. ``who``: whom the page is for, as ``login.guard`` tells."""

    async def outside(request: Request) -> None:
        if who is not None and await who(request) is None:
            raise HTTPException(401)

    routes = APIRouter(include_in_schema=False, dependencies=[Depends(outside)])
    by_name: Mapping[str, Call] = {call.__name__: call for call in calls}
    made: dict[Language, str] = {}

    @routes.get(path)
    async def without_slash(request: Request) -> RedirectResponse:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{path}/{query}", 307)

    @routes.get(f"{path}/")
    async def page(request: Request) -> Response:
        language = spoken(browser_language(request))
        if language not in made:
            made[language] = document.html(language)
        html = made[language]
        return tagged(request, html, "text/html", {**FRESH, "Content-Language": language})

    @routes.get(f"{path}/assets/{{name}}")
    async def asset(name: str) -> Response:
        if name not in document.files:
            raise HTTPException(404)
        kind, text = document.files[name]
        return Response(text, media_type=kind, headers=FOREVER)

    @routes.post(f"{path}/call/{{name}}")
    async def call(name: str, request: Request) -> JSONResponse:
        if name not in by_name:
            raise HTTPException(404)
        payload = await sent(request, may_call, limit_bytes)
        try:
            return JSONResponse(await by_name[name](payload, request))
        except NotSent as error:
            raise HTTPException(422, str(error)) from error

    return routes


def tagged(request: Request, text: str, kind: str, headers: Mapping[str, str]) -> Response:
    """The text, or that it is still the one that the browser has."""
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    headers = {**headers, "ETag": tag}
    if tag in request.headers.get("if-none-match", "").replace("W/", "").split(", "):
        return Response(status_code=304, headers=headers)
    return Response(text, media_type=kind, headers=headers)


async def sent(request: Request, may_call: MayCall, limit_bytes: int) -> Payload:
    """The JSON object that a page of ours sent."""
    if not may_call(request.headers.get("origin"), request.headers.get("host")):
        raise HTTPException(403, "This page may not call the shop: its origin is not on the list.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            raise HTTPException(413, "That is too much at once.")
    try:
        payload = tidied(json.loads(body or b"{}"))
    except (ValueError, RecursionError) as error:
        raise HTTPException(422, "That is no JSON.") from error
    if not isinstance(payload, dict):
        raise HTTPException(422, "That is no JSON object.")
    return Sent(payload)
