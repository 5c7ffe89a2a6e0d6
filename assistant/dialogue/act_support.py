"""What supports each act of a message: the goods it names, the products it points at, what is in the cart, the help
page that answers it, and what is under way. Each function adds to and takes from the acts' scores."""

from __future__ import annotations

import re

from assistant.answering.topics import row_of, words_of
from assistant.dialogue.act_evidence import Evidence
from assistant.dialogue.acts.cart import lines_meant
from assistant.dialogue.acts.cart_wishes import measure_named, options_named, quantities
from assistant.dialogue.acts.help_pages import Asked, page, pages
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.goods_named import ASKS_FOR, goods_named, speaks_of
from assistant.dialogue.kinds_compared import best_of_each
from assistant.dialogue.memory import Memory
from assistant.dialogue.on_sale import reduced_goods
from assistant.dialogue.partly_named import likely_named, speaks_of_kind
from assistant.dialogue.resolve import focus, without_titles
from assistant.dialogue.turn import Turn
from assistant.shop.actions import VERBS
from assistant.understanding.actions import names_cart
from assistant.understanding.clauses import requested_action
from assistant.understanding.languages import texts
from assistant.understanding.mood import in_passing, only_in_passing, thanks
from assistant.understanding.schema import Intent
from assistant.understanding.service_topics import read_topic
from retrieval.models import in_language
from retrieval.search.evidence import WHOLE
from retrieval.search.query import FaqHit, Hit, Outcome, Query
from retrieval.text.words import query_terms

_MIN_DESCRIBED_SHARE = 0.4
"""Share of a message's telling words that one product of the kind looked for has, from which on they describe it."""
ON_ORDERS = (Intent.ORDER_STATUS, Intent.ORDER_CHANGE, Intent.RETURN_REFUND)
OF_ORDERS = re.compile(
    r"\b(?:my|the|this|an?) (?:order|parcel|package|delivery)\b"
    r"|\bi(?:'ve| have)? (?:bought|ordered|received|got|paid)\b"
    r"|订单|包裹|快递|我(?:买|订|收到)",
    re.IGNORECASE,
)
"""Speaks of something bought already."""
_MORE_THAN_NAMED_TEXT = "asks buys adds alike others turns_down compares prices together dear opinion owned which best"
_MORE_THAN_NAMED = frozenset(_MORE_THAN_NAMED_TEXT.split())
"""Cues that want more of a product than to see it."""
_MAX_TITLE_WORDS = 3
_SURE_SMALL_TALK = 0.6
"""Confidence below which words that are no known small talk may name a thing."""
_ASKED_OF = (Intent.PRODUCT_QUESTION, Intent.COMPARE)
_OF_GOODS = (Intent.PRODUCT_QUESTION, Intent.PRODUCT_SEARCH, Intent.SMALL_TALK, Intent.OUT_OF_SCOPE)
"""What the router takes a question on goods for, also by a name that it has never seen."""
_SURE_FAQ = 0.5
"""Confidence below which the router's word for a question on the shop may be one for goods."""
_MIN_CERTAIN_CONFIDENCE = 0.95
"""Confidence from which on it answers also a question that names a product which it does not."""
_MIN_ANSWER_CONFIDENCE = 0.8
"""Confidence from which on a help page plainly answers."""


