"""Who a visitor says they are, read at every turn and kept until it is proven: a name, an e-mail address, a postcode or
an order number may be said long before anything asks for it, and line by line."""

from __future__ import annotations

import re

from assistant.dialogue.acts import order_lines
from assistant.dialogue.acts.identity import EMAIL, identify, postcodes_in, read_claim
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import Claim
from assistant.dialogue.titles import title_words
from assistant.dialogue.turn import Turn
from assistant.understanding.clauses import requested_action
from assistant.understanding.order_ids import OrderIds
from retrieval.search.evidence import WHOLE
from retrieval.text.words import query_terms

_LABELS = re.compile(
    r"\b(?:my|the|full|first|last|name|e-?mail|address|mail|order|number|no|nr|id|account|zip|code|post ?code|postal|is"
    r"|it'?s|its|and|with|here|you|go|are|sure|ok(?:ay)?|yes|yeah|hi|hello|hey|thanks?|under|for|this|i'?m|am|please|sorry)\b"
    r"|姓名|名字|邮箱|邮件|电子邮件|邮编|邮政编码|订单号?|编号|单号|我的?|叫|是|您好|你好|这里|给你|发你|好的|嗯|谢谢|和|在"
    r"|账号|地址",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]+")


def note(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[str, ...]:
    """What the message says of who writes it: "name", "email", "postcode", "order"; the claim in memory is completed by
    it. Empty for who is known already, and where nothing is said."""
    ids = deps.understander.order_ids
    if memory.customer_id is not None:
        return ("order",) if _alone(turn.message, "", ids) and ids.read(turn.message) else ()
    asked = waits(memory)
    claim = read_claim(turn.message, ids, asked=asked and not _names_goods(turn, deps))
    if not claim.name and not asked and _strangers_name(turn, deps):
        claim = read_claim(turn.message, ids, asked=True)
    numbers = bool(claim.email or claim.name) or _alone(turn.message, claim.name, ids) or _waits(memory)
    found = {"name": claim.name, "email": claim.email, "postcode": numbers and claim.postcode, "order": claim.order_ids}
    given = tuple(name for name, value in found.items() if value)
    if given and (numbers or claim.order_ids):
        identify(turn, memory, deps, bare_name=bool(claim.name))
    return given


def waits(memory: Memory) -> bool:
    """Whether who they are was asked for, or begun to be said, or is what the talk is about."""
    return memory.claim is not None or memory.about == "login" or _waits(memory)


def _waits(memory: Memory) -> bool:
    return memory.request is not None and memory.request.asked == "identity"


def alone(turn: Turn, deps: Dependencies) -> bool:
    """Whether the message holds nothing but who writes it and order numbers."""
    ids = deps.understander.order_ids
    return _alone(turn.message, read_claim(turn.message, ids, asked=not _names_goods(turn, deps)).name, ids)


def _alone(text: str, name: str, ids: OrderIds) -> bool:
    rest = ids.replaced(EMAIL.sub(" ", text), " ").upper()
    for postcode in postcodes_in(text, ids):
        rest = rest.replace(postcode.upper(), " ")
    if name:
        rest = rest.replace(name.upper(), " ")
    if rest == text.upper():
        return False  # nothing was said
    return not re.search(r"[^\W_]", _LABELS.sub(" ", rest)) and "?" not in rest and "？" not in rest


def _names_goods(turn: Turn, deps: Dependencies) -> bool:
    slots = order_lines.read_slots(turn.message, deps)
    return bool(slots.type or slots.brand or deps.titles().named(turn.message) or _of_one_product(turn.message, deps))


def _of_one_product(text: str, deps: Dependencies) -> bool:
    """Whether all of its words, as they are spelt, stand in the title of a product: "Hand Burr"; Oliver Tan is none in
    olive and tan."""
    index = deps.search.index
    found = index.lexical.coverage(query_terms(text))
    if not len(found) or float(found.max()) < WHOLE:
        return False
    product = index.catalogue.products[int(found.argmax())]
    titles = {word for title in product.title.values() for word in title_words(title)}
    return set(title_words(text)) <= titles


def _strangers_name(turn: Turn, deps: Dependencies) -> bool:
    """Two or three words that are written as a name, that no act takes up and that are nothing the shop has."""
    words = _WORDS.findall(turn.message)
    plain = re.fullmatch(r"\W*[^\W\d_]+(?:[ '’.-]+[^\W\d_]+){1,2}\W*", turn.message) is not None
    return (
        plain
        and all(word[0].isupper() for word in words)
        and not turn.message.isupper()
        and requested_action(turn.message) is None
        and read_claim(turn.message, deps.understander.order_ids, asked=True) != Claim()
        and not _names_goods(turn, deps)
    )
