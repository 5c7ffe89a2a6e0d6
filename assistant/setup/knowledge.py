"""What the shop knows: catalogue and help pages, live from the vector store, with the words and pictures of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import quote

from assistant.settings import Settings
from assistant.setup.encoders import reranker, search_fits, shop_encoders
from assistant.setup.picture_folders import PictureFolders
from assistant.setup.vectors import vector_store
from assistant.shop.hours import Hours
from assistant.understanding.translation import in_english
from assistant.wording.opening import told_with
from retrieval.encoders.pictures import PictureCache
from retrieval.faq.indexing import index_entries, index_faq, live_entries
from retrieval.faq.search import FaqSearch
from retrieval.feeds import load_faq
from retrieval.fusion.photo_search import PhotoReader
from retrieval.models import FaqEntry, Product
from retrieval.search.catalogue_words import LearnedWords
from retrieval.search.indexing import Encoders, index_catalogue, index_products
from retrieval.search.products import ProductSearch
from retrieval.store.chroma import Store
from retrieval.store.rows import Ingested
from retrieval.text.lexicon import Lexicon

Tell = Callable[[str, int, int], None]
"""Says what start-up is doing: the step, how much of it is done, and of how much (0: not known)."""


@dataclass(frozen=True)
class Knowledge:
    settings: Settings
    store: Store
    encoders: Encoders
    search: ProductSearch
    faq: FaqSearch
    pictures: PictureCache
    """The catalogue's, ready to show."""

    def picture(self, product_id: str, colour: str) -> Path:
        """The picture of a product's colour, ready to show. Raises ``FileNotFoundError`` or ``BadPicture``."""
        product = self.search.product(product_id)
        if product is None or not product.pictures:
            raise FileNotFoundError(product_id)
        name = product.pictures.get(colour) or product.pictures.get("default") or next(iter(product.pictures.values()))
        root = picture_folders(self.settings).of(self.search.catalogue.info.name).resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            raise FileNotFoundError(name)
        return self.pictures.path(path)

    @cached_property
    def written_types(self) -> frozenset[str]:
        """Kinds that the settings' own lexicon knows, whether or not the live catalogue is of its shop."""
        written = catalogue_words(self.settings).written
        return frozenset(written.types if written else ())

    def of_written_shop(self) -> bool:
        """Whether the live catalogue is of the shop that the settings' data was written for; data without a lexicon is
        for any."""
        return not self.written_types or self.written_types == self.lexicon.types.keys()

    @property
    def lexicon(self) -> Lexicon:
        """What the goods of the live catalogue are called."""
        return self.search.index.lexicon

    def has_help_pages(self) -> bool:
        """Whether the settings name help pages that answer beside the live catalogue."""
        return _has_own_pages(self.settings, self.search)

    def title(self, product_id: str, language: str) -> str | None:
        product = self.search.product(product_id)
        return product.name(language) if product else None


def knowledge(settings: Settings, tell: Tell, encoders: Encoders | None = None) -> Knowledge:
    """Loads the catalogue and the FAQ where they have changed. ``encoders``: those of the settings, where they are
    loaded already. Raises ``ModelFilesMissing``."""
    store, encoders = open_store(settings, tell) if encoders is None else (vector_store(settings), encoders)
    words = catalogue_words(settings)
    _load_catalogue(settings, store, encoders, words, tell)
    heads = PhotoReader.load(settings.state_dir / "fusion", encoders.image)
    search = ProductSearch(store, encoders, words, heads, search_fits(settings), reranker(settings))
    if _has_own_pages(settings, search):
        _load_help_pages(settings, store, encoders, tell)
    return Knowledge(
        settings=settings,
        store=store,
        encoders=encoders,
        search=search,
        faq=help_pages(settings, store, encoders, search),
        pictures=PictureCache(settings.state_dir / "pictures"),
    )


def help_pages(settings: Settings, store: Store, encoders: Encoders, search: ProductSearch) -> FaqSearch:
    """The live FAQ, told with the hours of the settings."""
    return FaqSearch(
        store,
        encoders.questions,
        in_english(search.index.lexicon),
        shared=encoders.questions is encoders.sentences,
        demo=frozenset(shipped_faq(settings)),
        of_demo=_is_demo(settings, search),
        told=partial(told_with, hours=Hours.read(settings.hours, settings.time_zone)),
    )


def _is_demo(settings: Settings, search: ProductSearch) -> Callable[[], bool]:
    """Tells whether the catalogue is the demo shop's. Beside another's its help pages hold terms that are not the
    shop's, so they answer nothing until the shop loads its own."""
    lexicon = catalogue_words(settings).written
    written = frozenset(lexicon.types if lexicon else ())
    return lambda: not written or written == search.index.lexicon.types.keys()


def _has_own_pages(settings: Settings, search: ProductSearch) -> bool:
    """Whether the help pages that the settings name would answer: the demo's do only beside its goods."""
    return settings.faq != _demo_pages() or _is_demo(settings, search)()


