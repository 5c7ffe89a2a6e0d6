"""From catalogue files to a live version: what of a product is embedded, and loading it into the store."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

import numpy as np

from retrieval.encoders.embedded import ImageModel, TextModel, Vectors
from retrieval.encoders.pictures import BadPicture, catalogue_picture
from retrieval.feeds import BadRow, read_catalogue
from retrieval.fusion import Blocks
from retrieval.models import GENERIC_TYPE, Localised, Product, in_language
from retrieval.search.catalogue import colours_of
from retrieval.search.catalogue_words import LearnedWords
from retrieval.search.index import prepare_index
from retrieval.store.chroma import Store
from retrieval.store.rows import Diff, Ingested, Progress, Row
from retrieval.store.snapshot import Snapshot
from retrieval.text.gloss import gloss
from retrieval.text.lexicon import Lexicon

DESCRIPTION_LENGTH = 200
"""How many characters of a description are embedded, at most."""
ATTRIBUTES_LENGTH = 160
"""How many characters of attributes are embedded, at most."""
_CODE = re.compile(r"[\d\W]*\d{6,}[\d\W]*|\d{4}-\d\d-\d\dT.*|[\d.,]+")
"""Values that are numbers, article numbers or times: they mean nothing to an encoder of sentences."""


LISTED = 1_000
"""Bad rows that ``index_catalogue`` keeps."""

PICTURES = 32
"""Pictures that are decoded at a time."""

ENCODED_SIDE = 224
"""How wide a drawing is drawn for the encoder: no wider than it looks."""


@dataclass(frozen=True, slots=True)
class Encoders:
    """The two encoders of a catalogue, as one. ``fingerprint`` names both, so neither can be changed unnoticed.

    ``sentences`` reads what people say: the readers of messages were fitted to one encoder's vectors. None stands for
    ``text``. ``questions`` finds the FAQ's answers; None stands for ``sentences``.
    """

    text: TextModel
    image: ImageModel
    sentences: TextModel = None  # type: ignore[assignment]  # never None once it is made
    questions: TextModel = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.sentences is None:
            object.__setattr__(self, "sentences", self.text)
        if self.questions is None:
            object.__setattr__(self, "questions", self.sentences)

    @property
    def fingerprint(self) -> str:
        return f"{self.text.fingerprint}+{self.image.fingerprint}"

    @property
    def one_space(self) -> bool:
        """Whether text can be compared with pictures."""
        return self.text.space == self.image.space

    @property
    def blocks(self) -> Blocks:
        return Blocks(self.text.dimensions, self.image.dimensions)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a view's vector is made of. ``picture`` is a file, None when there is none."""

    text: str
    picture: str | None

    @classmethod
    def of(cls, product: Product, colour: str, root: Path, chinese: bool) -> Self:
        return cls(view_text(product, colour, chinese), _picture(product, colour, root))

    def key(self) -> str:
        return sha256(self.text.encode() + b"\0" + (_read(self.picture) or b"")).hexdigest()[:24]

    def dumps(self) -> str:
        return json.dumps([self.text, self.picture])

    @classmethod
    def loads(cls, text: str) -> Self:
        return cls(*json.loads(text))


def index_catalogue(
    store: Store,
    paths: Path | str | Sequence[Path],
    encoders: Encoders,
    progress: Progress | None = None,
    lexicon: Lexicon | LearnedWords | None = None,
    only: str | None = None,
) -> tuple[list[BadRow], Ingested]:
    """Reads catalogue files and makes their good products the live version; nothing grows with them but ids and files.

    ``only``: as for ``Versions.ingest``. Returns the first ``LISTED`` bad rows, and what was loaded. Raises
    ``FeedError`` or a ``StoreError``, and then the live version is as it was.
    """
    feed = read_catalogue(Path(paths) if isinstance(paths, str) else paths)
    bad: list[BadRow] = []

    def good() -> Iterator[Product]:
        for item in feed:
            if isinstance(item, BadRow):
                if len(bad) < LISTED:
                    bad.append(item)
            else:
                yield item

    return bad, index_products(store, good(), feed.folder, encoders, progress, lexicon, only)