def goods(score: dict[Intent, float], found: Evidence, memory: Memory) -> None:
    """Goods named, and what is done with those on display."""
    slots, cues = found.slots, found.cues
    if slots.type and not found.on_orders:
        score[Intent.PRODUCT_SEARCH] += 0.5 if "seeks" in cues or "asks" not in cues else 0.2
        score[Intent.RECOMMEND] -= 0.4
        score[Intent.OUT_OF_SCOPE] -= 1
        score[Intent.SMALL_TALK] -= 0.5
    if "owned" in cues:
        score[Intent.PRODUCT_SEARCH] -= 0.5
    if "anew" in cues and slots.attribute:
        score[Intent.PRODUCT_SEARCH] += 0.5
        score[Intent.RETURN_REFUND] -= 0.5
    if not found.shopping or found.on_orders:
        return
    if found.option_of_focus and "asks" in cues:
        score[Intent.PRODUCT_QUESTION] += 0.8  # "still there in grey?" of the one thing talked about
    elif found.option_of_focus and "buys" in cues:
        score[Intent.CART] += 0.6
        score[Intent.PRODUCT_SEARCH] -= 0.4
    if found.wished and "asks" in cues and "seeks" not in cues and memory.last_intent in _ASKED_OF:
        score[Intent.PRODUCT_QUESTION] += 0.6  # "can it do 4K?" of what was just asked about
    if found.wished:
        score[Intent.PRODUCT_SEARCH] += 0.4
        score[Intent.SMALL_TALK] -= 0.3
        score[Intent.OUT_OF_SCOPE] -= 0.6
        score[Intent.RECOMMEND] -= 0.2
    chooses = cues & {"buys", "adds"} or found.reading.slots.cart_action or found.version_of_line
    if found.wished and not found.things and not chooses and memory.focus is None and len(memory.shown) > 1:
        score[Intent.CART] -= 0.5  # "size 42 please" of a list
    if "seeks" in cues and found.wished and not found.things:
        score[Intent.PRODUCT_SEARCH] += 0.4
    if "interest" in cues and any(pair.startswith("audience=") for pair in found.wanted):
        score[Intent.PRODUCT_SEARCH] += 0.8
    if cues & {"others", "turns_down", "dear", "alike"}:
        score[Intent.PRODUCT_SEARCH] += 0.6
        score[Intent.COMPLAINT] -= 0.6
        score[Intent.OUT_OF_SCOPE] -= 0.6
    elif "likes" in cues:
        score[Intent.SMALL_TALK] += 0.3
        score[Intent.COMPLAINT] -= 0.6
        score[Intent.OUT_OF_SCOPE] -= 0.4
    if "opinion" in cues:
        score[Intent.PRODUCT_QUESTION] += 0.6
        score[Intent.FAQ] -= 0.4
    if "prices" in cues and not slots.type:
        score[Intent.PRODUCT_QUESTION] += 0.5
        score[Intent.CART] -= 0.3


