"""Linear layers and convolutions whose weights are packed once, with the activation that follows them fused in.

Left to itself torch packs a layer's weights at each call, and writes what a layer gives to memory before it is clipped.
Its compiler replaces both by the oneDNN operations used here; they are called directly, because compiling takes a C++
compiler and most of a minute at every start. Where torch was built without oneDNN the plain operations do the same.
Measured in docs/scale.md.
"""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

Activation = Literal["none", "gelu", "relu6"]

_ACTIVATIONS: dict[Activation, tuple[str, list[float], str]] = {
    "none": ("none", [], ""),
    "gelu": ("gelu", [], "none"),  # "none" is the exact one, not the approximation by tanh
    "relu6": ("hardtanh", [0.0, 6.0], ""),
}


def available() -> bool:
    """Whether this build of torch has the operations."""
    built: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return built and hasattr(torch.ops.mkldnn, "_linear_pointwise")


class Linear:
    """(…, inputs) to (…, outputs), in the dtype of its weights."""

    def __init__(self, weight: Tensor, bias: Tensor, activation: Activation = "none", packed: bool = True) -> None:
        """``weight``: (outputs, inputs). ``packed`` False takes torch's plain operations."""
        self._packed = packed
        self._activation = activation
        self._bias = bias
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), None) if packed else weight

    def __call__(self, x: Tensor) -> Tensor:
        if self._packed:
            fused: Tensor = torch.ops.mkldnn._linear_pointwise(
                x, self._weight, self._bias, *_ACTIVATIONS[self._activation]
            )
            return fused
        return _activated(F.linear(x, self._weight, self._bias), self._activation)


class Conv:
    """(pictures, channels, height, width) to as many outputs of ⌈side / stride⌉, fastest in channels-last memory.

    Strided ones are padded more at the right and bottom, as TensorFlow does ("SAME").
    """

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor,
        stride: int = 1,
        depthwise: bool = False,
        activation: Activation = "none",
        packed: bool = True,
    ) -> None:
        """``weight``: (outputs, inputs, side, side), inputs being 1 where each channel is filtered alone."""
        self._packed = packed
        self._activation = activation
        self._bias = bias
        self._side, self._stride = weight.shape[-1], stride
        self._pad = [weight.shape[-1] // 2 if stride == 1 else 0] * 2
        self._groups = weight.shape[0] if depthwise else 1
        if packed:
            self._weight = torch.ops.mkldnn._reorder_convolution_weight(
                weight, self._pad, [stride] * 2, [1, 1], self._groups, None
            )
        else:
            self._weight = weight

    def __call__(self, x: Tensor) -> Tensor:
        if self._stride > 1:
            x = F.pad(x, [part for side in reversed(x.shape[-2:]) for part in self._missing(side)])
        if self._packed:
            fused: Tensor = torch.ops.mkldnn._convolution_pointwise(
                x, self._weight, self._bias, self._pad, [self._stride] * 2, [1, 1], self._groups,
                *_ACTIVATIONS[self._activation],
            )  # fmt: skip
            return fused
        plain = F.conv2d(x, self._weight, self._bias, self._stride, self._pad, 1, self._groups)
        return _activated(plain, self._activation)

    def _missing(self, side: int) -> tuple[int, int]:
        missing = max((-(-side // self._stride) - 1) * self._stride + self._side - side, 0)
        return missing // 2, missing - missing // 2


def _activated(x: Tensor, activation: Activation) -> Tensor:
    match activation:
        case "gelu":
            return F.gelu(x)
        case "relu6":
            return F.relu6(x)
        case "none":
            return x