def open_store(settings: Settings, tell: Tell = lambda step, done, total: None) -> tuple[Store, Encoders]:
    """The vector store and the encoders whose vectors it holds. Raises ``ModelFilesMissing``."""
    tell("encoders", 0, 0)
    return vector_store(settings), shop_encoders(settings)


def catalogue_words(settings: Settings) -> LearnedWords:
    """What catalogues call their goods: learned from each, but for the one that the lexicon of the settings was
    written for. Raises ``LexiconError``."""
    file = settings.shop_data / "lexicon.json"
    return LearnedWords(Lexicon.from_file(file) if file.exists() else None)


def load_knowledge(
    settings: Settings, store: Store, encoders: Encoders, words: LearnedWords, tell: Tell, *, anew: bool = False
) -> None:
    """Makes the catalogue and the FAQ of the settings live when nothing is yet, or they were embedded by other
    encoders; ``anew``: in any case. A shop may have no FAQ.

    What an admin has loaded since stays: a restart never takes a version back. What was live and is lost in both of its
    copies is made from the settings' files where these hold the very same; else it is said that it has to be loaded.
    """
    _load_catalogue(settings, store, encoders, words, tell, anew=anew)
    _load_help_pages(settings, store, encoders, tell, anew=anew)


def _load_catalogue(
    settings: Settings, store: Store, encoders: Encoders, words: LearnedWords, tell: Tell, *, anew: bool = False
) -> None:
    live = store.products.live()
    lost = store.products.lost(encoders.fingerprint)
    if anew or lost or live is None or live.fingerprint != encoders.fingerprint:
        index_catalogue(
            store,
            settings.catalogue,
            encoders,
            lambda done, total, what: tell(f"catalogue: {what}", done, total),
            words,
            None if anew else lost,
        )


def _load_help_pages(settings: Settings, store: Store, encoders: Encoders, tell: Tell, *, anew: bool = False) -> None:
    live = store.faq.live()
    lost = store.faq.lost(encoders.questions.fingerprint)
    if live is not None and not anew and (kept := _of_another_encoder(live.fingerprint, store, encoders)):
        index_entries(store, kept, encoders.questions, lambda done, total, what: tell(f"FAQ: {what}", done, total))
        return
    written = settings.faq.is_file() and settings.faq.stat().st_size > 0
    if written and (anew or lost or live is None or live.fingerprint != encoders.questions.fingerprint):
        index_faq(
            store,
            settings.faq,
            encoders.questions,
            lambda done, total, what: tell(f"FAQ: {what}", done, total),
            None if anew else lost,
        )


def _of_another_encoder(fingerprint: str, store: Store, encoders: Encoders) -> tuple[FaqEntry, ...]:
    """The live help pages, where another encoder read them: they may have been uploaded, and stand in no file."""
    return live_entries(store, fingerprint) if fingerprint != encoders.questions.fingerprint else ()


def switch_catalogue(
    settings: Settings,
    store: Store,
    encoders: Encoders,
    products: Iterable[Product],
    folder: Path,
    tell: Tell = lambda step, done, total: None,
) -> Ingested:
    """Makes these products the live catalogue, and remembers where its pictures lie. Raises a ``StoreError``."""
    done = index_products(
        store,
        products,
        folder,
        encoders,
        lambda done, total, what: tell(f"catalogue: {what}", done, total),
        catalogue_words(settings),
    )
    picture_folders(settings).remember(done.info.name, folder)
    return done


def help_pages_beside(settings: Settings, store: Store, encoders: Encoders) -> tuple[int, bool]:
    """How many help pages there are beside the live catalogue, and whether they answer: the demo's do not beside goods
    of another shop."""
    entries = live_entries(store, encoders.questions.fingerprint)
    if not entries and settings.faq.is_file() and settings.faq.stat().st_size > 0:
        entries = tuple(load_faq(settings.faq).entries)  # what the next start makes live
    search = ProductSearch(store, encoders, catalogue_words(settings))
    silent = bool(entries) and frozenset(shipped_faq(settings)).issuperset(entries) and not _is_demo(settings, search)()
    return len(entries), not silent


def shipped_faq(settings: Settings) -> tuple[FaqEntry, ...]:
    """The demo shop's entries, which a shop of one's own replaces; none where it is not there."""
    path = _demo_pages()
    return tuple(load_faq(path).entries) if path.is_file() else ()


def _demo_pages() -> Path:
    path: Path = Settings.model_fields["faq"].default
    return path


def picture_folders(settings: Settings) -> PictureFolders:
    return PictureFolders(settings.state_dir, settings.catalogue_folder)


def picture_url(product: Product, colour: str) -> str:
    return f"/pictures/{quote(product.id)}/{quote(colour or 'default', safe='')}.webp"
