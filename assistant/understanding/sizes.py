"""Reads sizes ("size 42", "UK 9", "XL", 42码, 27寸) out of a message, written the way variants carry them."""

from __future__ import annotations

import re

from assistant.understanding.spans import Spans

_LETTER = r"(?:[2-6]xl|x{1,4}l|x{1,3}s|s|m|l)"
_WORDS = {
    "extra small": "XS", "x-small": "XS", "small": "S", "medium": "M", "large": "L", "extra large": "XL", "x-large": "XL",
    "xx-large": "XXL", "double xl": "XXL", "one size": "one size",
    "特小号": "XS", "小号": "S", "中号": "M", "大号": "L", "加大号": "XL", "加大": "XL", "特大号": "XL", "加加大": "XXL", "均码": "one size",
}  # fmt: skip
_WORD = "|".join(sorted((re.escape(word) for word in _WORDS if word.isascii()), key=len, reverse=True))
_HAN_WORD = "|".join(sorted((word for word in _WORDS if not word.isascii()), key=len, reverse=True))
_HALF = r"(?:\d{1,3}(?:\.\d)?(?: (?:and a half|1/2))?)"
_LENGTH = r"(?:inch(?:es)?|\"|''|英寸|寸|cm\b|厘米|公分|mm\b|毫米)"

_SPAN = r"(?P<number>\d{1,3} ?[-–] ?\d{1,3})"
"""A size that is several: socks of 41-46."""

_PATTERNS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"\b(?:size|sizes|sz)(?:d|:| is| of| in)? ?{_SPAN}(?![\d%])",
        rf"{_SPAN} ?(?:码|号(?![线楼院]))",
        rf"(?:尺码|码数)(?:是|要|为|:)? ?{_SPAN}(?![\d%])",
        rf"(?<!show )(?<!give )(?<!send )(?<!tell )(?<!get )(?<!the )(?<!for )(?<!of )(?<!let )(?<!to )"
        rf"\b(?P<system>uk|us|eu|fr|jp)(?: (?:wo)?men'?s)?(?: size| sz)? ?(?P<number>{_HALF})(?![\d%])(?: ?码)?",
        rf"(?<![\d.$€£])(?:size )?(?P<number>{_HALF}) ?\(?(?P<system>uk|us|eu)\)?"
        r"(?=$| ?[,.!?]| (?:wo)?men| ladies| in\b| for\b| and\b| or\b| please| size)",
        r"\b(?:(?:wo)?men'?s|ladies'?) (?:(?P<system>uk|us|eu) )?(?:size )?(?P<number>\d{1,2}(?:\.5)?)"
        r"(?=$| ?[,.!?)]| in\b| and\b| or\b| please| shoe| boot| sneaker)",
        r"\bin an? (?P<number>\d{1,2}(?:\.5)?)(?=$| ?[,.!?]| please| instead)",
        rf"\b(?:size|sizes|sz|siz)(?:d|:| is| of| in| no\.?)? ?(?P<system>uk|us|eu|fr|jp)? ?(?P<number>{_HALF})(?![\d%])(?! ?(?:inch|cm|mm))",
        rf"\b(?:size|sz|siz)\b(?:d|:| is| of| in)? ?(?:an? )?(?P<letter>{_LETTER}|{_WORD})\b",
        r"\bring size ?(?P<system>uk)? ?(?P<letter>[a-z])\b",
        rf"(?<![a-z0-9])(?P<letter>{_LETTER}) ?(?:码|号|尺码)",
        r"(?P<system>欧|美|英|日)?码? ?(?P<number>\d{2,3}(?:\.\d)?) ?(?:码|号(?![线楼院]))",
        r"(?<![\d.])(?P<number>\d) ?码",
        rf"(?:尺码|码数|尺寸)(?:是|要|为|:)? ?(?P<number>\d{{1,3}}(?:\.\d)?)(?! ?(?:{_LENGTH}))",
        rf"(?:尺码|码数|尺寸)(?:是|要|为|:)? ?(?P<letter>{_LETTER})(?![a-z])",
        rf"(?P<letter>{_HAN_WORD})(?:的|码)?",
        rf"(?<![\d.$])(?<!fit a )(?<!fits a )(?<!fit )(?<!hold a )(?<!for a )(?<!装得下)(?<!能装)(?<!装)(?:(?P<first>\d{{1,3}}(?:\.\d)?) ?(?:or|and|/|或|和) ?)?(?P<length>\d{{1,3}}(?:\.\d)?)[ -]?(?P<unit>{_LENGTH})",
        r"(?<![a-z0-9'&.])(?P<letter>[2-6]xl|x{1,4}l|x{1,3}s)(?![a-z0-9'&])",
        r"(?:^|(?<=[\u4e00-\u9fff ]))(?P<letter>x{0,3}[sl]|m)(?=还?(?:有|没))",
        r"(?<=[\u4e00-\u9fff])(?P<letter>x{0,3}[sl]|m)(?=[\u4e00-\u9fff,?!. ]|$)(?![型形家店])",
        rf"\b(?:in|an?|as|take|need|want|wear|the|a pair of|i'?m(?: an?)?|to|for) (?:an? )?(?P<letter>[sml]|{_WORD})(?=$| ?[,.!?)]| please| and\b| or\b| instead| one\b| before| after| in| if| with| under| for\b| to (?:my|the)\b)",
        rf"^(?P<letter>[sml]|{_WORD})(?: please| size| one)?[.!]?$",
        rf"(?P<letter>{_WORD}) size\b",
        r"(?<=[a-z] )(?P<letter>[sml])[.!?]?$",
        rf"穿(?:的是)? ?(?P<letter>{_LETTER})(?![a-z])",
        r"\b(?:waist ?|w)(?P<waist>2[4-9]|3\d|4[0-4])\b|腰围 ?(?P<round>\d\d)|(?P<behind>\d\d) ?腰",
        r"\b(?:in|an?|wear|i'?m) (?:an? )?(?P<number>(?:3[4-9]|4[0-9])(?:\.5)?)(?=$| ?[,.!?]| please| and\b| or\b"
        r"| instead)(?! ?[%$])",
    )
)
_ALSO = re.compile(rf" ?(?:,|/|or|and|&|或者?|和|,) ?(?P<value>{_HALF}|{_LETTER})(?![\w$%]| of\b| ?[x×])(?: ?码)?")
_ALONE = re.compile(rf"(?<![\w.])(?P<value>\d{{1,3}} ?[-–] ?\d{{1,3}}|{_HALF}|{_LETTER}|{_WORD})(?![\w])")
_IN_WORDS = re.compile(rf"(?<![\w-])(?:{_WORD})(?![\w-])")
_SYSTEMS = {
    "欧": "",
    "美": "US ",
    "英": "UK ",
    "日": "JP ",
    "uk": "UK ",
    "us": "US ",
    "eu": "",
    "eur": "",
    "euro": "",
    "fr": "",
    "jp": "JP ",
}
_LENGTH_UNITS = {"cm": "cm", "厘米": "cm", "公分": "cm", "mm": "mm", "毫米": "mm"}


