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
CONTEXT_TOKENS = 4096
MOST_THREADS = 4
"""Beyond so many, threads cost a small model more than they bring."""


def has_nvidia_gpu() -> bool:
    """What the Makefile asks too: does nvidia-smi list a device?"""
    if shutil.which("nvidia-smi") is None:
        return False
    try:
        return subprocess.run(["nvidia-smi", "-L"], capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def vllm_recipe(
    root: Path, state_dir: Path, *, gpu: bool, model: str = "", adapter: Path = prepare.ADAPTER, niceness: int = 5
) -> Recipe:
    """``root``: the checkout (Makefile, locks/, .venv-vllm). ``model``: a hub name or directory, not the default."""
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
        name = model or (GPU_MODEL if gpu else str(prepared()))
        command = [str(python), "-m", "vllm.entrypoints.openai.api_server", "--model", name]
        command += ["--served-model-name", SERVED_NAME, "--host", "127.0.0.1", "--port", str(port)]
        command += ["--max-model-len", str(CONTEXT_TOKENS), "--uvicorn-log-level", "warning"]
        command += ["--generation-config", "vllm"]
        if gpu:
            # Qwen3 would think aloud before answering; a reply is one short call
            return [*command, "--default-chat-template-kwargs", '{"enable_thinking": false}']
        # Eager: compiling takes a minute and gains nothing at this size. One worker inside the engine: a third process
        # would import everything once more.
        return [*command, "--dtype", "bfloat16", "--enforce-eager", "--max-num-seqs", "16"]

    variables = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
    if not gpu:
        variables |= {
            "VLLM_CPU_KVCACHE_SPACE": "1",
            "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
            "VLLM_CPU_OMP_THREADS_BIND": "nobind",
            "OMP_NUM_THREADS": str(min(MOST_THREADS, os.cpu_count() or 1)),
        }
    if not gpu and not model:
        variables |= {"HF_HUB_OFFLINE": "1"}
    steps = (install,) if gpu or model else (install, convert)
    return Recipe(serve, SERVED_NAME, root, steps, variables)
