"""Mounts the pages on the application: the shop's front page and widget, /chat, /agent and /admin."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI

from assistant.desk import Access, Desk
from ui import live, shopper
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
    limits = limits or Limits()
    gr.mount_gradio_app(
        app,
        shopper.build(desk, shop_name, limits),
        "/chat",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        max_file_size="1kb",
        head=live.head("en", "base.css", "shopper.css"),
        theme=live.theme(),
    )
    app.add_middleware(PageHeaders, allowed_origins=allowed_origins)
