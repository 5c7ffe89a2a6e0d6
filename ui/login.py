"""Signing in to the console and the admin page: a form, a signed cookie, and the check that the mounts ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.languages import LANGUAGES, preferred
from assistant.pages import Refused, StaffMember, StaffPage
from assistant.service.staff import StaffService
from ui import live, render
from ui.texts import words

PATHS: dict[StaffPage, str] = {"agent": "/agent", "admin": "/admin"}


def cookie_name(page: StaffPage) -> str:
    return f"shopclerk_{page}"


def browser_language(request: Request) -> str:
    """English unless the browser prefers another of ours."""
    chosen = request.cookies.get("shopclerk_language")
    if chosen in LANGUAGES:
        return chosen
    return preferred(request.headers.get("accept-language", ""))


async def member(staff: StaffService, page: StaffPage, request: Any) -> StaffMember | None:
    """Who is signed in on the browser that asks."""
    return await staff.who(page, request.cookies.get(cookie_name(page), ""))


Guard = Callable[[Request], Awaitable[str | None]]


def guard(staff: StaffService, page: StaffPage) -> Guard:
    """For ``auth_dependency``: the signed-in name. A page without one leads to the form, a call gets a 401."""

    async def who(request: Request) -> str | None:
        found = await member(staff, page, request)
        if found is None and request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            raise HTTPException(303, headers={"Location": f"{PATHS[page]}/sign-in"})
        return found.name if found else None

    return who


def router(staff: StaffService, shop_name: str) -> APIRouter:
    """``/agent/sign-in`` and its like; to be included before the mounts."""
    routes = APIRouter(include_in_schema=False)

    def form(request: Request, page: StaffPage, problem: str = "", status: int = 200) -> HTMLResponse:
        w = words(browser_language(request))
        html = render.page(
            "sign_in.html", w=w, role=page, shop=shop_name, problem=problem, css=live.styles("base.css", "console.css")
        )
        return HTMLResponse(html, status, {"Cache-Control": "no-store"})

    def add(page: StaffPage) -> None:
        path = PATHS[page]

        @routes.get(f"{path}/sign-in")
        async def show(request: Request) -> HTMLResponse:
            return form(request, page)

        @routes.post(f"{path}/sign-in")
        async def enter(
            request: Request, password: Annotated[str, Form()] = "", name: Annotated[str, Form()] = ""
        ) -> Response:
            w = words(browser_language(request))
            if not name.strip():
                return form(request, page, w("sign_in.no_name"), 400)
            client = request.client.host if request.client else ""
            try:
                cookie = await staff.sign_in(page, name[:80], password[:500], client)
            except Refused as refusal:
                return form(request, page, render.refusal(refusal, w), 403 if refusal.key == "not_for_role" else 429)
            if cookie is None:
                return form(request, page, w("sign_in.wrong"), 401)
            reply = RedirectResponse(f"{path}/", 303)
            secure = request.url.scheme == "https"
            reply.set_cookie(cookie_name(page), cookie, httponly=True, samesite="strict", secure=secure, path=path)
            return reply

        @routes.post(f"{path}/sign-out")
        async def leave(request: Request) -> RedirectResponse:
            who = await member(staff, page, request)
            if who is not None:
                await staff.sign_out(who)
            reply = RedirectResponse(f"{path}/sign-in", 303)
            reply.delete_cookie(cookie_name(page), path=path)
            return reply

    add("agent")
    add("admin")
    return routes
