"""Which facts of a product a question asks about: attribute keys of the lexicon, and price, stock, size, colour, rating."""

from __future__ import annotations

import re


from retrieval.lexicon import Lexicon

_OWN_WORDS: dict[str, tuple[str, ...]] = {
    "price": ("price", "cost", "costs", "how much", "expensive", "多少钱", "价格", "价钱", "贵不贵"),
    "stock": (
        "in stock",
        "available",
        "availability",
        "how many left",
        "how many are left",
        "sold out",
        "left",
        "有货",
        "库存",
        "现货",
        "缺货",
        "还有吗",
    ),
    "size": ("size", "sizes", "sizing", "尺码", "码", "尺寸", "大小"),
    "colour": ("colour", "colours", "color", "colors", "颜色", "什么色"),
    "rating": ("rating", "rated", "review", "reviews", "stars", "评分", "评价", "口碑", "好评"),
    "brand": ("brand", "who makes", "made by", "manufacturer", "品牌", "牌子"),
    "description": ("tell me more", "more about", "describe", "details", "介绍", "详情", "详细"),
}
"""How facts that every product has are asked for."""

_CJK = re.compile(r"[\u4e00-\u9fff]")


def _patterns(words: list[tuple[str, str]]) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (key, re.compile(re.escape(word) if _CJK.search(word) else rf"\b{re.escape(word)}\b", re.IGNORECASE))
        for key, word in words
    ]


class AskedFacts:
    """Reads the asked-for facts out of a question."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = [(key, word) for key, said in _OWN_WORDS.items() for word in said]
        for key, attribute in lexicon.attributes.items():
            words.append((key, key.replace("_", " ")))
            for entry in (attribute, *attribute.values.values()):
                words += [(key, word) for said in entry.words.values() for word in said]
                words += [(key, name) for name in entry.name.values()]
        self._patterns = _patterns(list(dict.fromkeys(words)))

    def asked(self, text: str) -> tuple[str, ...]:
        """The keys in the order they are asked for; each once."""
        found: dict[str, int] = {}
        for key, pattern in self._patterns:
            match = pattern.search(text)
            if match and (key not in found or match.start() < found[key]):
                found[key] = match.start()
        return tuple(sorted(found, key=lambda key: found[key]))
