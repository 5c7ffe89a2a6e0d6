"""Reads the products a message speaks of: types, colours, brands and attributes, wanted or refused.

Everyday words ("city", "smart", "short") name an attribute only next to a product type that has it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.understanding.negation import refused
from assistant.understanding.spans import Spans
from assistant.understanding.vocabulary import Match, Vocabulary
from retrieval.text.lexicon import Lexicon

_NEEDS_ITS_TYPE = frozenset(
    [
        "zip",
        "down",
        "paper",
        "pair",
        "plain",
        "solid",
        "metal",
        "carbon",
        "pc",
        "turn",
        "lock",
        "light",
        "electric",
        "electrical",
        "powered",
        "pulse",
        "quiet",
        "silent",
        "pocket",
        "lid",
        "illustration",
        "indoor",
        "adjustable",
        "mechanical",
        "instant",
        "protective",
        "lined",
        "padded",
        "washable",
        "recycled",
        "organic",
        "drawer",
        "lock",
        "expand",
        "grippy",
        "print",
        "printed",
        "flower",
        "spotted",
        "abstract",
        "graphic",
        "china",
        "fit",
        "set",
        "straw",
        "steel",
        "rotating",
        "insulated",
        "magnet",
        "thermal",
        "麻",
        "纸",
        "竹",
        "钢",
        "陶",
        "皮",
        "铝",
        "印花",
        "定位",
        "通话",
        "用电",
        "安静",
        "话筒",
        "烤箱",
        "微波炉",
        "电磁炉",
        "洗碗机",
        "洗衣机",
        "一对",
        "两只",
        "旋转",
        "发光",
        "放电脑",
        "随身",
        "带图",
        "带线",
        "盖子",
        "扶手",
        "抽屉",
        "拉链",
        "花朵",
        "格子",
        "圆点",
        "草帽",
        "实木",
        "木头",
        "加重",
        "升降",
        "密封",
        "室内",
    ]
)
_VAGUE_UMBRELLAS = frozenset(
    ["home", "sport", "outdoor", "kitchen", "fitness", "cycling", "accessories", "decor", "clothing_and_shoes"]
)


_OF_ONES_OWN = re.compile(
    r"\b(?:for|on|in|to|at|under|with|next to|beside) (?:my|our|the|his|her|their) (?:[\w-]{1,15} ){0,2}$"
)


_NEAR = 80
"""Characters before a word in which what it belongs to is said."""


@dataclass(slots=True)
class Named:
    """What was named, each once and in order. ``exclude`` holds key=value."""

    type: list[str] = field(default_factory=list)
    colour: list[str] = field(default_factory=list)
    brand: list[str] = field(default_factory=list)
    attribute: list[str] = field(default_factory=list)
    exclude: list[str] = field(default_factory=list)

    def take_back(self, kind: str, keys: Collection[str]) -> None:
        """What is said last of a word holds: 不要黑色 … 算了 要黑色."""
        entries = [key if kind == "attribute" else f"{kind}={key}" for key in keys]
        self.exclude = [entry for entry in self.exclude if entry not in entries]
        values = getattr(self, kind)
        values[:] = [key for key in values if key not in keys]


class ProductReader:
    """``attributes_of`` gives what products of a type have, as keys and as key=value; of two meanings of a word the
    one that occurs is taken. Without it every type may have every key."""

    def __init__(
        self, lexicon: Lexicon, vocabulary: Vocabulary, attributes_of: Mapping[str, Collection[str]] | None = None
    ) -> None:
        self._lexicon = lexicon
        self._special: dict[tuple[str, str], list[str]] = {}
        self._vocabulary = vocabulary
        self._attributes_of = attributes_of

    def read(self, spans: Spans, types_so_far: Iterable[str] = ()) -> Named:
        """Takes product words out of ``spans``. ``types_so_far`` are the types of the search under way."""
        matches = self._vocabulary.find(spans.left)
        not_wanted = refused(spans.text, matches)
        beside = {
            at
            for at, match in enumerate(matches)
            if _OF_ONES_OWN.search(spans.text[max(0, match.start - _NEAR) : match.start])
        }
        types = self._types(matches, not_wanted, beside)
        about = types or list(types_so_far)
        named = Named(type=types)
        for index, match in enumerate(matches):
            kind, keys = self._meaning(match, about)
            if not keys:
                if kind == "type":
                    spans.take(match.start, match.end)
                continue
            spans.take(match.start, match.end)
            if kind != "type":
                named.take_back(kind, keys)
            if match.keys("type") and any(_same_key(keys, entry) for entry in named.attribute):
                continue
            if index in not_wanted:
                named.exclude += [key if kind == "attribute" else f"{kind}={key}" for key in keys]
            elif kind == "colour":
                named.colour += keys
            elif kind == "brand":
                named.brand += keys
            elif kind == "attribute":
                named.attribute += keys
        if not types and not (named.type or self._fits(named.attribute, about)):
            named.type = self._implied(named.attribute)
        # "No earbuds" while headphones are looked for refuses a sort of them, not the kind.
        kinds = {leaf for key in named.type or types_so_far for leaf in self._lexicon.expand(key)}
        named.exclude = [entry for entry in named.exclude if not kinds or not self._all_of(entry, kinds)]
        for values in (named.type, named.colour, named.brand, named.attribute, named.exclude):
            values[:] = dict.fromkeys(values)
        named.attribute = [entry for entry in named.attribute if entry not in named.exclude]
        return named

    def has(self, types: Sequence[str], key: str) -> bool:
        """Whether products of a kind have an attribute."""
        leaves = [leaf for name in types for leaf in self._lexicon.expand(name)]
        return any(key in (self._attributes_of or {}).get(leaf, ()) for leaf in leaves)

    def made_for(self, types: Sequence[str], audience: Sequence[str]) -> list[str]:
        """What a kind has for an audience by another name: "books for children" are picture books."""
        return list(dict.fromkeys(made for entry in audience for name in types for made in self._made_for(name, entry)))

    def _made_for(self, name: str, entry: str) -> list[str]:
        if (name, entry) not in self._special:
            key, _, value = entry.partition("=")
            people = self._lexicon.attributes[key].values.get(value) if key in self._lexicon.attributes else None
            kind = self._lexicon.types.get(name)
            found: list[str] = []
            for who in people.words.get("en", ()) if people and kind else ():
                for what in kind.words.get("en", ()) if kind else ():
                    matches = self._vocabulary.find(f"{who} {what}")
                    if len(matches) == 1:
                        found += [e for e in self._compatible(matches[0].keys("attribute"), [name]) if e != entry]
            self._special[name, entry] = found
        return self._special[name, entry]

    def _all_of(self, entry: str, kinds: set[str]) -> bool:
        """Whether an exclusion would leave nothing of the kinds looked for."""
        name, _, value = entry.partition("=")
        return name == "type" and kinds == set(self._lexicon.expand(value))

    def _fits(self, attributes: Sequence[str], about: Sequence[str]) -> bool:
        return bool(about) and all(self._compatible([entry], about) for entry in attributes)

    def _implied(self, attributes: Sequence[str]) -> list[str]:
        """The one kind that has a property: "science fiction" asks for books."""
        for entry in attributes:
            kinds = [kind for kind, known in (self._attributes_of or {}).items() if entry in known]
            if len(kinds) == 1 and entry.partition("=")[2] != "yes":
                return kinds
        return []

    def _types(self, matches: Sequence[Match], not_wanted: set[int], beside: set[int]) -> list[str]:
        """Wanted types; a type that only carries a refused word ("no leather shoes", "no floor lamps") is still
        wanted, what one has already ("a lamp for my desk") is not, where something else is."""
        if any(match.keys("type", "umbrella") and index not in beside for index, match in enumerate(matches)):
            not_wanted = not_wanted | beside
        found: list[str] = []
        umbrellas: list[str] = []
        for index, match in enumerate(matches):
            if index in beside and index in not_wanted:
                continue
            if index in not_wanted:
                carries = index - 1 in not_wanted and not matches[index - 1].keys("type", "umbrella")
                if not carries and not self._compatible(match.keys("attribute"), match.keys("type")):
                    continue
            found += match.keys("type")[:1]
            if not match.keys("type"):
                umbrellas += match.keys("umbrella")[:1]
        for umbrella in umbrellas:
            if found and (umbrella in _VAGUE_UMBRELLAS or set(found) & set(self._lexicon.expand(umbrella))):
                continue
            if umbrella in _VAGUE_UMBRELLAS and len(umbrellas) > 1:
                continue
            found.append(umbrella)
        return list(dict.fromkeys(found))

    def _meaning(self, match: Match, about: Sequence[str]) -> tuple[str, list[str]]:
        """The kind and keys of a match beside its type: an attribute of the types spoken of, before a colour or
        brand."""
        attributes = match.keys("attribute")
        compatible = self._compatible(attributes, about)
        if compatible:
            return "attribute", compatible[:1]
        if not about and any(key.startswith("material=") for key in attributes):
            return "attribute", [key for key in attributes if key.startswith("material=")][:1]
        for kind in ("brand", "colour"):
            if keys := match.keys("brand" if kind == "brand" else "colour"):
                return kind, keys[:1]
        if types := match.keys("type", "umbrella"):
            return "type", types[:1]
        return "attribute", [key for key in attributes if self._stands_alone(match.word, key, about)][:1]

    def _compatible(self, attributes: Sequence[str], types: Sequence[str]) -> list[str]:
        """Those ``attributes`` that products of one of ``types`` (or of what these cover) have."""
        leaves = {leaf for name in types for leaf in self._lexicon.expand(name)}
        if not leaves or not attributes:
            return []
        if self._attributes_of is None:
            return list(attributes)
        known = {key for leaf in leaves for key in self._attributes_of.get(leaf, ())}
        fitting = [entry for entry in attributes if entry.partition("=")[0] in known]
        return sorted(fitting, key=lambda entry: entry not in known)

    def _stands_alone(self, word: str, entry: str, about: Sequence[str]) -> bool:
        """Whether the word means this attribute even where no type that has it is in sight. Of two kinds of goods in
        sight each is its own: headphones "for the office" are no office chairs."""
        if word in _NEEDS_ITS_TYPE:
            return False
        key, _, value = entry.partition("=")
        attribute = self._lexicon.attributes.get(key)
        if (attribute is not None and attribute.kind == "boolean") or key in ("material", "pattern"):
            return True
        if about and self._attributes_of and any(entry in known for known in self._attributes_of.values()):
            return False
        several_words = " " in word or (not word.isascii() and len(word) > 2)
        return several_words and key != "audience" and value != ""


def _same_key(keys: Sequence[str], entry: str) -> bool:
    return any(key.partition("=")[0] == entry.partition("=")[0] for key in keys)
