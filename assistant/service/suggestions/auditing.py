"""The claim audit with the shop's live facts: the conversation's products, orders and cart, and the help pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.bootstrap import Shopclerk
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.pages import Audited, Claim
from assistant.records.conversations import Conversation
from assistant.understanding.schema import Intent, Slots, TurnContext
from assistant.understanding.translation import translated
from assistant.wording.claims.audit import stated
from assistant.wording.claims.sentence import Known, Stated
from assistant.wording.sentences import placed
from retrieval.models import FaqEntry, Product
from retrieval.search.query import Hit

_PRODUCTS, _PAGES = 8, 6


@dataclass(frozen=True, slots=True)
class Auditing:
    """One conversation's facts, as they were when it was made."""

    known: Known
    language: str
    deps: Dependencies

    def audit(self, text: str) -> Audited:
        """What the text states, in the conversation's language or another that is read by its English."""
        claims = stated(text, self.known) if not translated(self.language) else list(self._translated(text))
        return Audited(
            text, tuple(Claim(each.kind, each.start, each.end, bool(each.source), each.source) for each in claims)
        )

    def _translated(self, text: str) -> Iterable[Stated]:
        """Sentence by sentence in English: what is unsupported there marks the whole sentence."""
        for start, sentence in placed(text):
            if self.known.verbatim.get(sentence.strip(" .").casefold()) is not None:
                continue
            english = self.deps.understander.english(sentence, self.language)
            claims = stated(english, self.known)
            if claims:
                red = next((each for each in claims if not each.source), claims[0])
                yield Stated(red.kind, start, start + len(sentence), red.source)


class Auditor:
    def __init__(self, app: Shopclerk) -> None:
        self._app = app

    async def of(
        self, conversation: Conversation, memory: Memory | None, said: Iterable[str] = (), hits: Sequence[Hit] = ()
    ) -> Auditing:
        """``said``: what code has stated for this conversation; ``hits``: the products behind it."""
        known = memory or Memory(language=conversation.language)
        return await asyncio.to_thread(self._of, conversation, known, tuple(said), hits)

    def _of(self, conversation: Conversation, memory: Memory, said: Sequence[str], hits: Sequence[Hit]) -> Auditing:
        deps = self._app.deps
        language = conversation.language
        reads = "en" if translated(language) else language
        customer = memory.customer_id or conversation.customer_id
        orders = deps.shop.orders.of_customer(customer) if customer else []
        today = deps.shop.changes
        known = Known(
            language=reads,
            now=deps.shop.clock(),
            lexicon=deps.lexicon,
            named=lambda text: _named(text, memory, deps),
            pages=cache(lambda text: _pages(text, reads, deps)),
            read=cache(lambda text: _slots(text, deps)),
            products=_at_hand(memory, hits, deps),
            orders=orders,
            at_hand=memory.orders,
            cart=deps.shop.carts.show(memory.cart_id) if memory.cart_id else None,
            entries=[entry for entry in deps.faq.entries if entry.language == reads],
            said=frozenset(said),
            days={order.id: list(today.last_days(order).values()) for order in orders},
            amounts={order.id: [cost] for order in orders if (cost := today.return_costs(order))},
        )
        return Auditing(known, language, deps)


def _live(product: Product, deps: Dependencies) -> Product:
    left = deps.shop.stock.of_many([variant.id for variant in product.variants])
    variants = tuple(v.model_copy(update={"stock": left.get(v.id, v.stock)}) for v in product.variants)
    return product.model_copy(update={"variants": variants})


def _at_hand(memory: Memory, hits: Sequence[Hit], deps: Dependencies) -> list[Product]:
    ids = [memory.focus] if memory.focus else []
    ids += [hit.product.id for hit in hits] + memory.talked[:3] + [one.product_id for one in memory.shown]
    found = (deps.product(product_id) for product_id in list(dict.fromkeys(ids))[:_PRODUCTS])
    return [_live(product, deps) for product in found if product is not None]


def _named(text: str, memory: Memory, deps: Dependencies) -> list[tuple[Product, int, int]]:
    shown = [one.product_id for one in memory.seen]
    return [(_live(each.product, deps), each.start, each.end) for each in deps.titles().namings(text, shown)]


def _pages(text: str, language: str, deps: Dependencies) -> list[FaqEntry]:
    return [hit.entry for hit in deps.faq.search(text, language, limit=_PAGES)]


def _slots(text: str, deps: Dependencies) -> Slots:
    return deps.understander.slots(text, TurnContext(), Intent.PRODUCT_SEARCH)
