"""EfficientNet-Lite0 up to its pooled features, with batch normalisation folded into the convolutions.

Written out because the packages that carry this architecture need torchvision, which has no build for every CPU.
The weights' names are those of the published checkpoint (``_blocks.3._depthwise_conv.weight`` …).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from retrieval.encoders import onednn

SIDE = 224
FEATURES = 1280
INNER_BLOCKS = (10, 14, 15)
INNER_FEATURES = 112 + 192 + 320
BATCH_NORM_EPSILON = 1e-3

# (kernel, stride, output channels, blocks), expansion 6 except the first stage.
STAGES = ((3, 1, 16, 1), (3, 2, 24, 2), (5, 2, 40, 2), (3, 2, 80, 3), (5, 1, 112, 3), (5, 2, 192, 4), (3, 1, 320, 1))


class Lite0:
    """(pictures, 3, 224, 224) scaled as (x − 127) / 128 to (pictures, 1280) pooled features, not normalised."""

    def __init__(self, weights: Mapping[str, Tensor], dtype: torch.dtype = torch.float32, packed: bool = True) -> None:
        """``packed`` False takes torch's plain operations. Raises ``KeyError`` when a tensor is missing."""
        make = _Maker(weights, dtype, packed and onednn.available())
        self._stem = make("_conv_stem", "_bn0", stride=2, activation="relu6")
        self._blocks: list[_Block] = []
        width = 32
        for _kernel, stride, out, repeats in STAGES:  # the kernel is in the weights; the table is the architecture
            for repeat in range(repeats):
                self._blocks.append(
                    _Block(make, f"_blocks.{len(self._blocks)}", stride if repeat == 0 else 1, width, out)
                )
                width = out
        self._head = make("_conv_head", "_bn1", activation="relu6")

    def __call__(self, pictures: Tensor) -> Tensor:
        x = self._stem(pictures)
        for block in self._blocks:
            x = block(x)
        return self._head(x).mean(dim=(2, 3))

    def layered(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """The pooled features, and (pictures, 624) float32 means of three inner layers, which know parts and textures
        that the last one has given up. Takes pictures of any size from some 100 pixels."""
        x = self._stem(pictures)
        inner = []
        for at, block in enumerate(self._blocks):
            x = block(x)
            if at in INNER_BLOCKS:
                inner.append(x.float().mean(dim=(2, 3)))
        return self._head(x).mean(dim=(2, 3)), torch.cat(inner, dim=1)


class _Maker:
    """Makes the convolutions, each with the batch normalisation after it folded in."""

    def __init__(self, weights: Mapping[str, Tensor], dtype: torch.dtype, packed: bool) -> None:
        self.weights = weights
        self._dtype, self._packed = dtype, packed

    def __call__(
        self,
        conv: str,
        norm: str,
        stride: int = 1,
        depthwise: bool = False,
        activation: onednn.Activation = "none",
    ) -> onednn.Conv:
        of = self.weights
        scale = of[f"{norm}.weight"] / torch.sqrt(of[f"{norm}.running_var"] + BATCH_NORM_EPSILON)
        kernel = of[f"{conv}.weight"] * scale[:, None, None, None]
        bias = of[f"{norm}.bias"] - of[f"{norm}.running_mean"] * scale
        return onednn.Conv(
            kernel.to(self._dtype), bias.to(self._dtype), stride, depthwise, activation, packed=self._packed
        )


class _Block:
    def __init__(self, make: _Maker, name: str, stride: int, width: int, out: int) -> None:
        expands = f"{name}._expand_conv.weight" in make.weights
        self._expand = make(f"{name}._expand_conv", f"{name}._bn0", activation="relu6") if expands else None
        self._depthwise = make(
            f"{name}._depthwise_conv", f"{name}._bn1", stride=stride, depthwise=True, activation="relu6"
        )
        self._project = make(f"{name}._project_conv", f"{name}._bn2")
        self._keeps = stride == 1 and width == out

    def __call__(self, x: Tensor) -> Tensor:
        wide = self._expand(x) if self._expand else x
        inner = self._project(self._depthwise(wide))
        return x + inner if self._keeps else inner
