"""Products, photos and queries from folders, and their features.

Products: a sub-folder each (its name is the id) with pictures and perhaps ``title.txt`` and ``description.txt``, or a
catalogue of any format that is loaded elsewhere. Photos: a sub-folder a product id. Queries: the same, or photos with a
``queries.csv`` (file,text,product_id), where either of file and text may be empty. Folders may be nested.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from retrieval.encoders import lite0
from retrieval.encoders.embedded import TextModel
from retrieval.encoders.pictures import BadPicture, catalogue_picture, open_picture
from retrieval.feeds import FeedError, load_catalogue
from retrieval.fusion.blocks import Vectors
from retrieval.fusion.layers import WIDTH, Kind, LayeredEncoder, encode_all
from retrieval.fusion.shop import Photos, Products
from retrieval.models import Product
from retrieval.store.rows import Progress

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".svg"})
CATALOGUES = ("products.jsonl", "products.json", "products.csv", "products.xml", "products.tsv")
CHUNK = 128

Arrays = dict[str, NDArray[Any]]


class BadFolder(ValueError):
    """A folder that is not what it should be; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A product as its folder or its catalogue row has it."""

    id: str
    text: str
    pictures: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query: a photo, words, or both."""

    product: str
    photo: Path | None
    text: str = ""


@dataclass
class FolderReader:
    """Reads folders and encodes what is in them. ``skipped`` collects a line for each file that could not be used.

    ``cache`` is a folder that keeps features by the files' content, written chunk by chunk: an interrupted run goes on
    where it was.
    """

    text: TextModel
    images: LayeredEncoder
    cache: Path | None = None
    progress: Progress | None = None
    skipped: list[str] = field(default_factory=list)

    def products(self, folder: Path) -> Products:
        """Raises ``BadFolder``."""
        listed = list_products(folder)
        files = [(row, file) for row, product in enumerate(listed) for file in product.pictures]
        plain, deep, good = self._features([file for _, file in files], "catalogue", "products' pictures")
        rows = [files[at][0] for at in good]
        bare = [row for row in range(len(listed)) if row not in set(rows)]
        owner = np.array(rows + bare, dtype=np.int64)
        order = np.argsort(owner, kind="stable")
        return Products(
            tuple(product.id for product in listed),
            self.text.encode([product.text for product in listed]),
            np.concatenate([deep, np.zeros((len(bare), WIDTH), np.float32)])[order],
            np.concatenate([plain, np.zeros((len(bare), lite0.FEATURES), np.float32)])[order],
            owner[order],
        )

    def photos(self, asked: Sequence[Asked], products: Products, what: str) -> tuple[Photos, list[int]]:
        """The photos among the queries of known products, and which queries those were."""
        rows = {name: row for row, name in enumerate(products.ids)}
        wanted = [at for at, query in enumerate(asked) if query.photo is not None and query.product in rows]
        plain, deep, good = self._features([asked[at].photo or Path() for at in wanted], "photo", what)
        kept = [wanted[at] for at in good]
        return Photos(deep, plain, np.array([rows[asked[at].product] for at in kept], dtype=np.int64)), kept

    def _features(self, files: Sequence[Path], kind: Kind, what: str) -> tuple[Vectors, Vectors, list[int]]:
        """(n, 1280), (n, 1904) and the places of the n files that could be read."""
        plain, deep, good = [np.zeros((0, lite0.FEATURES), np.float32)], [np.zeros((0, WIDTH), np.float32)], list[int]()
        for start in range(0, len(files), CHUNK):
            chunk = files[start : start + CHUNK]
            data = [file.read_bytes() for file in chunk]
            key = sha256(f"{self.images.fingerprint}/{kind}".encode() + b"".join(sha256(d).digest() for d in data))
            stored = None if self.cache is None else self.cache / f"{key.hexdigest()[:24]}.safetensors"
            found = _load(stored)
            if found is None:
                found = self._encode(chunk, data, kind)
                _store(stored, found)
            else:
                self._tell_bad(chunk, found["good"].tolist())
            plain.append(found["plain"].astype(np.float32))
            deep.append(found["deep"].astype(np.float32))
            good += [start + at for at in found["good"].tolist()]
            if self.progress:
                self.progress(min(start + CHUNK, len(files)), len(files), what)
        return np.concatenate(plain), np.concatenate(deep), good

    def _encode(self, files: Sequence[Path], data: Sequence[bytes], kind: Kind) -> Arrays:
        openers: list[Callable[[], Image.Image]] = []
        good: list[int] = []
        for at, each in enumerate(data):
            try:
                picture = open_picture(each) if kind == "photo" else catalogue_picture(each)
            except BadPicture as error:
                self.skipped.append(f"{files[at]}: {error}")
                continue
            good.append(at)
            picture.thumbnail((1024, 1024), Image.Resampling.BICUBIC, reducing_gap=2.0)
            openers.append(lambda picture=picture: picture)  # type: ignore[misc]
        plain, deep = encode_all(self.images, openers, kind)
        return {"plain": plain, "deep": deep, "good": np.array(good, dtype=np.int64)}

    def _tell_bad(self, files: Sequence[Path], good: Iterable[int]) -> None:
        bad = set(range(len(files))) - set(good)
        self.skipped += [f"{files[at]}: not a usable picture" for at in sorted(bad)]