def read_sizes(spans: Spans, bare_value_is_size: bool = False) -> list[str]:
    """Takes sizes out of ``spans``: "42" (EU numbers stay bare), "UK 9", "XL", "27 inch". Each once, in order."""
    found: list[tuple[int, str]] = []
    for pattern in _PATTERNS:
        for match in spans.take_all(pattern):
            if first := match.groupdict().get("first"):
                found.append((match.start(), f"{first} {_LENGTH_UNITS.get(match['unit'], 'inch')}"))
            found.append((match.start(), _written(match)))
            end = match.end()
            while also := _ALSO.match(spans.left, end):
                spans.take(also.start(), also.end())
                found.append((also.start(), _letter_or_number(also["value"])))
                end = also.end()
    if bare_value_is_size and not found:
        found = [(match.start(), _letter_or_number(match["value"])) for match in spans.take_all(_ALONE)]
    return list(dict.fromkeys(size for _, size in sorted(found, key=lambda pair: pair[0])))


def read_words(text: str) -> list[tuple[str, str]]:
    """The English words for sizes in a text in lower case, each with its letter: large, L."""
    return [(match[0], _WORDS[match[0]]) for match in _IN_WORDS.finditer(text)]


def _written(match: re.Match[str]) -> str:
    groups = match.groupdict()
    for name in ("waist", "round", "behind"):
        if groups.get(name):
            return f"W{groups[name]}"
    if groups.get("length"):
        return f"{groups['length']} {_LENGTH_UNITS.get(groups['unit'], 'inch')}"
    if groups.get("letter"):
        return _SYSTEMS.get(groups.get("system") or "", "") + _letter_or_number(groups["letter"])
    return _SYSTEMS.get(groups.get("system") or "", "") + _letter_or_number(groups["number"])


def _letter_or_number(value: str) -> str:
    if value in _WORDS:
        return _WORDS[value]
    value = re.sub(r" (?:and a half|1/2)$", ".5", re.sub(r" ?[-–] ?", "-", value)).upper()
    return re.sub(r"^(\d)XL$", lambda match: "X" * int(match[1]) + "L", value)
