"""Reads wishes on quantities ("over 200 pages", "lighter than 500 g", 至少20升) and ages out of a message."""

from __future__ import annotations

import re

from assistant.understanding.numbers import NUMBER, value_of
from assistant.understanding.spans import Spans
from retrieval.text.measures import UNIT, Measure, in_base_units, limit

APPROXIMATE_SHARE = 0.15
"""How far "about 30 litres" reaches to both sides."""
_LEAST = r"(?:at least|over|above|more than|no less than|not less than|minimum(?: of)?|min\.?|longer than|larger than|bigger than|heavier than|taller than|from|>=?|≥|至少|不少于|不低于|超过|大于|高于|起码|最少)"
_MOST = (
    r"(?:(?:can'?t|cannot|can not|mustn'?t|must not|shouldn'?t|should not|not|no)(?: be)?(?: any)? (?:heavier|larger|bigger|longer|taller|thicker|wider|more|over|above)(?: than)?"
    r"|(?:不要|不能|不得|不可以?|别)(?:超过|高于|大于|重于)|at most|under|below|less than|fewer than|no more than|not more than|max(?:imum)?\.?(?: of)?|up to|within|lighter than|shorter than"
    r"|smaller than|thinner than|no heavier than|<=?|≤|最多|不超过|不高于|少于|低于|小于|轻于|短于|不到)"
)
_ABOUT = r"(?:about|around|roughly|approximately|approx\.?|some|~|大约|大概|差不多|约)"
_LEAST_AFTER = (
    r"(?:\+|at least|minimum|or (?:more|longer|bigger|larger|up|above)|and (?:up|more|above)|plus|以上|起|往上)"
)
_MOST_AFTER = r"(?:or (?:less|lighter|under|shorter|smaller|fewer)|max(?:imum)?|at most|tops|以内|以下|之内)"
_AMOUNT = rf"(?P<amount>{NUMBER}) ?-?(?P<unit>{UNIT})(?![a-z])"
_WISH = re.compile(
    rf"(?:(?P<most>{_MOST})|(?P<least>{_LEAST})|(?P<about>{_ABOUT}))? ?(?:(?P<from>{NUMBER}) ?(?:to|-|–|~|到|至) ?)?{_AMOUNT} ?(?:(?P<least_after>{_LEAST_AFTER})|(?P<most_after>{_MOST_AFTER}))?"
)
_ASPECTS = (
    ("height", re.compile(r"\b(?:tall|taller|high|higher|height|heigth)\b|高")),
    ("width", re.compile(r"\b(?:wide|wider|width|broad|broader)\b|宽")),
    ("thick", re.compile(r"\b(?:thick|thicker|thickness|thin|thinner)\b|厚")),
    ("diameter", re.compile(r"\b(?:diameter|across)\b|直径")),
    ("length", re.compile(r"\b(?:long|length|longer|shorter)\b|长")),
)
_LASTS = re.compile(r"\b(?:batter(?:y|ies)|lasts?|run ?time|playtime|charge)\b|续航|电池|待机|充电")
_EXACT = {"pages", "pieces", "persons", "gears", "frequency", "megapixels"}
"""What a bare number means exactly, or at least: "a tent for 2 persons", "a 1,000 piece puzzle"."""
_BARE = {"weight", "volume", "time", "pieces", "persons", "power", "frequency", "megapixels"}
_MIN_PIECES = 10
"""Fewer are how many of a product are wanted, not what it is made of."""
_AGE = re.compile(
    rf"(?P<amount>{NUMBER})[ -]?(?:years?|yrs?|y)[ -]?(?:old|olds|o)?\b(?! (?:ago|warranty|guarantee))|\bage[ds]? (?:of )?(?P<aged>{NUMBER})\b"
    rf"|\b(?:girl|boy|kid|child|son|daughter|nephew|niece|grandson|granddaughter|toddler)(?: of|,| is| who is| who's| turning)? (?P<of>{NUMBER})\b"
    rf"|(?P<han>{NUMBER}) ?岁"
)
_FOR_PEOPLE = re.compile(r"(?P<one>单人)|(?P<two>双人|(?:两|俩|2)个?人|情侣|两口子)")
_BODY = re.compile(
    rf"\b(?:wom[ae]n|m[ae]n|girl|boy|lady|guy|person|i am|i'?m|she is|she'?s|he is|he'?s|wife|husband|son|daughter|mum|dad)\b"
    rf"[^.;!?\d]{{0,12}}{NUMBER} ?(?:cm|m|ft|feet)\b(?: \d\d?\b)?|身高 ?{NUMBER} ?(?:cm|厘米|公分|米|m)?|{NUMBER} ?(?:cm|厘米|公分)高?的(?:女|男)"
)
"""How tall somebody is, which no product is."""
_ASPECT_OF_NUMBER = re.compile(
    rf"(?:(?P<most>{_MOST})|(?P<least>{_LEAST})) ?(?P<amount>{NUMBER})(?= ?(?:wide|long|tall|high|deep|across)\b)"
)
_MAX_CHILD_AGE = 15
"""Up to this many years an age says what a child may have; beyond it, nothing of a product."""


