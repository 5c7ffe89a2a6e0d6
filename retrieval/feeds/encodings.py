"""Which encoding a text file is in, where it does not say so: what Excel writes differs from country to country.

A byte order mark, an XML declaration, and text that is valid UTF-8 leave no doubt. Else every encoding that shops use
is tried: the scripts of more than an alphabet by how common the characters are that come out, alphabets by the rules
that words in them keep, Latin ones by whether what comes out is a language (as Mozilla's universal charset detector
does; Li and Momoi 2001, "A composite approach to language/encoding detection").
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from retrieval.text.language import likeliest

UTF_8 = "utf-8-sig"

NAMES = {
    "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32": "UTF-32",
    "gb18030": "GB 18030 (Chinese)", "big5hkscs": "Big5 (Chinese)", "cp932": "Shift-JIS (Japanese)",
    "euc_jp": "EUC-JP (Japanese)", "cp949": "EUC-KR (Korean)", "cp1251": "windows-1251 (Cyrillic)",
    "koi8_r": "KOI8-R (Cyrillic)", "cp866": "code page 866 (Cyrillic)", "cp1253": "windows-1253 (Greek)",
    "cp1255": "windows-1255 (Hebrew)", "cp1256": "windows-1256 (Arabic)", "cp874": "windows-874 (Thai)",
    "cp1252": "windows-1252 (Western European)", "cp1250": "windows-1250 (Central European)",
    "cp1254": "windows-1254 (Turkish)", "cp1257": "windows-1257 (Baltic)", "cp1258": "windows-1258 (Vietnamese)",
    "mac_roman": "Mac Roman (Western European)", "cp850": "code page 850 (Western European)",
}  # fmt: skip
"""What people call the encodings that are found."""

LOOKED_AT = 2**26
"""Bytes of a file that are looked through for some that are not UTF-8."""
_SAMPLE = 2**14
_HEAD = 2**16
_COMMON = 0.85
"""Of the characters must be common ones for a text in Chinese, Japanese or Korean."""
_KANA = 0.15
_LATIN_SURE = 0.6

_LETTERS = re.compile(r"[^\W\d_]+")
_DOUBTED = re.compile(r"[^\x00-\x7f]")
_WITHIN = re.compile(r"[A-Za-z][\u1100-\uffee]|[\u1100-\uffee][A-Za-z]")
_WESTERN = frozenset("äöüßÄÖÜéèêëàâáçîïíôóúûùÉÈÀÁÇÍÓÚñÑ¿¡åÅæÆøØœã õ€–—’‘“”„…°£§®™·«»½²\xa0")
"""What Western European texts are made of beside ASCII."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A file's first lines that are no ASCII: a ``sample`` of those that are not UTF-8, and how many are which."""

    sample: bytes
    bad: int
    good: int


