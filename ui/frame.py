"""What every page's answers carry: who may frame it, and no upload where none is needed."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STAFF = ("/agent", "/admin")


class PageHeaders:
    """The chat may be framed by this site and the allowed ones, the staff's pages by nobody.

    The chat takes pictures within its own messages; Gradio's open upload route there would let anybody fill the disk.
    """

    def __init__(self, app: ASGIApp, allowed_origins: tuple[str, ...] = ()) -> None:
        self.app = app
        self.chat_policy = " ".join(("frame-ancestors 'self'", *allowed_origins))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if path.startswith("/chat/") and path.rstrip("/").endswith("/upload"):
            await PlainTextResponse("Not found", 404)(scope, receive, send)
            return
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
