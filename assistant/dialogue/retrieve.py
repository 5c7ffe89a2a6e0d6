"""The retrieve step: products and passages for the intent, before anything is worded. One encoder call a turn where
possible."""

from __future__ import annotations

import dataclasses
import re

from assistant.dialogue.memory import Memory, edits, merge, relative_price
from assistant.dialogue.parts import Parts
from assistant.dialogue.ranking import blended
from assistant.dialogue.resolve import focus, meant
from assistant.dialogue.searching import filters, order
from assistant.dialogue.turn import Turn
from assistant.profile.owner import Owner
from assistant.understanding.schema import Intent, Slots
from retrieval.encoders import Vectors
from retrieval.models import Variant
from retrieval.query import Hit, Outcome, Query, SearchResult
from retrieval.ranking.person import STRANGER, Person

_REQUEST = re.compile(
    r"\b(what about|how about|do|does|have|got|sell|carry|stock|looking for|look for|search for|find|need|want|buy"
    r"|show me|any|where (are|is))\b"
    r"|有没有|那.{1,12}呢|有.{1,12}(吗|么|卖)|卖不卖|想买|想找|想要|找一?[个下款件双条只]?|来一?[个款件双条只]",
    re.IGNORECASE,
)
"""Words that ask for a thing, rather than change what was asked before."""

POOL = 24
"""Products fetched for the ranker to choose from."""


def retrieve(turn: Turn, memory: Memory, parts: Parts) -> None:
    """Fills ``turn.hits``, ``turn.result`` or ``turn.answers``; edits the search in ``memory``."""
    match turn.intent:
        case Intent.PRODUCT_SEARCH:
            _search(turn, memory, parts)
        case Intent.PRODUCT_QUESTION | Intent.CART:
            _point_at(turn, memory, parts)
        case Intent.COMPARE:
            _compare(turn, memory, parts)
        case Intent.RECOMMEND:
            _recommend(turn, memory, parts)
        case Intent.FAQ:
            turn.answers = parts.faq.search(turn.message, memory.language, turn.embedding)
        case _:
            pass


def _search(turn: Turn, memory: Memory, parts: Parts) -> None:
    types_of = {
        key: parts.lexicon.expand(key) for key in (*turn.slots.type, *(memory.search.type if memory.search else ()))
    }
    free = parts.words.free(turn.message)
    turn.edited = turn.image is None and edits(memory.search, turn.slots, types_of) and not _asks_anew(turn, free)
    previous = memory.search if turn.edited else None
    prices = [variant.price for variant in _displayed(memory, parts)]
    search = relative_price(turn.slots, prices if previous else [])
    if previous is not None:
        search = merge(previous, search)
        memory.words = " ".join(dict.fromkeys(f"{memory.words} {free}".split()))
    else:
        memory.words = free
    memory.search = search.model_copy(
        update={"reference": [], "quantity": None, "order_id": [], "cart_action": None, "reset": False}
    )
    text = turn.message if previous is None else parts.words.query(memory.search, memory.words, memory.language)
    vector = turn.embedding if previous is None else None
    if turn.slots.reset and not _asks_anything(turn.slots, free):
        memory.search, memory.words = None, ""
        turn.result = SearchResult((), Outcome.FOUND, 0)
        return
    turn.result = _found(text, vector, turn, memory, parts)
    if previous and turn.slots.sort in ("cheaper", "dearer") and turn.result.outcome is not Outcome.FOUND:
        # Nothing is cheaper than what is shown: say which is the cheapest, rather than that there is none below it.
        bounds = {"price_min": previous.price_min, "price_max": previous.price_max}
        ends = {"cheaper": "cheapest", "dearer": "dearest"}
        memory.search = memory.search.model_copy(update={**bounds, "sort": ends[turn.slots.sort]})
        turn.result = _found(text, vector, turn, memory, parts)


def _found(text: str, vector: Vectors | None, turn: Turn, memory: Memory, parts: Parts) -> SearchResult:
    assert memory.search is not None
    query = Query(
        text=text,
        image=turn.image,
        filters=filters(memory.search, parts.lexicon),
        order=order(memory.search),
        language=memory.language,
        limit=POOL,
    )
    return parts.search.search(query, vector)


def _asks_anew(turn: Turn, free: str) -> bool:
    """ "Do you sell laptops?" after a search for mats: a new request for something that no slot stands for."""
    plain = turn.slots.model_copy(update={"reset": False, "reference": [], "quantity": None})
    return bool(free) and plain == Slots() and _REQUEST.search(turn.message) is not None


def _asks_anything(slots: Slots, free: str) -> bool:
    return bool(free or slots.model_copy(update={"reset": False}) != Slots())


