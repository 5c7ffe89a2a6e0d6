"""The variants that ``laboratory.benchmarks.encoders`` compares: the library as it comes, then one step more each."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import normalize

from retrieval.encoders import lite0, minilm, onednn
from retrieval.encoders.embedded import (
    IMAGE_FILE,
    IMAGE_PACKAGE,
    TEXT_DIRECTORY,
    TEXT_PACKAGE,
    TextEncoder,
    Vectors,
    fastest_dtype,
    package_path,
)

PADDED_TOGETHER = 32


@dataclass(frozen=True)
class Step:
    """``work`` encodes everything once, as (n, width) unit vectors; ``dtype`` is that of its multiplications;
    ``all_cores``: it is measured on all of them too."""

    name: str
    dtype: torch.dtype
    work: Callable[[], Vectors]
    all_cores: bool = False


def reference_bert() -> tuple[Tokenizer, Any]:
    """The text encoder's tokenizer and weights in transformers' own model class, float32."""
    from transformers import BertModel

    directory = package_path(TEXT_PACKAGE, TEXT_DIRECTORY)
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(128)
    return tokenizer, BertModel.from_pretrained(directory, local_files_only=True, dtype=torch.float32).train(False)


def text_steps(texts: Sequence[str], compiled: bool) -> list[Step]:
    tokenizer, bert = reference_bert()
    weights = load_file(package_path(TEXT_PACKAGE, TEXT_DIRECTORY) / "model.safetensors")

    def with_bert(model: Any) -> Callable[[Tensor, Tensor], Tensor]:
        def forward(ids: Tensor, mask: Tensor) -> Tensor:
            hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
            real = mask[:, :, None].float()
            return normalize((hidden * real).sum(dim=1) / real.sum(dim=1), dim=-1)

        return forward

    def encode(forward: Callable[[Tensor, Tensor], Tensor], by_length: bool, size: int = PADDED_TOGETHER) -> Vectors:
        tokens = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(texts)), key=lambda row: len(tokens[row])) if by_length else range(len(texts))
        vectors = np.zeros((len(texts), minilm.WIDTH), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(texts), size):
                rows = list(order[start : start + size])
                longest = max(len(tokens[row]) for row in rows)
                ids = torch.zeros((len(rows), longest), dtype=torch.int64)
                mask = torch.zeros_like(ids)
                for at, row in enumerate(rows):
                    ids[at, : len(tokens[row])] = torch.tensor(tokens[row])
                    mask[at, : len(tokens[row])] = 1
                vectors[rows] = forward(ids, mask).numpy()
        return vectors

    fast = fastest_dtype()
    shipped = TextEncoder()
    single, double = torch.float32, fast
    steps = [
        Step("transformers, as they come", single, lambda: encode(with_bert(bert), False)),
        Step("+ sorted by length", single, lambda: encode(with_bert(bert), True)),
    ]
    lean = minilm.MiniLM(weights, single, packed=False)
    steps.append(Step("+ lean forward pass", single, lambda: encode(lean, True)))
    if fast is not torch.float32:
        rounded = minilm.MiniLM(weights, double, packed=False)
        steps.append(Step(f"+ {_name(fast)}", fast, lambda: encode(rounded, True)))
    if onednn.available():
        packed = minilm.MiniLM(weights, fast)
        steps.append(Step("+ packed weights, fused GELU", fast, lambda: encode(packed, True)))
        steps.append(Step("the same in batches of 8", fast, lambda: encode(packed, True, 8)))
    steps.append(Step("**in batches of 16, as shipped**", fast, lambda: shipped.encode(texts), all_cores=True))
    quantised = _quantised(bert)
    steps.append(Step("int8 (dynamic), sorted", torch.int8, lambda: encode(with_bert(quantised), True)))
    if compiled:
        made = torch.compile(with_bert(bert), dynamic=True)
        steps.append(Step("torch.compile, float32, sorted", single, lambda: encode(made, True)))
        made_fast = torch.compile(minilm.MiniLM(weights, fast, packed=False).__call__, dynamic=True)
        steps.append(Step(f"torch.compile of the lean pass, {_name(fast)}", fast, lambda: encode(made_fast, True)))
    return steps


def picture_steps(pixels: NDArray[np.uint8], compiled: bool) -> tuple[dict[str, Tensor], list[Step]]:
    """``pixels``: (n, 224, 224, 3). Also gives the network's weights."""
    file = package_path(IMAGE_PACKAGE, IMAGE_FILE)
    weights: dict[str, Tensor] = torch.load(file, map_location="cpu", weights_only=True)
    pictures = torch.from_numpy(pixels).permute(0, 3, 1, 2)  # channels-last in memory

    def encode(model: Callable[[Tensor], Tensor], size: int, dtype: torch.dtype, last: bool = True) -> Vectors:
        def batches() -> Iterator[Tensor]:
            for start in range(0, len(pictures), size):
                batch = (pictures[start : start + size].to(dtype) - 127.0) / 128.0
                yield normalize(model(batch if last else batch.contiguous()).float(), dim=-1)

        with torch.inference_mode():
            vectors: Vectors = torch.cat(list(batches())).numpy()
        return vectors

    fast, single = fastest_dtype(), torch.float32
    plain = lite0.Lite0(weights, single, packed=False)
    steps = [
        Step("float32, NCHW, one at a time", single, lambda: encode(plain, 1, single, last=False)),
        Step("+ batches of 16", single, lambda: encode(plain, 16, single, last=False)),
        Step("+ channels-last", single, lambda: encode(plain, 16, single)),
    ]
    if fast is not torch.float32:
        rounded = lite0.Lite0(weights, fast, packed=False)
        steps.append(Step(f"+ {_name(fast)}", fast, lambda: encode(rounded, 16, fast)))
    if onednn.available():
        packed = lite0.Lite0(weights, fast)
        steps.append(Step("+ packed weights, fused ReLU6", fast, lambda: encode(packed, 16, fast)))
        steps += [
            Step(f"the same in batches of {size}", fast, lambda size=size: encode(packed, size, fast))  # type: ignore[misc]
            for size in (1, 4)
        ]
        steps.append(Step("**in batches of 8, as shipped**", fast, lambda: encode(packed, 8, fast), all_cores=True))
        packed_single = lite0.Lite0(weights, single)
        steps.append(Step("the same in float32, batches of 8", single, lambda: encode(packed_single, 8, single)))
    if compiled:
        made = torch.compile(lite0.Lite0(weights, fast, packed=False).__call__)
        steps.append(Step(f"torch.compile, {_name(fast)}, batches of 16", fast, lambda: encode(made, 16, fast)))
    if find_spec("onnxscript"):
        exported = _exported(plain)
        steps.append(Step("ONNX Runtime, float32, batches of 8", single, lambda: encode(exported, 8, single, False)))
    return weights, steps


