"""From files to a live version: what of a product is embedded, and loading it into the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from retrieval.catalogue import colours_of
from retrieval.encoders import ImageModel, TextModel, Vectors
from retrieval.feeds import FaqReport, LoadReport, load_catalogue, load_faq
from retrieval.fusion import Blocks
from retrieval.models import FaqEntry, Product
from retrieval.pictures import BadPicture, catalogue_picture
from retrieval.rows import Diff, Ingested, Progress, Row
from retrieval.store import Store
from retrieval.words import is_chinese

DESCRIPTION_LENGTH = 200
"""How many characters of a description are embedded, at most."""


ENCODED_SIDE = 224
"""How wide a drawing is drawn for the encoder: no wider than it looks."""


@dataclass(frozen=True, slots=True)
class Encoders:
    """The two encoders of a catalogue, as one. ``fingerprint`` names both, so neither can be changed unnoticed."""

    text: TextModel
    image: ImageModel

    @property
    def fingerprint(self) -> str:
        return f"{self.text.fingerprint}+{self.image.fingerprint}"

    @property
    def blocks(self) -> Blocks:
        return Blocks(self.text.dimensions, self.image.dimensions)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a view's vector is made of. ``picture`` holds the file's bytes, None when there is none."""

    text: str
    picture: bytes | None

    def key(self) -> str:
        return sha256(self.text.encode() + b"\0" + (self.picture or b"")).hexdigest()[:24]


def index_catalogue(
    store: Store, path: Path | str, encoders: Encoders, progress: Progress | None = None
) -> tuple[LoadReport, Ingested]:
    """Reads a catalogue file and makes its good products the live version. Raises ``FeedError`` or a ``StoreError``."""
    path = Path(path)
    if progress:
        progress(0, 1, "reading")
    report = load_catalogue(path)
    return report, index_products(store, report.products, path.parent, encoders, progress)


def index_products(
    store: Store, products: Sequence[Product], folder: Path, encoders: Encoders, progress: Progress | None = None
) -> Ingested:
    """Makes these products the live version; pictures are paths below ``folder``. Raises a ``StoreError``."""
    rows, sources = _product_rows(products, folder)

    def embed(wanted: Sequence[int]) -> Vectors:
        chosen = [sources[at] for at in wanted]
        return encoders.blocks.join(
            encoders.text.encode([source.text for source in chosen]), _images(chosen, encoders.image)
        )

    return store.products.ingest(rows, embed, encoders.fingerprint, progress)


def preview_products(store: Store, products: Sequence[Product], folder: Path) -> Diff:
    """What loading these products would change. Nothing is embedded or written."""
    return store.products.diff(_product_rows(products, folder)[0])


def index_faq(
    store: Store, path: Path | str, text: TextModel, progress: Progress | None = None
) -> tuple[FaqReport, Ingested]:
    """Reads an FAQ file and makes it the live version. Raises ``FeedError`` (nothing changes) or a ``StoreError``."""
    report = load_faq(path)
    return report, index_faq_entries(store, report.entries, text, progress)


def index_faq_entries(
    store: Store, entries: Sequence[FaqEntry], text: TextModel, progress: Progress | None = None
) -> Ingested:
    """Makes these FAQ entries the live version."""
    rows, texts = _faq_rows(entries)

    def embed(wanted: Sequence[int]) -> Vectors:
        # The encoder reads no Chinese: those entries are found by their words, and their vectors stay zero.
        vectors = np.zeros((len(wanted), text.dimensions), dtype=np.float32)
        read = [place for place, at in enumerate(wanted) if not is_chinese(texts[at])]
        if read:
            vectors[read] = text.encode([texts[wanted[place]] for place in read])
        return vectors

    return store.faq.ingest(rows, embed, text.fingerprint, progress)


def preview_faq(store: Store, entries: Sequence[FaqEntry]) -> Diff:
    """What loading these entries would change, as ``language/id``. Nothing is embedded or written."""
    return store.faq.diff(_faq_rows(entries)[0])


def view_text(product: Product, colour: str) -> str:
    """What the text encoder reads of one colour of a product: what it is first, since long texts are cut."""
    attributes = ", ".join(
        key.replace("_", " ") if value == "yes" else f"{key.replace('_', ' ')} {value}"
        for key, value in product.attributes.items()
        if value != "no"
    )
    words = [*product.category[:0:-1], product.category[0]] if product.category else [product.type]
    kinds = ", ".join(word.replace("_", " ") for word in dict.fromkeys(words))
    parts = [
        product.title.get("en", ""),
        "" if colour == "default" else colour,
        kinds,
        f"by {product.brand}",
        attributes,
    ]
    return ". ".join([*(part for part in parts if part), _opening(product.description.get("en", ""))])


def _opening(description: str) -> str:
    """A description's first sentences: later ones tend to repeat the attributes, and each token costs time to embed."""
    if len(description) <= DESCRIPTION_LENGTH:
        return description
    end = description.rfind(". ", 0, DESCRIPTION_LENGTH)
    return description[: end + 1 if end > 0 else DESCRIPTION_LENGTH]


def faq_phrases(entry: FaqEntry) -> list[tuple[str, str]]:
    """(label, text) of everything an FAQ entry is found by."""
    asked = [("question", entry.question), *((f"also {at}", text) for at, text in enumerate(entry.also_asked))]
    whole = " ".join([entry.question, *entry.also_asked, entry.answer])
    return [*asked, ("answer", entry.answer), ("whole", whole)]


def _product_rows(products: Sequence[Product], folder: Path) -> tuple[list[Row], list[_Source]]:
    rows: list[Row] = []
    sources: list[_Source] = []
    root = folder.resolve()
    for product in products:
        for at, colour in enumerate(colours_of(product)):
            source = _Source(view_text(product, colour), _picture_bytes(product, colour, root))
            document = product.model_dump_json() if at == 0 else ""
            rows.append(Row(f"{product.id}#{colour}", product.id, source.key(), document, colour))
            sources.append(source)
    return rows, sources


def _picture_bytes(product: Product, colour: str, root: Path) -> bytes | None:
    name = product.pictures.get(colour) or product.pictures.get("default")
    if name is None and product.pictures and colour == "default":
        name = next(iter(product.pictures.values()))
    if name is None:
        return None
    file = (root / name).resolve()
    if not file.is_relative_to(root):
        return None
    try:
        return file.read_bytes()
    except OSError:
        return None


def _images(sources: Sequence[_Source], encoder: ImageModel) -> Vectors:
    """(sources, dimensions); zero rows for views without a usable picture."""
    vectors = np.zeros((len(sources), encoder.dimensions), dtype=np.float32)
    pictures = []
    for at, source in enumerate(sources):
        try:
            if source.picture is not None:
                pictures.append((at, catalogue_picture(source.picture, ENCODED_SIDE)))
        except BadPicture:
            continue
    if pictures:
        vectors[[at for at, _ in pictures]] = encoder.encode([picture for _, picture in pictures])
    return vectors


def _faq_rows(entries: Sequence[FaqEntry]) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    texts: list[str] = []
    for entry in entries:
        group = f"{entry.language}/{entry.id}"
        for at, (label, text) in enumerate(faq_phrases(entry)):
            key = sha256(text.encode()).hexdigest()[:24]
            rows.append(Row(f"{group}#{at}", group, key, entry.model_dump_json() if at == 0 else "", label))
            texts.append(text)
    return rows, texts
