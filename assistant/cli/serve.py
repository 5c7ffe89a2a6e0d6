"""`shopclerk serve`: builds the shop, says what it is doing, and serves it."""

from __future__ import annotations

import contextlib
import importlib
import resource
import socket
import time
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.progress import Steps

if TYPE_CHECKING:
    from assistant.access import Access, Credentials
    from assistant.records.accounts import Accounts

MAX_TRIED_PORTS = 50


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The next free one is taken when it is in use.")] = None,
) -> None:
    """Serve the shop: chat, agent console, admin page and API. Starts and supervises the model server too."""
    begin = time.monotonic()
    import torch
    import uvicorn

    from assistant.access import Access, credentials
    from assistant.bootstrap import build
    from assistant.settings import Settings
    from assistant.setup.logs import set_up
    from assistant.setup.state import check_state_dir

    settings = Settings()
    check_state_dir(settings.state_dir)
    set_up(settings)
    host = host or settings.host
    _open_many_files()
    with Steps() as steps:
        shop = build(settings, tell=steps.tell)
        steps.tell("pages", 0, 0)
        # The pages are found by name: they stand on the assistant, which therefore cannot import them.
        access = Access.from_settings(settings)
        application = importlib.import_module("ui.app").create(shop, access)
        listener = _listen(host, settings.port if port is None else port)
    shop.knowledge.store.mend_aside()
    # One thread a query: two that wait for each other take a hundred times as long when the model server is busy.
    torch.set_num_threads(1)
    address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{listener.getsockname()[1]}"
    known, passwords = credentials(settings), shop.commerce.records.accounts
    lines = [
        "",
        f"  {settings.shop_name} is open ({time.monotonic() - begin:.0f} s).",
        "",
        f"  Shop page      {address}/",
        f"  Shopper chat   {address}/chat",
        f"  Agent console  {address}/agent{_password('agent', known.agent_password, access, passwords, known)}",
        f"  Admin page     {address}/admin{_password('admin', known.admin_password, access, passwords, known)}",
        f"  API docs       {address}/docs",
        "",
        f"  {_model_line(shop)}",
        "  Ctrl-C stops everything.",
        "",
    ]
    print("\n".join(lines), flush=True)
    config = uvicorn.Config(
        application, log_level="warning", access_log=False, timeout_graceful_shutdown=5, proxy_headers=False
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def _open_many_files() -> None:
    """As many as this process may: each stream takes one, and where none is left nobody is answered."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # "no limit" is no number everywhere
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _password(name: str, password: str, access: Access, accounts: Accounts, known: Credentials) -> str:
    """Shown only when it was made up for this machine, which the operator does not know, and still opens the door."""
    if f"{name}_password" not in known.made_up:
        return ""
    try:
        opens = access.is_password(password, accounts.credentials(name)[1])
    except LookupError:
        opens = False
    return f"   (name: {name}, password: {password})" if opens else ""


def _model_line(shop: object) -> str:
    from assistant.bootstrap import Shopclerk

    assert isinstance(shop, Shopclerk)
    if shop.settings.llm == "off":
        return "Replies are worded by templates (SHOPCLERK_LLM=off)."
    if shop.settings.llm_url:
        return f"Replies are worded by the model at {shop.settings.llm_url}, and by templates while it does not answer."
    about = f"\n  {shop.model.server.about}" if shop.model.server is not None else ""
    return (
        "The language model is installed and warmed up in the background; until then templates word the replies."
        f"{about}\n  Its log: {shop.settings.state_dir / 'llm'}"
    )


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket on the port, or on the next one that is free. Port 0 asks the system for any."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last: OSError | None = None
    for candidate in range(port, min(port + MAX_TRIED_PORTS, 65536)) if port else (0,):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(128)
            return listener
        except OSError as error:
            listener.close()
            last = error
    from assistant.setup.state import CannotStart

    raise CannotStart(f"no free port from {port} to {port + MAX_TRIED_PORTS - 1} on {host}: {last}")
