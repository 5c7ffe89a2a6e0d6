"""The retrieve step: products and passages for the intent, before anything is worded. One encoder call a turn where
possible."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal

from assistant.dialogue import named_otherwise
from assistant.dialogue.acts.help_pages import looked_up
from assistant.dialogue.begun_anew import described_anew, undescribed, whole_request
from assistant.dialogue.budget import beside
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.editions import keep_to_language
from assistant.dialogue.fallbacks import fit_together, near_interest, others_of_kind, suggest, used_up
from assistant.dialogue.finding import found, leaves, look_around
from assistant.dialogue.for_animals import keep_to_animals
from assistant.dialogue.led_search import search_as_led
from assistant.dialogue.memory import Memory, relative_price
from assistant.dialogue.nearby import compound, misnamed
from assistant.dialogue.need import Need
from assistant.dialogue.partly_named import likely_named
from assistant.dialogue.preferred import wished_beside
from assistant.dialogue.resolve import as_asked, choose_variant, focus, on_display, pair
from assistant.dialogue.searching import filters, unmeasured
from assistant.dialogue.titles import title_words
from assistant.dialogue.turn import Turn
from assistant.outcome import Around
from assistant.understanding.clauses import APART
from assistant.understanding.language import normalise
from assistant.understanding.languages import expressions
from assistant.understanding.money import other_currency
from assistant.understanding.schema import Intent, Slots
from retrieval.search.query import Hit, Outcome, Query, SearchResult
from retrieval.text.words import is_chinese, query_terms, stem

_GIFT = re.compile(r"gift|present|something|idea|礼物|送|东西", re.IGNORECASE)
_BESIDE = re.compile(r"\W{0,3}(?:那么?)?[和跟与比]")
"""和24的差多少: the one in focus is the other side."""
_TOP_HITS = 3
"""Products found that tell by their kind what kind is looked for."""
_MAX_NAME_WORDS = 4
"""Words of a message that is hardly more than the name of a thing ("teapot under $40")."""
_SAYS_MORE = re.compile(
    r"[\u4e00-\u9fff]|\b(?:doesn't|doesnt|don't|dont|not|no|is|are|was|isn't|it|they|them|i|i'm|we|my|around|about|for|with|in|on|to)\b",
    re.IGNORECASE,
)
"""What a bare name of a thing does not hold; Chinese, which needs no such words, must ask for it."""


_DESCRIBES = re.compile(r"(?:proof|less|able|ible|ful|ish|ous|ive)$|\w{3}(?:ed|ier|iest)$")
"""Ends of words that say what a thing is to be like rather than what it is."""


def retrieve(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """Fills ``turn.hits``, ``turn.result`` or ``turn.answers``; edits the need in ``memory``."""
    match turn.intent:
        case Intent.PRODUCT_SEARCH:
            _search(turn, memory, deps)
        case Intent.PRODUCT_QUESTION | Intent.CART:
            _point_at(turn, memory, deps)
        case Intent.COMPARE:
            _compare(turn, memory, deps)
        case Intent.RECOMMEND:
            _recommend(turn, memory, deps)
        case Intent.FAQ:
            if turn.request is None and not turn.answers:
                turn.answers = looked_up(turn, memory, deps)
        case _:
            pass


def _search(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    if turn.need is not None:
        search_as_led(turn, turn.need, memory, deps)
        return
    foreign = _foreign(turn, deps)
    free = deps.words.free(turn.message)
    if len(turn.slots.type) > 1 and (other := misnamed(turn.message, turn.slots.type, deps.lexicon)):
        kept = [kind for kind in turn.slots.type if kind not in other]
        turn.slots = turn.slots.model_copy(update={"type": kept or turn.slots.type})
    if turn.slots.type and (made := compound(turn.message, turn.slots.type, deps.search.index, deps.lexicon)):
        turn.slots = turn.slots.model_copy(update={"type": [kind for kind in turn.slots.type if kind not in made]})
    if turn.slots.reset and not _asks_anything(turn.slots, free):
        memory.turn_to(None)
        turn.result = SearchResult((), Outcome.FOUND, 0)
        return
    previous = None if turn.own_words else _continued(turn, free, memory, deps)
    turn.edited = previous is not None
    displayed = on_display(memory, deps.product) if previous else []
    slots = relative_price(turn.slots, [hit.variant.price for hit in displayed])
    bundle = None
    if "together" in turn.cues and slots.price_max is not None:
        slots, bundle = beside(slots, turn.message, memory, deps)
    interest, qualities = _interest(turn, memory), wished_beside(turn, slots, memory, deps)
    if interest:
        previous, turn.edited = memory.need or Need.of(slots, ""), False
        memory.need = previous.model_copy(update={"words": ""}).edited(slots, interest, qualities)
    elif previous is not None:
        before = undescribed(previous) if described_anew(turn, previous, deps) else previous
        memory.need = before.edited(slots, free, qualities)
        _turn_down(turn, memory)
    else:
        memory.turn_to(Need.of(slots, free, qualities))
    assert memory.need is not None
    text = (
        _sought(turn, memory, deps)
        if previous is None
        else deps.words.query(memory.need.slots, memory.need.words, memory.reads)
    )
    if interest and not memory.need.slots.type and memory.reads == "en":
        turn.result, turn.around = near_interest(interest, memory.need, deps), Around(interest=interest)
        return
    turn.result = found(text, turn.embedding if text == turn.message else None, turn, memory, deps)
    own_bound = turn.slots.price_max is not None or turn.slots.price_min is not None
    if (
        previous
        and not own_bound
        and slots.sort in ("cheapest", "dearest")
        and turn.result.outcome is not Outcome.FOUND
        and displayed
    ):
        # Nothing is cheaper than what is shown: say which is the cheapest, rather than that there is none below it.
        bounds = {"price_min": previous.slots.price_min, "price_max": previous.slots.price_max}
        memory.need.slots = memory.need.slots.model_copy(update={**bounds, "sort": slots.sort})
        turn.result = found(text, None, turn, memory, deps)
    if not previous and free and turn.result.outcome is Outcome.NOT_CARRIED and is_chinese(turn.message):
        # Chinese words that say nothing of goods (第一次去露营) hide those that do.
        for words in dict.fromkeys((free, *free.split())):
            turn.result = found(words, None, turn, memory, deps)
            if turn.result.outcome is not Outcome.NOT_CARRIED:
                break
    if previous is None and not memory.need.slots.type and is_chinese(turn.message):
        memory.need.slots = memory.need.slots.model_copy(update={"type": _kind_found(turn.result)})
    if turn.result.outcome is Outcome.NOT_CARRIED and _open_for(free, turn, deps):
        # "What do you have for a picnic?"
        turn.result = near_interest(free, memory.need, deps)
    if previous and turn.result.outcome is Outcome.NOT_CARRIED:
        # Its words say nothing of goods: what was looked for before still is.
        for words in dict.fromkeys((previous.words, "") if memory.need.slots.type else (previous.words,)):
            memory.need = memory.need.model_copy(update={"words": words})
            text = deps.words.query(memory.need.slots, words, memory.reads)
            turn.result = found(text, None, turn, memory, deps)
            if turn.result.outcome is not Outcome.NOT_CARRIED:
                break
    if used_up(turn, text, memory, deps):
        turn.exhausted = True
        turn.result = others_of_kind(turn, memory, deps)
        memory.need.turned_down = []
    elif not interest:
        look_around(turn, memory, deps)
        keep_to_language(turn, deps)
        keep_to_animals(turn, memory)
    if previous is None and turn.result.outcome is Outcome.FOUND and not turn.around.thing:
        hits = turn.result.hits[: deps.limits.shown]
        turn.named = bool(hits)
        if thing := named_otherwise.lacking(turn, hits, deps):
            named_otherwise.say_so(turn, thing, hits, memory, deps)
    if "together" in turn.cues and slots.price_max is not None and bundle is None:
        fit_together(turn, slots.price_max, memory, deps)
    if bundle is not None and turn.result.hits:
        turn.around = dataclasses.replace(turn.around, bundle=bundle)
    if foreign is not None:
        turn.around = dataclasses.replace(turn.around, foreign=foreign)


def _foreign(turn: Turn, deps: Dependencies) -> tuple[Decimal, str] | None:
    """A price limit in a currency that is not the shop's, which is taken out of the slots: no rate is known here."""
    limit = turn.slots.price_max or turn.slots.price_min
    products = deps.search.index.catalogue.products
    if limit is None or not len(products) or turn.slots.sort in ("cheaper", "dearer"):
        return None
    if (code := other_currency(normalise(turn.message), products[0].currency)) is None:
        return None
    turn.slots = turn.slots.model_copy(update={"price_max": None, "price_min": None})
    return limit, code


