"""What a question about products asks for, in typed form. Reads the question and the products' names, no texts."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.answering import own_names
from assistant.answering.topics import TOPICS, Topic, TopicWords, row_of, stems, words_of
from assistant.understanding.language import normalise
from retrieval.models import Product
from retrieval.text.forms import stands_in
from retrieval.text.lexicon import Lexicon
from retrieval.text.words import is_chinese, terms

_AGE = re.compile(
    r"\b(?:of|aged?|is|turning|turns|just) ([0-9]{1,2})\b(?! ?(?:cm|g|kg|l|ml|h|in|mm|w|dollars|litres|liters|hours|%))"
    r"|\b([0-9]{1,2})[- ]?(?:years?|yrs?|y/?o|yo)\b|([0-9]{1,2}) ?(?:周?岁)"
)
_BETWEEN = frozenset(
    [
        "of",
        "in",
        "on",
        "at",
        "for",
        "with",
        "from",
        "to",
        "by",
        "and",
        "or",
        "than",
        "the",
        "a",
        "an",
        "i",
        "my",
        "is",
        "are",
        "be",
        "it",
        "does",
        "do",
    ]
)
"""Words that a name of goods does not hold: "the diameter of the pan" is none."""
_MIN_WORD_CHARS = 3
_DETERMINED = ("the", "this", "that", "these", "those", "your")


@dataclass(frozen=True, slots=True)
class Question:
    """``topics`` the matters asked about, guarded ones first. ``keys`` are attributes of the lexicon named with none of
    those words. ``rest`` is what the question has besides names of products, ``own`` its words that no topic takes.
    """

    text: str
    language: str
    row: str
    rest: str
    topics: tuple[Topic, ...]
    keys: tuple[str, ...]
    more: tuple[str, ...]
    less: tuple[str, ...]
    kinds: frozenset[str]
    own: tuple[str, ...]
    yes_no: bool
    age: int | None

    @property
    def guarded(self) -> bool:
        return any(topic.guarded for topic in self.topics)


_PART = re.compile(
    r"[.?!;]\s{1,3}|[,;.?!]\s{0,2}(?:and |so |but |also ){0,2}"
    r"(?=(?:how|what|whats|what's|which|is|are|does|do|can|could|will|would|when|where|who|has|have)\b)"
    r"|\s(?:and|but) (?:also )?(?=(?:how|what|whats|what's|which|when|where|who)\b"
    r"|(?:is|are|does|do|can|could|will|has|have) (?:it|they|there|the|this|that|i|you)\b)"
    r"|[，？](?=.)"
)
_ASKS = re.compile(
    r"[?？]|^(?:and |so |ok |but |then |hi |hey ){0,2}(?:how|what|whats|what's|which|is|are|does|do|can|could|will"
    r"|would|when|where|who|has|have|tell me|any)\b|吗|呢|什么|怎么|多少|哪|几|能不能|是不是|有没有|会不会"
)


def parts(text: str) -> list[str]:
    """The questions of a message that asks several at once; what asks nothing is left out, unless nothing asks."""
    found, start = [], 0
    for match in _PART.finditer(text):
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    asking = [part for part in found if _ASKS.search(part.lower())]
    return asking if asking and all(len(part) > _MIN_WORD_CHARS for part in asking) else [text]


def read(text: str, language: str, products: Sequence[Product], lexicon: Lexicon) -> Question:
    words = words_of(language)
    plain = normalise(text)[:1000]
    rest = _without_names(plain, products, lexicon, words)
    row = words.row(rest)
    whole = words.row(plain)
    found = words.topics.found(row)
    said = [match for matches in found.values() for match in matches]
    topics = _told_apart([TOPICS[name] for name in found], found)
    keys, taken = _keys(rest, row, said, words, lexicon, products)
    covered = {key for topic in topics for key in topic.attributes}
    more, less = words.more.found(row), words.less.found(row)
    kinds = words.kinds.found(whole)
    taken += said + [m for found_ in (more, less, kinds) for matches in found_.values() for m in matches]
    age = next((int(next(filter(None, match.groups()))) for match in _AGE.finditer(plain)), None)
    return Question(
        text=text,
        language=language,
        row=row,
        rest=rest,
        topics=topics,
        keys=tuple(key for key in keys if key not in covered),
        more=tuple(more),
        less=tuple(less),
        kinds=frozenset(kinds),
        own=_own(row, taken, words),
        yes_no=_asks_yes_no(plain, words),
        age=age if age is not None and 0 <= age < 100 else None,
    )


def _without_names(plain: str, products: Sequence[Product], lexicon: Lexicon, words: TopicWords) -> str:
    """The question without titles, and without what names the goods: "is the nonstick pan toxic" asks nothing on its
    being nonstick."""
    for title in sorted({t.casefold() for p in products for t in p.title.values()}, key=len, reverse=True):
        plain = plain.replace(title, "它" if is_chinese(title) else " it ")
    goods = [
        word.casefold()
        for product in products
        if (entry := lexicon.types.get(product.type))
        for listed in entry.words.values()
        for word in listed
    ]
    if words.chinese:
        adjectives = sorted(
            {w.casefold() for a in lexicon.attributes.values() for w in a.words.get("zh", ())}, key=len, reverse=True
        )
        for good in sorted({good for good in goods if not good.isascii()}, key=len, reverse=True):
            while (at := plain.find(good)) >= 0:
                before = plain[:at].removesuffix("的")
                named = next((a for a in adjectives if before.endswith(a)), "")
                if named and not before.removesuffix(named).endswith("是"):
                    before = before.removesuffix(named)
                plain = before + "它" + plain[at + len(good) :]
        return plain
    plain = _without_parts(plain, products, lexicon.every_word)
    tokens = re.findall(r"[^\s]+", plain)
    kinds = {tuple(stems(good)) for good in goods if good.isascii()}
    out: list[str] = []
    at = 0
    bare = [" ".join(stems(token)) for token in tokens]
    while at < len(tokens):
        if bare[at] in _DETERMINED:
            # A determiner, at most three words, and the goods: all of it is a name.
            for end in range(min(len(tokens), at + 5), at, -1):
                if any(tuple(bare[end - n : end]) in kinds and end - n > at for n in (2, 1)):
                    if any(token.rstrip(",") != token for token in tokens[at : end - 1]):
                        continue
                    if any(word in _BETWEEN for word in bare[at + 1 : end - 1]):
                        continue
                    out.append("it")
                    at = end
                    break
            else:
                out.append(tokens[at])
                at += 1
            continue
        out.append(tokens[at])
        at += 1
    return " ".join(out)


def _without_parts(plain: str, products: Sequence[Product], generic: Collection[str]) -> str:
    """Without parts of titles that stand for a product: "is the fisherman crew scratchy" asks nothing on the neck. A
    part that is made of words for goods and properties alone stands for these: "does it go in the dishwasher"."""
    for product in products:
        if "en" not in product.title:
            plain = _without_title(plain, product)
            continue
        words = re.findall(r"[a-z0-9]+", product.title.get("en", "").casefold())
        for length in range(len(words), 0, -1):
            for start in range(len(words) - length + 1):
                part = words[start : start + length]
                if all(word in generic or word.isdigit() for word in part) or part[0] == "the":
                    continue
                before = r"\b(?:the|this|that|your) " if length == 1 else r"\b(?:the )?"
                named = r"[\s'’-]{1,3}".join(map(re.escape, part))
                plain = re.sub(rf"{before}{named}\b(?: one\b)?", " it ", plain)
    return plain


def _without_title(plain: str, product: Product) -> str:
    """The same for a title in another language, word by word in any form: "ist die Kanne dicht" of a "Teekanne"."""
    titled = {term for title in product.title.values() for term in terms(title) if not is_chinese(term)}
    words = (re.sub(r"\W+$", "", word) for word in plain.split())
    named = {word for word in words if any(stands_in(term, titled) for term in terms(word))}
    return " ".join("it" if re.sub(r"\W+$", "", word) in named else word for word in plain.split())


def _told_apart(topics: list[Topic], found: dict[str, list[str]]) -> tuple[Topic, ...]:
    """Guarded topics first; a topic whose words are part of another's longer ones is left out."""
    kept = []
    for topic in topics:
        longest = max(found[topic.name], key=len)
        inside = any(
            longest != other_word and longest in other_word
            for other in topics
            if other is not topic
            for other_word in found[other.name]
        )
        if not inside or (topic.guarded and not topic.partly):
            kept.append(topic)
    return tuple(sorted(kept, key=lambda topic: not topic.guarded))


