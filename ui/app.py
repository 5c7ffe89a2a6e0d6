"""The whole application: the service with the pages mounted on it."""

from __future__ import annotations

from typing import cast

from fastapi import FastAPI

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.desk import Desk
from assistant.service.application import application
from assistant.service.desk import StaffAccess
from ui.mount import mount
from ui.shopper import Limits


def create(shop: Shopclerk, access: Access) -> FastAPI:
    """Serve it with any ASGI server; its lifespan starts and stops the model server."""
    settings = shop.settings
    app, desk = application(shop, access)
    mount(
        app,
        cast(Desk, desk),
        StaffAccess(access),
        shop_name=settings.shop_name,
        limits=Limits(message=settings.message_limit, picture=settings.picture_limit_mb),
        allowed_origins=settings.allowed_origins,
    )
    return app
