"""Mounts the pages on the application: the shop's front page and widget, /chat, /agent and /admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from fastapi import FastAPI, Request

from assistant.service.services import Services
from ui import admin, agent, buying, live, login, shopper, storefront, team
from ui.frame import PageHeaders
from ui.shopper import Limits


def mount(
    app: FastAPI,
    services: Services,
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
        found = login.member(services.staff, "agent", request)
        return found.name if found else ""

    chat, staff = (
        ("base.css", "blocks.css", "shopper.css", "buying.css", "profile.css"),
        ("base.css", "blocks.css", "shopper.css", "console.css", "ranking.css"),
    )
    app.include_router(storefront.router(services.shopping, shop_name))
    app.include_router(buying.router(buying.BuyingCalls(services.shopping, services.wishes)))
    app.include_router(login.router(services.staff, shop_name))
    app.include_router(team.router(services.staff, shop_name))
    add(
        shopper.build(services.shoppers, services.shopping, services.profiles, shop_name, limits or Limits()),
        "/chat",
        *chat,
    )
    add(
        agent.build(services.agents, services.suggestions, shop_name, agent_name),
        "/agent",
        *staff,
        who=login.guard(services.staff, "agent"),
    )
    add(
        admin.build(services.admins, services.merchandisers, services.ranking, shop_name),
        "/admin",
        *staff,
        upload=f"{admin.CATALOGUE_LIMIT_MB}mb",
        who=login.guard(services.staff, "admin"),
    )
    live.warm_up()
    app.add_middleware(PageHeaders, allowed_origins=allowed_origins)
