"""The shop's front page, where the chat is embedded as on any shop's page, and the widget's loader."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from assistant.languages import LANGUAGES
from assistant.service.shopping import ShoppingService
from ui import live, render
from ui.login import browser_language
from ui.page import HOUR, tagged
from ui.shopper import language_of, starters
from ui.texts import words

LOADER = Path(__file__).parent / "widget" / "loader.js"


def router(shopping: ShoppingService, shop_name: str) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/", response_class=HTMLResponse)
    async def front(request: Request, language: str | None = None) -> HTMLResponse:
        """``?language=zh`` chooses a language and keeps it in a cookie."""
        chosen = language_of({"language": language or browser_language(request)})
        w, kinds = words(chosen), await shopping.kinds_to_try(chosen)
        html = render.page(
            "storefront.html",
            w=w,
            kinds=kinds,
            chips=starters(w, kinds),
            shop=shop_name,
            languages=LANGUAGES,
            products=await shopping.showcase(chosen),
            customers=await shopping.demo_customers(chosen),
            css=live.styles("base.css", "storefront.css"),
            script=live.asset("storefront.js"),
        )
        reply = HTMLResponse(html)
        if language in LANGUAGES:
            reply.set_cookie("shopclerk_language", chosen, max_age=31536000, samesite="lax")
        return reply

    @routes.get("/help", response_class=HTMLResponse)
    @routes.get("/help/{topic}", response_class=HTMLResponse)
    async def help_page(request: Request, topic: str = "", language: str | None = None) -> Response:
        """The help pages that FAQ answers link to: those whose link leads here, or all of them."""
        chosen = language_of({"language": language or browser_language(request)})
        entries = await shopping.help_pages(chosen)
        here = [entry for entry in entries if (entry.link or "").partition("#")[0] == f"/help/{topic}"]
        if topic and not here:
            return RedirectResponse("/help", 303)
        html = render.page(
            "help.html",
            w=words(chosen),
            shop=shop_name,
            entries=[((entry.link or "").partition("#")[2] or entry.id, entry) for entry in here or entries],
            whole=not topic,
            css=live.styles("base.css", "storefront.css"),
        )
        return HTMLResponse(html)

    @routes.get("/widget/loader.js")
    async def loader(request: Request) -> Response:
        """Its address stays the same for ever, on the pages of other sites: so it is asked for again after an hour."""
        return tagged(request, LOADER.read_text(encoding="utf-8"), "text/javascript", HOUR)

    @routes.get("/favicon.ico")
    async def icon() -> HTMLResponse:
        return HTMLResponse(
            render.page("favicon.svg", letter=shop_name[:1]),
            media_type="image/svg+xml",
            headers={"Cache-Control": "public, max-age=86400"},
        )

    @routes.get("/manifest.json")
    async def manifest() -> JSONResponse:
        """So that a phone can keep the chat on its home screen."""
        icon = {"src": "/favicon.ico", "sizes": "any", "type": "image/svg+xml"}
        return JSONResponse(
            {
                "name": shop_name,
                "start_url": "/chat/",
                "display": "standalone",
                "background_color": "#faf7f2",
                "icons": [icon],
            },
            media_type="application/manifest+json",
        )

    return routes
