"""What the three pages share: a Gradio page that is one HTML component, and its frame (styles, language, no footer)."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from functools import wraps
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import gradio as gr

ASSETS = Path(__file__).parent / "assets"
log = logging.getLogger("shopclerk.ui")

Payload = dict[str, Any]
"""What a page's script sends or gets: plain JSON."""
MOST = 2**53 - 1
"""The largest whole number that a browser counts to, and that every database stores."""
Call = Callable[[Payload, gr.Request], Awaitable[Payload]]
Stream = Callable[[Payload, gr.Request], AsyncIterator[Payload]]


class NotSent(ValueError):
    """What no page of ours sends: a button that there is none of, a field that is missing or of another kind."""


class Sent(Payload):
    """What a page's script sent: a field that is asked for and is missing raises ``NotSent``."""

    def __missing__(self, name: str) -> Any:
        raise NotSent(f"{name} is missing")


def whole(payload: Payload, name: str, otherwise: int | None = None) -> int:
    """The whole number of that name; ``otherwise``: where it is missing or empty. Raises ``NotSent``."""
    given = payload.get(name)
    if otherwise is not None and not given:
        return otherwise
    try:
        number = int(given)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        raise NotSent(f"{name} is no whole number") from error
    if abs(number) > MOST:
        raise NotSent(f"{name} is no such number")
    return number


def asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def server_call(function: Call) -> Callable[..., Awaitable[Payload]]:
    """Named and annotated so that Gradio hands the request in."""

    @wraps(function)
    async def call(payload: Payload, request: gr.Request) -> Payload:
        return await function(Sent(payload or {}), request)

    call.__annotations__ = {"payload": dict, "request": gr.Request, "return": dict}
    del call.__wrapped__
    return call


def page(
    title: str,
    skeleton: str,
    scripts: tuple[str, ...],
    calls: tuple[Call, ...],
    streams: Mapping[str, Stream],
    settings: Payload,
) -> gr.Blocks:
    """One page. ``skeleton`` is finished HTML; whatever changes later goes through ``calls`` (answered once) and
    ``streams`` (events the script triggers, answered piece by piece into ``props.value``).

    The skeleton becomes a template of the browser's, so it must hold no template marks and nothing from a person.
    """
    for mark in ("${", "`", "{{"):
        if mark in skeleton:
            raise ValueError(f"the page skeleton holds {mark}")
    with gr.Blocks(title=title, analytics_enabled=False, fill_width=True, fill_height=True) as blocks:
        body = gr.HTML(
            value=None,
            html_template=skeleton,
            js_on_load="\n".join(map(asset, ("live.js", *scripts))),
            apply_default_css=False,
            server_functions=[server_call(call) for call in calls],
            elem_classes="page",
            **settings,
        )
        for name, stream in streams.items():
            listener = getattr(body, name)
            listener(
                _listener(stream),
                inputs=None,
                outputs=body,
                show_progress="hidden",
                concurrency_limit=None,
                api_visibility="private",
                trigger_mode="multiple",
            )
    return blocks  # type: ignore[no-any-return]


def _listener(stream: Stream) -> Callable[..., AsyncIterator[Payload]]:
    async def listen(request: gr.Request, event: gr.EventData) -> AsyncIterator[Payload]:
        async for piece in stream(dict(event._data or {}), request):
            yield piece

    listen.__annotations__ = {"request": gr.Request, "event": gr.EventData}
    return listen


def styles(*names: str) -> str:
    return "\n".join(asset(name) for name in names)


def warm_up() -> None:
    """Gradio imports matplotlib, when there is one, while the first shopper waits for the first word: seconds
    on a small machine. This does it beforehand, beside the start."""

    def load() -> None:
        with suppress(ImportError):
            import_module("matplotlib").use("agg")

    Thread(target=load, daemon=True).start()


def theme() -> gr.Theme:
    """Gradio's own with system fonts (it then asks no font server) and our paper from the first paint on."""
    base = gr.themes.Base(font=["ui-sans-serif", "system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    paper, ink = "var(--paper)", "var(--ink)"
    return base.set(
        body_background_fill=paper, body_background_fill_dark=paper, body_text_color=ink, body_text_color_dark=ink
    )


def head_scripts(language: str) -> tuple[str, str]:
    """What runs before any call of Gradio's page: each is to show whose page it is."""
    return f"document.documentElement.lang={language!r}", asset("csrf.js")


def head(language: str, *names: str) -> str:
    """The styles inline, so that nothing flashes and nothing is fetched from elsewhere. Gradio's script puts it into
    the page."""
    return (
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="/favicon.ico" type="image/svg+xml">'
        f"<style>{styles(*names)}</style>{''.join(f'<script>{script}</script>' for script in head_scripts(language))}"
    )
