"""Between the network and the application: who calls, and how much they may send at once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from assistant.bounds import called_from
from assistant.settings import Settings

log = structlog.get_logger()

LOCAL = ("localhost", "127.0.0.1", "::1")
PROBES = ("/healthz", "/readyz")
"""What an orchestrator asks by the address alone."""
NOT_HERE = "This shop is not served under that name: see SHOPCLERK_TRUSTED_HOSTS."
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


def served_hosts(settings: Settings) -> tuple[str, ...]:
    """The names that the shop answers to; none: to any."""
    public = urlsplit(settings.public_url).hostname
    if not settings.trusted_hosts and not public:
        return ()
    return (*settings.trusted_hosts, *filter(None, (public,)), settings.host, *LOCAL)


class Hosts:
    """Requests for another host than the shop's are refused: what is built from the name, links in mails and checks of
    origins, then holds no name that a stranger chose. ``*.shop.example`` is every name below it."""

    def __init__(self, app: ASGIApp, served: Sequence[str] = ()) -> None:
        self._app = app
        self._served = tuple(name.casefold() for name in served)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["path"] not in PROBES
        if asked and self._served and not self._ours(Headers(scope=scope).get("host", "")):
            await JSONResponse({"detail": NOT_HERE}, 400)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return any(name == one or (one.startswith("*.") and name.endswith(one[1:])) for one in self._served)


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
