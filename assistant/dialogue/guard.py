"""The first step: what may not go further. Limits, empty messages, and attempts to give the assistant orders.

The guard is a courtesy, not the wall: nothing the model writes becomes a fact or an action, whatever a message says.
It only spares the customer a silly reply and the shop a model call. It does not know intents.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_INJECTION = re.compile(
    r"""
      \b(ignore|disregard|forget|override|bypass)\b[^.!?\n]{0,40}\b(all|any|previous|prior|above|earlier|your|system)\b[^.!?\n]{0,30}
        \b(instruction|instructions|prompt|prompts|rule|rules|guideline|guidelines|directions|polic(?:y|ies)|training|programming|restrictions)\b
    | \b(reveal|print|show|repeat|output|leak|tell\s+me|give\s+me|what\s+(?:is|are)|display)\b[^.!?\n]{0,40}
        \b(system|initial|hidden|original|secret|developer)\s+(prompt|message|instructions?)\b
    | \byou\s+are\s+(now|no\s+longer)\s+(an?\s+)?(?!out\b)[^.!?\n]{0,40}\b(dan|ai|assistant|model|bot|unrestricted|evil|jailbroken|developer|terminal|linux|hacker)\b
    | \b(developer|debug|god|admin|sudo|jailbreak|dan)\s+mode\b | \bdo\s+anything\s+now\b | \bjailbreak(ed|ing)?\b
    | \b(pretend|act|roleplay|role-play|behave)\b[^.!?\n]{0,30}\b(no|without)\s+(any\s+)?(rules|restrictions|filters|limits|limitations|guidelines|ethics)\b
    | <\|?\s*(im_start|im_end|system|endoftext|assistant)\s*\|?> | \[\s*/?\s*(INST|SYSTEM)\s*\] | ^\s*\#{2,}\s*(system|instruction)
    | \b(from\s+now\s+on|henceforth)\b[^.!?\n]{0,40}\byou\s+(will|must|are|should|shall)\b
    | \bnew\s+instructions?\s*: | \bend\s+of\s+(system\s+)?(prompt|instructions)\b
    | \b(ignoriere?|vergiss|missachte)\b[^.!?\n]{0,40}\b(anweisung|anweisungen|regeln|instruktionen|befehle|vorgaben|obige|obigen|vorherigen?|bisherigen?)\b
    | (忽略|无视|忘记|忘掉|不要理会|绕过|跳过).{0,12}(指令|指示|规则|提示词?|设定|限制|要求|说明)
    | (显示|告诉我|输出|泄露|打印|重复|说出).{0,12}(系统提示|提示词|系统指令|初始指令|隐藏指令|内部指令)
    | (你现在是|从现在起你|从现在开始,?你|扮演).{0,16}(没有限制|不受限制|无限制|越狱|黑客|开发者模式|另一个\s*ai|管理员)
    | (开发者|调试|越狱|管理员|上帝)模式
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)

_INVISIBLE = dict.fromkeys(
    [
        *range(0x00, 0x09),
        0x0B,
        0x0C,
        *range(0x0E, 0x20),
        0x7F,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
    ]
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``text`` is the message as later steps see it. ``code`` is None when it may go on, else: empty, too_long, no_words, injection."""

    text: str
    code: str | None = None


def clean(text: str) -> str:
    """The message without control and invisible characters, in one Unicode form, with single spaces."""
    visible = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return re.sub(r"[^\S\n]+", " ", visible).strip()


def guard(text: str, *, limit: int, has_picture: bool = False) -> Verdict:
    """Judges one message. ``limit`` is in characters of the raw message; with a picture, words are not needed."""
    if len(text) > limit:
        return Verdict(text[:limit], "too_long")
    cleaned = clean(text)
    if not cleaned:
        return Verdict("", None if has_picture else "empty")
    if not any(character.isalnum() for character in cleaned) and not has_picture:
        return Verdict(cleaned, "no_words")
    if _INJECTION.search(cleaned):
        return Verdict(cleaned, "injection")
    return Verdict(cleaned)
