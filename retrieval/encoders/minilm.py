"""The forward pass of the six-layer MiniLM sentence encoder, and nothing else.

A general model class spends most of a short query's time outside the arithmetic: a fused query-key-value product and no
padding for a single text halve a query's time, packed weights take a third off what is left (docs/scale.md). It does
not know about tokens or files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from retrieval.encoders import onednn

HEADS = 12
WIDTH = 384
LAYER_NORM_EPSILON = 1e-12


class MiniLM:
    """Token ids to unit sentence vectors. Weights are kept in ``dtype``; pooling is always done in float32."""

    def __init__(
        self,
        weights: Mapping[str, Tensor],
        dtype: torch.dtype,
        packed: bool = True,
        words: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        """``weights`` is the state dict of a BERT encoder of this size; raises ``KeyError`` for a missing tensor.
        ``packed`` False takes torch's plain operations."""
        packed = packed and onednn.available()
        layers = len({name.split(".")[2] for name in weights if name.startswith("encoder.layer.")})

        def take(name: str) -> Tensor:
            return weights[name].to(dtype).contiguous()

        self._words = words or partial(F.embedding, weight=take("embeddings.word_embeddings.weight"))
        self._dtype = dtype
        # Every text is one segment, so the segment's vector is the same for all positions.
        self._positions = (
            take("embeddings.position_embeddings.weight") + take("embeddings.token_type_embeddings.weight")[0]
        )
        self._norm = (take("embeddings.LayerNorm.weight"), take("embeddings.LayerNorm.bias"))
        self._layers = [
            _Layer(
                {
                    name.removeprefix(f"encoder.layer.{i}."): take(name)
                    for name in weights
                    if name.startswith(f"encoder.layer.{i}.")
                },
                packed,
            )
            for i in range(layers)
        ]

    def __call__(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """``ids``: (texts, tokens) int64; ``mask``: same shape, 1 for real tokens, None when nothing is padded.

        Returns (texts, 384) float32 unit vectors.
        """
        attended = None if mask is None else mask[:, None, None, :].bool()
        hidden = self._words(ids).to(self._dtype) + self._positions[: ids.shape[1]]
        hidden = F.layer_norm(hidden, (WIDTH,), *self._norm, LAYER_NORM_EPSILON)
        for layer in self._layers:
            hidden = layer(hidden, attended)
        if mask is None:
            pooled = hidden.float().mean(dim=1)
        else:
            real = mask[:, :, None].float()
            pooled = (hidden.float() * real).sum(dim=1) / real.sum(dim=1)
        return F.normalize(pooled, dim=-1)


class _Layer:
    def __init__(self, weights: Mapping[str, Tensor], packed: bool) -> None:
        def linear(name: str, activation: onednn.Activation = "none") -> onednn.Linear:
            return onednn.Linear(weights[f"{name}.weight"], weights[f"{name}.bias"], activation, packed)

        parts = [f"attention.self.{part}" for part in ("query", "key", "value")]
        self._qkv = onednn.Linear(
            torch.cat([weights[f"{part}.weight"] for part in parts]),
            torch.cat([weights[f"{part}.bias"] for part in parts]),
            packed=packed,
        )
        self._out = linear("attention.output.dense")
        self._out_norm = (weights["attention.output.LayerNorm.weight"], weights["attention.output.LayerNorm.bias"])
        self._up = linear("intermediate.dense", "gelu")
        self._down = linear("output.dense")
        self._down_norm = (weights["output.LayerNorm.weight"], weights["output.LayerNorm.bias"])

    def __call__(self, hidden: Tensor, attended: Tensor | None) -> Tensor:
        texts, tokens, _ = hidden.shape
        qkv = self._qkv(hidden).view(texts, tokens, 3, HEADS, WIDTH // HEADS)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=attended)
        mixed = self._out(mixed.transpose(1, 2).reshape(texts, tokens, WIDTH))
        hidden = F.layer_norm(hidden + mixed, (WIDTH,), *self._out_norm, LAYER_NORM_EPSILON)
        wide = self._down(self._up(hidden))
        return F.layer_norm(hidden + wide, (WIDTH,), *self._down_norm, LAYER_NORM_EPSILON)
