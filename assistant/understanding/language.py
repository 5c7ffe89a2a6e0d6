"""Which language a message is in, and the same message in one normal form. Nothing here knows what a shop is."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 4000
"""Characters kept of a message: what matters is said early, and every later step stays fast."""

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_SPACE = re.compile(r"\s+")
_STRETCHED = re.compile(r"([^\W\dx_])\1{2,}")
_STRAIGHT = str.maketrans(
    {"‘": "'", "’": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "。": ". ", "、": ",", "¥": "¥"}
)


def detect_language(text: str) -> str:
    """``"zh"`` when the message holds Chinese characters (also mixed with English words), else ``"en"``.

    Customers who mix write Chinese around English product words, so any clause of Chinese decides; a single Chinese
    character in an otherwise English sentence does not. Japanese, Korean and all other scripts are answered in English.
    """
    if _KANA_OR_HANGUL.search(text):
        return "en"
    han = len(_HAN.findall(text))
    if han == 0:
        return "en"
    return "zh" if han >= 2 or len(_LATIN_WORD.findall(text)) <= 2 else "en"


def is_mixed(text: str) -> bool:
    """Whether Chinese characters and English words both occur."""
    return bool(_HAN.search(text) and _LATIN_WORD.search(text))


def normalise(text: str) -> str:
    """NFKC, straight quotes, lower case, single spaces, no control characters, "soooo" as "soo", at most ``LONGEST`` long."""
    text = unicodedata.normalize("NFKC", text[:LONGEST]).translate(_STRAIGHT)
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Cf") else char for char in text)
    text = _STRETCHED.sub(r"\1\1", text.casefold())
    return _SPACE.sub(" ", text).strip()[:LONGEST]
