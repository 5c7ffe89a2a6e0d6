"""What every page's answers carry: who may frame it, what it may load; and texts are compressed on their way."""

from __future__ import annotations

import re
from functools import cache

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.service.inline_scripts import hashed
from ui import live
from ui.csrf import page_of

BASE = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; object-src 'none'; "
    "form-action 'self'"
)
"""Products' pictures may lie anywhere. Styles may be inline: bars and stars are drawn by style attributes, and scripts
cannot be run by them."""
DATA = "default-src 'none'; frame-ancestors 'none'"
"""Of what is no page: where a browser is made to show it as one, it can do nothing."""
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
STAFF = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}
HSTS = "max-age=31536000"
GRADIO = "/admin/"
"""The page whose document and scripts are Gradio's."""
PACKED = ("/pictures/", "/uploads/")
"""Compressed already."""
_INLINE = re.compile(rb"<script(?: data-gradio-mode)?>(.*?)</script>", re.DOTALL)


class Compressed:
    """Texts by gzip. Event streams and pictures go as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.compressed = GZipMiddleware(app, minimum_size=600, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packed = scope["type"] != "http" or scope["path"].startswith(PACKED)
        await (self.app if packed else self.compressed)(scope, receive, send)


def policy(scripts: str = "", ancestors: str = "'none'") -> str:
    """``scripts``: sources of scripts beside the shop's own files."""
    return f"{BASE}; base-uri 'none'; script-src 'self' {scripts}".strip() + f"; frame-ancestors {ancestors}"


def gradio_policy(document: bytes) -> str:
    """Of the admin's page: its document holds scripts and a base, and components are made from texts ('unsafe-eval').
    Nothing in the document comes from a person."""
    inline = hashed((*_INLINE.findall(document), *(script.encode() for script in live.head_scripts("en"))))
    return f"{BASE}; base-uri 'self'; script-src 'self' 'unsafe-eval' {inline}; frame-ancestors 'none'"


@cache
def storefront_policy() -> str:
    return policy(hashed([live.asset("storefront.js").encode()]), "'self'")


class PageHeaders:
    """The chat may be framed by this site and the allowed ones, the staff's pages by nobody. To be added within what
    compresses: it reads Gradio's document."""

    def __init__(self, app: ASGIApp, allowed_origins: tuple[str, ...] = ()) -> None:
        self.app = app
        self.chat_policy = policy("", " ".join(("'self'", *allowed_origins)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        staff = page_of(path) is not None
        begun: Message = {}

        async def with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_page = headers.get("content-type", "").startswith("text/html")
                own = "Content-Security-Policy" in headers
                for name, value in {**EVERYWHERE, **(STAFF if staff else {})}.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":  # as a trusted proxy said, by now
                    headers["Strict-Transport-Security"] = HSTS
                if is_page and path == GRADIO:
                    begun = message  # its policy is known with its body
                    return
                if not own and message["status"] != 304:  # whose headers would take the place of the kept page's
                    headers["Content-Security-Policy"] = self._policy(path) if is_page else DATA
            elif begun:
                start, begun = begun, {}
                MutableHeaders(scope=start)["Content-Security-Policy"] = gradio_policy(message["body"])
                await send(start)
            await send(message)

        await self.app(scope, receive, with_headers)

    def _policy(self, path: str) -> str:
        if path.startswith("/chat"):
            return self.chat_policy
        if page_of(path) is not None or path.startswith("/checkout"):
            return policy()
        return storefront_policy()
