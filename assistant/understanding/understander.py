"""Understanding a message: the router for its intent, the slot reader for its slots, and on request the model's
reading."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from assistant.llm.client import DialogueModel
from assistant.understanding import model_reader
from assistant.understanding.features import Vector, features_of
from assistant.understanding.glossary import Glossary
from assistant.understanding.language import detect_language
from assistant.understanding.model_reader import ModelReading, Scene
from assistant.understanding.order_ids import OrderIds
from assistant.understanding.preferences import PreferenceReader, Stating
from assistant.understanding.router import DIRECTORY, IntentRouter, real_words
from assistant.understanding.schema import Intent, Slots, TurnContext, Understanding
from assistant.understanding.slots import Reading, SlotReader, slots_for
from assistant.understanding.translation import in_english, translated
from retrieval.models import Product
from retrieval.ranking.person import Preference
from retrieval.text.lexicon import Lexicon

ALTERNATIVES = len(Intent)
MODEL_READS_BELOW = 0.6
"""The encoder's confidence under which asking the model was worth it."""
MODEL_CONFIDENCE = 0.7
"""Given to the model's reading of a message of which the encoder is unsure; docs/model-server.md has the measurement."""


class Understander:
    """Holds no conversation: all it knows of one comes in as ``TurnContext``. Safe to share between threads."""

    def __init__(
        self,
        lexicon: Lexicon,
        reader: SlotReader,
        router: IntentRouter,
        encode: Callable[[str], Vector] | None = None,
        brands: Iterable[str] = (),
        names: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        """``names``: by language the words of the shop's titles, where messages in it are read by way of English."""
        self.brands = frozenset(brands)
        """Of the catalogue, as it writes them."""
        self._lexicon = lexicon
        self._reader = reader
        self._router = router
        self._encode = encode
        self._glossary = Glossary(lexicon)
        self._english = in_english(lexicon, names)
        self._preferences = PreferenceReader(lexicon, reader)

    @classmethod
    def shipped(
        cls,
        lexicon: Lexicon,
        products: Iterable[Product] = (),
        encode: Callable[[str], Vector] | None = None,
        order_ids: OrderIds | None = None,
        directory: Path = DIRECTORY,
    ) -> Understander:
        """With the trained router in ``directory``; brands and each type's attributes are those of ``products``.

        ``encode`` is the text encoder's ``encode_one``. With it, Chinese messages are encoded by their English gloss,
        which the encoder can read; without it they are understood by their words alone, somewhat less well.
        ``order_ids``: how the shop writes them. Raises ``RouterMissing``.
        """
        brands: dict[str, None] = {}
        attributes_of: dict[str, set[str]] = {}
        names: dict[str, set[str]] = {}
        for product in products:
            for language in filter(translated, product.title):
                names.setdefault(language, set()).update(product.title[language].split())
            if product.brand:
                brands[product.brand] = None
            options = {pair for variant in product.variants for pair in variant.options.items()}
            held = [pair for pair in (*product.attributes.items(), *options) if pair[0] not in ("colour", "size")]
            attributes_of.setdefault(product.type, set()).update(
                (key for key, _ in held), (f"{key}={part.strip()}" for key, value in held for part in value.split(","))
            )
        reader = SlotReader(lexicon, brands, attributes_of or None, real_words(directory), order_ids)
        return cls(lexicon, reader, IntentRouter.load(directory), encode, brands, names)

    @property
    def order_ids(self) -> OrderIds:
        """The shop's, as they are typed."""
        return self._reader.order_ids

    @property
    def model_reads_below(self) -> float:
        """The confidence below which the model's reading is better than the encoder's."""
        return min(MODEL_READS_BELOW, self.unsure_below)

    @property
    def unsure_below(self) -> float:
        """The confidence below which a second opinion pays, from the router's calibration."""
        return self._router.unsure_below

    def english(self, text: str, language: str) -> str:
        """The message in English where its language is read by way of it (see ``WordByWord``), else as it is."""
        return self._english(text, language)

    def understand(self, text: str, context: TurnContext, embedding: Vector) -> Understanding:
        """``embedding``: (384,) unit vector of ``text`` by the text encoder; not looked at for Chinese."""
        reading = self._reader.read(text, context)
        gloss = self._glossary.gloss(text)
        if gloss != text:
            embedding = self._encode(gloss) if self._encode and gloss else np.zeros_like(embedding)
        features = features_of(text, gloss, context, embedding, reading, self._router.idf, self.order_ids)
        ranked = self._router.probabilities(features, context)
        intent, confidence = ranked[0]
        return Understanding(
            intent=intent,
            confidence=min(1.0, confidence),
            slots=slots_for(reading, intent),
            language=detect_language(text),
            alternatives=[(other, round(share, 4)) for other, share in ranked[1 : 1 + ALTERNATIVES]],
        )

    def stated(self, text: str) -> Stating:
        """What the message says of its writer for good: "I'm vegan"."""
        return self._preferences.stated(text)

    def wishes(self, text: str) -> tuple[tuple[Preference, ...], tuple[str, ...]]:
        """The preferences that a list of them names, and its parts that are not understood."""
        return self._preferences.wishes(text)

    async def understand_with_model(
        self,
        text: str,
        context: TurnContext,
        embedding: Vector,
        model: DialogueModel,
        scene: Scene | None = None,
        limit_s: float = 30.0,
    ) -> Understanding:
        """The model's reading where it holds up and comes in time, else the encoder's. One model call.

        ``scene`` is the conversation as the model is shown it; by default what ``context`` has of it. The encoder's
        choice stays among the alternatives.
        """
        own = self.understand(text, context, embedding)
        scene = scene or Scene(
            titles=context.shown_titles, asked=context.asked_for or "", waiting=bool(context.pending)
        )
        reading = await model_reader.read(text, scene, model, limit_s)
        if reading is None:
            return own
        intent, confidence = reading.intent, max(own.confidence, MODEL_CONFIDENCE)
        slots = self._with_reading(self.slots(text, context, intent), intent, reading)
        others = [
            (other, share) for other, share in [(own.intent, own.confidence), *own.alternatives] if other != intent
        ]
        return own.model_copy(
            update={
                "intent": intent,
                "confidence": confidence,
                "slots": slots,
                "alternatives": others,
                "standalone": reading.standalone,
                "source": "model",
            }
        )

    def _with_reading(self, read: Slots, intent: Intent, reading: ModelReading) -> Slots:
        """``read``, with what the rewritten message names and the message itself leaves open."""
        update: dict[str, Any] = {}
        if not read.reference and reading.things:
            update["reference"] = list(reading.things)
        if not read.type:
            update["type"] = self.slots(reading.standalone, TurnContext(), intent).type
        return read.model_copy(update=update)

    def slots(self, text: str, context: TurnContext, intent: Intent) -> Slots:
        """The slots of a message whose intent is already known."""
        return slots_for(self.reading(text, context), intent)

    def reading(self, text: str, context: TurnContext) -> Reading:
        """All that could be a slot, for whichever intent: see ``slots_for``."""
        return self._reader.read(text, context)
