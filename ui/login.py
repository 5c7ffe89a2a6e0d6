"""Signing in to the console and the admin page: a form, a signed cookie, and the check that the mounts ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.languages import LANGUAGES, preferred
from assistant.pages import Refused, Role
from assistant.service.staff import StaffService
from ui import live, render
from ui.texts import words

PATHS: dict[Role, str] = {"agent": "/agent", "admin": "/admin"}


def cookie_name(role: Role) -> str:
    return f"shopclerk_{role}"


def browser_language(request: Request) -> str:
    """English unless the browser prefers another of ours."""
    chosen = request.cookies.get("shopclerk_language")
    if chosen in LANGUAGES:
        return chosen
    return preferred(request.headers.get("accept-language", ""))


def guard(staff: StaffService, role: Role) -> Callable[[Request], str | None]:
    """For ``auth_dependency``: the signed-in name. A page without one leads to the form, a call gets a 401."""

    def who(request: Request) -> str | None:
        name = staff.who(role, request.cookies.get(cookie_name(role), ""))
        if name is None and request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            raise HTTPException(303, headers={"Location": f"{PATHS[role]}/sign-in"})
        return name

    return who


def router(staff: StaffService, shop_name: str) -> APIRouter:
    """``/agent/sign-in`` and its like; to be included before the mounts."""
    routes = APIRouter(include_in_schema=False)

    def form(request: Request, role: Role, problem: str = "", status: int = 200) -> HTMLResponse:
        w = words(browser_language(request))
        html = render.page(
            "sign_in.html", w=w, role=role, shop=shop_name, problem=problem, css=live.styles("base.css", "console.css")
        )
        return HTMLResponse(html, status, {"Cache-Control": "no-store"})

    def add(role: Role) -> None:
        path = PATHS[role]

        @routes.get(f"{path}/sign-in")
        async def show(request: Request) -> HTMLResponse:
            return form(request, role)

        @routes.post(f"{path}/sign-in")
        async def enter(
            request: Request, password: Annotated[str, Form()] = "", name: Annotated[str, Form()] = "admin"
        ) -> Response:
            w = words(browser_language(request))
            name = name.strip()[:40]
            if not name:
                return form(request, role, w("sign_in.no_name"), 400)
            client = request.client.host if request.client else ""
            try:
                cookie = await staff.sign_in(role, name, password, client)
            except Refused as refusal:
                return form(request, role, str(refusal), 429)
            if cookie is None:
                return form(request, role, w("sign_in.wrong"), 401)
            reply = RedirectResponse(f"{path}/", 303)
            secure = request.url.scheme == "https"
            reply.set_cookie(cookie_name(role), cookie, httponly=True, samesite="strict", secure=secure, path=path)
            return reply

        @routes.post(f"{path}/sign-out")
        async def leave() -> RedirectResponse:
            reply = RedirectResponse(f"{path}/sign-in", 303)
            reply.delete_cookie(cookie_name(role), path=path)
            return reply

    add("agent")
    add("admin")
    return routes
