"""Splits a message that asks for several things into one clause for each, in the order they are asked.

A message is split only where both sides have a verb of request and what follows names a thing of its own ("cancel
SC-1 and change the address of the other one"); "return the boots and the socks" and "return it and refund me" are one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from assistant.understanding.actions import read_cart_action
from assistant.understanding.addresses import read_address
from assistant.understanding.languages import expressions

MAX_CLAUSES = 5
"""Clauses of one message that are handled; the rest stays with the last of them."""
_MAX_JOINTS = 20
"""Places of one message where a split is tried: each reads what is before it and after it."""

_ACTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("address", r"\b(?:change|update|correct|fix|set|edit)\b[^.;?!]{0,40}\baddress|\b(?:ship|send|deliver|redirect)\b(?! (?:the |my |me )*(?:money|refund|back|amount))"
                    r"(?: \w+){0,5} to\b(?! (?:me|us)\b)|(?:改|换|更新|更改|修改).{0,12}地址|地址.{0,14}(?:改|换|更新)|(?:寄|送"
                    r"|改送|改寄)到"),
        ("payment", r"\b(?:charg|bill|put|tak)\w*\b(?:(?!money|refund)[^.;?!]){0,40}\b(?:to|on|from) (?:my|the|another) (?:\w+ )?"
                    r"(?:card|paypal|visa|mastercard)\b|从.{0,8}(?:paypal|礼品卡|信用卡|银行卡)(?:里)?扣|"
                    r"\buse\b[^.;?!]{0,40}\bto pay\b|\b(?:change|switch"
                    r"|update)\b(?:(?! and )[^.;?!]){0,40}\b(?:payment|paypal|(?:gift|credit|debit) card"
                    r"|my card)\b|^(?:(?! and ).)*\bpay(?:ing)?\b[^.;?!]{0,30}\b(?:with|by|using)\b|(?:改"
                    r"|换)(?:成|用|为)?.{0,8}"
                    r"(?:支付|付款)|(?:支付|付款)方式.{0,6}(?:改|换)"),
        ("cancel", r"\bcancel\b|取消|撤销|退订"),
        ("return", r"\b(?:return|send back|refund)\b|退货|退掉|退款|退了|退回|想退|要退|退"),
        ("swap", r"\b(?:exchange|swap|change|switch|replace)\b"
                 r"|\b(?:size \w{1,4}|\d{1,2}(?:\.5)?|x{0,3}[sml]) (?:instead|rather)\b|\binstead of (?:an? |the )?(?:size )?\d|换成|换货|换|改成|改为"),
        ("status", r"\b(?:where(?:'s| is| are)|track|status of|when (?:will|does))\b|到哪|在哪|物流|查一?下|什么时候"),
        ("cart", r"\b(?:add|put|remove|take)\b[^.;?!]{0,60}\b(?:cart|basket|bag)\b|购物车|加购"),
        ("search", r"\b(?:show me|find me|look(?:ing)? for|recommend)\b|推荐|找一"),
        ("human", r"\b(?:talk|speak|connect)\b[^.;?!]{0,20}\b(?:person|human|agent|someone|colleague)\b|人工|真人"),
    )
)  # fmt: skip
APART = re.compile(r"[\s，,。！？!?；;]+")
"""What sets the clauses of a Chinese message apart, which often has no more than spaces."""

_SPACES = re.compile(r"\s{2,}")
_FILLER = (
    r"(?:(?:please|pls|can you|could you|would you|i(?:'d| would) like to|i (?:also )?(?:want|need) to|i'd also like to"
    r"|also|then|now|kindly|help me|let me|just|as well) ){0,6}"
)
_ENGLISH_JOINT = re.compile(
    r"(?:\s{0,2}(?:[;!?\n]|\.(?=\s)|,)\s{0,2}(?:(?:and|then|also|plus|next|after that|afterwards|finally)\b,?\s{0,2}){0,5}"
    r"|\s{1,2}(?:and(?: then| also| please)?|then|also|plus|as well as|after that)\s{1,2})"
    rf"(?={_FILLER}(?:cancel|return|refund|exchange|swap|change|switch|replace|update|ship|send|deliver|redirect|track"
    r"|where(?:'s| is| are)|when|add|put|remove|take|show|find|look|talk|speak|set|correct|fix)\b)",
    re.IGNORECASE,
)
_CHINESE_JOINT = re.compile(
    r"[，,。；;！!？?\n]\s{0,2}(?:然后|另外|还有|并且|同时|顺便|接着|再|也|最后){0,5}|然后|另外|还有|并且|同时|顺便|接着"
    r"|并(?=把|取消|将|退|换|改)|再(?=把|帮|给)"
)
_NOT_A_RESULT = re.compile(
    r"^(?:please )?(?:refund|send|ship|deliver|change|put)\b (?:it|them|me|the money|my money)\b(?!.*\baddress)"
    r"|^(?:把)?(?:钱|款)|^(?:寄|送)到|^退(?:到|回到|款到)",
    re.IGNORECASE,
)
"""Says how the request before it is to end, and is none of its own."""
_ORDER_LIKE = (
    r"#\s?[a-z0-9]{3}|\b[a-z]{1,4}[-_](?=[a-z]{0,8}\d)[a-z0-9]{4,16}\b"
    r"|(?<![$€£¥.,])\b(?=[a-z]{0,8}\d)[a-z0-9]{6,16}\b"
)
"""What looks like an order id of some shop."""
_OBJECT = re.compile(
    rf"{_ORDER_LIKE}|\bother\b|\banother\b|\border\b|\baddress\b|\bcart\b|\bbasket\b|\bbag\b|\bpayment\b"
    r"|\bhuman\b"
    r"|\bperson\b|\bagent\b|另一|另外|其他|订单|地址|购物车|支付方式|付款方式|人工|默认|那单|这单|那个单",
    re.IGNORECASE,
)


def requested_action(clause: str) -> str | None:
    """What a clause asks for: the verb of an ``OrderAction``, status, cart, search or human; or ``None``."""
    found = [(match.start(), name) for name, pattern in _ACTS if (match := pattern.search(clause))]
    for name in ("address", "payment", "cart"):  # "change the address" is no swap, "remove it from my cart" no return
        refunds = name == "payment" and any(other == "return" for _, other in found)
        if any(other == name for _, other in found) and not refunds:
            return name
    return min(found)[1] if found else None


_NO_ORDER = re.compile(
    r"\b(?:cancel|close|withdraw|drop)\b (?:(?:that|the|this|my|your|a|last) ){0,2}(?:\w{1,20} )?(?:ticket|request|appointment"
    r"|complaint|claim|enquiry|inquiry|call|hand-?over|return|exchange|refund|replacement|proposal|action)\b"
    r"|\bclose\b (?:that|the|this|my) case\b|(?:取消|撤销|撤回|关闭)(?:掉)?(?:那个|这个|刚才的?|我的|上个)?(?:工单|申请|请求|预约|投诉|退货|换货|退款|操作|方案|人工)",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"(?:\b(?:don'?t|do not|didn'?t|did not|never|not)\b(?![^,.;!?]{0,30}\b(?:know|how|why|see|understand|if)\b)[^,.;!?]{0,30}"
    r"|(?:没(?:有)?|不(?!能|可以|行)|别)[^,，。；!！?？\s]{0,4})$",
    re.IGNORECASE,
)


def cancels_no_order(clause: str) -> bool:
    """Whether what is to be cancelled is a ticket, a request or the like."""
    return _NO_ORDER.search(clause) is not None


def denies(clause: str, act: str) -> bool:
    """Whether a clause says that ``act`` is not wanted, or was never asked for."""
    pattern = dict(_ACTS).get(act)
    matches = islice(pattern.finditer(clause), _MAX_JOINTS) if pattern else ()
    before = (_NEVER.search(clause[max(0, match.start() - 60) : match.start()]) for match in matches)
    # "I don't want a return, I want an exchange"
    return any(never is not None and requested_action(never[0]) is None for never in before)


_ACCOUNT = r"(?:(?:in|on|for|of|with|to) )?(?:both )?my (?:user |customer )?(?:profile|account|default address)"
_AN_ORDER = r"(?:(?:in|on|for|of|to) )?(?:my|the|that|this) (?:pending |open |last |latest )?order\b"
_BOTH = re.compile(
    rf"(?P<account>{_ACCOUNT},? (?:and|as well as)(?: also)? )(?={_AN_ORDER})"
    rf"|(?<=[\w#])(?P<after>,? (?:and|as well as)(?: also)? {_ACCOUNT}\b(?: too| as well)?)",
    re.IGNORECASE,
)


def both_addresses(text: str) -> list[str]:
    """The two requests of a message that wants a new address for an order and for the account; none where it wants but
    one."""
    found = _BOTH.search(text) if re.search(r"\border", text, re.IGNORECASE) else None
    address = read_address(text)
    if found is None or not (address or requested_action(text) == "address"):
        return []
    return [
        text[: found.start()] + text[found.end() :],
        f"Change my default address as well{': ' if address else ''}{address}",
    ]


def split_requests(text: str, names_product: Callable[[str], bool]) -> list[str]:
    """The clauses of ``text``, which together are all of it; one alone where nothing is to be split.

    ``names_product`` says whether a piece of text speaks of a kind of product.
    """
    text = _SPACES.sub(lambda run: "\n" if "\n" in run[0] else " ", text)
    joint = _CHINESE_JOINT if re.search(r"[\u4e00-\u9fff]", text) else _ENGLISH_JOINT
    clauses: list[str] = []
    start = 0
    for match in islice(joint.finditer(text), _MAX_JOINTS):
        left, right = text[start : match.start()], text[match.end() :]
        if len(clauses) + 1 < MAX_CLAUSES and _apart(left, right, joint, names_product):
            clauses.append(left.strip(" ,，。;；"))
            start = match.end()
    return [*clauses, text[start:].strip()]


def _apart(left: str, right: str, joint: re.Pattern[str], names_product: Callable[[str], bool]) -> bool:
    following = joint.search(right)
    own = right[: following.start()] if following and following.start() else right
    before, after = requested_action(left), requested_action(own)
    if before is None or after is None or _NOT_A_RESULT.search(own):
        return False
    if before == after and re.search(rf"{_ORDER_LIKE}|other|order|另|订单", own, re.IGNORECASE) is None:
        return False
    return _OBJECT.search(own) is not None or names_product(own)


_SENTENCE = re.compile(
    r"(?<=[.!?;\n])\s+|(?<=[。！？；])"
    r"|(?:,\s{0,2}(?:and |then |but |so ){0,2}|\s(?:and|then) )"
    r"(?=(?:what|whats|what's|how|which|is there|are there|do you|does|can you|have you|show me|tell me)\b)"
    r"|[，,](?=(?:一共|总共|再看看|有没有|还有))",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:if|unless|provided)\b|如果|要是", re.IGNORECASE)


def split_cart(text: str) -> list[str]:
    """A message that wants something done with the cart and asks something else as well, as the one and the other.

    A question first is not split from what may depend on its answer ("is it waterproof? then add it").
    """
    cues = expressions("cues")
    groups: list[tuple[bool, str]] = []
    for sentence in filter(None, map(str.strip, islice(_SENTENCE.split(text), _MAX_JOINTS))):
        action = read_cart_action(sentence.lower())
        shows = action in ("show", "checkout")
        bought = cues["buys"].search(sentence)
        acts = shows or action is not None or bool(bought and "have" not in bought[0])
        asks = bool(cues["asks"].search(sentence) or cues["seeks"].search(sentence))
        if groups and (acts == groups[-1][0] or not (acts or asks) or (acts and not shows)):
            groups[-1] = (groups[-1][0], f"{groups[-1][1]} {sentence}")
        else:
            groups.append((acts, sentence))
    whole = len(groups) < 2 or not any(acts for acts, _ in groups) or _CONDITION.search(text)
    if whole:
        return [text]
    # What all comes to is said whenever something is put in; not with delivery.
    rest = [group for acts, group in groups[1:] if not (groups[0][0] and not acts and _total_alone(group))]
    return [groups[0][1], *rest][:MAX_CLAUSES]


def _total_alone(text: str) -> bool:
    more = expressions("delivery")
    return bool(expressions("cues")["together"].search(text)) and not (
        more["delivery"].search(text) or more["wrapping"].search(text)
    )
