"""What a question about a product asks for ("how heavy is it?" asks for the weight). Reads words only, no products."""

from __future__ import annotations

import re

from assistant.understanding.language import normalise
from assistant.understanding.vocabulary import stem
from retrieval.lexicon import Lexicon

_OPTIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "price",
        re.compile(
            r"\bprice|\bcosts?\b|how much(?! does (?:it|this|that) weigh)|\bexpensive\b|\bcheap|价格|价钱|多少钱"
            r"|什么价|贵"
        ),
    ),
    (
        "stock",
        re.compile(
            r"\bstock\b|\bavailab|\bleft\b|\bsold out\b|how many (?:do you have|are)|有货|库存|现货|还剩|补货|缺货"
        ),
    ),
    (
        "size",
        re.compile(r"\bsiz(?:es?|ing)\b|\brun (?:small|large|big)|true to size|尺码|码数|码\b|几码|偏大|偏小|尺寸"),
    ),
    ("colour", re.compile(r"\bcolou?rs?\b|颜色|什么色")),
    (
        "rating",
        re.compile(r"\brat(?:ed|ings?)\b|\breviews?\b|\bstars?\b|\bpeople (?:say|think)|评价|评分|评论|口碑|好评"),
    ),
    ("brand", re.compile(r"\bbrand\b|\bwho makes\b|\bmanufacturer|品牌|牌子")),
    ("material", re.compile(r"\bmade (?:of|from|out of)\b|材质|材料|面料|什么做的")),
)
_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")


def read_asked(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Attribute keys of the lexicon and option names that the text names, in the lexicon's order, options first."""
    plain = normalise(text)
    found = [name for name, pattern in _OPTIONS if pattern.search(plain)]
    tokens = " " + " ".join(stem(token) for token in _TOKEN.findall(plain)) + " "
    for key, attribute in lexicon.attributes.items():
        words = [
            key.replace("_", " "),
            *attribute.name.values(),
            *(word for listed in attribute.words.values() for word in listed),
        ]
        for value in attribute.values.values():
            words += [word for listed in value.words.values() for word in listed]
        if any(_named(word.casefold(), plain, tokens) for word in words):
            found.append(key)
    return tuple(dict.fromkeys(found))


def _named(word: str, plain: str, tokens: str) -> bool:
    if not word.isascii():
        return word in plain
    stems = [stem(token) for token in _TOKEN.findall(word)]
    return bool(stems) and f" {' '.join(stems)} " in tokens
