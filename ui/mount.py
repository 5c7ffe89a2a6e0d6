"""Mounts the pages on the application: the shop's front page and widget, /chat, /agent and /admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from fastapi import FastAPI, Request

from assistant.desk import Access, Desk
from ui import admin, agent, live, login, shopper, storefront
from ui.frame import PageHeaders
from ui.shopper import Limits


def mount(
    app: FastAPI,
    desk: Desk,
    access: Access,
    *,
    shop_name: str,
    limits: Limits | None = None,
    allowed_origins: tuple[str, ...] = (),
) -> None:
    """``allowed_origins`` are the sites that may embed the chat beside this one ("https://shop.example")."""

    def add(
        blocks: gr.Blocks,
        path: str,
        *styles: str,
        upload: str = "1kb",
        who: Callable[[Request], str | None] | None = None,
    ) -> None:
        gr.mount_gradio_app(
            app,
            blocks,
            path,
            footer_links=[],
            run_history=False,
            show_error=False,
            ssr_mode=False,
            max_file_size=upload,
            head=live.head("en", *styles),
            theme=live.theme(),
            auth_dependency=who,
        )

    def agent_name(request: Any) -> str:
        return access.who("agent", request.cookies.get(login.cookie_name("agent"), "")) or ""

    chat, staff = (
        ("base.css", "blocks.css", "shopper.css", "profile.css"),
        ("base.css", "blocks.css", "shopper.css", "console.css", "ranking.css"),
    )
    app.include_router(storefront.router(desk, shop_name))
    app.include_router(login.router(access, shop_name))
    add(shopper.build(desk, shop_name, limits or Limits()), "/chat", *chat)
    add(agent.build(desk, shop_name, agent_name), "/agent", *staff, who=login.guard(access, "agent"))
    add(
        admin.build(desk, shop_name),
        "/admin",
        *staff,
        upload=f"{admin.CATALOGUE_LIMIT_MB}mb",
        who=login.guard(access, "admin"),
    )
    live.warm_up()
    app.add_middleware(PageHeaders, allowed_origins=allowed_origins)
