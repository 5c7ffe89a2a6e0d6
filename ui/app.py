"""The whole application: the service with the pages mounted on it."""

from __future__ import annotations

from fastapi import FastAPI

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.service.application import application
from ui import login
from ui.admin import CATALOGUE_LIMIT_MB
from ui.mount import mount
from ui.shopper import Limits

BODY_LIMITS = {
    "/admin/gradio_api/upload": (CATALOGUE_LIMIT_MB + 1) * 2**20,
    **{f"{path}/sign-": 16 * 2**10 for path in login.PATHS.values()},
}
"""Bytes of a request's body."""


def create(shop: Shopclerk, access: Access) -> FastAPI:
    """Serve it with any ASGI server; its lifespan starts and stops the model server."""
    settings = shop.settings
    app, services = application(shop, access, BODY_LIMITS)
    mount(
        app,
        services,
        shop_name=settings.shop_name,
        limits=Limits(message=settings.message_limit, picture=settings.picture_limit_mb),
        allowed_origins=settings.allowed_origins,
        origin_allowed=access.origin_allowed,
        public_url=settings.public_url,
    )
    return app