def list_products(folder: Path) -> list[Listed]:
    """Raises ``BadFolder`` for a folder without products, an id used twice, or a catalogue that cannot be loaded."""
    _require(folder)
    catalogue = next((folder / name for name in CATALOGUES if (folder / name).is_file()), None)
    if catalogue is None and (folder / "app" / "code").is_dir():
        catalogue = folder
    if catalogue is not None:
        try:
            products = load_catalogue(catalogue).products
        except FeedError as error:
            raise BadFolder(str(error)) from error
        return [_from_catalogue(product, folder) for product in products]
    found: dict[str, Listed] = {}
    for inner in _leaves(folder):
        title, description = _text(inner / "title.txt"), _text(inner / "description.txt")
        pictures = tuple(_pictures(inner))
        if not (pictures or title or description):
            continue
        if inner.name in found:
            raise BadFolder(f"{folder}: two folders of a product named {inner.name}")
        title = title or inner.name.replace("-", " ").replace("_", " ")
        found[inner.name] = Listed(inner.name, f"{title}. {description}".strip(), pictures)
    if not found:
        raise BadFolder(f"{folder}: no products in it: neither sub-folders with pictures nor {CATALOGUES[0]}")
    return list(found.values())


def list_photos(folder: Path) -> list[Asked]:
    """Photos by product, ids as the folders say. Raises ``BadFolder`` when there are none."""
    _require(folder)
    found = [Asked(inner.name, file) for inner in _leaves(folder) for file in _pictures(inner)]
    if not found:
        raise BadFolder(f"{folder}: no sub-folder with photos in it")
    return found


def list_queries(folder: Path) -> list[Asked]:
    """From ``queries.csv`` where there is one, else as ``list_photos``. Raises ``BadFolder``, with the line."""
    _require(folder)
    file = folder / "queries.csv"
    if not file.is_file():
        return list_photos(folder)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, strict=True)
            if missing := {"file", "text", "product_id"} - set(rows.fieldnames or ()):
                raise BadFolder(f"{file}: line 1: no column {', '.join(sorted(missing))}")
            asked = [_asked(row, folder, f"{file}: line {rows.line_num}") for row in rows]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFolder(f"{file}: cannot be read: {error}") from error
    if not asked:
        raise BadFolder(f"{file}: no queries in it")
    return asked


def _asked(row: dict[str, str | None], folder: Path, where: str) -> Asked:
    name, text, product = ((row[key] or "").strip() for key in ("file", "text", "product_id"))
    if not product or not (name or text):
        raise BadFolder(f"{where}: a query needs a product_id, and a file or a text")
    photo = (folder / name).resolve() if name else None
    if photo is not None and not (photo.is_relative_to(folder.resolve()) and photo.is_file()):
        raise BadFolder(f"{where}: no file {name} in {folder}")
    return Asked(product, photo, text)


def _from_catalogue(product: Product, folder: Path) -> Listed:
    names = dict.fromkeys([*product.pictures.values(), *(n for more in product.more_pictures.values() for n in more)])
    root = folder.resolve()
    files = [(root / name).resolve() for name in names]
    description = product.description.get("en", "")
    return Listed(
        product.id,
        f"{product.name('en')}. {description}".strip(),
        tuple(file for file in files if file.is_relative_to(root) and file.is_file()),
    )


def _require(folder: Path) -> None:
    if not folder.is_dir():
        raise BadFolder(f"{folder}: no such folder")


def _leaves(folder: Path) -> list[Path]:
    """All folders below, in the order of their paths."""
    return sorted(path for path in folder.rglob("*") if path.is_dir())


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())


def _text(file: Path) -> str:
    try:
        return " ".join(file.read_text(encoding="utf-8-sig").split())
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise BadFolder(f"{file}: not UTF-8") from error


def _load(file: Path | None) -> Arrays | None:
    if file is None or not file.exists():
        return None
    try:
        found: Arrays = load_file(file)
        return found if {"plain", "deep", "good"} <= found.keys() else None
    except (OSError, SafetensorError):
        return None


def _store(file: Path | None, found: Arrays) -> None:
    if file is None:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_suffix(".new")
    save_file({name: np.ascontiguousarray(rows) for name, rows in found.items()}, aside)
    aside.replace(file)