def _sought(turn: Turn, memory: Memory, deps: Dependencies) -> str:
    """The message as it is searched for: as it was written, where the catalogue is in the customer's language."""
    return turn.original if turn.original and memory.language in deps.search.index.languages else turn.message


def _open_for(free: str, turn: Turn, deps: Dependencies) -> bool:
    """Whether nothing is named, but what it is for, in words that the shop's texts have."""
    index = deps.search.index
    words = [stem(word) for word in free.split()]
    return bool(words) and index.reader.read(turn.message).vague and all(map(index.lexical.knows, words))


def _interest(turn: Turn, memory: Memory) -> str:
    """What somebody likes for whom something is looked for: "he loves cooking"."""
    match = expressions("cues")["interest"].search(turn.message)
    if match is None or re.search(r"\bi(?: really| do| also)? $", turn.message[: match.start()], re.IGNORECASE):
        return ""
    wished = [*turn.slots.attribute, *(memory.need.slots.attribute if memory.need else ())]
    given = _GIFT.search(turn.message) or any(pair.startswith("audience=") for pair in wished)
    return next(group for group in match.groups() if group) if given else ""


def _kind_found(result: SearchResult) -> list[str]:
    """The kind of what is found, where it is one: of 骑的车 no slot tells it, and a follow-up goes on with it."""
    kinds = list(dict.fromkeys(hit.product.type for hit in result.hits[:_TOP_HITS]))
    return kinds if len(kinds) == 1 and len(result.hits) >= _TOP_HITS else []


