"""Between the network and the application: who calls, and how much they may send at once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from ipaddress import ip_address

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from assistant.bounds import called_from

log = structlog.get_logger()

TOO_MUCH = "That is too much at once."
FORWARDED = "x-forwarded-for"


def operates(request: Request, token: str) -> bool:
    """Whether an operator asks: with the token; where there is none, from this machine and through no proxy."""
    if token:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), token.encode())
    try:
        local = ip_address(request.client.host).is_loopback if request.client else False
    except ValueError:
        local = False
    return local and not any(name in request.headers for name in (FORWARDED, "forwarded", "x-real-ip", "via"))


class Clients:
    """What a request makes happen counts as done by its sender's address (``assistant.bounds``). ``X-Forwarded-For``
    and ``-Proto`` are believed of the trusted proxies alone, which are addresses or networks."""

    def __init__(self, app: ASGIApp, trusted_proxies: Sequence[str] = ()) -> None:
        self._app = app
        self._behind = ProxyHeadersMiddleware(self._known, trusted_hosts=list(trusted_proxies))  # type: ignore[arg-type]
        self._trusts = bool(trusted_proxies)
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._trusts and not self._warned and scope["type"] == "http" and FORWARDED in Headers(scope=scope):
            self._warned = True
            log.warning(
                "requests come through a proxy that is not trusted, so all its clients count as one: "
                "SHOPCLERK_TRUSTED_PROXIES",
                proxy=(scope.get("client") or ("",))[0],
            )
        await self._behind(scope, receive, send)  # type: ignore[arg-type]

    async def _known(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        with called_from(client[0] if client else ""):
            await self._app(scope, receive, send)


class BodyLimit:
    """Bodies that are too large are refused: before they are read where they say how large they are, else while."""

    def __init__(self, app: ASGIApp, limit_bytes: int, below: Mapping[str, int] | None = None) -> None:
        """``below``: other limits, by how paths begin. Where they are larger the pages say who may send so much."""
        self._app = app
        self._limits = {"": limit_bytes, **(below or {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        limit = self._limits[max((start for start in self._limits if path.startswith(start)), key=len)]
        said = Headers(scope=scope).get("content-length", "")
        if said.isdecimal() and int(said[:20]) > limit:
            reply = JSONResponse({"detail": TOO_MUCH}, 413)
            await reply(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413, TOO_MUCH)
            return message

        await self._app(scope, counted, send)
