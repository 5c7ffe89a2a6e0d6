"""``shopclerk train dialogue``: a LoRA adapter that teaches the small model to write friendly words around handles.

The base model is a Hugging Face directory (see ``assistant.llm.prepare``). Training takes about 25 minutes on two
cores, is seeded,
and resumes from its last checkpoint. It knows nothing of serving.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model, set_peft_model_state_dict
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from assistant.llm.client import Prompt
from laboratory.samples.turns import Shop
from laboratory.train.examples import Example, examples

IGNORED = -100
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""Where the shipped adapter lies."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what comes out, besides the base model and the shop's data."""

    count: int = 1200
    chinese: float = 0.08
    """The share of Chinese examples."""
    rank: int = 16
    alpha: int = 32
    first_layer: int = 12
    """Layers below it stay as they are: the format is learnt as well above, and a step costs a third less."""
    learning_rate: float = 1e-3
    warmup: float = 0.06
    batch: int = 4
    longest: int = 448
    """Tokens; longer examples are left out."""
    seed: int = 20261124

    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Encoded:
    ids: list[int]
    labels: list[int]


def encode(tokenizer: Any, example: Example) -> Encoded:
    """The chat as the server will see it; only the reply's tokens count in the loss."""
    prompt = tokenizer.apply_chat_template(messages(example.prompt), add_generation_prompt=True, tokenize=False)
    head = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    tail = tokenizer(example.reply + "<|im_end|>\n", add_special_tokens=False)["input_ids"]
    return Encoded(head + tail, [IGNORED] * len(head) + tail)


def messages(prompt: Prompt) -> list[dict[str, str]]:
    return [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]


def batches(encoded: Sequence[Encoded], size: int, seed: int) -> list[list[Encoded]]:
    """Batches of about equal lengths, in random order."""
    rng = random.Random(seed)
    keyed = sorted(encoded, key=lambda item: len(item.ids) + rng.random() * 24)
    made = [list(keyed[start : start + size]) for start in range(0, len(keyed), size)]
    rng.shuffle(made)
    return made