def _keys(
    rest: str, row: str, said: Sequence[str], words: TopicWords, lexicon: Lexicon, products: Sequence[Product]
) -> tuple[list[str], list[str]]:
    """Attributes named by the lexicon's own words, or as the shop calls them; by a word of a value only where a product
    has the attribute. What is part of a topic's longer phrase names nothing: "small parts" no number of parts."""
    for phrase in said:
        if len(phrase) > 1 and (words.chinese or " " in phrase):
            row = row.replace(phrase, "|" if words.chinese else "| |")
    language = "zh" if words.chinese else "en"
    had = {key for product in products for key in product.attributes}
    keys: list[str] = []
    taken: list[str] = []
    for key, attribute in lexicon.attributes.items():
        listed = [key.replace("_", " "), *attribute.words.get(language, ())]
        if key in had and len(attribute.name.get(language, "")) > 1 and key != "audience":
            listed.append(attribute.name[language])
        if key in had:
            listed += [w for value in attribute.values.values() for w in value.words.get(language, ())]
            listed += [name for value in attribute.values.values() if " " in (name := value.name.get(language, ""))]
        for word in sorted(listed, key=len, reverse=True):
            part = row_of(word, words.chinese)
            if (words.chinese and len(part) > 1 and part in row) or (
                not words.chinese and part.strip() and part in row
            ):
                keys.append(key)
                taken.append(part.strip())
                break
    for product in products:
        for key in own_names.named(rest, product):
            if key not in lexicon.attributes and key not in keys:
                keys.append(key)
                taken.append(row_of(key.replace("_", " "), words.chinese).strip())
    return keys, [word for word in taken if word]


def _own(row: str, taken: list[str], words: TopicWords) -> tuple[str, ...]:
    for match in sorted(taken, key=len, reverse=True):
        row = row.replace(match, "|" if words.chinese else " ")
    if not words.chinese:
        return tuple(word for word in row.split() if word not in words.filler)
    for word in sorted(words.filler, key=len, reverse=True):
        row = row.replace(word, "|")
    return tuple(part for part in re.split(r"[|?？!！,，.。;；:：、~…]+", row) if len(part) > 1)


def _asks_yes_no(plain: str, words: TopicWords) -> bool:
    if words.chinese:
        return any(start in plain for start in words.starts)
    first = [
        token
        for token in re.findall(r"[a-z']+", plain)
        if token not in ("and", "so", "but", "hi", "hello", "hey", "ok")
    ]
    return bool(first) and first[0] in words.starts
