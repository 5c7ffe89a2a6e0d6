"""Names of colours: what a shop's own colour is called by people, and what it looks like."""

from __future__ import annotations

from collections.abc import Collection

from PIL import ImageColor

from retrieval.text.lexicon import ColourEntry
from retrieval.text.words import is_chinese

_CHINESE = {
    "black": "黑色",
    "white": "白色",
    "grey": "灰色",
    "red": "红色",
    "blue": "蓝色",
    "navy": "藏青色",
    "green": "绿色",
    "yellow": "黄色",
    "orange": "橙色",
    "pink": "粉色",
    "purple": "紫色",
    "brown": "棕色",
    "beige": "米色",
    "gold": "金色",
    "silver": "银色",
    "turquoise": "青色",
    "cream": "奶油色",
    "khaki": "卡其色",
}
_ENGLISH = {name: english for english, name in _CHINESE.items()}
_SHADES = frozenset(("light", "dark", "bright", "pale", "deep", "soft", "heather", "matt", "matte", "metallic", "neon"))
_NOT_NAMED = "#888888"


PLAIN = (
    "black",
    "white",
    "grey",
    "red",
    "blue",
    "navy",
    "green",
    "yellow",
    "orange",
    "pink",
    "purple",
    "brown",
    "beige",
)
"""Colours that are asked for everywhere, whether or not a shop has them."""


def is_colour_word(word: str) -> bool:
    """Whether a single English word names a colour."""
    return word in _CHINESE or word in ImageColor.colormap


def colour_entry(colour: str, others: Collection[str]) -> ColourEntry:
    """What a shop's colour is called. A name of several words is also called by the plain colour in it ("midnight
    navy"), unless ``others`` has that as a colour of its own."""
    if is_chinese(colour):
        plain = colour.removesuffix("色")
        english = _ENGLISH.get(f"{plain}色")
        name = {"zh": colour, **({"en": english} if english else {})}
        words = {"zh": tuple(dict.fromkeys((colour, plain, f"{plain}色"))), **({"en": (english,)} if english else {})}
        return ColourEntry(hex=_hex([english or ""]), name=name, words=words)
    parts = colour.split()
    told = [part for part in parts if is_colour_word(part)]
    said = [colour]
    if len(told) == 1 and len(parts) > 1 and told[0] not in others and "and" not in parts:
        said.append(told[0])
    chinese = _CHINESE.get(told[0]) if len(told) == 1 and set(parts) - _SHADES == {told[0]} else None
    name = {"en": colour, **({"zh": chinese} if chinese and len(parts) == 1 else {})}
    words = {"en": tuple(said)}
    if chinese and (len(parts) == 1 or told[0] not in others):
        words["zh"] = (chinese, chinese.removesuffix("色"))
    return ColourEntry(hex=_hex([colour.replace(" ", ""), *told[-1:]]), name=name, words=words)


def _hex(names: list[str]) -> str:
    for name in names:
        if (found := ImageColor.colormap.get(name)) is not None:
            return found if isinstance(found, str) else "#{:02x}{:02x}{:02x}".format(*found[:3])
    return _NOT_NAMED