def _displayed(memory: Memory, parts: Parts) -> list[Variant]:
    found = []
    for shown in memory.shown:
        product = parts.product(shown.product_id)
        variant = product.variant(shown.variant_id) if product else None
        if product and variant:
            found.append(variant)
    return found


def _point_at(turn: Turn, memory: Memory, parts: Parts) -> None:
    hits = meant(turn.slots, memory, turn.message, parts.titles(), parts.product)
    turn.named = bool(hits)
    if not hits and (only := focus(memory, parts.product)):
        hits = [only]
    if not hits and turn.intent is Intent.PRODUCT_QUESTION:
        hits = _named_by_type(turn, memory, parts)
    turn.hits = tuple(hits[: parts.limits.compared])


def _named_by_type(turn: Turn, memory: Memory, parts: Parts) -> list[Hit]:
    """ "Is the blue tent waterproof?" without a display: the best match of a search, when the message names a type."""
    if not turn.slots.type:
        return []
    asked = turn.slots.model_copy(update={"attribute": [], "exclude": []})
    query = Query(text=turn.message, filters=filters(asked, parts.lexicon), language=memory.language, limit=1)
    result = parts.search.search(query, turn.embedding)
    return list(result.hits) if result.outcome is Outcome.FOUND else []


def _compare(turn: Turn, memory: Memory, parts: Parts) -> None:
    hits = meant(turn.slots, memory, turn.message, parts.titles(), parts.product)
    turn.named = bool(hits)
    if len(hits) == 1 and (only := focus(memory, parts.product)) and only.product.id != hits[0].product.id:
        hits = [only, *hits]
    if len(hits) < 2 and len(memory.shown) >= 2:
        every = Slots(reference=list(range(1, 1 + min(len(memory.shown), 2 if turn.slots.reference == [] else 3))))
        hits = meant(every, memory, "", parts.titles(), parts.product)
    if len(hits) < 2 and turn.slots.type:
        query = Query(text=turn.message, filters=filters(turn.slots, parts.lexicon), language=memory.language, limit=2)
        hits = list(parts.search.search(query, turn.embedding).hits)
    turn.hits = tuple(hits[: parts.limits.compared])


def _recommend(turn: Turn, memory: Memory, parts: Parts) -> None:
    person = _person(turn, memory, parts)
    turn.personal = person != STRANGER
    served = parts.online.serve(turn.conversation_id, turn.turn_id, memory.customer_id)
    turn.hits = tuple(served.recommend(person, parts.limits.shown, filters(turn.slots, parts.lexicon)))
    parts.online.log(served, "recommend", turn.message, turn.hits)


def rank(turn: Turn, memory: Memory, parts: Parts) -> None:
    """The rank step: the blend orders what is about equally relevant; explicit orders ("cheapest") are kept."""
    if turn.result is None:
        turn.hits = with_live_stock(turn.hits, parts)
        return
    shown = parts.limits.shown
    hits = list(turn.result.hits)
    served = parts.online.serve(turn.conversation_id, turn.turn_id, memory.customer_id)
    explicit = memory.search is not None and memory.search.sort is not None
    blend = memory.search is not None and not explicit and turn.image is None
    live = with_live_stock(tuple(hits if blend else hits[: 2 * shown]), parts)
    sold = [hit for hit in live if hit.variant.stock == 0]
    turn.hits = tuple(hit for hit in live if hit.variant.stock)
    if turn.hits and blend:
        person = _person(turn, memory, parts)
        turn.hits = blended(turn.hits, person, served, turn, memory, parts)
        turn.personal = person != STRANGER
    turn.hits = turn.hits[:shown]
    turn.result = dataclasses.replace(turn.result, hits=turn.hits, total=turn.result.total - len(sold))
    parts.online.log(served, "search", turn.message, turn.hits)
    if sold and not turn.hits:
        turn.result = SearchResult((), Outcome.NOTHING_MATCHES, 0)


def with_live_stock(hits: tuple[Hit, ...], parts: Parts) -> tuple[Hit, ...]:
    """The hits with what is left of their variants now: the catalogue's figures are those of its loading."""
    if not hits:
        return hits
    left = parts.shop.stock.of_many([hit.variant.id for hit in hits])
    return tuple(
        dataclasses.replace(hit, variant=hit.variant.model_copy(update={"stock": left[hit.variant.id]})) for hit in hits
    )


def _person(turn: Turn, memory: Memory, parts: Parts) -> Person:
    """What ranking may know of the shopper; of an anonymous visitor what this conversation shows."""
    return parts.profiles.person(Owner(memory.customer_id, turn.conversation_id))
