"""Reads how a customer wants to pay or be refunded ("my PayPal", "the Visa ending 4242", 礼品卡). Knows no customer."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Kind = Literal["paypal", "gift_card", "credit_card", "original", "unknown"]

_WORDS: tuple[tuple[Kind, str], ...] = (
        ("unknown", r"\b(?:apple ?pay|google ?pay|bitcoin|crypto\w*|cash|cheque|venmo|zelle|klarna|wire|bank transfer"
                    r"|western union)\b|微信|支付宝|比特币|现金|支票|银行转账|花呗"),
        ("gift_card", r"\bgift ?-?cards?\b|\bvoucher\b|\bstore credit\b|礼品卡|购物卡|储值卡|礼物卡"),
        ("paypal", r"\bpay ?pal\b|\bpaypl\b|贝宝"),
        ("original", r"\b(?:same|original|previous) (?:method|card|way|payment)|\bway i paid\b|\bhow i paid\b|\b(?:what|which|(?:one|card|method|account|thing)(?: that)?) i (?:have )?(?:paid|used)\b|原路|原支付|原来的"
                     r"(?:支付|付款|卡)|原付款"),
        ("credit_card", r"\bcards?\b|\bvisa\b|\bmaster ?card\b|\bamex\b|\bamerican express\b|信用卡|银行卡|储蓄卡|借记卡|万事达"
                        r"|运通|[的我张]卡"),
)  # fmt: skip
_KINDS = tuple((kind, re.compile(pattern, re.IGNORECASE | re.ASCII)) for kind, pattern in _WORDS)
_BRANDS = {
    "visa": re.compile(r"\bvisa\b", re.IGNORECASE),
    "mastercard": re.compile(r"\bmaster ?card\b|万事达", re.IGNORECASE),
    "american express": re.compile(r"\bamex\b|\bamerican express\b|运通", re.IGNORECASE),
}
_DIGITS = re.compile(
    r"(?:ending|ends|number|no\.?|尾号|末四位|后四位)(?: (?:in|with|is|on))?\D{0,6}(\d{4})(?!\d)", re.IGNORECASE
)
_CARD_NUMBER = re.compile(
    r"(?<!\d)(?:\d[ -]?){12,18}(\d{4})(?!\d)|(?:visa|mastercard|card|卡)\D{0,3}(\d{4})(?!\d)", re.I
)
_NEGATION_SCOPE_CHARS = 40
"""Characters before a method that may turn it down."""
_ADVERSE = re.compile(
    r"\b(?:not|no|instead of|rather than|from)\b(?: (?:my|the|to|a|as|by|with|on|onto|in)){0,3} ?$"
    r"|(?:不是|不要|不用|别|从)(?:退|给|放|存)?(?:到|成|进)?(?:我的)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PaymentMention:
    """``brand`` in lower case and ``last_four`` where said, else empty; ``unknown`` is a kind that no shop here takes."""

    kind: Kind
    brand: str = ""
    last_four: str = ""


def _mentions(text: str) -> list[tuple[int, Kind, bool]]:
    """Where a method is named, its kind, and whether it is wanted rather than turned down."""
    found: list[tuple[int, Kind, bool]] = []
    taken = text
    for kind, pattern in _KINDS:
        for match in pattern.finditer(taken):
            adverse = _ADVERSE.search(text[max(0, match.start() - _NEGATION_SCOPE_CHARS) : match.start()])
            found.append((match.start(), kind, adverse is None))
            # "gift card" is not also a card
            taken = taken[: match.start()] + "\x00" * len(match[0]) + taken[match.end() :]
    return found


def names_payment(text: str) -> bool:
    return bool(_mentions(text))


def is_settled(text: str, kinds: Collection[str]) -> bool:
    """Whether what a text says of methods is so already where money moves by these kinds of them alone."""
    mentions = _mentions(text)
    return bool(mentions) and all((kind in kinds) is wanted for _, kind, wanted in mentions)


def read_payment(text: str) -> PaymentMention | None:
    """The method wanted; of several the one that is not turned down ("PayPal instead of my card"), else the last."""
    found = [(at, kind) for at, kind, wanted in _mentions(text) if wanted]
    if not found:
        return None
    kind = max(found)[1]
    if kind != "credit_card":
        return PaymentMention(kind)
    brand = next((name for name, pattern in _BRANDS.items() if pattern.search(text)), "")
    digits = _DIGITS.search(text) or _CARD_NUMBER.search(text)
    last_four = next((group for group in digits.groups() if group), "") if digits else ""
    return PaymentMention(kind, brand, last_four)
