"""Turning the packaged model and an adapter into a directory; the conversion itself is tests/test_real_vllm.py's."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from assistant.llm import prepare


def lora(directory: Path, tensors: dict[str, torch.Tensor], **config: Any) -> Path:
    directory.mkdir(exist_ok=True)
    settings = {"peft_type": "LORA", "r": 2, "lora_alpha": 6, "bias": "none", **config}
    (directory / "adapter_config.json").write_text(json.dumps(settings))
    save_file(tensors, directory / "adapter_model.safetensors")
    return directory


def pair(layer: str, up: torch.Tensor, down: torch.Tensor) -> dict[str, torch.Tensor]:
    return {f"base_model.model.{layer}.lora_A.weight": down, f"base_model.model.{layer}.lora_B.weight": up}


@pytest.mark.parametrize(("rslora", "scale"), [(False, 3.0), (True, 6 / 2**0.5)])
def test_an_adapter_is_added_to_the_weights(tmp_path: Path, rslora: bool, scale: float) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Linear(3, 3))
    before = model[0].weight.detach().clone()
    untouched = model[1].weight.detach().clone()
    up, down = torch.randn(3, 2), torch.randn(2, 4)
    prepare.merge_adapter(model, lora(tmp_path / "adapter", pair("0", up, down), use_rslora=rslora))
    torch.testing.assert_close(model[0].weight.detach(), before + scale * up @ down)
    torch.testing.assert_close(model[1].weight.detach(), untouched)


def test_the_merge_is_what_peft_computes(tmp_path: Path) -> None:
    peft = pytest.importorskip("peft")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(8, 6), torch.nn.Linear(6, 5))
    config = peft.LoraConfig(r=4, lora_alpha=12, target_modules=["0", "1"], init_lora_weights=False)
    adapted = peft.get_peft_model(model, config)
    adapted.save_pretrained(tmp_path)
    sample = torch.randn(3, 8)
    expected = adapted(sample)
    plain = adapted.unload()
    prepare.merge_adapter(plain, tmp_path)
    torch.testing.assert_close(plain(sample), expected)


def test_adapters_the_sum_does_not_cover_are_refused(tmp_path: Path) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(4, 3))
    good = pair("0", torch.randn(3, 2), torch.randn(2, 4))
    for problem in ({"use_dora": True}, {"bias": "all"}, {"modules_to_save": ["lm_head"]}, {"rank_pattern": {"0": 4}}):
        with pytest.raises(prepare.PrepareError, match="not plain LoRA"):
            prepare.merge_adapter(model, lora(tmp_path / "a", good, **problem))
    with pytest.raises(prepare.PrepareError, match="does not fit"):
        prepare.merge_adapter(model, lora(tmp_path / "a", pair("7", torch.randn(3, 2), torch.randn(2, 4))))
    with pytest.raises(prepare.PrepareError, match="does not fit"):
        prepare.merge_adapter(model, lora(tmp_path / "a", pair("0", torch.randn(3, 2), torch.randn(2, 5))))
    with pytest.raises(prepare.PrepareError, match="not LoRA pairs"):
        prepare.merge_adapter(model, lora(tmp_path / "a", good | {"extra": torch.ones(1)}))


def test_the_fingerprint_follows_every_input(tmp_path: Path) -> None:
    gguf, adapter = tmp_path / "model.gguf", tmp_path / "adapter"
    gguf.write_bytes(b"weights")
    seen = [prepare.fingerprint(gguf, adapter)]
    lora(adapter, pair("0", torch.zeros(3, 2), torch.zeros(2, 4)))
    seen.append(prepare.fingerprint(gguf, adapter))
    lora(adapter, pair("0", torch.zeros(3, 2), torch.zeros(2, 4)), lora_alpha=8)
    seen.append(prepare.fingerprint(gguf, adapter))
    gguf.write_bytes(b"other weights")
    seen.append(prepare.fingerprint(gguf, adapter))
    assert len(set(seen)) == 4
    assert prepare.fingerprint(gguf, adapter) == seen[-1]


def test_preparing_is_atomic_idempotent_and_heals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gguf, models = tmp_path / "model.gguf", tmp_path / "models"
    gguf.write_bytes(b"weights")
    written: list[Path] = []

    def write(gguf: Path, adapter: Path, directory: Path) -> None:
        written.append(directory)
        (directory / "model.safetensors").write_bytes(b"x")
        if len(written) == 1:
            raise OSError(28, "No space left on device")
        (directory / "config.json").write_text("{}")

    monkeypatch.setattr(prepare, "_write", write)
    with pytest.raises(prepare.PrepareError, match="disk"):
        prepare.prepare(gguf, tmp_path / "none", models)
    assert list(models.iterdir()) == []
    (models / ".preparing-dead").mkdir()  # left by a process that was killed
    (models / "dialogue-old").mkdir()
    target = prepare.prepare(gguf, tmp_path / "none", models)
    assert [path.name for path in models.iterdir()] == [target.name]
    assert prepare.prepare(gguf, tmp_path / "none", models) == target
    assert len(written) == 2


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(prepare.PrepareError, match=r"make \.venv-vllm"):
        prepare.find_gguf(tmp_path)
    with pytest.raises(prepare.PrepareError, match="cannot read"):
        prepare.fingerprint(tmp_path / "gone.gguf", tmp_path)
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(prepare.PrepareError, match=r"adapter_model\.safetensors is missing"):
        prepare.has_adapter(tmp_path)
    (tmp_path / "adapter_config.json").unlink()
    (tmp_path / "model.gguf").write_bytes(b"x")
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1024**2))
    with pytest.raises(prepare.PrepareError, match="1 MB free"):
        prepare.prepare(tmp_path / "model.gguf", tmp_path, tmp_path / "models")
