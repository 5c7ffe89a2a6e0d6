"""How to install, prepare and start vLLM on this machine: the recipe that ``ManagedServer`` follows.

Two profiles. Without an NVIDIA GPU: the CPU build and the small model that a package carries, with the project's
adapter merged in. With one: vLLM proper and a model from the Hugging Face hub, downloaded on first start.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.llm import prepare
from assistant.llm.server import Absent, Recipe, Step

SERVED_NAME = "shopclerk-dialogue"
GPU_MODEL = "Qwen/Qwen3-8B"
SMALL_GPU_MODEL = "Qwen/Qwen3-4B-Instruct-2507"
GPU_MODEL_NEEDS_GB = 22.0
CONTEXT_TOKENS = 4096
JSON_DECODING = '{"backend": "xgrammar", "disable_any_whitespace": true}'
"""No white space for its own sake: tokens are time here."""
MOST_THREADS = 4
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
    state_dir: Path,
    *,
    gpu_memory_gb: float,
    model: str = "",
    adapter: Path = prepare.ADAPTER,
    niceness: int = 5,
) -> Recipe:
    """``root``: the checkout (Makefile, locks/, .venv-vllm). ``gpu_memory_gb``: 0 for the CPU build.

    ``model``: a hub name or directory instead of the default one; the adapter belongs to the CPU build's default only.
    """
    gpu = gpu_memory_gb > 0
    environment = root / ".venv-vllm"
    python = environment / "bin" / "python"
    stamp = environment / ".stamp"
    lock = root / "locks" / f"vllm-{'gpu' if gpu else 'cpu'}.txt"
    models = state_dir / "models"
    gently = ["nice", "-n", str(niceness)] if shutil.which("nice") else []

    def must_install() -> bool:
        if not lock.is_file() or not (root / "Makefile").is_file() or shutil.which("make") is None:
            if python.exists():
                return False
            raise Absent(f"vLLM is not installed and {root} has no Makefile to install it with: set LLM_URL.")
        return not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime

    def must_prepare() -> bool:
        return not prepare.is_prepared(prepared())

    def prepared() -> Path:
        return prepare.model_directory(models, prepare.find_gguf(environment), adapter)

    install = Step(
        "installing",
        "Installing the model server (a few hundred MB; several GB with CUDA)",
        [*gently, "make", "--no-print-directory", "-C", str(root), f"PYTHON={sys.executable}", ".venv-vllm"],
        must_install,
    )
    convert = Step(
        "preparing",
        "Preparing the model (about half a minute, once)",
        (
            *(*gently, str(python), "-m", "assistant.llm.prepare"),
            *("--models", str(models.resolve()), "--adapter", str(adapter.resolve())),
        ),
        must_prepare,
    )

    def serve(port: int) -> Sequence[str]:
        name = model or (default_gpu_model(gpu_memory_gb) if gpu else str(prepared()))
        command = [str(python), "-m", "vllm.entrypoints.openai.api_server", "--model", name]
        command += ["--served-model-name", SERVED_NAME, "--host", "127.0.0.1", "--port", str(port)]
        command += ["--max-model-len", str(CONTEXT_TOKENS), "--uvicorn-log-level", "warning"]
        command += ["--generation-config", "vllm"]
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
            "OMP_NUM_THREADS": str(max(1, min(MOST_THREADS, (os.cpu_count() or 2) - 1))),
        }
    if not gpu and not model:
        variables |= {"HF_HUB_OFFLINE": "1"}
    steps = (install,) if gpu or model else (install, convert)
    return Recipe(serve, SERVED_NAME, root, steps, variables)


def default_gpu_model(memory_gb: float) -> str:
    """The larger one where its weights (16 GB) and a useful cache fit."""
    return GPU_MODEL if memory_gb >= GPU_MODEL_NEEDS_GB else SMALL_GPU_MODEL
