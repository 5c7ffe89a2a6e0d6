"""The demo shop's checkout: a plain form that works without scripts. What it holds is read from the shop each time."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from assistant.pages import CheckoutPage
from assistant.service.checkouts import CheckoutService
from ui import live, render
from ui.login import browser_language
from ui.texts import words

MAX_FIELDS = 16


def router(checkouts: CheckoutService, shop_name: str) -> APIRouter:
    """``/checkout/KEY``: whoever has the key, which nobody can guess, sees this one cart."""
    routes = APIRouter(prefix="/checkout", include_in_schema=False)

    def page(request: Request, shown: CheckoutPage | None, status: int = 200) -> HTMLResponse:
        w = words(shown.language if shown is not None else browser_language(request))
        css = live.styles("base.css", "storefront.css", "blocks.css", "buying.css", "checkout.css")
        html = render.page("checkout.html", w=w, shop=shop_name, page=shown, css=css)
        return HTMLResponse(html, status if shown is not None else 404, {"Cache-Control": "no-store"})

    async def given(request: Request) -> dict[str, str]:
        form = await request.form(max_fields=MAX_FIELDS, max_files=0)
        return {str(name): value for name, value in form.items() if isinstance(value, str)}

    @routes.get("/assets/checkout.js")
    async def script() -> Response:
        return Response(
            live.asset("checkout.js"), media_type="text/javascript", headers={"Cache-Control": "max-age=300"}
        )

    @routes.get("/{key}")
    async def show(request: Request, key: str) -> HTMLResponse:
        return page(request, await checkouts.page(key))

    @routes.post("/{key}")
    async def send(request: Request, key: str) -> HTMLResponse:
        """``do=place`` places the order; anything else works it out again with what is written in."""
        fields = await given(request)
        if fields.pop("do", "") != "place":
            return page(request, await checkouts.page(key, fields))
        shown = await checkouts.place(key, fields)
        return page(request, shown, 200 if shown is not None and shown.placed else 422)

    return routes
