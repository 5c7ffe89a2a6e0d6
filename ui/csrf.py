"""Refuses what another site's page tries to write on a visitor's behalf (cross-site request forgery).

The staff's pages are authenticated by a cookie, which a browser sends by itself. So whoever writes there has to come
from a page of ours, as the browser says, and to tell a token that only such a page can read. All routes below /agent
and /admin are covered, Gradio's too: none has to think of it. Shoppers are authenticated by what their page sends and
no browser adds by itself, a conversation's id, a checkout's key; their pages may be other sites'.
"""

from __future__ import annotations

import hashlib
import secrets
from http.cookies import SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.pages import StaffPage
from ui.login import PATHS, cookie_name
from ui.page import MayCall

COOKIE, FIELD, HEADER = "shopclerk_csrf", "csrf", "x-csrf-token"
READING = frozenset(("GET", "HEAD", "OPTIONS"))
FORM_BYTES = 16 * 2**10
ELSEWHERE = "This page may not call the shop: its origin is not on the list."
NO_TOKEN = "This page does not show that it is yours. Load it again, and try once more."


def token(session: str) -> str:
    """Of a signed-in browser, by its cookie's value. Nobody guesses that, and it cannot be told from its digest."""
    return hashlib.sha256(f"shopclerk csrf {session}".encode()).hexdigest()[:32]


def form_token(page: StaffPage, request: Request) -> str:
    """For the hidden field of a form."""
    return token(request.cookies.get(cookie_name(page), ""))


class ForgedWrites:
    """``may_write``: whose pages may write at the shoppers' routes; ``staff_may_write``: at the staff's."""

    def __init__(self, app: ASGIApp, may_write: MayCall, staff_may_write: MayCall) -> None:
        self.app = app
        self._may_write = may_write
        self._staff_may_write = staff_may_write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        page = page_of(scope["path"])
        writes = scope["type"] == "websocket" or scope["method"] not in READING
        origin, host = headers.get("origin"), headers.get("host")
        if page is None:
            if writes and not self._may_write(origin, host):
                await _refuse(ELSEWHERE, scope, receive, send)
            else:
                await self.app(scope, receive, send)
            return
        if (writes and not self._staff_may_write(origin, host)) or _from_elsewhere(headers, writes):
            await _refuse(ELSEWHERE, scope, receive, send)
            return
        session = Request(scope).cookies.get(cookie_name(page), "") if scope["type"] == "http" else ""
        if writes and session and scope["path"] != f"{PATHS[page]}/sign-in":
            receive, given = await _told(headers, receive)
            if not secrets.compare_digest(given.encode(), token(session).encode()):
                await _refuse(NO_TOKEN, scope, receive, send)
                return
        await self.app(scope, receive, _telling(scope, session, page, send) if session else send)


def page_of(path: str) -> StaffPage | None:
    """The staff's page that a path belongs to."""
    return next((page for page, start in PATHS.items() if path == start or path.startswith(f"{start}/")), None)


def _from_elsewhere(headers: Headers, writes: bool) -> bool:
    """As the browser itself says of the page that asks, where it does. Other sites may only link to a page."""
    site = headers.get("sec-fetch-site", "none")
    return site not in ("same-origin", "none") and (writes or headers.get("sec-fetch-mode") != "navigate")


async def _told(headers: Headers, receive: Receive) -> tuple[Receive, str]:
    """The token of a header or, of a form, of a field; the body can be read again."""
    given = headers.get(HEADER, "")
    if given or not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return receive, given
    body, more = bytearray(), True
    while more and len(body) <= FORM_BYTES:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": more}]

    async def again() -> Message:
        return whole.pop() if whole else await receive()

    fields = {} if more else parse_qs(body.decode("utf-8", "replace"))
    return again, fields.get(FIELD, [""])[0]


def _telling(scope: Scope, session: str, page: StaffPage, send: Send) -> Send:
    """A page's script reads the token from a cookie; one that is not right is put right."""
    if Request(scope).cookies.get(COOKIE) == token(session):
        return send

    async def with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                cookie = SimpleCookie({COOKIE: token(session)})
                cookie[COOKIE].update({"path": PATHS[page], "samesite": "strict"})
                if scope["scheme"] == "https":
                    cookie[COOKIE]["secure"] = True
                headers.append("set-cookie", cookie.output(header="").strip())
        await send(message)

    return with_cookie


async def _refuse(why: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await JSONResponse({"detail": why}, 403)(scope, receive, send)
