"""A causal transformer over what a shopper did (SASRec: Kang & McAuley 2018); items are known by id, content or both.

What differs from the paper: pre-norm blocks with GELU, places counted from the latest item backwards, interactions of
several kinds, an output bias, and the loss (``retrieval.ranking.fitting``). It knows nothing of users, files or
catalogues.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Shape:
    """The network's sizes. ``content`` is the width of the items' content vectors, 0 without; ``kinds`` counts the
    kinds of interactions."""

    items: int
    width: int = 128
    blocks: int = 2
    heads: int = 2
    length: int = 50
    kinds: int = 1
    content: int = 0
    dropout: float = 0.4


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.before_attention, self.before_feed = nn.LayerNorm(width), nn.LayerNorm(width)
        self.queries_keys_values, self.mixed = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        split = self.queries_keys_values(self.before_attention(x)).view(batch, length, 3, self.heads, -1)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        # Sequences are padded behind, so that the causal mask alone keeps padding out of every real place.
        told = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.dropout(self.mixed(told.transpose(1, 2).reshape(batch, length, width)))
        fed: Tensor = self.narrow(F.gelu(self.wide(self.before_feed(x))))
        added: Tensor = x + self.dropout(fed)
        return added


class Network(nn.Module):
    """``content`` (items, ``shape.content``) are the items' text and image vectors, of unit length."""

    def __init__(self, shape: Shape, content: Tensor | None = None) -> None:
        super().__init__()
        self.shape = shape
        self.ids = nn.Embedding(shape.items + 1, shape.width)
        """The row past the last is padding, and what a blanked interaction is."""
        self.places = nn.Embedding(shape.length, shape.width)
        self.kinds = nn.Embedding(shape.kinds, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.blocks))
        self.norm = nn.LayerNorm(shape.width)
        self.bias = nn.Parameter(torch.zeros(shape.items))
        self.dropout = nn.Dropout(shape.dropout)
        for embedding in (self.ids, self.places, self.kinds):
            nn.init.normal_(embedding.weight, std=0.02)
        self.project = nn.Linear(shape.content, shape.width, bias=False) if shape.content else None
        self.register_buffer("content", content, persistent=False)

    def table(self, hidden: float = 0.0) -> Tensor:
        """(items + 1, width) what each item is to the network, the padding last. The ids of the share ``hidden`` of the
        items, drawn by lot, are left out, as those of new items are."""
        table: Tensor = self.ids.weight
        if hidden:
            kept = (torch.rand(self.shape.items, 1) >= hidden).float()
            table = table * F.pad(kept, (0, 0, 0, 1), value=1.0)
        if self.project is not None:
            table = table + F.pad(self.project(self.content), (0, 0, 0, 1))
        return table

    def encode(self, items: Tensor, kinds: Tensor, lengths: Tensor, table: Tensor) -> Tensor:
        """(batch, length, width) what is expected after each interaction; ``items`` (batch, length) is padded behind
        with ``shape.items``, ``lengths`` (batch,) counts the interactions."""
        back = (lengths[:, None] - 1 - torch.arange(items.shape[1])).clamp(0, self.shape.length - 1)
        x = F.embedding(items, table) * math.sqrt(self.shape.width) + self.places(back) + self.kinds(kinds)
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x)
        expected: Tensor = self.norm(x)
        return expected

    def scores(self, items: Tensor, kinds: Tensor, lengths: Tensor, among: Tensor | slice = slice(None)) -> Tensor:
        """(batch, items) logits of what comes next, of the items ``among`` alone."""
        table = self.table()
        last = self.encode(items, kinds, lengths, table)[torch.arange(len(items)), lengths - 1]
        return last @ table[:-1][among].T + self.bias[among]