def _quantised(bert: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.ao.quantization.quantize_dynamic(  # type: ignore[no-untyped-call]
            bert, {torch.nn.Linear}, dtype=torch.qint8
        )


def _exported(model: lite0.Lite0) -> Callable[[Tensor], Tensor]:
    """The network in ONNX Runtime, on as many threads as torch has at its first call. Needs the exporter's packages,
    which the locks do not hold."""
    import onnxruntime  # type: ignore[import-untyped]

    class Module(torch.nn.Module):
        def forward(self, pictures: Tensor) -> Tensor:
            return model(pictures)

    stream = BytesIO()
    example = (torch.zeros((8, 3, lite0.SIDE, lite0.SIDE)),)
    program = torch.onnx.export(Module().eval(), example, dynamo=True, verbose=False)
    assert program is not None
    program.save(stream)  # type: ignore[arg-type]  # it writes to open files too
    sessions: dict[int, Any] = {}

    def forward(pictures: Tensor) -> Tensor:
        threads = torch.get_num_threads()
        if threads not in sessions:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            sessions[threads] = onnxruntime.InferenceSession(stream.getvalue(), options)
        session = sessions[threads]
        return torch.from_numpy(session.run(None, {session.get_inputs()[0].name: pictures.numpy()})[0])

    return forward


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