def index_products(
    store: Store,
    products: Iterable[Product],
    folder: Path,
    encoders: Encoders,
    progress: Progress | None = None,
    lexicon: Lexicon | LearnedWords | None = None,
    only: str | None = None,
) -> Ingested:
    """Makes these products the live version; pictures are paths below ``folder``. Raises a ``StoreError``.

    With the shop's ``lexicon`` the index is built before the switch, so that running readers go over to it at once;
    else the first of them builds it.
    """

    def embed(sources: Sequence[str]) -> Vectors:
        chosen = [_Source.loads(source) for source in sources]
        return encoders.blocks.join(
            encoders.text.encode([source.text for source in chosen]), _images(chosen, encoders.image)
        )

    def prepare(snapshot: Snapshot) -> None:
        if lexicon is not None:
            prepare_index(snapshot, lexicon, progress)

    widths = (encoders.blocks.text, encoders.blocks.image)
    return store.products.ingest(
        product_rows(products, folder, encoders.text.reads_chinese),
        embed,
        encoders.fingerprint,
        progress,
        widths=widths,
        prepare=prepare,
        only=only,
    )


def preview_products(store: Store, products: Iterable[Product], folder: Path, chinese: bool = False) -> Diff:
    """What loading these products would change; ``chinese``: the text encoder reads it. Nothing is embedded or
    written."""
    return store.products.diff(product_rows(products, folder, chinese))


def view_text(product: Product, colour: str, chinese: bool = False) -> str:
    """What the text encoder reads of one colour of a product: what it is first, since long texts are cut.

    What is only said in Chinese stays so with ``chinese``, and is glossed otherwise, as Chinese queries are.
    """

    def read(text: str) -> str:
        return text if chinese else gloss(text, of_products=True)

    kinds = ", ".join(word.replace("_", " ") for word in dict.fromkeys([*product.category[::-1], product.type]))
    parts = [
        read(_said(product.title)),
        "" if colour == "default" else read(colour),
        "" if product.type == GENERIC_TYPE else read(kinds),
        f"by {product.brand}" if product.brand else "",
        _opening(read(_said(product.description))),
        ", ".join(map(read, _attributes(product))),
    ]
    return ". ".join(part for part in parts if part)


def _attributes(product: Product) -> list[str]:
    """The first attributes: technical catalogues have a hundred, and dimensions say little of what a thing is."""
    said: list[str] = []
    length = 0
    for key, value in product.attributes.items():
        if value == "no" or _CODE.fullmatch(value):
            continue
        text = key.replace("_", " ") if value == "yes" else f"{key.replace('_', ' ')} {value}"
        length += len(text)
        if length > ATTRIBUTES_LENGTH:
            break
        said.append(text)
    return said


def _said(said: Localised) -> str:
    return in_language(said, "en")


def _opening(description: str) -> str:
    """A description's first sentences: later ones tend to repeat the attributes, and each token costs time to embed."""
    if len(description) <= DESCRIPTION_LENGTH:
        return description
    end = description.rfind(". ", 0, DESCRIPTION_LENGTH)
    return description[: end + 1 if end > 0 else DESCRIPTION_LENGTH]


def product_rows(products: Iterable[Product], folder: Path, chinese: bool = False) -> Iterator[Row]:
    """One row a view, the product's JSON in its first. Sources are what the encoders are given; ``chinese``: the text
    encoder reads it."""
    root = folder.resolve()
    for product in products:
        for at, colour in enumerate(colours_of(product)):
            source = _Source.of(product, colour, root, chinese)
            document = product.model_dump_json() if at == 0 else ""
            yield Row(f"{product.id}#{colour}", product.id, source.key(), document, colour, source.dumps())


def _picture(product: Product, colour: str, root: Path) -> str | None:
    name = product.pictures.get(colour) or product.pictures.get("default")
    if name is None and product.pictures and colour == "default":
        name = next(iter(product.pictures.values()))
    if name is None:
        return None
    file = (root / name).resolve()
    return str(file) if file.is_relative_to(root) and file.is_file() else None


def _read(picture: str | None) -> bytes | None:
    """The bytes of a picture file; None when it cannot be read."""
    try:
        return None if picture is None else Path(picture).read_bytes()
    except OSError:
        return None


def _images(sources: Sequence[_Source], encoder: ImageModel) -> Vectors:
    """(sources, dimensions); zero rows for views without a usable picture."""
    vectors = np.zeros((len(sources), encoder.dimensions), dtype=np.float32)
    for start in range(0, len(sources), PICTURES):
        pictures = []
        for at, source in enumerate(sources[start : start + PICTURES], start):
            try:
                if (raw := _read(source.picture)) is not None:
                    pictures.append((at, catalogue_picture(raw, ENCODED_SIDE)))
            except BadPicture:
                continue
        if pictures:
            vectors[[at for at, _ in pictures]] = encoder.encode([picture for _, picture in pictures])
    return vectors