def collate(batch: Sequence[Encoded], pad: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Right-padded ids, attention mask and labels, each (batch, longest)."""
    longest = max(len(item.ids) for item in batch)
    ids = torch.tensor([item.ids + [pad] * (longest - len(item.ids)) for item in batch])
    mask = torch.tensor([[1] * len(item.ids) + [0] * (longest - len(item.ids)) for item in batch])
    labels = torch.tensor([item.labels + [IGNORED] * (longest - len(item.labels)) for item in batch])
    return ids, mask, labels


def completion_loss(tuned: Any, ids: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy over the labelled tokens; logits are computed for those only (the vocabulary is a fifth of
    the model)."""
    base = tuned.get_base_model()
    hidden = base.model(input_ids=ids, attention_mask=mask).last_hidden_state[:, :-1]
    wanted = labels[:, 1:]
    chosen = wanted != IGNORED
    logits = base.lm_head(hidden[chosen])
    return torch.nn.functional.cross_entropy(logits.float(), wanted[chosen])


def train_dialogue(
    base: Path,
    shop_data: Path,
    out_dir: Path,
    *,
    shop_name: str = "Corner & Co.",
    recipe: Recipe | None = None,
    threads: int = 1,
    report: Callable[[int, int, float, float], None] | None = None,
    checkpoint_every: int = 25,
) -> dict[str, Any]:
    """Trains and writes ``adapter_config.json`` and ``adapter_model.safetensors`` (bf16) to ``out_dir``.

    ``report(step, steps, loss, tokens_per_second)`` is called after every step. A checkpoint in
    ``out_dir/checkpoint`` of
    the same recipe is continued. Returns the figures of the run.
    """
    recipe = recipe or Recipe()
    torch.set_num_threads(threads)
    torch.manual_seed(recipe.seed)
    random.seed(recipe.seed)
    tokenizer = AutoTokenizer.from_pretrained(base)
    made, dropped = examples(Shop.load(shop_data), shop_name, recipe.count, recipe.seed, recipe.chinese)
    encoded = [item for item in (encode(tokenizer, example) for example in made) if len(item.ids) <= recipe.longest]
    plan = batches(encoded, recipe.batch, recipe.seed)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16)
    model.config.use_cache = False
    layers = list(range(recipe.first_layer, model.config.num_hidden_layers))
    config = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        target_modules=list(TARGETS),
        layers_to_transform=layers,
        task_type="CAUSAL_LM",
    )
    tuned = get_peft_model(model, config)
    tuned.train()
    weights = [weight for weight in tuned.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=recipe.learning_rate, weight_decay=0.0, betas=(0.9, 0.98))
    warmup = max(1, int(len(plan) * recipe.warmup))

    def rate(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, len(plan) - warmup)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    checkpoint = out_dir / "checkpoint"
    start = _resume(checkpoint, recipe, tuned, optimizer, schedule)
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    losses: list[float] = []
    tokens, began = 0, time.monotonic()
    for step in range(start, len(plan)):
        ids, mask, labels = collate(plan[step], pad)
        loss = completion_loss(tuned, ids, mask, labels)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(float(loss.detach()))
        tokens += int(mask.sum())
        if report:
            recent = losses[-20:]
            report(step + 1, len(plan), sum(recent) / len(recent), tokens / (time.monotonic() - began))
        if (step + 1) % checkpoint_every == 0:
            _save_checkpoint(checkpoint, recipe, tuned, optimizer, schedule, step + 1)
    save_adapter(tuned, config, out_dir)
    shutil.rmtree(checkpoint, ignore_errors=True)
    tail = losses[-40:]
    return {
        "examples": len(encoded),
        "steps": len(plan),
        "loss": round(sum(tail) / len(tail), 4) if tail else None,
        "seconds": round(time.monotonic() - began, 1),
        "tokens_per_second": round(tokens / max(0.001, time.monotonic() - began), 1),
        "lines_dropped": sum(dropped.values()),
        "recipe": asdict(recipe),
    }


def save_adapter(tuned: PeftModel, config: LoraConfig, out_dir: Path) -> None:
    """The adapter in peft's format, in bf16 (half the size)."""
    out_dir.mkdir(parents=True, exist_ok=True)
    state = {
        name: weight.detach().to(torch.bfloat16).contiguous()
        for name, weight in get_peft_model_state_dict(tuned).items()
    }
    save_file(state, out_dir / "adapter_model.safetensors", metadata={"format": "pt"})
    config.inference_mode = True
    config.base_model_name_or_path = "HuggingFaceTB/SmolLM2-135M-Instruct"
    config.save_pretrained(str(out_dir))


def _save_checkpoint(folder: Path, recipe: Recipe, tuned: PeftModel, optimizer: Any, schedule: Any, step: int) -> None:
    temporary = folder.with_name("checkpoint.new")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    save_file(
        {name: weight.detach().contiguous() for name, weight in get_peft_model_state_dict(tuned).items()},
        temporary / "weights.safetensors",
    )
    torch.save({"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}, temporary / "state.pt")
    (temporary / "step.json").write_text(json.dumps({"step": step, "recipe": recipe.fingerprint()}))
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(temporary, folder)


def _resume(folder: Path, recipe: Recipe, tuned: PeftModel, optimizer: Any, schedule: Any) -> int:
    """The step to go on from: 0 without a checkpoint of this recipe."""
    try:
        saved = json.loads((folder / "step.json").read_text())
    except (OSError, ValueError):
        return 0
    if saved["recipe"] != recipe.fingerprint():
        return 0
    set_peft_model_state_dict(tuned, load_file(folder / "weights.safetensors"))
    state = torch.load(folder / "state.pt", weights_only=True)
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    return int(saved["step"])