def asked_by_name(score: dict[Intent, float], found: Evidence, turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """Goods asked for by a name that the shop may not have at all: "do you have gooseberries", "what is the rake"."""
    if found.things or found.on_orders or not turn.cues & ASKS_FOR or not (thing := goods_named(turn, deps)):
        return
    one = likely_named(turn.message, turn.original, deps)
    paged = bool(turn.answers) and turn.answers[0].confidence >= deps.limits.faq_confidence
    assert turn.understanding is not None
    sold = "offers" in turn.cues and turn.understanding.intent in _OF_GOODS and _mentioned(thing, deps)
    if paged and not sold and not (one and speaks_of_kind(thing, one[0])):
        return
    version = len(one) == 1 and (
        found.slots.colour
        or found.slots.size
        or options_named(turn.message, one[0])
        or measure_named(turn.message, one[0])
    )
    asked = Intent.PRODUCT_QUESTION if "offers" not in turn.cues or version else Intent.PRODUCT_SEARCH
    score[asked] += 1.2 if version else 0.8
    score[Intent.FAQ] -= 0.4
    for intent in (Intent.SMALL_TALK, Intent.OUT_OF_SCOPE, Intent.COMPARE, *ON_ORDERS):
        score[intent] -= 0.6


def _mentioned(thing: str, deps: Dependencies) -> bool:
    """Whether any product is told with the last word of a thing's name."""
    return any(map(deps.search.index.lexical.knows, query_terms(thing)[-1:]))


def compared(score: dict[Intent, float], found: Evidence, turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """Two kinds held against each other by their names, of which the shop has any."""
    if "sides" not in found.cues or len(found.things) > 1 or found.on_orders or turn.request is not None:
        return
    each = best_of_each(turn, memory, deps)
    missing = [side.name for side in each if side.hit is None]
    paged = any(speaks_of(hit.entry, name) for hit in turn.answers for name in missing)
    if len(missing) < len(each) and not paged:
        turn.sides = each
        score[Intent.COMPARE] += 2


def on_sale(score: dict[Intent, float], found: Evidence, turn: Turn, deps: Dependencies) -> None:
    """Reduced goods asked for, of which the shop has any."""
    turn.reduced = () if found.on_orders else reduced_goods(turn, found, deps)
    score[Intent.PRODUCT_QUESTION] += 2 if turn.reduced else 0


def titled(score: dict[Intent, float], found: Evidence, turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """Hardly more than a few words that all stand in what one product is called: "butter", "climbing rope"."""
    words = deps.words.free(turn.message)
    brief = 0 < len(words.split()) <= _MAX_TITLE_WORDS and len(turn.message.split()) <= _MAX_TITLE_WORDS + 1
    if not brief or found.things or found.on_orders or found.cues & (_MORE_THAN_NAMED | {"likes", "points_back"}):
        return
    index = deps.search.index
    terms = query_terms(words)
    unsure = score[Intent.SMALL_TALK] < _SURE_SMALL_TALK and not in_passing(turn.message, memory.language)
    if found.shopping and unsure and score[Intent.SMALL_TALK] == max(score.values()):
        score[Intent.PRODUCT_SEARCH] = score[Intent.SMALL_TALK] + 0.1  # "watch": a thing rather than talk
    if (
        terms
        and all(map(index.lexical.knows, terms))
        and float(index.lexical.coverage(terms).max(initial=0.0)) >= WHOLE
    ):
        score[Intent.PRODUCT_SEARCH] += 0.6
        score[Intent.OUT_OF_SCOPE] -= 1
        score[Intent.SMALL_TALK] -= 0.5
        if found.reading.slots.cart_action is None:
            score[Intent.CART] -= 0.4


def things(score: dict[Intent, float], found: Evidence, turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """Products pointed at, or the one in focus."""
    cues = found.cues
    if not found.things:
        if found.shopping and "buys" in cues and not found.slots.order_id and focus(memory, deps.product):
            score[Intent.CART] += 0.8 if not found.slots.type else 0.2
            score[Intent.PRODUCT_SEARCH] -= 0.0 if found.slots.type else 0.4
            score[Intent.ORDER_CHANGE] -= 0.5
        return
    score[Intent.OUT_OF_SCOPE] -= 1
    score[Intent.RECOMMEND] -= 0.4
    if found.on_orders and not found.shopping:
        return
    counted = quantities(turn.message, memory, deps)
    bare = not deps.words.free(without_titles(turn.message, memory, deps.titles())) and found.only_named
    if "alike" in cues:
        score[Intent.PRODUCT_SEARCH] += 0.6
    elif bare and len(found.things) == 1 and not cues & _MORE_THAN_NAMED:
        turn.only_named = True
        score[Intent.PRODUCT_QUESTION] += 1.5  # nothing but the name, or "show me" it: what is it?
    elif counted and not cues & {"asks", "prices", "together"}:
        score[Intent.CART] += 1
    elif "compares" in cues and (len(found.things) > 1 or score[Intent.COMPARE] > 0.2):
        score[Intent.COMPARE] += 0.7
    elif ("buys" in cues or found.reading.slots.cart_action == "add") and "asks" not in cues:
        score[Intent.CART] += 0.8
        score[Intent.PRODUCT_SEARCH] -= 0.4
    elif "turns_down" not in cues:
        score[Intent.PRODUCT_QUESTION] += 0.5 if "asks" in cues else 0.3
        score[Intent.PRODUCT_QUESTION] += 0.5 if "reduced" in cues else 0.0  # no page on sales tells it of this one
        score[Intent.COMPLAINT] -= 0.3
        score[Intent.SMALL_TALK] -= 0.2


def cart(score: dict[Intent, float], found: Evidence, turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """What is in the cart and to be changed there, and what all of it comes to."""
    text, slots = turn.message, found.reading.slots
    view = deps.shop.carts.show(memory.cart_id) if memory.cart_id else None
    held = bool(view and view.lines)
    language = memory.language
    if words_of(language).kinds.has("total", row_of(text, language == "zh")) and "buys" not in found.cues:
        # "What is it all together?" means what is in the cart.
        goods = found.things and not (held and len(found.things) == 1 and found.reading.pronoun)
        score[Intent.PRODUCT_QUESTION if goods else Intent.CART] += 1.0 if goods or held else 0.0
        score[Intent.CART] -= 0.5 if goods else 0.0
        return
    if found.version_of_line:
        score[Intent.CART] += 1.5
        score[Intent.PRODUCT_SEARCH] -= 0.6
        return
    swaps = slots.cart_action == "change" or requested_action(text) == "swap"
    if view is None or not held or not (swaps or slots.cart_action == "remove") or slots.order_id or memory.orders:
        return
    meant_there = lines_meant(text, view, memory, deps) or found.reading.pronoun or names_cart(text)
    other = [hit for hit in found.things if all(hit.product.id != line.product_id for line in view.lines)]
    wished = other or slots.quantity is not None or slots.colour or slots.size
    if wished if swaps else meant_there:
        score[Intent.CART] += 1.2
        for intent in (Intent.ORDER_CHANGE, Intent.RETURN_REFUND):
            score[intent] -= 1
        score[Intent.PRODUCT_SEARCH] -= 0.6


def help_page(score: dict[Intent, float], found: Evidence, turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """The help page that answers, where the message may ask for one."""
    asks_rule = _asks_rule(turn, memory, deps)
    general = "general" in turn.cues and memory.customer_id is None
    if "asks" not in turn.cues and not asks_rule and score[Intent.FAQ] < 0.15:
        return
    if only_in_passing(turn.message, memory.language):
        return
    turn.answers = _on_goods(pages(turn, memory, deps), turn, memory, deps)
    best = turn.answers[0].confidence if turn.answers else 0.0
    if (asks_rule and best >= deps.limits.faq_confidence) or (general and best >= _MIN_ANSWER_CONFIDENCE):
        score[Intent.FAQ] += 1  # a rule is asked for, not a change to an order
        for intent in ON_ORDERS:
            score[intent] -= 0.5
    elif best < _MIN_ANSWER_CONFIDENCE:
        assert turn.understanding is not None
        likest = turn.understanding.intent
        rule = texts("rules", memory.language).get(likest.value, "") if found.shopping else ""
        if rule and found.cues & {"asks", "general", "supposes"} and not speaks_of_order(turn, memory):
            # Somebody who looks at goods and has said nothing of an order asks how it is in general.
            turn.answers = deps.faq.search(rule, memory.language)
            score[Intent.FAQ] += score[likest] + 0.4
            score[likest] -= 0.5
            return
    if best >= _MIN_ANSWER_CONFIDENCE:
        of_goods = (
            found.slots.type or found.things or (found.shopping and found.cues & {"which", "compares", "opinion"})
        )
        score[Intent.FAQ] += (0.4 if of_goods else 0.8) * best
        score[Intent.OUT_OF_SCOPE] -= 0.5
        score[Intent.SMALL_TALK] -= 0.3
    elif best >= deps.limits.faq_confidence:
        score[Intent.FAQ] += 0.15 if found.shopping else 0.35
    elif score[Intent.FAQ] < 0.6:
        score[Intent.FAQ] -= 0.2


def _on_goods(hits: tuple[FaqHit, ...], turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqHit, ...]:
    """Of help pages those that speak of the thing whose price or presence is asked for; and of the one product that is
    asked about, where they do not certainly answer."""
    assert turn.understanding is not None
    likely = turn.understanding.intent in _OF_GOODS or turn.understanding.confidence < _SURE_FAQ
    if not likely:
        return hits
    if thing := goods_named(turn, deps):
        return tuple(hit for hit in hits if speaks_of(hit.entry, thing))
    if turn.understanding.intent is Intent.PRODUCT_SEARCH and "seeks" in turn.cues:
        # "What do you have by …?" shares a word with the page that answers it.
        return tuple(
            hit for hit in hits if hit.confidence >= _MIN_CERTAIN_CONFIDENCE or speaks_of(hit.entry, turn.message)
        )
    of_product = turn.understanding.intent is Intent.PRODUCT_QUESTION and "asks" in turn.cues
    unsure = of_product and bool(hits) and hits[0].confidence < _MIN_CERTAIN_CONFIDENCE
    if unsure and (one := likely_named(turn.message, turn.original, deps)):
        title = in_language(one[0].title, memory.language)
        return tuple(hit for hit in hits if speaks_of(hit.entry, title))
    return hits


def _asks_rule(turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether it asks how the shop does things: of what has not happened, what it costs, or when the goods that are
    looked at would come."""
    if turn.slots.order_id or deps.understander.order_ids.read(turn.message):
        return False
    if turn.cues & {"supposes", "terms"}:
        return True
    looking = memory.need is not None and memory.customer_id is None and not memory.orders
    topic = read_topic(turn.message) if looking else None
    return looking and ("general" in turn.cues or (topic is not None and topic.name == "arrives"))


def service_talk(score: dict[Intent, float], turn: Turn, memory: Memory, found: Evidence, deps: Dependencies) -> None:
    """Orders are talked about: goods are not, unless some are named or asked for that are no part of them."""
    if not turn.asked and requested_action(turn.message) is None and thanks(turn.message, memory.language):
        score[Intent.SMALL_TALK] += 1
    slots, seeks = found.slots, bool(found.cues & {"seeks", "buys"}) and not found.cues & {"asks", "owned"}
    own = _own_kinds(memory, deps)
    named = set(deps.lexicon.leaves(slots.type))
    if (found.things and not own) or (named and (not named & own or seeks)) or memory.cart_id:
        return
    if memory.handed and requested_action(turn.message) is None and "asks" not in found.cues:
        score[Intent.HUMAN_AGENT] += 0.6  # more for the colleague to know
    for intent in (Intent.PRODUCT_SEARCH, Intent.PRODUCT_QUESTION, Intent.COMPARE, Intent.RECOMMEND, Intent.CART):
        score[intent] -= 0.6
    if requested_action(turn.message) in VERBS or any(asked.topic.startswith("do_") for asked in turn.asked):
        return
    if "asks" in found.cues and (hits := page(Asked.of(turn.message, turn, memory, deps), memory, deps)):
        turn.answers = hits
        score[Intent.FAQ] += 0.8
    elif "asks" in found.cues and own and turn.intent is Intent.PRODUCT_QUESTION and not found.things:
        turn.things = _own_things(named or own, memory, deps)
        score[Intent.PRODUCT_QUESTION] += 1.2
        score[Intent.OUT_OF_SCOPE] -= 0.6


def _own_things(kinds: set[str], memory: Memory, deps: Dependencies) -> tuple[Hit, ...]:
    """The customer's own goods of these kinds, of the orders talked about if they are in those."""
    orders = deps.shop.orders.of_customer(memory.customer_id) if memory.customer_id else []
    lines = [line for order in sorted(orders, key=lambda o: o.id not in memory.orders) for line in order.lines]
    products = [product for line in lines if (product := deps.product(line.product_id)) and product.type in kinds]
    return tuple(Hit(product, product.variants[0], 0.0) for product in products[:1])


def _own_kinds(memory: Memory, deps: Dependencies) -> set[str]:
    """The kinds of goods in the customer's orders."""
    if memory.customer_id is None:
        return set()
    lines = [line for order in deps.shop.orders.of_customer(memory.customer_id) for line in order.lines]
    return {product.type for line in lines if (product := deps.product(line.product_id))}


def nothing_else(score: dict[Intent, float], turn: Turn, memory: Memory, found: Evidence, deps: Dependencies) -> None:
    """What looks like nothing of the shop's is looked for there before it is called so."""
    words = deps.words.free(turn.message)
    index = deps.search.index
    if memory.need is not None and memory.need.slots.type and words:
        of_kind = index.table.of_types(memory.need.slots.type)
        terms = [word.term for word in index.expander.words(query_terms(words))]
        if float(index.lexical.coverage(terms)[of_kind].max(initial=0.0)) >= _MIN_DESCRIBED_SHARE:
            score[Intent.PRODUCT_SEARCH] += 1
            return
    if found.shopping and "asks" in found.cues and len(memory.shown) and not words:
        score[Intent.PRODUCT_QUESTION] += 1
    elif any(pair.startswith("audience=") for pair in found.slots.attribute):
        score[Intent.RECOMMEND] += 1
    elif words and "seeks" in found.cues:
        score[Intent.PRODUCT_SEARCH] += 1
    elif words and found.shopping:
        result = deps.search.search(Query(text=words, language=turn.language or "en", limit=1))
        if result.outcome is not Outcome.NOT_CARRIED:
            score[Intent.PRODUCT_SEARCH] += 1


def speaks_of_order(turn: Turn, memory: Memory) -> bool:
    """Whether an order or a customer is spoken of."""
    told = turn.slots.order_id or turn.said_of_self or OF_ORDERS.search(turn.message)
    return bool(told or memory.customer_id or memory.claim or memory.orders or memory.request)
