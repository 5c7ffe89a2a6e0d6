"""The lexicon: types, umbrellas, colours, attributes, sizes and units, with the words for them in each language."""

from __future__ import annotations

from typing import Any

from .content import Attribute, TypeSpec, attributes, rows, types, words
from .wording import UNITS

SIZE_WORDS: dict[str, tuple[str, str]] = {
    "XS": ("XS, extra small", "XS, 特小号, 加小号"),
    "S": ("S, small", "S, 小号, 小码"),
    "M": ("M, medium", "M, 中号, 中码"),
    "L": ("L, large", "L, 大号, 大码"),
    "XL": ("XL, extra large", "XL, 加大号, 加大码"),
    "XXL": ("XXL, double extra large, 2XL", "XXL, 特大号, 2XL"),
}
UK_SIZES = {
    "36": "3.5", "37": "4", "38": "5", "39": "6", "40": "6.5", "41": "7.5", "42": "8", "43": "9", "44": "9.5",
    "45": "10.5", "46": "11",
}  # fmt: skip


def colours() -> dict[str, dict[str, Any]]:
    return {
        key: {
            "hex": value,
            "name": {"en": en, "zh": zh},
            "words": {"en": words(words_en), "zh": words(words_zh)},
        }
        for key, value, en, zh, words_en, words_zh in rows("colours.txt")
    }


def umbrellas(specs: dict[str, TypeSpec]) -> dict[str, dict[str, Any]]:
    found = {}
    for key, listed, en, zh, words_en, words_zh in rows("umbrellas.txt"):
        below = [spec.key for spec in specs.values() if key in spec.category] if listed == "*" else listed.split()
        found[key] = {
            "types": below,
            "name": {"en": en, "zh": zh},
            "words": {"en": words(words_en), "zh": words(words_zh)},
        }
    return found


def attribute(entry: Attribute) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": entry.kind, "name": entry.name, "words": entry.words}
    if entry.values:
        made["values"] = {key: {"name": value.name, "words": value.words} for key, value in entry.values.items()}
    return made


def sizes() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {
        key: {"name": {"en": key, "zh": key}, "words": {"en": words(en), "zh": words(zh)}}
        for key, (en, zh) in SIZE_WORDS.items()
    }
    for number in [*range(28, 36), *UK_SIZES]:
        eu = str(number)
        said = [f"EU {eu}", f"size {eu}", eu] + ([f"UK {UK_SIZES[eu]}"] if eu in UK_SIZES else [])
        found[eu] = {"name": {"en": f"EU {eu}", "zh": f"{eu}码"}, "words": {"en": said, "zh": [f"{eu}码", f"{eu}号"]}}
    for waist in (28, 30, 32, 34, 36):
        said = [f"W{waist}", f"waist {waist}", f"{waist} inch waist"]
        found[f"W{waist}"] = {
            "name": {"en": f"W{waist}", "zh": f"{waist}腰"},
            "words": {"en": said, "zh": [f"W{waist}", f"{waist}腰", f"腰围{waist}"]},
        }
    for age in (4, 6, 8, 10):
        found[f"{age}Y"] = {
            "name": {"en": f"{age} years", "zh": f"{age}岁"},
            "words": {"en": [f"{age}Y", f"age {age}", f"{age} years"], "zh": [f"{age}岁", f"{age}岁款"]},
        }
    return found


def lexicon() -> dict[str, Any]:
    specs = types()
    return {
        "types": {
            spec.key: {"category": list(spec.category), "name": spec.name, "words": spec.words}
            for spec in specs.values()
        },
        "umbrellas": umbrellas(specs),
        "colours": colours(),
        "attributes": {key: attribute(entry) for key, entry in attributes().items()},
        "sizes": sizes(),
        "units": UNITS,
    }
