"""The FastAPI application: its life, the API and its documentation. The pages are mounted on it by ``ui``."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import swagger_ui_bundle
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.service.api import router
from assistant.service.clients import BodyLimit, Clients, Hosts, served_hosts
from assistant.service.faults import answer_faults
from assistant.service.help_desk_api import help_desk_router
from assistant.service.inline_scripts import hashed
from assistant.service.profile_api import profile_router
from assistant.service.services import Services
from assistant.service.telling import channels, telling

SWAGGER = Path(swagger_ui_bundle.__file__).parent / "vendor" / "swagger-ui-4.15.5"


THREADS = 64
"""For what waits, mostly for the database: where it is locked, the others' reading goes on."""


def body_limit(picture_mb: int, message_chars: int) -> int:
    """Bytes of a message with its picture: base64 takes a third more, a character up to four."""
    return picture_mb * 3 * 2**19 + 4 * message_chars + 2**18


def application(
    app: Shopclerk, access: Access, body_limits: Mapping[str, int] | None = None
) -> tuple[FastAPI, Services]:
    """The application, and the services for the pages to be mounted on it. ``body_limits``: how many bytes may be sent,
    by how paths begin; elsewhere a message with its picture."""
    settings = app.settings
    services = Services.of(app, access)
    told_on = channels(app, access)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        threads = ThreadPoolExecutor(THREADS, "shop")
        asyncio.get_running_loop().set_default_executor(threads)
        async with app.opened():
            app.commerce.online.nightly.start()
            wishes = asyncio.create_task(services.wishes.follow())
            left = asyncio.create_task(services.shoppers.messages.left.follow())
            try:
                async with telling(app, told_on, services.person):
                    yield
            finally:
                wishes.cancel()
                left.cancel()
                await services.shoppers.close()
                app.commerce.online.nightly.stop()

    api = FastAPI(
        title=f"{settings.shop_name}: Shopclerk API",
        description="Conversations as server-sent events, search, pictures, health. See the project's docs/api.md.",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
    )
    api.state.services = services
    answer_faults(api)
    limit_bytes = body_limit(settings.picture_limit_mb, settings.message_limit)
    api.add_middleware(BodyLimit, limit_bytes=limit_bytes, below=body_limits)
    api.add_middleware(Hosts, served=served_hosts(settings))
    api.add_middleware(Clients, trusted_proxies=settings.trusted_proxies)
    api.include_router(router(app, services, access))
    api.include_router(profile_router(services.profiles, access))
    api.include_router(help_desk_router(app))
    api.mount("/docs/assets", StaticFiles(directory=SWAGGER), name="swagger")

    @api.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=api.title,
            swagger_js_url="/docs/assets/swagger-ui-bundle.js",
            swagger_css_url="/docs/assets/swagger-ui.css",
            swagger_favicon_url="/docs/assets/favicon-32x32.png",
        )
        page.headers["Content-Security-Policy"] = _docs_policy(bytes(page.body))
        return page

    return api, services


def _docs_policy(page: bytes) -> str:
    """Scripts of the page's own folder, and the one that the page holds."""
    inline = hashed(re.findall(rb"<script>(.*?)</script>", page, re.DOTALL))
    return (
        f"default-src 'self'; script-src 'self' {inline}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