def _continued(turn: Turn, free: str, memory: Memory, deps: Dependencies) -> Need | None:
    """The need that the message goes on with, the one under way or one left before; ``None``: it begins another."""
    if turn.image is not None or turn.slots.reset:
        return None
    need, slots = memory.need, turn.slots
    if slots.type:
        named = leaves(slots, deps)
        if need is not None and (named <= leaves(need.slots, deps) if need.slots.type else _may_be(named, need, deps)):
            return None if whole_request(turn, need, free) else need
        return _taken_up(turn, named, memory, deps)
    if need is None or _names_other(turn, free, memory, deps):
        return None
    if "anything" in turn.cues and need.wider:
        return Need(slots=need.slots.model_copy(update={"type": need.wider}), turned_down=need.turned_down)
    return need


def _may_be(kinds: set[str], need: Need, deps: Dependencies) -> bool:
    """Whether goods of these kinds may be what was looked for in words alone: "something for camping", then tents; but
    no boots are a laptop."""
    terms = query_terms(need.words)
    index = deps.search.index
    return not terms or bool((index.lexical.coverage(terms)[index.table.of_types(kinds)] > 0).any())


def _taken_up(turn: Turn, named: set[str], memory: Memory, deps: Dependencies) -> Need | None:
    """A topic left before, where the message comes back to it."""
    for topic in memory.topics:
        if named <= leaves(topic.need.slots, deps) and ("back_to" in turn.cues or not turn.cues & {"seeks", "asks"}):
            memory.turn_to(topic.need)
            memory.topics = [other for other in memory.topics if other is not topic]
            memory.shown, memory.focus = topic.shown, topic.focus
            return topic.need
    return None


