"""A stream that a staff page has open ends with the session that it belongs to, at once."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.pages import StaffPage
from assistant.service.staff import StaffService
from ui.csrf import page_of
from ui.login import cookie_name


class SessionStreams:
    """Watches over answers that are event streams, Gradio's too; whatever is asked anew is asked for its session."""

    def __init__(self, app: ASGIApp, staff: StaffService) -> None:
        self.app = app
        self._staff = staff

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = page_of(scope["path"]) if scope["type"] == "http" else None
        cookie = Request(scope).cookies.get(cookie_name(page), "") if page else ""
        if page is None or not cookie:
            await self.app(scope, receive, send)
            return
        await self._watched(page, cookie, scope, receive, send)

    async def _watched(self, page: StaffPage, cookie: str, scope: Scope, receive: Receive, send: Send) -> None:
        streaming, sent = asyncio.Event(), False

        async def noting(message: Message) -> None:
            nonlocal sent
            if message["type"] == "http.response.start":
                if Headers(raw=message["headers"]).get("content-type", "").startswith("text/event-stream"):
                    streaming.set()
            else:
                sent = not message.get("more_body", False)
            await send(message)

        async def ended() -> None:
            await streaming.wait()
            await self._staff.ended(page, cookie)

        async def answering() -> None:
            await self.app(scope, receive, noting)

        work, end = asyncio.create_task(answering()), asyncio.create_task(ended())
        try:
            await asyncio.wait((work, end), return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
                return
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            if not sent:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            work.cancel()
            end.cancel()
            await asyncio.gather(work, end, return_exceptions=True)
