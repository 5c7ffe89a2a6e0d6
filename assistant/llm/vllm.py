"""How to install, prepare and start vLLM on this machine: the recipe that ``ManagedServer`` follows.

Two builds. Without an NVIDIA GPU: the CPU build and a model that packages carry. With one: vLLM proper and a model from
the Hugging Face hub, downloaded on first start. Which model: ``assistant.llm.served``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.llm import prepare
from assistant.llm.served import SMOLLM2, Machine, ModelChoice, ServedModel, choose
from assistant.llm.server import Absent, Recipe, Step

SERVED_NAME = "shopclerk-dialogue"
JSON_DECODING = '{"backend": "xgrammar", "disable_any_whitespace": true}'
"""No white space for its own sake: tokens are time here."""
MAX_THREADS = 4
"""Beyond so many, threads cost a small model more than they bring. One core stays free for the application: threads
that wait for a preempted one make generation many times slower."""


def gpu_memory_gb() -> float:
    """Memory of the first NVIDIA GPU; 0 without one. The Makefile asks the same program which build to install."""
    try:
        question = ["nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
        answer = subprocess.run(question, capture_output=True, text=True, timeout=20, check=True).stdout
        return float(answer.splitlines()[0]) / 1024
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return 0.0


def vllm_recipe(
    root: Path,
    models: Path,
    *,
    gpu_memory_gb: float,
    model: str = "",
    adapter: Path = prepare.ADAPTER,
    machine: Machine | None = None,
    niceness: int = 10,
) -> Recipe:
    """``root``: the checkout (Makefile, locks/, .venv-vllm). ``models``: where prepared models lie, which several
    servers may share. ``gpu_memory_gb``: 0 for the CPU build.

    ``model``: one of the table in ``assistant.llm.served`` by name, or a hub name or directory; empty: the best that
    fits ``machine`` (this one).
    """
    gpu = gpu_memory_gb > 0
    environment = root / ".venv-vllm"
    python = environment / "bin" / "python"
    stamp = environment / ".stamp"
    lock = root / "locks" / f"vllm-{'gpu' if gpu else 'cpu'}.txt"
    gently = ["nice", "-n", str(niceness)] if shutil.which("nice") else []
    choice = [choose(machine or Machine.here(gpu_memory_gb), model)]

    def must_install() -> bool:
        if not lock.is_file() or not (root / "Makefile").is_file() or shutil.which("make") is None:
            if python.exists():
                return False
            raise Absent(f"vLLM is not installed and {root} has no Makefile to install it with: set LLM_URL.")
        return not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime

    def packaged() -> Path:
        return prepare.packaged_directory(models, choice[0].model)

    def small() -> Path:
        return prepare.model_directory(models, prepare.find_gguf(environment), adapter)

    def where(served: ServedModel) -> str:
        if served.packages is None and served is not SMOLLM2:
            return served.name
        directory = packaged() if served.packages is not None else small()
        prepare.mark_used(directory)
        return str(directory)

    def take_the_small_one(reason: str) -> None:
        lost = choice[0].model.title
        choice[0] = ModelChoice(SMOLLM2, f"{SMOLLM2.title} is served, because {lost} could not be prepared: {reason}")

    def preparing(name: str) -> Sequence[str]:
        folders = ("--models", str(models.resolve()), "--adapter", str(adapter.resolve()))
        return (*gently, str(python), "-m", "assistant.llm.prepare", "--model", name, *folders)

    install = Step(
        "installing",
        "Installing the model server (a few hundred MB; several GB with CUDA)",
        [*gently, "make", "--no-print-directory", "-C", str(root), f"PYTHON={sys.executable}", ".venv-vllm"],
        must_install,
    )
    steps = [install]
    if choice[0].model.packages is not None:
        title, size = choice[0].model.title, choice[0].model.packages.size
        steps.append(
            Step(
                "preparing",
                f"Fetching and preparing {title} (once, {size / 1e9:.1f} GB)",
                preparing(choice[0].model.name),
                lambda: choice[0].model.packages is not None and not prepare.is_prepared(packaged()),
                take_the_small_one,
            )
        )
    if choice[0].model.packages is not None or choice[0].model is SMOLLM2:
        steps.append(
            Step(
                "preparing",
                "Preparing the small model (about half a minute, once)",
                preparing(SMOLLM2.name),
                lambda: choice[0].model is SMOLLM2 and not prepare.is_prepared(small()),
            )
        )

    def serve(port: int) -> Sequence[str]:
        served = choice[0].model
        command = [str(python), "-m", "vllm.entrypoints.openai.api_server", "--model", where(served)]
        command += ["--served-model-name", SERVED_NAME, "--host", "127.0.0.1", "--port", str(port)]
        command += ["--max-model-len", str(served.context), "--uvicorn-log-level", "warning"]
        command += ["--generation-config", "vllm"]
        if served.tool_parser:
            command += ["--enable-auto-tool-choice", "--tool-call-parser", served.tool_parser]
        if gpu:
            # Qwen3-8B would think aloud before answering; a reply is one short call
            return [*command, "--default-chat-template-kwargs", '{"enable_thinking": false}']
        # Eager: compiling takes a minute and gains nothing at this size. One worker inside the engine: a third process
        # would import everything once more.
        command += ["--structured-outputs-config", JSON_DECODING]
        return [*command, "--dtype", "bfloat16", "--enforce-eager", "--max-num-seqs", "16"]

    variables = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
    if not gpu:
        variables |= {
            "VLLM_CPU_KVCACHE_SPACE": "1",
            "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
            "VLLM_CPU_OMP_THREADS_BIND": "nobind",
            "OMP_NUM_THREADS": str(max(1, min(MAX_THREADS, (os.cpu_count() or 2) - 1))),
        }
    if len(steps) > 1:
        variables |= {"HF_HUB_OFFLINE": "1"}
    return Recipe(
        serve,
        SERVED_NAME,
        root,
        steps,
        variables,
        about=lambda: choice[0].why,
        reads=lambda: choice[0].model.reads,
        words=lambda: choice[0].model.words,
        title="vLLM",
        installed=python.exists,
    )