def _names_other(turn: Turn, free: str, memory: Memory, deps: Dependencies) -> bool:
    """ "Do you sell laptops?" or "teapot under $40" after a search for mats: a thing that no slot stands for.

    A word that some product of the kind under way has ("ceramic", "marathon") describes what is looked for.
    """
    need = memory.need
    free = deps.words.free(_seeking(turn.message)) if free else free
    if not free or need is None:
        return False
    seeks = "seeks" in turn.cues and not turn.cues & {"turns_down", "likes", "described"}
    said = unmeasured(turn.message)
    if not seeks and (_SAYS_MORE.search(said) or len(said.split()) > _MAX_NAME_WORDS):
        return False
    index = deps.search.index
    concepts = index.reader.read(said)
    if concepts.head and concepts.head not in concepts.unknown:
        return False
    if concepts.head and not any(stem(word) == concepts.head for word in free.split()):
        return False
    heads = [concepts.head] if concepts.head else [word.term for word in index.expander.words(query_terms(free))]
    held = index.lexical.coverage(heads)
    if need.slots.type:
        return not bool((held[index.table.of_types(leaves(need.slots, deps))] > 0).any())
    if seeks or not need.words:
        return seeks
    if not concepts.head or _DESCRIBES.search(free) or set(heads) & set(query_terms(need.words)):
        return False
    # Nothing of what is on display has it: "laptop" after "sunglasses".
    places = [at for one in memory.shown if (at := index.catalogue.position(one.product_id)) is not None]
    return not bool((held[places] > 0).any())


def _seeking(message: str) -> str:
    """Of several Chinese clauses those that look for something: "her skin is sensitive" is none of them."""
    clauses = APART.split(message)
    if len(clauses) < 2 or not is_chinese(message):
        return message
    return " ".join(clause for clause in clauses if expressions("cues")["seeks"].search(clause)) or message


def _turn_down(turn: Turn, memory: Memory) -> None:
    """ "Something else", "nah, they look ugly": what was shown, or the one meant, is not shown again for this need."""
    assert memory.need is not None
    if not turn.cues & {"others", "turns_down", "alike"} or "compares" in turn.cues:
        return
    refused = [hit.product.id for hit in turn.things] or [one.product_id for one in memory.shown]
    if turn.slots.model_copy(update={"reference": []}) != Slots() and "others" not in turn.cues and not turn.things:
        return  # "not leather": that is what is wrong with them
    memory.need.turned_down = list(dict.fromkeys([*memory.need.turned_down, *refused]))


def _asks_anything(slots: Slots, free: str) -> bool:
    return bool(free or slots.model_copy(update={"reset": False}) != Slots())


