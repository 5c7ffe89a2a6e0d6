"""Whether a message is about the customer's own orders, account or identity, told from what it says and from what is
under way, and not from the router's one label."""

from __future__ import annotations

import re

from assistant.dialogue.acts import order_lines as lines
from assistant.dialogue.acts import questions, said_of_self
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import ServiceEvidence
from assistant.dialogue.turn import Turn
from assistant.shop.actions import VERBS
from assistant.understanding.clauses import cancels_no_order, requested_action
from assistant.understanding.languages import expressions
from assistant.understanding.mood import read_mood
from assistant.understanding.remedies import only_part, read_remedy
from assistant.understanding.schema import Intent
from assistant.understanding.service_topics import ServiceTopic, is_own, kind_of, read_topic, topics

_SHOPPING = (Intent.PRODUCT_SEARCH, Intent.PRODUCT_QUESTION, Intent.COMPARE, Intent.RECOMMEND, Intent.CART)
_OWN = re.compile(
    r"\b(?:my|order|parcel|package|delivery|i (?:paid|payed|bought|ordered|got|was)|you (?:charged|sent|took)"
    r"|it|that|they"
    r"|them|this|refund)\b|我|订单|包裹|快递|刚|退|催|发货|昨天|这单|那单",
    re.IGNORECASE,
)
_PLAINLY_OWN = re.compile(
    r"\b(?:my|order|parcel|package|refund|i (?:paid|bought|ordered|returned|sent|got)|we (?:paid|bought|ordered|returned))\b"
    r"|我|订单|包裹|快递|退",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\b(?:have|got|had) (?:a|an|another|one|some|a few|a couple of"
    r"|quick)\b[^.!?]{0,25}\bquestions?\b[^.!?]{0,20}[.!]*$"
    r"|\bquick question\W*$|^\W*(?:我)?(?:想|要)?(?:请)?(?:问|咨询)(?:你|您)?(?:们)?(?:一下|个|一个|下)?(?:问题"
    r"|事情?)?[。.!！~]*$"
    r"|有(?:个|一个)?问题(?:想)?(?:要)?(?:问|咨询)",
    re.IGNORECASE,
)
"""A question that is only announced."""
_ANGRY = re.compile(
    r"\b(?:terrible|awful|worst|ridiculous|unacceptable|disgust\w*|angry|furious|livid|complain\w*|disappoint\w*|rude"
    r"|useless|scam|a joke|fed up|sick of|annoy\w*|frustrat\w*|outrag\w*|incompetent|kidding me|shame)\b|投诉|差评"
    r"|垃圾|坑人"
    r"|骗|气死|太差|失望|什么态度|恶心|无语|离谱|忍无可忍|生气|过分",
    re.IGNORECASE,
)
_PROBLEM, _PLAIN = 0.58, 0.62
"""Likeness from which a sentence tells of something gone wrong, and from which it asks just that."""
_SAME = ("refund_when", "arrives", "paid_with", "to_address", "undelivered", "fee")
"""Told by words, but told apart better by meaning."""
_INTENTS: dict[str, Intent] = {
    "problem": Intent.COMPLAINT,
    "order": Intent.ORDER_STATUS,
    "help": Intent.FAQ,
    "person": Intent.HUMAN_AGENT,
}
_MIN_COMPLAINT_CONFIDENCE = 0.85
"""Confidence from which on the router is believed that somebody complains, though no word says so."""
_GENERAL = re.compile(
    r"\b(?:do you|does your|how long (?:do|does)|how much|what(?:'s| is) (?:the|your)|is there|are there|in general"
    r"|usually|normally|offer)\b|支持|一般|通常|提供|你们有没有|有没有",
    re.IGNORECASE,
)


_MIN_CHANGE_CONFIDENCE = 0.9
"""Confidence from which on a change is asked for, whatever else the words are like."""


def service_evidence(turn: Turn, memory: Memory, deps: Dependencies) -> ServiceEvidence | None:
    """The evidence, or ``None`` where the message is rather about something else.

    Reads ``turn.message``, ``turn.asked``, ``turn.intent``, ``turn.slots`` and ``turn.said_of_self``; changes nothing.
    """
    act = requested_action(turn.message)
    said = read_topic(turn.message)
    topic = _by_meaning(said, act, turn, memory) or said
    if topic is not None and _only_looks(turn, memory):
        # "How do I pay?", "when would it come?" of goods looked at; and the postage is of sending it to them.
        topic = None if topic.kind == "order" else topics()["delivery_cost"] if topic.name == "postage" else topic
    if memory.handed and cancels_no_order(turn.message):  # "close that ticket"
        return ServiceEvidence("person", Intent.HUMAN_AGENT, "person_next")
    if turn.said_of_self and said_of_self.alone(turn, deps) and topic is None and act is None:
        return ServiceEvidence("identity", Intent.ORDER_STATUS)
    if _ANNOUNCES.search(turn.message) and "?" not in turn.message and act is None and topic is None:
        return ServiceEvidence("announced", Intent.SMALL_TALK)
    if memory.dealt and memory.about in VERBS and act is None and said is None and _goes_on(turn, memory, deps):
        return ServiceEvidence("again", Intent.ORDER_CHANGE, memory.about)
    if topic is not None and topic.kind == "order" and memory.orders and read_remedy(turn.message) == "person":
        return ServiceEvidence("handed", Intent.HUMAN_AGENT)  # "can somebody check that?"
    if topic is not None and (topic is not said or _fits(topic, act, turn, memory, deps)):
        return on_topic(topic)
    if _of_known_order(turn, memory, deps):
        about = "to_address" if memory.about == "address" else ""
        return ServiceEvidence("order", Intent.ORDER_STATUS, about)
    waits = said_of_self.waits(memory) and act is None and memory.request is None
    asks_change = turn.intent in (Intent.ORDER_CHANGE, Intent.RETURN_REFUND) and bool(turn.slots.order_id)
    if turn.said_of_self and waits and not asks_change and turn.intent not in (*_SHOPPING, Intent.HUMAN_AGENT):
        return ServiceEvidence("identity", Intent.ORDER_STATUS)
    sure = turn.understanding is not None and turn.understanding.confidence >= _MIN_COMPLAINT_CONFIDENCE
    upset = _ANGRY.search(turn.message) or read_mood(turn.message, memory.language) in ("angry", "annoyed")
    if turn.intent is Intent.COMPLAINT and (sure or upset):
        return ServiceEvidence("problem", Intent.COMPLAINT, "other")
    tells = turn.intent in (Intent.ORDER_STATUS, Intent.RETURN_REFUND, Intent.COMPLAINT) and not turn.slots.order_id
    of_problem = kind_of(memory.about) == "problem"
    if memory.handed and act is None and of_problem and _asks(turn) and turn.intent not in (*_SHOPPING, Intent.FAQ):
        return ServiceEvidence("help", Intent.FAQ, memory.about)
    if memory.handed and act is None and tells and not _asks(turn) and not turn.said_of_self:
        return ServiceEvidence("person", Intent.HUMAN_AGENT, "person_next")
    if memory.handed and turn.intent in (Intent.OUT_OF_SCOPE, Intent.HUMAN_AGENT):
        return ServiceEvidence("handed", Intent.HUMAN_AGENT)
    return None


def on_topic(topic: ServiceTopic) -> ServiceEvidence:
    return ServiceEvidence(topic.kind, _INTENTS[topic.kind], topic.name)


def _only_looks(turn: Turn, memory: Memory) -> bool:
    """Whether goods are looked at, and nothing has been said of an order."""
    known = memory.customer_id or memory.claim or memory.orders or memory.request or memory.about in VERBS
    looks = memory.need is not None or bool(memory.shown)
    said = turn.slots.order_id or turn.said_of_self or _PLAINLY_OWN.search(turn.message)
    return looks and not known and not said


def _goes_on(turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """ "And the dress order, SC-…?" after a change to another order: whether the same is meant for that one."""
    customer, text = memory.customer_id, turn.message
    if customer is None or memory.request is not None or memory.pending is not None:
        return False
    if not expressions("cues")["as_well"].search(text) or any(asked.likeness >= _PLAIN for asked in turn.asked):
        return False
    if turn.slots.order_id:
        return turn.slots.order_id[0] not in memory.dealt
    others = [order for order in deps.shop.orders.of_customer(customer) if order.id not in memory.dealt]
    return bool(lines.fitting_orders(text, others, deps))


def _asks(turn: Turn) -> bool:
    return expressions("cues")["asks"].search(turn.message) is not None


def _by_meaning(said: ServiceTopic | None, act: str | None, turn: Turn, memory: Memory) -> ServiceTopic | None:
    """The topic that the message's sentences are nearest to, where words alone tell none or less; ``None``: the words
    stand."""
    # "Can you check my order? It was paid with the wrong card": what is asked of it tells more than that it is.
    asked = max(turn.asked, key=lambda each: (each.topic != "where", each.likeness), default=None)
    if asked is None or asked.topic not in topics() or (said is not None and said.kind not in ("order", "problem")):
        return None
    topic = topics()[asked.topic]
    told_by_meaning = said is None or said.name in _SAME
    if said is not None and said.kind == "problem" and topic.kind == "problem":
        return topic
    if not told_by_meaning or (turn.intent is Intent.HUMAN_AGENT and topic.kind != "person"):
        return None
    match topic.kind:
        case "person":
            return topic if memory.handed else None
        case "problem":
            own = is_own(turn.message) and act not in VERBS and turn.intent not in _SHOPPING
            sure = asked.likeness >= _PROBLEM or turn.intent in questions.SERVICE
            return topic if own and sure else None
        case "help":
            return topic if asked.likeness >= _PLAIN or memory.about in ("login", topic.name) else None
        case "order":
            known = questions.under_way(memory) or bool(turn.slots.order_id)
            general = turn.intent is Intent.FAQ and _GENERAL.search(turn.message) is not None
            if asked.topic == "where" and said is not None:
                return None
            plain = asked.likeness >= _PLAIN or turn.intent in questions.SERVICE
            own = known or (plain and _PLAINLY_OWN.search(turn.message) is not None)
            of_problem = kind_of(memory.about) == "problem"
            if of_problem and (asked.likeness < _PLAIN or not _asks(turn)):
                return None  # told once more, or about what the shop does for it
            of_help = kind_of(memory.about) == "help"
            if said is None and of_help and memory.about not in VERBS and asked.likeness < _PLAIN:
                return None
            if asked.topic == "changeable" and (
                only_part(turn.message) or (memory.request and act == memory.request.verb)
            ):
                return None
            if memory.customer_id is None and general:
                return None
            wants = act in VERBS and turn.intent in (Intent.ORDER_CHANGE, Intent.RETURN_REFUND)
            sure = turn.understanding is not None and turn.understanding.confidence >= _MIN_CHANGE_CONFIDENCE
            certain = sure and bool(turn.slots.order_id) and not _asks(turn) and "?" not in turn.message
            return topic if own and not (wants and (certain or asked.likeness < _PLAIN)) else None
    return None


def _of_known_order(turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether a known customer asks if what was talked over is done (改好了吗), or, while nothing is looked for, names
    goods of an order of theirs."""
    if memory.customer_id is None or memory.request is not None or memory.pending:
        return False
    if memory.orders and expressions("cues")["checks"].search(turn.message):
        return True
    if turn.intent not in (Intent.PRODUCT_SEARCH, Intent.PRODUCT_QUESTION) or memory.need or not memory.about:
        return False
    if expressions("cues")["seeks"].search(turn.message) or not turn.slots.type:
        return False
    orders = deps.shop.orders.of_customer(memory.customer_id)
    return 0 < len(lines.fitting_orders(turn.message, orders, deps)) < max(2, len(orders))


def _fits(topic: ServiceTopic, act: str | None, turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether the words are about the customer's own affairs: shoppers ask for ripped jeans and for sizes, too."""
    under_way = bool(memory.request or memory.orders or memory.claim or memory.customer_id or memory.about)
    if turn.intent is Intent.HUMAN_AGENT:
        return False
    if topic.kind == "help":
        waits = memory.about or memory.request
        if topic.name == "goodwill":
            return True
        if topic.name == "delivery_cost":
            return _only_looks(turn, memory)
        return topic.name not in ("photo", "postage") or bool(waits) or turn.intent is Intent.FAQ
    if (
        act in VERBS
        and topic.name not in ("refund_when", "price_drop", "to_address", "paid_with", "rush")
        and not (topic.name == "undelivered" and act == "address")
    ):
        return False  # a request, with its reason
    if topic.kind == "order":
        if act in ("cancel", "address", "payment", "swap") and topic.name in ("to_address", "paid_with", "rush"):
            return False
        if turn.intent is Intent.FAQ and _GENERAL.search(turn.message):
            return False
        return under_way or turn.slots.order_id != [] or _OWN.search(turn.message) is not None
    if topic.name in ("misfit", "regret"):
        if turn.intent in (Intent.RETURN_REFUND, Intent.ORDER_CHANGE) and act is None:
            return turn.slots.resolution is None and not turn.slots.size
        owned = re.search(
            r"\b(?:i (?:bought|ordered|got)|my|arrived|came|received)\b|买|收到|拿到|到货", turn.message, re.I
        )
        return bool(owned) or (under_way and turn.intent not in _SHOPPING)
    return True
