"""EfficientNet-Lite0 up to its pooled features, with batch normalisation folded into the convolutions.

Written out because the packages that carry this architecture need torchvision, which has no build for every CPU.
The weights' names are those of the published checkpoint (``_blocks.3._depthwise_conv.weight`` …).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SIDE = 224
FEATURES = 1280
INNER_BLOCKS = (10, 14, 15)
INNER_FEATURES = 112 + 192 + 320
BATCH_NORM_EPSILON = 1e-3

# (kernel, stride, output channels, blocks), expansion 6 except the first stage.
STAGES = ((3, 1, 16, 1), (3, 2, 24, 2), (5, 2, 40, 2), (3, 2, 80, 3), (5, 1, 112, 3), (5, 2, 192, 4), (3, 1, 320, 1))


class Lite0(nn.Module):
    """(pictures, 3, 224, 224) scaled as (x − 127) / 128 to (pictures, 1280) pooled features, not normalised."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        """Raises ``KeyError`` when a tensor is missing."""
        super().__init__()
        self.stem = _folded(weights, "_conv_stem", "_bn0", stride=2)
        self.blocks = nn.ModuleList()
        width = 32
        for _kernel, stride, out, repeats in STAGES:  # the kernel is in the weights; the table is the architecture
            for repeat in range(repeats):
                name = f"_blocks.{len(self.blocks)}"
                self.blocks.append(_Block(weights, name, stride if repeat == 0 else 1, width, out))
                width = out
        self.head = _folded(weights, "_conv_head", "_bn1")

    def forward(self, pictures: Tensor) -> Tensor:
        x = F.relu6(self.stem(pictures))
        for block in self.blocks:
            x = block(x)
        features: Tensor = F.relu6(self.head(x)).mean(dim=(2, 3))
        return features

    def layered(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """The pooled features, and (pictures, 624) float32 means of three inner layers, which know parts and textures
        that the last one has given up. Takes pictures of any size from some 100 pixels."""
        x = F.relu6(self.stem(pictures))
        inner = []
        for at, block in enumerate(self.blocks):
            x = block(x)
            if at in INNER_BLOCKS:
                inner.append(x.float().mean(dim=(2, 3)))
        return F.relu6(self.head(x)).mean(dim=(2, 3)), torch.cat(inner, dim=1)


class _Block(nn.Module):
    def __init__(self, weights: Mapping[str, Tensor], name: str, stride: int, width: int, out: int) -> None:
        super().__init__()
        expands = f"{name}._expand_conv.weight" in weights
        self.expand = _folded(weights, f"{name}._expand_conv", f"{name}._bn0") if expands else nn.Identity()
        self.expands = expands
        self.depthwise = _folded(weights, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride, depthwise=True)
        self.project = _folded(weights, f"{name}._project_conv", f"{name}._bn2")
        self.keeps = stride == 1 and width == out

    def forward(self, x: Tensor) -> Tensor:
        wide = F.relu6(self.expand(x)) if self.expands else x
        inner: Tensor = self.project(F.relu6(self.depthwise(wide)))
        return x + inner if self.keeps else inner


class _SamePadConv(nn.Conv2d):
    """Convolution whose output is ⌈input / stride⌉, padded more at the right and bottom, as the weights were
    trained."""

    def forward(self, input: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        if stride > 1:
            pads = []
            for side in reversed(input.shape[-2:]):
                missing = max((-(-side // stride) - 1) * stride + kernel - side, 0)
                pads += [missing // 2, missing - missing // 2]
            input = F.pad(input, pads)
        return super().forward(input)


def _folded(weights: Mapping[str, Tensor], conv: str, norm: str, stride: int = 1, depthwise: bool = False) -> nn.Conv2d:
    kernel = weights[f"{conv}.weight"]
    scale = weights[f"{norm}.weight"] / torch.sqrt(weights[f"{norm}.running_var"] + BATCH_NORM_EPSILON)
    out, inner, side, _ = kernel.shape
    layer = _SamePadConv(
        out if depthwise else inner,
        out,
        side,
        stride,
        padding=side // 2 if stride == 1 else 0,
        groups=out if depthwise else 1,
    )
    layer.weight = nn.Parameter(kernel * scale[:, None, None, None], requires_grad=False)
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
    layer.bias = nn.Parameter(bias, requires_grad=False)
    return layer
