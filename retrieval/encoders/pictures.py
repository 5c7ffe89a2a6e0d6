"""Opening strangers' pictures safely, and drawing the catalogue's own: bytes to RGB, SVG to cached WebP."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from pathlib import Path
from typing import Literal

import resvg_py
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MIN_SIDE = 24
RENDERED_SIDE = 480

# Formats whose decoders are worth trusting with a stranger's bytes; SVG, PDF, EPS and the like are not among them.
Image.init()  # all decoders at once: Pillow's own lazy loading is not safe when two threads open their first picture
FORMATS = tuple(name for name in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "MPO", "AVIF") if name in Image.OPEN)

Code = Literal["too_large", "too_many_pixels", "too_small", "not_a_picture", "damaged", "empty"]


class BadPicture(ValueError):
    """A picture that cannot be used. ``code`` is for translating, ``detail`` for the log, ``limit`` the broken
    bound."""

    def __init__(self, code: Code, detail: str, limit: int | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: Code = code
        self.detail = detail
        self.limit = limit


def open_picture(data: bytes, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """The first frame as an upright RGB picture, transparent parts on white. Raises ``BadPicture``, and only that.

    Size limits are in bytes and in pixels; the pixels are judged from the header, before anything is decoded.
    """
    if not data:
        raise BadPicture("empty", "no bytes")
    if len(data) > max_bytes:
        raise BadPicture("too_large", f"{len(data)} bytes", max_bytes)
    with warnings.catch_warnings():
        # Our own limit on pixels is stricter than Pillow's and says so in our own terms.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
        except UnidentifiedImageError as error:
            raise BadPicture("not_a_picture", "no known picture format") from error
        except Image.DecompressionBombError as error:
            raise BadPicture("too_many_pixels", str(error), max_pixels) from error
        except (OSError, SyntaxError, ValueError, OverflowError, MemoryError) as error:
            raise BadPicture("damaged", str(error)) from error
        if picture.width * picture.height > max_pixels:
            raise BadPicture("too_many_pixels", f"{picture.width} x {picture.height}", max_pixels)
        if min(picture.size) < MIN_SIDE:
            raise BadPicture("too_small", f"{picture.width} x {picture.height}", MIN_SIDE)
        try:
            picture.load()
            return _on_white(ImageOps.exif_transpose(picture))
        except Exception as error:  # decoders raise nearly anything on bad data: struct.error, SyntaxError, EOFError …
            raise BadPicture("damaged", f"{type(error).__name__}: {error}") from error


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layers = picture.convert("RGBA")
    canvas = Image.new("RGB", layers.size, "white")
    canvas.paste(layers, mask=layers.getchannel("A"))
    return canvas


class PictureCache:
    """Catalogue pictures ready to show: ``<state>/<digest>.webp``, drawn once from SVG or shrunk from a photo.

    Files are named by their content, so they can be served with an endless cache time and never go stale.
    """

    def __init__(self, directory: Path | str) -> None:
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)

    def path(self, source: Path | str) -> Path:
        """The shown form of a catalogue picture. Raises ``BadPicture``, or ``FileNotFoundError`` when there is none."""
        return self.store(Path(source).read_bytes())

    def store(self, data: bytes) -> Path:
        """The same for bytes already read. Raises ``BadPicture``."""
        target = self.directory / f"{hashlib.sha256(data).hexdigest()[:24]}.webp"
        if not target.exists():
            picture = catalogue_picture(data)
            picture.thumbnail((RENDERED_SIDE, RENDERED_SIDE), Image.Resampling.LANCZOS)
            # Written aside and moved, so that a reader or a second writer never sees half a file.
            aside = target.with_suffix(f".{os.getpid()}.tmp")
            picture.save(aside, "WEBP", quality=88, method=4)
            os.replace(aside, target)
        return target


def catalogue_picture(data: bytes, side: int = RENDERED_SIDE) -> Image.Image:
    """A picture of our own catalogue, SVG (drawn ``side`` pixels wide) or any format of ``open_picture``, as RGB.

    Raises ``BadPicture``.
    """
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith((b"<svg", b"<?xml", b"<!DOCTYPE svg", b"<!--")):
        return open_picture(data)
    if len(data) > MAX_BYTES:
        raise BadPicture("too_large", f"{len(data)} bytes", MAX_BYTES)
    try:
        # Drawings hold no text, and looking for the system's fonts takes as long as drawing.
        png = resvg_py.svg_to_bytes(
            svg_string=data.decode("utf-8"), width=side, background="white", skip_system_fonts=True
        )
    except (ValueError, RuntimeError, OSError) as error:
        raise BadPicture("damaged", f"not a drawable SVG: {error}") from error
    return open_picture(bytes(png))