def read_measures(spans: Spans) -> list[Measure]:
    """Takes wishes on quantities out of ``spans``: before prices are read, which "over 200 pages" would else be."""
    found: list[Measure] = []
    for match in spans.take_all(_AGE):
        years = float(value_of(match["amount"] or match["aged"] or match["of"] or match["han"]))
        if years <= _MAX_CHILD_AGE:
            found.append(limit("age", None, years))
    for _ in spans.take_all(_BODY):
        pass
    for match in spans.take_all(_FOR_PEOPLE):
        persons = 1.0 if match["one"] else 2.0
        found.append(Measure("persons", low=persons, high=persons, may_lack=match[0] not in ("单人", "双人")))
    for match in _WISH.finditer(spans.left):
        dimension, amount = in_base_units(float(value_of(match["amount"])), match["unit"])
        measure = _wish(match, dimension, amount, spans.text)
        if measure is not None:
            spans.take(match.start(), match.end())
            found.append(measure)
    for match in spans.take_all(_ASPECT_OF_NUMBER):
        amount = float(value_of(match["amount"]))
        aspect = next((key for key, word in _ASPECTS if word.search(spans.text)), "")
        low, high = (None, amount) if match["most"] else (amount, None)
        found.append(Measure("length", low=low, high=high, aspect=aspect))
    return found


def _wish(match: re.Match[str], dimension: str, amount: float, text: str) -> Measure | None:
    compared = any(match[name] for name in ("least", "most", "about", "from", "least_after", "most_after"))
    if dimension == "age" or (dimension == "time" and not _LASTS.search(text)):
        return None  # "within 3 days", "2 years ago"
    if not compared and dimension not in _BARE:
        return None
    if dimension == "pieces" and not compared and amount < _MIN_PIECES:
        return None
    aspect = next((key for key, word in _ASPECTS if word.search(text)), "") if dimension == "length" else ""
    if match["from"]:
        low = in_base_units(float(value_of(match["from"])), match["unit"])[1]
        return Measure(dimension, low=min(low, amount), high=max(low, amount), aspect=aspect)
    if match["most"] or match["most_after"]:
        return Measure(dimension, high=amount, aspect=aspect)
    if match["least"] or match["least_after"]:
        return Measure(dimension, low=amount, aspect=aspect)
    if dimension in _EXACT and not match["about"]:
        return Measure(dimension, low=amount, high=None if dimension == "persons" else amount, aspect=aspect)
    if dimension == "time":
        return Measure(dimension, low=amount, aspect=aspect)  # "100 h battery": that long, or longer
    return Measure(
        dimension, low=amount * (1 - APPROXIMATE_SHARE), high=amount * (1 + APPROXIMATE_SHARE), aspect=aspect
    )
