"""From features to the tensors that heads are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from retrieval.fusion.blocks import Vectors
from retrieval.fusion.metric import Principal, Rows, class_means, unit, within_whitening
from retrieval.fusion.shop import Photos, Products, mean_pictures

MAX_PHOTOS = 8
"""Photos of a product that attention and the hubs are computed on."""


@dataclass(frozen=True)
class Tensors:
    """Tensors in the whitened space of d dimensions. ``pictures`` (v, d) and ``icons`` (n, d) are centred on the
    catalogue pictures of the photographed products, ``centroids`` (s, d) and ``kept`` (k, d), unit, on photos."""

    text: Tensor
    pictures: Tensor
    icons: Tensor
    view_product: Tensor
    photographed: Tensor
    """(s,) the photographed products."""
    centroids: Tensor
    kept: Tensor
    kept_owner: Tensor
    """(k,) rows of ``photographed``."""

    @cached_property
    def views_of(self) -> Tensor:
        """(n, most) the views of each product, its first one repeated to fill the row."""
        starts = torch.searchsorted(self.view_product, torch.arange(len(self.text)))
        counts = torch.bincount(self.view_product, minlength=len(self.text))
        places = torch.arange(int(counts.max()))
        return starts[:, None] + torch.where(places < counts[:, None], places, 0)


@dataclass(frozen=True)
class Space:
    """The whole way of a photo or a catalogue picture from features to (d,): a map and the two centres."""

    directions: Vectors
    photo_offset: Vectors
    picture_offset: Vectors

    def photos(self, features: Vectors) -> Vectors:
        """(m, 1904) to (m, d), not normalised."""
        moved: Vectors = features @ self.directions - self.photo_offset
        return moved

    def queries(self, features: Vectors) -> Vectors:
        """(m, 1904) features of photos to (m, d) unit vectors."""
        return unit(self.photos(features))

    def pictures(self, features: Vectors) -> Vectors:
        """The same for catalogue pictures; zero rows stay zero."""
        moved = features @ self.directions - self.picture_offset
        moved[~np.any(features != 0, axis=1)] = 0
        return moved


def tensors_of(products: Products, photos: Photos, principal: Principal, text: Vectors) -> tuple[Tensors, Space]:
    """What the heads are computed from. ``text`` (n, 384) are centred unit vectors."""
    photographed, owner = np.unique(photos.owner, return_inverse=True)
    projected = principal(photos.features)
    whitening = within_whitening(projected, photos.owner)
    means = class_means(projected, owner, len(photographed))
    pictured = products.pictured & np.isin(products.view_product, photographed)
    shown = principal(products.pictures[pictured]) if pictured.any() else means
    base = principal.mean @ principal.axes
    space = Space(
        principal.axes @ whitening, (base + means.mean(axis=0)) @ whitening, (base + shown.mean(axis=0)) @ whitening
    )
    pictures = space.pictures(products.pictures)
    whitened = space.photos(photos.features)
    kept = np.concatenate([_spread(np.flatnonzero(owner == row)) for row in range(len(photographed))])
    return (
        Tensors(
            text=torch.from_numpy(text),
            pictures=torch.from_numpy(pictures),
            icons=torch.from_numpy(mean_pictures(products, pictures)),
            view_product=torch.from_numpy(products.view_product),
            photographed=torch.from_numpy(photographed),
            centroids=torch.from_numpy(class_means(whitened, owner, len(photographed))),
            kept=torch.from_numpy(unit(whitened[kept])),
            kept_owner=torch.from_numpy(owner[kept].astype(np.int64)),
        ),
        space,
    )


def _spread(rows: Rows) -> Rows:
    """At most ``MAX_PHOTOS`` of the rows, evenly."""
    return rows[np.unique(np.linspace(0, len(rows) - 1, MAX_PHOTOS).round().astype(np.int64))]