def said(head: bytes) -> str | None:
    """The encoding by a file's byte order mark, by the zeros that UTF-16 leaves, or by its XML declaration."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return UTF_8
    # UTF-16 without a mark: every other byte of what is mostly markup and digits is zero.
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = head[start::2]
        if len(half) > 1 and half.count(0) > 0.4 * len(half):
            return encoding
    if declared := re.match(rb"""<\?xml[^>]*?encoding=["']([\w.-]+)["']""", head):
        return _plain(declared[1].decode())
    # A page says it in its head.
    if re.match(rb"\s*<(?:!doctype html|html|head|meta)\b", head, re.IGNORECASE) and (
        declared := re.search(rb"""<meta\s[^>]{0,200}?charset=["']?([\w.-]+)""", head[:4_096], re.IGNORECASE)
    ):
        return _plain(declared[1].decode())
    return None


def _plain(name: str) -> str:
    name = name.lower()
    if name in ("utf-8", "utf8", "us-ascii", "ascii", "utf-16"):
        return UTF_8
    # What calls itself so is written on Windows, with the signs that it has there in place of control characters.
    alike = {"iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
    alike |= {
        "shift_jis": "cp932",
        "shift-jis": "cp932",
        "euc-kr": "cp949",
        "big5": "big5hkscs",
        "iso-8859-9": "cp1254",
    }
    return alike.get(name, name)


def lines_of(read: Callable[[int], bytes]) -> Lines:
    """Looks through a stream, at most ``LOOKED_AT`` bytes of it."""
    sample, bad, good, seen, rest = bytearray(), 0, 0, 0, b""
    while seen < LOOKED_AT and (chunk := read(2**20)):
        seen += len(chunk)
        whole, end, rest_of = (rest + chunk).rpartition(b"\n")
        rest = rest_of if end or len(rest_of) < _HEAD else b""
        if whole.isascii():
            continue
        for line in whole.split(b"\n"):
            bad, good = _counted(line, sample, bad, good)
    bad, good = _counted(rest, sample, bad, good)
    return Lines(bytes(sample), bad, good)


def _counted(line: bytes, sample: bytearray, bad: int, good: int) -> tuple[int, int]:
    if line.isascii():
        return bad, good
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        if len(sample) < _SAMPLE:
            sample += line[:_SAMPLE] + b"\n"
        return bad + 1, good
    return bad, good + 1


def guessed(sample: bytes) -> str | None:
    """The encoding that makes the most of lines that are not UTF-8; None where none is likely."""
    return _of_many(sample) or _of_alphabet(sample) or _latin(sample) or _western(sample)


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError as error:
        # The sample may end within a character.
        if error.start >= len(sample) - 4 and error.start > 8:
            return sample[: error.start].decode(encoding)
        return None


# What is common: characters by their place in the table that a country's standard orders them by.
_LEVELS = {
    "gb18030": ("gb2312", range(0xB0, 0xD8)),
    "big5hkscs": ("big5", range(0xA4, 0xC7)),
    "cp949": ("euc_kr", range(0xB0, 0xC9)),
    "cp932": ("shift_jis", range(0x88, 0x98)),
    "euc_jp": ("euc_jp", range(0xB0, 0xD0)),
}


def _of_many(sample: bytes) -> str | None:
    """Chinese, Japanese or Korean."""
    shares: dict[str, float] = {}
    kana: dict[str, float] = {}
    for encoding in _LEVELS:
        text = _decoded(sample, encoding)
        doubted = _DOUBTED.findall(text) if text else []
        if not doubted:
            continue
        # Out of an accent and the letter after it comes a character, too: one in the midst of Latin letters.
        if (
            sum(len(char.encode(encoding, "ignore")) > 1 for char in doubted) < len(doubted)
            or len(_WITHIN.findall(text or "")) > len(doubted) / 3
        ):
            continue
        shares[encoding] = sum(_common(char, encoding) for char in doubted) / len(doubted)
        kana[encoding] = sum("\u3041" <= char <= "\u30fe" for char in doubted) / len(doubted)
    if shares.get("cp932", 0) >= _COMMON and kana["cp932"] >= _KANA:
        return "cp932"
    if shares.get("euc_jp", 0) >= _COMMON and kana["euc_jp"] >= _KANA:
        return "euc_jp"
    # Half of the Chinese characters stand where Hangul does, hardly ever all of a text's.
    if shares.get("cp949", 0) >= 0.97:
        return "cp949"
    best = max(shares, key=lambda encoding: shares[encoding], default=None)
    return best if best is not None and shares[best] >= _COMMON else None


def _common(char: str, encoding: str) -> bool:
    if "\u3000" <= char <= "\u3020" or "\uff00" <= char <= "\uff60" or "\u2010" <= char <= "\u203b" or char in "·×℃":
        return True
    if "\u3041" <= char <= "\u30fe":
        return encoding in ("cp932", "euc_jp")
    if "\uac00" <= char <= "\ud7a3":
        return encoding == "cp949"
    base, leads = _LEVELS[encoding]
    if encoding == "cp949":
        return False
    try:
        return char.encode(base)[0] in leads and "\u4e00" <= char <= "\u9fff"
    except UnicodeEncodeError:
        return False


def _of_alphabet(sample: bytes) -> str | None:
    """Thai, Hebrew, Greek, Cyrillic or Arabic: whichever keeps the rules of its words."""
    best, least = None, 0.1
    for encoding, (script, wrong) in _ALPHABETS.items():
        text = _decoded(sample, encoding)
        if text is None:
            continue
        words = [word for word in _words(text) if not word.isascii()]
        letters = sum(len(word) for word in words)
        if not letters:
            continue
        # Letters of another script among them, and signs that stand in the midst of words.
        other = sum(len(word) for word in words if not script.fullmatch(word))
        signs = sum(
            unicodedata.category(char) in ("So", "Sm", "Sc", "Cc", "Co", "Cn", "No", "Sk")
            for char in text
            if char > "\x7f"
        )
        faults = (other + 2 * signs + sum(wrong(word) for word in words)) / letters
        if faults < least:
            best, least = encoding, faults
    return best


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_][\w\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0e31-\u0e4e]*", text)


def _cyrillic(word: str) -> int:
    """Capitals within a word, and words of one consonant after the other."""
    inner = sum(one.islower() and two.isupper() for one, two in pairwise(word))
    return 3 * inner + (3 if len(word) > 3 and not re.search("[аеёиоуыэюяіїєАЕЁИОУЫЭЮЯІЇЄrрР]", word) else 0)


def _greek(word: str) -> int:
    inner = word[:-1].count("ς") + (len(word) > 1 and word.endswith("σ")) + sum(map(word.count, "ΰΐ"))
    inner += sum(one.islower() and two.isupper() for one, two in pairwise(word))
    accents = sum(char in "άέήίόύώΆΈΉΊΌΎΏ" for char in word)
    return 3 * inner + (2 if accents > 1 or (len(word) > 4 and word.islower() and not accents) else 0)


def _hebrew(word: str) -> int:
    return 3 * sum(char in "ךםןףץ" for char in word[:-1]) + 3 * sum(char < "א" for char in word)


def _thai(word: str) -> int:
    """Marks that stand on nothing, and vowels that nothing follows."""
    marks = re.findall(r"(?<![ก-ฮ\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", word)
    doubled = re.findall(r"[\u0e31\u0e34-\u0e3a]{2}|[เ-ไ](?![ก-ฮ])|[\u0e48-\u0e4b]{2}|[ๅฯๆ][\u0e30-\u0e3a]", word)
    return 3 * len(marks) + 3 * len(doubled) + (2 * len(word) if len(word) < 3 else 0)


def _arabic(word: str) -> int:
    return 2 * word[:-1].count("ة") + 2 * word[:-1].count("ى") + 2 * word[1:].count("إ")


_ALPHABETS: dict[str, tuple[re.Pattern[str], Callable[[str], int]]] = {
    "cp1255": (re.compile(r"[\u0591-\u05f4]+"), _hebrew),
    "cp1251": (re.compile(r"[\u0400-\u045f\u0490\u0491]+"), _cyrillic),
    "koi8_r": (re.compile(r"[\u0400-\u045f]+"), _cyrillic),
    "cp866": (re.compile(r"[\u0400-\u045f]+"), _cyrillic),
    "cp1253": (re.compile(r"[\u0386-\u03ce]+"), _greek),
    "cp1256": (re.compile(r"[\u0621-\u0652\u067e\u0686\u0698\u06a9\u06af\u06cc]+"), _arabic),
    "cp874": (re.compile(r"[\u0e01-\u0e5b]+"), _thai),
}

_LATIN = {
    "cp1252": "de fr es it pt nl sv da no fi ca is en gl eu ga",
    "cp1250": "pl cs sk hu ro hr sl sq",
    "cp1254": "tr az",
    "cp1257": "lt lv et",
    "cp1258": "vi",
    "mac_roman": "de fr es it pt nl sv da no is en",
    "cp850": "de fr es it pt nl sv da no en",
}


def _latin(sample: bytes) -> str | None:
    best, most = None, _LATIN_SURE
    for encoding, languages in _LATIN.items():
        text = _decoded(sample, encoding)
        if text is None:
            continue
        doubted = _DOUBTED.findall(text)
        if not doubted:  # the sample ends within its only one
            continue
        odd = sum(unicodedata.category(char) in ("So", "Sm", "Cc", "Co", "Cn", "No", "Sk", "Lm") for char in doubted)
        # Letters that stand alone, and signs and capitals within words, are another encoding's.
        within = len(
            re.findall(r"[a-zà-ÿ][^\w\s.,;:!?'’&/()\"€£·–|+-][a-zà-ÿ]|[a-z][À-ÖØ-Þ](?![a-zà-ÿ]?\b[^a-z])", text)
        )
        language, sure = likeliest(" ".join(_lines_with(text)))
        score = (sure if language in languages.split() else 0.0) * (1 - min(1.0, (odd + within) / len(doubted)))
        if encoding == "cp1252":  # by far the commonest
            score += 0.02
        if score > most:
            best, most = encoding, score
    return best


def _western(sample: bytes) -> str | None:
    """A name or two with an accent, in no language that can be told: the commonest encoding, if that makes sense."""
    text = _decoded(sample, "cp1252")
    return "cp1252" if text and _WESTERN.issuperset(_DOUBTED.findall(text)) else None


def _lines_with(text: str) -> list[str]:
    return [" ".join(_LETTERS.findall(line)) for line in text.splitlines()[:40]]
