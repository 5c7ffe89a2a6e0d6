"""Understanding a message: the router for its intent, the slot reader for its slots, and on request the model's
opinion."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from assistant.llm.client import DialogueModel, ModelUnavailable
from assistant.understanding.features import Vector, features_of
from assistant.understanding.glossary import Glossary
from assistant.understanding.language import detect_language
from assistant.understanding.model_opinion import JSON_SCHEMA, Opinion, prompt_for
from assistant.understanding.preferences import PreferenceReader, Stating
from assistant.understanding.router import DIRECTORY, IntentRouter, real_words
from assistant.understanding.schema import Intent, Slots, TurnContext, Understanding
from assistant.understanding.slots import SlotReader, slots_for
from retrieval.lexicon import Lexicon
from retrieval.models import Product
from retrieval.ranking.person import Preference

ALTERNATIVES = 3


class Understander:
    """Holds no conversation: all it knows of one comes in as ``TurnContext``. Safe to share between threads."""

    def __init__(
        self,
        lexicon: Lexicon,
        reader: SlotReader,
        router: IntentRouter,
        encode: Callable[[str], Vector] | None = None,
    ) -> None:
        self._lexicon = lexicon
        self._reader = reader
        self._router = router
        self._encode = encode
        self._glossary = Glossary(lexicon)
        self._preferences = PreferenceReader(lexicon, reader)

    @classmethod
    def shipped(
        cls,
        lexicon: Lexicon,
        products: Iterable[Product] = (),
        encode: Callable[[str], Vector] | None = None,
        directory: Path = DIRECTORY,
    ) -> Understander:
        """With the trained router in ``directory``; brands and each type's attributes are those of ``products``.

        ``encode`` is the text encoder's ``encode_one``. With it, Chinese messages are encoded by their English gloss,
        which the encoder can read; without it they are understood by their words alone, somewhat less well.
        Raises ``RouterMissing``.
        """
        brands: dict[str, None] = {}
        attributes_of: dict[str, set[str]] = {}
        for product in products:
            if product.brand:
                brands[product.brand] = None
            attributes_of.setdefault(product.type, set()).update(
                product.attributes, map("=".join, product.attributes.items())
            )
        reader = SlotReader(lexicon, brands, attributes_of or None, real_words(directory))
        return cls(lexicon, reader, IntentRouter.load(directory), encode)

    @property
    def unsure_below(self) -> float:
        """The confidence below which a second opinion pays, from the router's calibration."""
        return self._router.unsure_below

    def understand(self, text: str, context: TurnContext, embedding: Vector) -> Understanding:
        """``embedding``: (384,) unit vector of ``text`` by the text encoder; not looked at for Chinese."""
        reading = self._reader.read(text, context)
        gloss = self._glossary.gloss(text)
        if gloss != text:
            embedding = self._encode(gloss) if self._encode and gloss else np.zeros_like(embedding)
        features = features_of(text, gloss, context, embedding, reading, self._router.idf)
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
        self, text: str, context: TurnContext, embedding: Vector, model: DialogueModel
    ) -> Understanding:
        """The model's intent and slots where they hold up, else the encoder's.

        The answer must fit the schema, name only keys of the lexicon, and confirm or decline only a pending action.
        One model call; ``ModelUnavailable`` is not raised on.
        """
        own = self.understand(text, context, embedding)
        try:
            answer = await model.complete_json(prompt_for(text, context, self._lexicon), JSON_SCHEMA)
            opinion = Opinion.model_validate(answer)
        except (ModelUnavailable, ValidationError):
            return own
        if opinion.intent in (Intent.CONFIRM, Intent.DECLINE) and not context.pending:
            return own
        reading = self._reader.read(text, context)
        read = slots_for(reading, opinion.intent)
        slots = opinion.merged_into(read, self._lexicon)
        return own.model_copy(update={"intent": opinion.intent, "slots": slots, "source": "model"})

    def slots(self, text: str, context: TurnContext, intent: Intent) -> Slots:
        """The slots of a message whose intent is already known."""
        return slots_for(self._reader.read(text, context), intent)
