"""Trained heads: how they are fitted, kept in files and used on products and on photos.

Three files: ``heads.json`` says what they are, ``heads.safetensors`` holds the maps (at most 4 MB in half precision),
``photos.safetensors`` what is known of the photographed products, a kilobyte each and eight photos' worth beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import normalize

from retrieval.fusion.blocks import Vectors
from retrieval.fusion.gate import Gate, Maps, Recipe, attended, episodes, least_believed, train_gate
from retrieval.fusion.metric import Principal, Rows, unit
from retrieval.fusion.shop import Photos, Products, mean_pictures
from retrieval.fusion.tensors import Space, Tensors, tensors_of

FORMAT = 1
MIN_PRODUCTS = 4
"""Photographed products, with two photos each, below which nothing can be learned."""

OnEpoch = Callable[[str, int, float], None]


@contextmanager
def one_thread() -> Iterator[None]:
    """For fitting heads: the tensors are small, and a second thread waits more than it works."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class HeadsUnusable(ValueError):
    """Heads cannot be fitted from this material, or a folder holds none that fit these encoders; the message says
    which."""


@dataclass(frozen=True)
class Heads:
    """``encoder`` is the fingerprint of what the features came from; ``photographed`` are the products with photos."""

    recipe: Recipe
    gate: Gate
    maps: Maps
    space: Space
    text_centre: Vectors
    photographed: tuple[str, ...]
    centroids: Tensor
    kept: Tensor
    kept_owner: Tensor
    encoder: str
    floor: float
    """The score below which a photo is not believed to show a product."""

    @property
    def fingerprint(self) -> str:
        """Changes with anything that changes a score."""
        digest = sha256(json.dumps([asdict(self.recipe), self.photographed, self.encoder]).encode())
        for tensor in [*self.gate.state_dict().values(), *self._maps().values(), *self._photos().values()]:
            digest.update(tensor.contiguous().numpy().tobytes())
        return f"heads-{FORMAT}-{digest.hexdigest()[:12]}"

    def index(self, products: Products) -> HeadIndex:
        """Readies products, also such as were not there when the heads were trained.

        Raises ``HeadsUnusable`` where none of the photographed ones is left.
        """
        rows = {name: row for row, name in enumerate(products.ids)}
        place = np.array([rows.get(name, -1) for name in self.photographed], dtype=np.int64)
        known = np.flatnonzero(place >= 0)
        if not len(known):
            raise HeadsUnusable("the heads were trained on photos of none of these products")
        order = known[np.argsort(place[known])]
        renumbered = torch.full((len(self.photographed),), -1, dtype=torch.int64)
        renumbered[torch.from_numpy(order)] = torch.arange(len(order))
        owners = renumbered[self.kept_owner]
        pictures = self.space.pictures(products.pictures)
        given = Tensors(
            text=torch.from_numpy(unit(products.text - self.text_centre)),
            pictures=torch.from_numpy(pictures),
            icons=torch.from_numpy(mean_pictures(products, pictures)),
            view_product=torch.from_numpy(products.view_product),
            photographed=torch.from_numpy(place[order]),
            centroids=self.centroids[torch.from_numpy(order)],
            kept=self.kept[owners >= 0],
            kept_owner=owners[owners >= 0],
        )
        with torch.no_grad():
            vectors, bias = self.gate(given, self.maps)
        return HeadIndex(self, given, vectors, bias)

    def save(self, folder: Path, figures: Mapping[str, Any] | None = None) -> None:
        """Writes the three files, the description last, so that half-written heads are never taken for whole ones."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "heads.json").unlink(missing_ok=True)
        save_file(self._maps(), folder / "heads.safetensors")
        save_file(self._photos(), folder / "photos.safetensors")
        about = {
            "format": FORMAT,
            "fingerprint": self.fingerprint,
            "encoder": self.encoder,
            "recipe": asdict(self.recipe),
            "gates": {name: float(value) for name, value in self.gate.state_dict().items()},
            "photographed": list(self.photographed),
            "floor": self.floor,
            "figures": dict(figures or {}),
        }
        aside = folder / "heads.json.new"
        aside.write_text(json.dumps(about, indent=1, ensure_ascii=False), encoding="utf-8")
        aside.replace(folder / "heads.json")

    @classmethod
    def load(cls, folder: Path, encoder: str) -> Heads | None:
        """None where training found that the blocks do as well. Raises ``HeadsUnusable``."""
        try:
            about = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
            if about["format"] != FORMAT or about["encoder"] != encoder:
                raise HeadsUnusable(f"{folder}: heads of other encoders; train them again: shopclerk train fusion")
            if about["recipe"] is None:
                return None
            recipe = Recipe(**about["recipe"])
            gate = Gate(recipe)
            gate.load_state_dict({name: torch.tensor(value) for name, value in about["gates"].items()})
            maps = load_file(folder / "heads.safetensors")
            photos = load_file(folder / "photos.safetensors")
            return cls(
                recipe=recipe,
                gate=gate.requires_grad_(False),
                maps=Maps(*(maps[name].float() for name in ("from_picture", "from_text", "text"))),
                space=Space(*(maps[name].float().numpy() for name in ("directions", "photo_offset", "picture_offset"))),
                text_centre=maps["text_centre"].numpy(),
                photographed=tuple(about["photographed"]),
                centroids=photos["centroids"].float(),
                kept=photos["kept"].float(),
                kept_owner=photos["kept_owner"],
                encoder=encoder,
                floor=float(about["floor"]),
            )
        except FileNotFoundError as error:
            raise HeadsUnusable(f"{folder}: no trained heads there ({error})") from error
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            if isinstance(error, HeadsUnusable):
                raise
            raise HeadsUnusable(
                f"{folder}: damaged heads ({error}); train them again: shopclerk train fusion"
            ) from error

    def _maps(self) -> dict[str, Tensor]:
        return {
            "directions": torch.from_numpy(self.space.directions).half(),
            "photo_offset": torch.from_numpy(self.space.photo_offset),
            "picture_offset": torch.from_numpy(self.space.picture_offset),
            "from_picture": self.maps.from_picture.half().contiguous(),
            "from_text": self.maps.from_text.half().contiguous(),
            "text": self.maps.text.half().contiguous(),
            "text_centre": torch.from_numpy(self.text_centre),
        }

    def _photos(self) -> dict[str, Tensor]:
        return {
            "centroids": self.centroids.half().contiguous(),
            "kept": self.kept.half().contiguous(),
            "kept_owner": self.kept_owner.contiguous(),
        }


@dataclass(frozen=True)
class HeadIndex:
    """Products ready for photos: ``vectors`` (views, d) and ``bias`` (views,)."""

    heads: Heads
    given: Tensors
    vectors: Tensor
    bias: Tensor

    def scores(self, photos: Vectors) -> Vectors:
        """(m, 1904) features of photos to (m, products): a product's best view's."""
        queries = torch.from_numpy(self.heads.space.queries(photos))
        views = queries @ self.vectors.T + self.bias
        if self.heads.recipe.attention:
            views = views + attended(queries, self.given, self.heads.gate.focus)
        return self._best(views)

    def by_picture(self, photos: Vectors) -> Vectors:
        """The image head alone, without any gate: cosines to a product's mean photo, or to its catalogue picture."""
        vectors = normalize(self.given.pictures, dim=-1)
        has = torch.isin(self.given.view_product, self.given.photographed)
        rows = torch.searchsorted(self.given.photographed, self.given.view_product[has])
        vectors[has] = normalize(self.given.centroids, dim=-1)[rows]
        return self._best(torch.from_numpy(self.heads.space.queries(photos)) @ vectors.T)

    def by_text(self, photos: Vectors) -> Vectors:
        """The text head alone: how well each product's words fit the photos."""
        queries = torch.from_numpy(self.heads.space.queries(photos))
        scores: Vectors = (queries @ (self.given.text @ self.heads.maps.text).T).numpy()
        return scores

    def _best(self, views: Tensor) -> Vectors:
        best: Vectors = views[:, self.given.views_of].amax(dim=2).numpy()
        return best


