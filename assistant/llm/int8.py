"""Writes a Qwen2 GGUF file as an 8-bit model that vLLM's CPU build serves: compressed-tensors, int8 rows.

Tensor by tensor and a few rows at a time, so it needs well under 1 GB of memory however large the model, and file by
file, so that one that was killed goes on where it stopped. Weights are rounded a row at a time (scale = largest / 127);
activations are rounded by vLLM as they come. Embeddings and norms stay in bfloat16.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

LAYERS_A_FILE = 4
CHUNK_ROWS = 4096
"""How many are dequantised at once."""
QUANTISED = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
NORMS = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
SCHEME: dict[str, Any] = {
    "quant_method": "compressed-tensors",
    "format": "int-quantized",
    "quantization_status": "compressed",
    "ignore": ["lm_head"],
    "config_groups": {
        "group_0": {
            "targets": ["Linear"],
            "weights": {"num_bits": 8, "type": "int", "symmetric": True, "strategy": "channel", "dynamic": False},
            "input_activations": {
                "num_bits": 8,
                "type": "int",
                "symmetric": True,
                "strategy": "token",
                "dynamic": True,
            },
        }
    },
}


def write(gguf: Path, directory: Path, tell: Callable[[str], None]) -> None:
    """Leaves the whole model in ``directory``, config.json last. Finished files of an earlier attempt are kept."""
    from gguf import GGUFReader
    from transformers import AutoConfig, AutoTokenizer

    tensors = {tensor.name: tensor for tensor in GGUFReader(gguf).tensors}
    source = {"gguf_file": gguf.name, "local_files_only": True}
    config = AutoConfig.from_pretrained(gguf.parent, **source)
    layers = config.num_hidden_layers
    groups = [("embedding", -1, 0)] + [
        (f"layers-{first:02d}", first, min(first + LAYERS_A_FILE, layers)) for first in range(0, layers, LAYERS_A_FILE)
    ]
    places: dict[str, str] = {}
    for done, (name, first, last) in enumerate(groups):
        file = directory / f"model-{name}.safetensors"
        if not file.is_file():
            tell(f"rounding the weights, {done} of {len(groups)} parts done")
            parts = _outer(tensors) if first < 0 else _layers(tensors, first, last)
            _save(dict(parts), file)
        places |= dict.fromkeys(_names(file), file.name)
    total = sum((directory / file).stat().st_size for file in set(places.values()))
    index = {"metadata": {"total_size": total}, "weight_map": places}
    (directory / "model.safetensors.index.json").write_text(json.dumps(index))
    AutoTokenizer.from_pretrained(gguf.parent, **source).save_pretrained(directory)
    about = config.to_dict() | {
        "architectures": ["Qwen2ForCausalLM"],
        "dtype": "bfloat16",
        # One matrix for both ends: the finer of the file's two copies, half a gigabyte less to hold.
        "tie_word_embeddings": True,
        "quantization_config": SCHEME,
    }
    (directory / "config.json").write_text(json.dumps(about, indent=1, default=str))


def rounded(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A matrix as int8 rows and one scale a row."""
    import torch

    scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
    return (weight / scale).round().clamp(-127, 127).to(torch.int8), scale.to(torch.float32)


def _outer(tensors: dict[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
    import torch

    head = tensors.get("output.weight", tensors["token_embd.weight"])
    yield "model.embed_tokens.weight", torch.cat([rows.bfloat16() for rows in _rows(head)])
    yield "model.norm.weight", _whole(tensors["output_norm.weight"]).bfloat16()


def _layers(tensors: dict[str, Any], first: int, last: int) -> Iterator[tuple[str, torch.Tensor]]:
    import torch

    for layer in range(first, last):
        for theirs, ours in NORMS.items():
            yield f"model.layers.{layer}.{ours}.weight", _whole(tensors[f"blk.{layer}.{theirs}.weight"]).bfloat16()
        for theirs, ours in QUANTISED.items():
            pieces = [rounded(rows) for rows in _rows(tensors[f"blk.{layer}.{theirs}.weight"])]
            yield f"model.layers.{layer}.{ours}.weight", torch.cat([values for values, _ in pieces])
            yield f"model.layers.{layer}.{ours}.weight_scale", torch.cat([scale for _, scale in pieces])
            if (bias := tensors.get(f"blk.{layer}.{theirs}.bias")) is not None:
                yield f"model.layers.{layer}.{ours}.bias", _whole(bias).bfloat16()


def _rows(tensor: Any) -> Iterator[torch.Tensor]:
    import torch
    from gguf.quants import dequantize

    for start in range(0, len(tensor.data), CHUNK_ROWS):
        yield torch.tensor(dequantize(tensor.data[start : start + CHUNK_ROWS], tensor.tensor_type), dtype=torch.float32)


def _whole(tensor: Any) -> torch.Tensor:
    import torch

    return torch.cat(list(_rows(tensor)))


def _save(tensors: dict[str, torch.Tensor], file: Path) -> None:
    from safetensors.torch import save_file

    unfinished = file.with_suffix(".unfinished")
    save_file(tensors, unfinished, metadata={"format": "pt"})
    os.replace(unfinished, file)


def _names(file: Path) -> list[str]:
    from safetensors import safe_open

    with safe_open(file, framework="pt") as opened:
        return list(opened.keys())
