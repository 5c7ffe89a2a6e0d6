"""Everything search needs of one catalogue version, built once, beside its snapshot. Immutable."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import numpy as np

from retrieval.disk.folder import BrokenFolder, Folder, FolderWriter
from retrieval.disk.vectors import CentredMatrix, Matrix, Vectors, centre_of, scales
from retrieval.fusion import Blocks
from retrieval.models import Product
from retrieval.search.catalogue import Catalogue, Products
from retrieval.search.catalogue_words import CatalogueWords, LearnedWords
from retrieval.search.columns import TableBuilder, facts_of
from retrieval.search.concepts import ConceptReader
from retrieval.search.filters import Mask, VariantTable
from retrieval.search.head_nouns import PhraseEnds, roles
from retrieval.search.nearest import Nearest
from retrieval.store.rows import Progress
from retrieval.store.snapshot import Snapshot
from retrieval.text.bm25 import LexicalIndex
from retrieval.text.expansion import Expander
from retrieval.text.gloss import gloss
from retrieval.text.lexicon import Lexicon
from retrieval.text.postings import Positions, Postings
from retrieval.text.weights import WeightsBuilder
from retrieval.text.words import latin_words, terms

FIELD_WEIGHTS = {"title": 1.0, "type": 1.0, "brand": 1.0, "attributes": 1.0, "mentions": 1.0}
EXAMPLES = 100
"""Products of a type at most that stand for the others."""
COMPOUNDING = frozenset(["de", "nl", "da", "sv", "no", "is", "fi", "hu"])
LONG_WORD = 8
"""Letters of a word that may be put together of two."""
BRIEF = 12
"""Descriptions of up to so many words name the thing; longer ones talk about it."""
TELLING = frozenset(("title", "type", "brand", "attributes"))
"""Fields that say what a product is."""


FORMAT = 7
"""Raise it when an index of the same catalogue and lexicon must be built anew."""


class SearchIndex:
    """A catalogue with its word index, its variants as columns, and its types; all of it mapped from files."""

    def __init__(self, snapshot: Snapshot, blocks: Blocks, lexicon: Lexicon | LearnedWords) -> None:
        """Opens the index beside the snapshot; builds it first where there is none of this catalogue and lexicon."""
        folder = _opened(snapshot, lexicon)
        words = CatalogueWords.loads(folder.json("words"))
        self.lexicon = words.lexicon
        """What the goods of this catalogue are called."""
        self.catalogue = catalogue = Catalogue(
            snapshot, blocks, folder.array("centre"), folder.array("scale"), words.refined if words.refines else None
        )
        self.reader = reader = ConceptReader(self.lexicon)
        self.table = VariantTable(folder, catalogue, self.lexicon)
        self.lexical = LexicalIndex.opened(folder)
        names = folder.json("names")
        self.types = frozenset(self.table.types)
        self.brands = frozenset(term for key in names["brands"] for term in key)
        """Terms of the brands' names."""
        self.heads = reader.heads.union(names["heads"])
        """Words that can be the last of what a product is called."""
        self.quality: Vectors = folder.array("quality")
        self.roles = Postings.opened(folder, "roles")
        """What each word says of each product: see ``retrieval.search.head_nouns``."""
        self.languages = tuple(names["languages"])
        """What its products are described in, the commonest first."""
        self.expander = Expander(self.lexical, languages=self.languages)
        self._brand_at = {tuple(key): at for at, key in enumerate(names["brands"]) if key}
        self.nearest = Nearest.opened(folder, "text", catalogue.text)
        """The views whose text vectors are nearest to a text vector: ``nearest(vector, allowed, k)``."""
        self.alike = Nearest.opened(folder, "image", catalogue.image)
        """The same of pictures, around the catalogue's centre."""

    @cached_property
    def examples(self) -> Mapping[str, Positions]:
        """Of each type the first views of some of its products, from first to last: enough to tell by what its products
        are like."""
        starts, codes = self.catalogue.view_start, self.table.type_codes
        by_type = np.argsort(codes, kind="stable")
        groups = np.split(by_type, np.searchsorted(codes[by_type], np.arange(1, len(self.table.types))))
        return {
            kind: starts[products[:: -(-len(products) // EXAMPLES) or 1]]
            for kind, products in zip(self.table.types, groups, strict=True)
        }

    def brand_in(self, query: Sequence[str]) -> int | None:
        """The code of the longest brand name in the terms of a query, None where there is none."""
        for length in range(min(4, len(query)), 0, -1):
            for at in range(len(query) - length + 1):
                if (code := self._brand_at.get(tuple(query[at : at + length]))) is not None:
                    return code
        return None

    def cosines(self, vector: Vectors, views: Positions) -> Vectors:
        """(len(views),) cosines of ``vector`` (text,) to the text vectors of these views."""
        return self.catalogue.text.at(views, vector)

    def best_views(
        self, score: Callable[[Positions], Vectors], products: Positions, allowed: Mask
    ) -> tuple[Vectors, Positions]:
        """Each product's best score over its views, and which view that is.

        ``score`` gives (n,) scores of views; ``products`` are ascending; of each, ``allowed`` (views,) views count, or
        all where none is.
        """
        starts = np.searchsorted(self.catalogue.view_product, products)
        counts = np.searchsorted(self.catalogue.view_product, products, side="right") - starts
        first = np.cumsum(counts) - counts
        views = np.arange(int(counts.sum())) - np.repeat(first, counts) + np.repeat(starts, counts)
        values = score(views).astype(np.float32)
        usable = allowed[views]
        usable |= np.repeat(~np.logical_or.reduceat(usable, first), counts)
        ranked = np.where(usable, values, np.float32(-np.inf))
        best = np.maximum.reduceat(ranked, first)
        which = np.flatnonzero(ranked == np.repeat(best, counts))
        owner = np.repeat(np.arange(len(products)), counts)[which]
        return best, views[which[np.searchsorted(owner, np.arange(len(products)))]]


def prepare_index(snapshot: Snapshot, lexicon: Lexicon | LearnedWords, progress: Progress | None = None) -> None:
    """Builds the index beside a snapshot, unless it is there."""
    target = _path(snapshot, lexicon)
    if target.exists():
        return
    folder = FolderWriter(target.with_name(f"{target.name}.part-{uuid4().hex[:8]}"))
    try:
        _build(folder, snapshot, lexicon, progress)
        folder.move_to(target)
    except OSError:
        if not target.exists():  # else another process was faster
            raise
    finally:
        folder.discard()


def _opened(snapshot: Snapshot, lexicon: Lexicon | LearnedWords) -> Folder:
    try:
        return Folder(_path(snapshot, lexicon))
    except BrokenFolder:
        shutil.rmtree(_path(snapshot, lexicon), ignore_errors=True)
        prepare_index(snapshot, lexicon)
        return Folder(_path(snapshot, lexicon))


def _path(snapshot: Snapshot, lexicon: Lexicon | LearnedWords) -> Path:
    written = lexicon.written if isinstance(lexicon, LearnedWords) else lexicon
    said = f"{FORMAT}\n{type(lexicon).__name__}\n{written.model_dump_json() if written else ''}"
    key = sha256(said.encode()).hexdigest()[:12]
    return snapshot.path / f"index-{key}"


def _build(
    folder: FolderWriter, snapshot: Snapshot, lexicon: Lexicon | LearnedWords, progress: Progress | None
) -> None:
    said = lexicon.of(Products(snapshot.rows)) if isinstance(lexicon, LearnedWords) else CatalogueWords(lexicon, {})
    folder.json("words", said.dumps())
    lexicon = said.lexicon
    products = Products(snapshot.rows, said.refined if said.refines else None)
    table, words = TableBuilder(), WeightsBuilder(FIELD_WEIGHTS, TELLING)
    ends, heads, languages = PhraseEnds(), set[str](), Counter[str]()
    for at, product in enumerate(products):
        table.add(product, products.stored_views(at))
        words.add(_fields(product, lexicon))
        languages.update(product.title.keys())
        ends.count(_short_texts(product, lexicon))
        heads.update(map(_last_term, [_english(product.title), *_glossed(product.title)]))
        if progress and at % 1_000 == 0:
            progress(at, len(products), "indexing")
    brands = table.save(folder)
    LexicalIndex(*words.built()).save(folder)
    Postings.of_documents(dict.fromkeys(facts_of(product), 1.0) for product in products).save(folder, "attributes")
    Postings.of_documents(roles(_short_texts(product, lexicon), ends) for product in products).save(folder, "roles")
    folder.json(
        "names",
        {
            "brands": [terms(brand) for brand in brands],
            "heads": sorted(heads - {""}),
            "languages": [code for code, _ in languages.most_common()],
        },
    )
    centre = centre_of(snapshot.blocks[1])
    scale = scales(snapshot.blocks[1], centre)
    folder.array("centre", centre)
    folder.array("scale", scale)
    Nearest.build(folder, "text", Matrix(snapshot.blocks[0]))
    if scale.any():  # there are pictures
        Nearest.build(folder, "image", CentredMatrix(snapshot.blocks[1], centre, scale))
    folder.finish({"documents": len(products), "views": len(snapshot.rows)})


def _fields(product: Product, lexicon: Lexicon) -> dict[str, list[str]]:
    kind = lexicon.types.get(product.type)
    names = [*kind.name.values(), *(word for words in kind.words.values() for word in words)] if kind else []
    held = [
        text
        for key, value in product.attributes.items()
        if value != "no"
        for text in _attribute_words(lexicon, key, value)
    ]
    colours = {variant.options.get("colour", "") for variant in product.variants} - {""}
    options = [value for variant in product.variants for key, value in variant.options.items() if key != "size"]
    colour_words = [lexicon.name("colour", colour, language) for colour in sorted(colours) for language in ("en", "zh")]
    return {
        "title": [*product.title.values(), *_glossed(product.title), *_compound_ends(product.title)],
        # A type's many names count once each, so that a much-named type does not outrank the others.
        "type": [
            " ".join(dict.fromkeys(term for name in names for term in name.split())),
            product.type.replace("_", " "),
        ],
        "brand": [product.brand],
        "attributes": [*held, *dict.fromkeys(options), *colour_words],
        "mentions": [
            *product.description.values(),
            *_glossed(product.description),
            *(part.replace("_", " ") for part in product.category),
        ],
    }


def _compound_ends(title: Mapping[str, str]) -> list[str]:
    """What the words of a title may end in, in languages that write compounds as one word: a Regenjacke is a Jacke."""
    words = (word for code, text in title.items() if code in COMPOUNDING for word in latin_words(text))
    ends = (word[at:] for word in words if len(word) >= LONG_WORD for at in range(3, len(word) - 3))
    return [" ".join(dict.fromkeys(ends))]


def _english(said: Mapping[str, str]) -> str:
    """A text in English, or in a language whose phrases are read as English ones are, for want of a better reading."""
    return said.get("en") or next((text for code, text in said.items() if code not in ("en", "zh", "ja", "ko")), "")


def _glossed(said: Mapping[str, str]) -> list[str]:
    return [] if said.get("en") or "zh" not in said else [gloss(said["zh"], of_products=True)]


def _short_texts(product: Product, lexicon: Lexicon) -> list[str]:
    """What says in a few words what a product is; a description only where it is no more than that."""
    kind = lexicon.types.get(product.type)
    names = [kind.name.get("en", ""), *kind.words.get("en", ())] if kind else []
    description = _english(product.description)
    brief = [description] if len(description.split()) <= BRIEF else []
    return [_english(product.title), *_glossed(product.title), product.type.replace("_", " "), *names, *brief]


def _attribute_words(lexicon: Lexicon, key: str, value: str) -> list[str]:
    if value == "yes":
        attribute = lexicon.attributes.get(key)
        words = [word for group in attribute.words.values() for word in group] if attribute else []
        return [key.replace("_", " "), *words]
    return [value, *(lexicon.name("attribute", f"{key}={value}", code) for code in ("en", "zh"))]


def _last_term(text: str) -> str:
    found = [term for term in terms(text) if not term.isdigit()]
    return found[-1] if found else ""