def fit_heads(
    products: Products,
    photos: Photos,
    recipes: Mapping[str, Recipe],
    encoder: str,
    *,
    epochs: int = 12,
    seed: int = 0,
    checkpoints: Path | None = None,
    on_epoch: OnEpoch | None = None,
) -> dict[str, Heads]:
    """Heads by name of their recipe, trained on the same episodes. Raises ``HeadsUnusable`` for too few photos.

    ``checkpoints`` is a folder for the gates of each recipe after every epoch; what is there is not trained again.
    """
    counts = np.bincount(photos.owner, minlength=len(products))
    if (counts >= 2).sum() < MIN_PRODUCTS:
        raise HeadsUnusable(f"photos of at least {MIN_PRODUCTS} products, two each, are needed to train on")
    centre: Vectors = products.text.mean(axis=0)
    text = unit(products.text - centre)
    principal = Principal.of(photos.features)
    given, space = tensors_of(products, photos, principal, text)
    plan = episodes(products, photos, principal, text, seed)
    if not plan:
        raise HeadsUnusable("too few photos a product to hide some and learn from the rest")
    fitted = {}
    for name, recipe in recipes.items():
        gate = train_gate(
            plan,
            recipe,
            epochs,
            checkpoints / f"{name}.gate" if checkpoints else None,
            (lambda epoch, loss, name=name: on_epoch(name, epoch, loss)) if on_epoch else None,  # type: ignore[misc]
        )
        with torch.no_grad():
            maps = gate.maps(given)
        fitted[name] = Heads(
            recipe=recipe,
            gate=gate,
            maps=maps,
            space=space,
            text_centre=centre,
            photographed=tuple(products.ids[row] for row in given.photographed.tolist()),
            centroids=given.centroids,
            kept=given.kept,
            kept_owner=given.kept_owner,
            encoder=encoder,
            floor=least_believed(gate, plan),
        )
    return fitted


def groups_of(owner: Rows, count: int, seed: int) -> list[Rows]:
    """``count`` disjoint random fifths of the photographed products, or fewer where there are not so many."""
    everybody = np.random.default_rng(seed).permutation(np.unique(owner))
    size = max(1, len(everybody) // 5)
    return [np.sort(everybody[at * size : (at + 1) * size]) for at in range(min(count, len(everybody) // size))]
