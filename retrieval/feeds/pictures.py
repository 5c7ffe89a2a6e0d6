"""The pictures that a feed names, as files of its folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import ZipFile, is_zipfile

from retrieval.feeds.report import FeedError
from retrieval.feeds.sources import BROKEN
from retrieval.feeds.values import is_link
from retrieval.models import Product

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg", ".bmp", ".avif", ".tif", ".tiff"})
LARGEST = 4 * 2**30
"""Bytes of pictures that a zip may unpack to."""


def unpacked_pictures(archive: Path, folder: Path) -> Path | None:
    """The pictures of a zip below ``folder``, where they stay by its content: what they are relative to, which is where
    the zip's first table lies. None for a file that is no zip, or has no pictures. Raises ``FeedError``."""
    if archive.suffix.lower() != ".zip" or not is_zipfile(archive):
        return None
    with archive.open("rb") as stream:
        target = folder / hashlib.file_digest(stream, "sha256").hexdigest()[:16]
    try:
        with ZipFile(archive) as held:
            files = [info for info in held.infolist() if not info.is_dir() and "__MACOSX" not in info.filename]
            pictures = [info for info in files if Path(info.filename).suffix.lower() in SUFFIXES]
            tables = sorted(info.filename for info in files if info not in pictures)
            if not pictures or not tables:
                return None
            if sum(info.file_size for info in pictures) > LARGEST:
                raise FeedError(f"{archive.name} holds pictures of more than {LARGEST:,} bytes")
            if not target.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                workplace = Path(tempfile.mkdtemp(dir=folder))
                try:
                    for info in pictures:
                        held.extract(info, workplace)  # which keeps to the folder, whatever the name says
                    os.replace(workplace, target)
                finally:
                    shutil.rmtree(workplace, ignore_errors=True)
    except FeedError:
        raise
    except BROKEN as error:
        raise FeedError(f"{archive.name} is not a whole zip file, or cannot be unpacked: {error}") from error
    beside = (target / tables[0]).parent.resolve()
    return beside if beside.is_dir() and beside.is_relative_to(target.resolve()) else target


class PictureFiles:
    """Finds pictures below ``root``. ``folders`` says by a file of the feed where its paths begin; ``below`` are
    folders under that to look in first.

    A feed must not reach for other files of the machine: paths that lead out of ``root`` are left out.
    """

    def __init__(self, root: Path, folders: Mapping[str, Path], below: Sequence[str] = ()) -> None:
        self._root, self._folders, self._below = root, folders, below
        self._real_root = os.path.join(os.path.realpath(root), "")
        self.at_addresses = 0
        """How many pictures were web addresses, which are not fetched."""

    def link(self, product: Product, file: str) -> tuple[Product, list[tuple[str, str]]]:
        """The product with its pictures relative to ``root``, and the pictures (with their colour) that are not there.
        Those stay if they are only missing: they may come later."""
        if not product.pictures and not product.more_pictures:
            return product, []
        missing: list[tuple[str, str]] = []
        pictures: dict[str, str] = {}
        more: dict[str, tuple[str, ...]] = {}
        for colour in dict.fromkeys((*product.pictures, *product.more_pictures)):
            named = [product.pictures.get(colour, ""), *product.more_pictures.get(colour, ())]
            placed = [self._place(name, self._folders[file]) for name in named if name and not self._is_address(name)]
            missing += [(name, colour) for name, _, found in placed if not found]
            kept = [path for _, path, _ in placed if path]
            if kept:
                pictures[colour] = kept[0]
            if kept[1:]:
                more[colour] = tuple(kept[1:])
        return product.model_copy(update={"pictures": pictures, "more_pictures": more}), missing

    def _is_address(self, name: str) -> bool:
        self.at_addresses += is_link(name)
        return is_link(name)

    def _place(self, name: str, folder: Path) -> tuple[str, str, bool]:
        """(name, path below the root or nothing, whether the file is there)."""
        path = name.strip().replace("\\", "/")
        candidates = [os.path.join(folder, below, path.lstrip("/")) for below in self._below]
        for candidate in (*candidates, os.path.join(folder, path)):
            if self._inside(candidate) and os.path.isfile(candidate):
                return name, self._relative(candidate), True
        return name, self._relative(candidate) if self._inside(candidate) else "", False

    def _inside(self, path: str) -> bool:
        return os.path.realpath(path).startswith(self._real_root)

    def _relative(self, path: str) -> str:
        return os.path.relpath(path, self._root).replace(os.sep, "/")
