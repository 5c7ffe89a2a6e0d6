"""Who is asking. A customer is known when signed in, or by two things that belong together; nothing else proves it."""

from __future__ import annotations

import re

from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.request import Claim
from assistant.dialogue.turn import Turn
from assistant.shop.views import CustomerView

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+", re.ASCII)
_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9-])(?:[A-Z]{1,3}\d[A-Z\d]{0,2} ?\d[A-Z\d]{1,3}|\d{4,6}(?:-\d{4})?)(?![A-Za-z0-9-])", re.IGNORECASE
)
_POSTCODES = 3
"""Tries that one message may hold: more are guesses."""
_NO_NAME = r"(?!(?:and|my|with|from|here|at|zip|postcode|in|the|a|an|not|your|is|it|it's|i|zip|code|order|number)\b)"
_NAMED = re.compile(
    r"(?:\b(?:my name is|name is|name:|i am|i'm|this is|it's|under(?: the name)?(?: of)?)\s+)"
    rf"(?P<name>{_NO_NAME}[^\W\d_][\w'’.-]+(?:\s+{_NO_NAME}[^\W\d_][\w'’.-]+){{1,2}})",
    re.IGNORECASE,
)
_WORD = r"[^\W\d_][^\W\d_'’.-]{0,40}(?:['’.-][^\W\d_]{1,40}){0,4}"
_BARE_NAME = re.compile(
    rf"^\s*(?P<name>{_NO_NAME}{_WORD}(?:\s+{_NO_NAME}{_WORD}){{1,2}})\s*(?=[,;\n\d]|$)", re.IGNORECASE
)
_CHINESE_NAME = re.compile(
    r"(?:我叫|我是|姓名(?:是|为|:|：)?|名字(?:是|叫)?|叫)\s*"
    rf"(?P<name>[\u4e00-\u9fff]{{2,4}}?|{_WORD}(?:\s+{_WORD}){{1,2}})(?=[，,。、；;\s]|邮编|$)"
)
_BARE_CHINESE_NAME = re.compile(r"^\s*(?P<name>[\u4e00-\u9fff]{2,4})\s*(?=[，,。、；;\s]|邮编|$)")


def identify(turn: Turn, memory: Memory, parts: Parts) -> bool:
    """Whether the customer is known: signed in, or found by e-mail with the postcode or one of their order numbers, or
    by name with the postcode, said in one message or over several.

    One conversation serves one customer: another's e-mail changes nothing once somebody is identified.
    """
    if memory.customer_id:
        return True
    claim = read_claim(turn.said, memory.claim, asked=memory.request is not None and memory.request.asked == "identity")
    postcodes = _postcodes(turn.said) or ([claim.postcode] if claim.postcode else [])
    found = _proven(claim, postcodes, parts)
    if found is None or not parts.conversations.sign_in(turn.conversation_id, found.id):
        memory.claim = claim if claim != Claim() else None
        return False
    memory.customer_id, memory.claim = found.id, None
    return True


def read_claim(text: str, before: Claim | None = None, asked: bool = False) -> Claim:
    """What ``text`` says of who is asking, over what was said before. ``asked``: a bare name is one."""
    claim = before or Claim()
    update: dict[str, object] = {}
    if email := EMAIL.search(text):
        update["email"] = email.group()
    rest = EMAIL.sub(",", text)
    patterns = [_NAMED, _CHINESE_NAME]
    if asked and (_postcodes(text) or rest.istitle()):
        patterns += [_BARE_NAME, _BARE_CHINESE_NAME]
    if name := next((match["name"] for pattern in patterns if (match := pattern.search(rest))), ""):
        update["name"] = name
    if postcodes := _postcodes(text):
        update["postcode"] = postcodes[-1]
    if order_ids := re.findall(r"SC-[A-Z0-9]{8}", text.upper()):
        update["order_ids"] = list(dict.fromkeys([*claim.order_ids, *order_ids]))[:_POSTCODES]
    return claim.model_copy(update=update)


def _postcodes(text: str) -> list[str]:
    rest = re.sub(r"SC-[A-Z0-9]{8}", ",", EMAIL.sub(",", text), flags=re.IGNORECASE)
    return _POSTCODE.findall(rest)[-_POSTCODES:]


def _proven(claim: Claim, postcodes: list[str], parts: Parts) -> CustomerView | None:
    customers, orders = parts.shop.customers, parts.shop.orders
    if claim.email:
        known = customers.by_email(claim.email)
        if known and any(orders.get(order_id, known.id) for order_id in claim.order_ids):
            return known
        for postcode in postcodes:
            if found := customers.by_email_and_postcode(claim.email, postcode):
                return found
    elif claim.name:
        for postcode in postcodes:
            if found := customers.by_name_and_postcode(claim.name, postcode):
                return found
    return None
