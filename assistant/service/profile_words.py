"""A profile as its shopper reads it, in their language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from assistant.profile.consent import ConsentChoice
from assistant.profile.erasers import Receipt
from assistant.profile.preferences import Stated
from assistant.profile.taste import MAX_SHOWN_VALUES, TasteSummary
from assistant.profile.view import InteractionLine, PreferenceLine, ProfileView, ReceiptView, TasteLine
from assistant.shop.behaviour import Behaviour
from assistant.wording.cards import Cards, money
from assistant.wording.preference_words import preference_words
from assistant.wording.speech import Speech
from retrieval.models import Product
from retrieval.text.lexicon import Lexicon

MAX_SHOWN_INTERACTIONS = 12
_MAX_NAMED_KINDS = 3
"""Kinds of interactions that are named behind a taste."""
_ORDER = ("purchase", "cart", "rating", "thumb_up", "share", "click", "view", "mention", "thumb_down")


class ProfileWords:
    """Makes views; knows no database. ``product`` looks into the live catalogue."""

    def __init__(self, lexicon: Lexicon, cards: Cards, product: Callable[[str], Product | None], currency: str) -> None:
        self._lexicon = lexicon
        self._cards = cards
        self._product = product
        self._currency = currency

    def view(
        self,
        choice: ConsentChoice,
        customer: bool,
        interactions: Sequence[Behaviour],
        held: int,
        stated: Sequence[Stated],
        now: datetime,
        language: str,
    ) -> ProfileView:
        """``interactions`` are the latest, oldest first; ``held`` counts all there are."""
        return ProfileView(
            personal=choice.personal,
            customer=customer,
            taste=self._taste(TasteSummary.of(interactions, self._product, now), language),
            preferences=tuple(self._preference(said, language) for said in reversed(stated)),
            deeds=tuple(
                self._interaction(event, language) for event in list(reversed(interactions))[:MAX_SHOWN_INTERACTIONS]
            ),
            deeds_held=held,
        )

    def receipt(self, receipt: Receipt, language: str) -> ReceiptView:
        texts = self._cards.texts("profile", language)
        lines = [(texts.get(name, texts["other"].format(value=name)), n) for name, n in receipt.erased.items()]
        return ReceiptView(Speech(language, self._lexicon).day(receipt.at), tuple(lines))

    def _taste(self, taste: TasteSummary, language: str) -> tuple[TasteLine, ...]:
        lines = []
        for facet in ("type", "brand", "colour"):
            for liked in taste.top(facet, MAX_SHOWN_VALUES):
                text = liked.value
                if facet != "brand":
                    text = self._lexicon.name("type" if facet == "type" else "colour", liked.value, language)
                lines.append(TasteLine(facet, text, self._why(liked.kinds, language)))
        if taste.price is not None:
            low, high = (money(end, self._currency, language) for end in taste.price)
            text = self._cards.texts("interactions", language)["price" if low != high else "one_price"]
            lines.append(TasteLine("price", text.format(low=low, high=high), self._why(taste.priced, language)))
        return tuple(lines)

    def _why(self, kinds: Counter[str], language: str) -> str:
        texts = self._cards.texts("interactions", language)
        named = [kind for kind in _ORDER if kinds[kind]][:_MAX_NAMED_KINDS]
        return texts["comma"].join(texts[kind].format(n=kinds[kind]) for kind in named)

    def _preference(self, said: Stated, language: str) -> PreferenceLine:
        text = preference_words(said.preference, Speech(language, self._lexicon), self._currency)
        source = self._cards.texts("profile", language)[f"source_{said.source}"]
        return PreferenceLine(said.id, text, said.preference.wanted, source)

    def _interaction(self, event: Behaviour, language: str) -> InteractionLine:
        texts = self._cards.texts("interaction", language)
        product = self._product(event.product_id)
        title = product.name(language) if product else texts["gone"]
        return InteractionLine(
            texts[event.kind].format(value=title),
            Speech(language, self._lexicon).day(event.at),
            event.product_id,
        )
