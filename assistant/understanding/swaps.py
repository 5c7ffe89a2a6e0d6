"""Reads "this instead of that": which item a customer has, and what it is to become. Says nothing of what there is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

_MARK = re.compile(
    r"\b(?:in exchange )?(?:for|into|to|with)\b(?! (?:an? )?(?:refund|return|exchange|me|my|the order)\b)",
    re.IGNORECASE,
)
_VERB = re.compile(r"\b(?:exchang\w*|swap\w*|chang\w*|switch\w*|replac\w*|trade)\b", re.IGNORECASE)
_INSTEAD_OF = re.compile(r"\binstead of\b|\brather than\b|而不是", re.IGNORECASE)
_CHINESE_MARK = re.compile(r"换成|换为|换到|改成|改为|改到|换作|调换成|调成|更换成|换一?[个件双条顶只款]|换(?!货)")
_JOINT = re.compile(r"\s{0,2}(?:,|;|\band\b|&|，|；|、|和|，?另外|还有)\s{0,2}", re.IGNORECASE)
_MAX_JOINTS = 20
"""Places of one message where two swaps are told apart: each reads what is before it."""
_EMPTY = " 我想要把将请帮麻烦给，,"
"""What a clause may hold that names no item."""
_BIGGER = re.compile(
    r"\b(?:one )?size (?:up|bigger|larger)\b|\b(?:bigger|larger)\b|大一[号码]|大一点|大些|换大|大号一点", re.IGNORECASE
)
_SMALLER = re.compile(r"\b(?:one )?size (?:down|smaller)\b|\bsmaller\b|小一[号码]|小一点|小些|换小", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SwapMention:
    """``had`` tells the item, ``wanted`` what it is to become; the whole message is both where it does not say."""

    had: str
    wanted: str


def read_swaps(text: str) -> list[SwapMention]:
    """One for each item that is said to become something else; at least one."""
    pieces: list[str] = []
    rest = 0
    joints = list(islice(_JOINT.finditer(text), _MAX_JOINTS))
    for joint in joints:
        left, right = text[rest : joint.start()], text[joint.end() :]
        stop = next((other.start() - joint.end() for other in joints if other.start() > joint.end()), len(right))
        if _marked(left) and _marked(right[:stop]):
            pieces.append(left)
            rest = joint.end()
    pieces.append(text[rest:])
    found: list[SwapMention] = []
    for mention in map(_read, pieces):
        if found and (mention.wanted in mention.had or not mention.had.strip(_EMPTY)):
            found[-1] = SwapMention(found[-1].had, mention.wanted)  # "…, make it 41 rather": the same item
        else:
            found.append(mention)
    return found


def _marked(text: str) -> bool:
    return _CHINESE_MARK.search(text) is not None or _MARK.search(text) is not None


def _read(text: str, bare: bool = False) -> SwapMention:
    if instead := _INSTEAD_OF.search(text):
        return SwapMention(text[instead.end() :], text[: instead.start()])
    if marks := list(_CHINESE_MARK.finditer(text)):
        mark = marks[-1]
        had = text[: mark.start()]
        alone = not had.strip(_EMPTY)
        return SwapMention(text if alone and not bare else had, text[mark.end() :])
    verb = _VERB.search(text)
    becomes = _MARK.search(text, verb.end() if verb else 0)
    if becomes is None:
        return SwapMention(text, text)
    return SwapMention(text[: becomes.start()], text[becomes.end() :])


def read_step(text: str) -> int:
    """1 for a size up, -1 for a size down, 0 where none is asked for."""
    if _BIGGER.search(text):
        return 1
    return -1 if _SMALLER.search(text) else 0
