"""What every page's answers carry: who may frame it, what it may load; and texts are compressed on their way."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STAFF = ("/agent", "/admin")
CHAT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'"
)
"""Scripts only from the shop's own files. Products' pictures may lie anywhere."""
PACKED = ("/pictures/", "/uploads/")
"""Compressed already."""


class Compressed:
    """Texts by gzip. Event streams and pictures go as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.compressed = GZipMiddleware(app, minimum_size=600, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packed = scope["type"] != "http" or scope["path"].startswith(PACKED)
        await (self.app if packed else self.compressed)(scope, receive, send)


class PageHeaders:
    """The chat may be framed by this site and the allowed ones, the staff's pages by nobody."""

    def __init__(self, app: ASGIApp, allowed_origins: tuple[str, ...] = ()) -> None:
        self.app = app
        self.chat_policy = "; ".join((CHAT_POLICY, " ".join(("frame-ancestors 'self'", *allowed_origins))))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        staff = path.startswith(STAFF)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if staff or path.startswith("/chat"):
                    headers["Content-Security-Policy"] = "frame-ancestors 'none'" if staff else self.chat_policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
            await send(message)

        await self.app(scope, receive, with_headers)