def _point_at(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    if turn.reduced and turn.intent is Intent.PRODUCT_QUESTION:
        turn.hits = turn.reduced
        return
    hits = list(turn.things)
    turn.named = bool(hits)
    if turn.request is not None:  # the leading model has said what is meant, or that nothing is
        turn.hits = tuple(hits[: deps.limits.shown])
        return
    only = focus(memory, deps.product)
    if len(hits) == 1 and only and only.product.id != hits[0].product.id and _BESIDE.match(turn.message):
        hits = [only, *hits]
    if not hits and (only := only or _exchanged(memory, deps)) and not _asks_another(turn, only, deps):
        hits = [only]
    if not hits and turn.intent is Intent.PRODUCT_QUESTION:
        shown = on_display(memory, deps.product)
        kinds = leaves(turn.slots, deps)
        same = [hit for hit in shown if hit.product.type in kinds]
        shown = [hit for hit in shown if not _asks_another(turn, hit, deps)]
        hits = same or (shown if not kinds else []) or _named_by_type(turn, memory, deps) or shown
    if not hits and not turn.slots.reference:
        likely = likely_named(turn.message, turn.original, deps)
        if len(likely) == 1 or turn.intent is Intent.PRODUCT_QUESTION:
            hits = [Hit(one, choose_variant(one, turn.slots), 0.0) for one in likely]
            turn.named = bool(hits)
    if turn.intent is Intent.PRODUCT_QUESTION and (thing := named_otherwise.lacking(turn, hits, deps)):
        named_otherwise.say_so(turn, thing, hits if turn.named else (), memory, deps)
        return
    if turn.named and turn.slots.colour:
        # "Natural silk" comes in its own colours: the word is its name.
        titled = {word for hit in hits for title in hit.product.title.values() for word in title_words(title)}
        kept = [value for value in turn.slots.colour if not titled.issuperset(title_words(value))]
        turn.slots = turn.slots.model_copy(update={"colour": kept})
    limit = deps.limits.shown if "which" in turn.cues else deps.limits.compared
    turn.hits = tuple(as_asked(hit, turn.slots) for hit in hits[:limit])


def _asks_another(turn: Turn, hit: Hit, deps: Dependencies) -> bool:
    """Whether the message asks for something by a name that the product talked about does not have."""
    return turn.intent is Intent.PRODUCT_QUESTION and bool(named_otherwise.lacking(turn, (hit,), deps))


def _exchanged(memory: Memory, deps: Dependencies) -> Hit | None:
    """What the request under way would give in exchange."""
    swaps = memory.request.swaps if memory.request else []
    if len(swaps) != 1 or memory.customer_id is None or not memory.request or not memory.request.order_ids:
        return None
    order_ = deps.shop.orders.get(memory.request.order_ids[0], memory.customer_id)
    line = next((line for line in order_.lines if line.variant_id == swaps[0].variant_id), None) if order_ else None
    product = deps.product(line.product_id) if line else None
    variant = product.variant(swaps[0].new_variant_id or swaps[0].variant_id) if product else None
    return Hit(product, variant, 0.0) if product and variant else None


def _named_by_type(turn: Turn, memory: Memory, deps: Dependencies) -> list[Hit]:
    """ "Is the blue tent waterproof?" without a display: the best match of a search, when the message names a type."""
    if not turn.slots.type:
        return []
    asked = turn.slots.model_copy(update={"attribute": [], "exclude": []})
    query = Query(text=turn.message, filters=filters(asked, deps.lexicon), language=memory.language, limit=1)
    result = deps.search.search(query, turn.embedding)
    return list(result.hits) if result.outcome is Outcome.FOUND else []


def _compare(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    hits = list(turn.things)
    turn.named = bool(hits)
    if turn.sides:
        there = tuple(side.hit for side in turn.sides if side.hit is not None)
        missing = next((side.name for side in turn.sides if side.hit is None), "")
        turn.named, turn.hits = True, there
        if missing:
            named_otherwise.say_so(turn, missing, there, memory, deps)
        return
    if len(hits) == 1 and (only := focus(memory, deps.product)) and only.product.id != hits[0].product.id:
        hits = [only, *hits]
    if len(hits) < 2 and len(memory.shown) >= 2:
        hits = pair(memory, deps.product, turn.message) if "both" in turn.cues else on_display(memory, deps.product)
        hits = hits if "which" in turn.cues else hits[: 2 if not turn.slots.reference else 3]
    if len(hits) < 2 and turn.slots.type:
        query = Query(text=turn.message, filters=filters(turn.slots, deps.lexicon), language=memory.language, limit=2)
        hits = list(deps.search.search(query, turn.embedding).hits)
    turn.hits = tuple(hits[: deps.limits.shown if "which" in turn.cues else deps.limits.compared])


def _recommend(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """What the message says of the occasion or the person is searched for; where it says nothing, taste chooses."""
    free = deps.words.free(turn.message)
    if turn.need is not None:
        turn.intent = Intent.PRODUCT_SEARCH
        search_as_led(turn, turn.need, memory, deps)
        return
    if turn.slots.type or memory.need is not None or free or "interest" in turn.cues:
        turn.intent = Intent.PRODUCT_SEARCH
        _search(turn, memory, deps)
        assert turn.result is not None
        if (
            turn.result.hits
            or turn.slots.type
            or turn.around.whom
            or (free and turn.cues & {"asks", "seeks"} and not _gift(turn, deps))
        ):
            return
        turn.intent, turn.result, turn.exhausted = Intent.RECOMMEND, None, False
    else:
        memory.turn_to(Need.of(turn.slots, free))
    suggest(turn, memory, deps)


def _gift(turn: Turn, deps: Dependencies) -> bool:
    """Whether something is wanted for somebody, rather than a thing that has a name."""
    if any(pair.startswith("audience=") for pair in turn.slots.attribute):
        return True
    return _GIFT.search(turn.message) is not None and deps.search.index.reader.read(turn.message).vague
