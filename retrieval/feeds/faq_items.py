"""Questions and answers out of JSON in the shapes that people keep them in: objects with a question and an answer,
lists of these by topic, schema.org's ``FAQPage``, the intents of chatbots, questions with their answers as a mapping.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from retrieval.feeds.faq_fields import asks, field_names, language_code, plain

Item = dict[str, Any]
"""An entry's fields as they were written, by the names of ``FIELDS``."""

_TOPICS = ("name", "title", "category", "topic", "section", "heading", "label", "theme")
_NO_TOPICS_TEXT = """
faqs faq data items entries questions results records rows list intents categories sections topics groups content
main entity mainentity @graph graph articles pages children qa qas qna pairs docs documents
"""
_NO_TOPICS = frozenset(_NO_TOPICS_TEXT.split())
_ASKED = frozenset({"patterns", "utterances", "questions"})
_ALTERNATIVES = frozenset({"responses", "answers", "replies"})
_DEEPEST = 12


def items_of(value: Any, topic: str = "", language: str = "", depth: int = 0) -> Iterator[Item]:
    """The entries in any JSON value, in its order; ``topic`` and ``language`` are what it stands under."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from items_of(one, topic, language, depth + 1)
    if not isinstance(value, dict):
        return
    language = _code(value.get("inLanguage") or value.get("language") or value.get("lang")) or language
    if "@type" in value or "@graph" in value:
        yield from _schema_org(value, topic, language, depth)
        return
    columns = field_names(map(str, value))
    fields = {field for field, _ in columns.values()}
    if {"question", "answer"} <= fields and not _holds_more(value, columns):
        yield from by_fields(value, columns, topic, language)
        return
    if value and all(isinstance(part, str) for part in value.values()):
        if 2 * sum(map(asks, value)) >= len(value):
            yield from (_item(asked, said, topic, language) for asked, said in value.items())
        return
    own = next((str(value[name]) for name in _TOPICS if isinstance(value.get(name), str)), "")
    for name, part in value.items():
        if isinstance(part, (list, dict)):
            code = _code(name) if len(str(name)) <= 5 and depth <= 2 else None
            heading = "" if code or plain(str(name)) in _NO_TOPICS else str(name)
            yield from items_of(part, own or heading or topic, code or language, depth + 1)


def by_fields(
    value: Mapping[str, Any], columns: Mapping[str, tuple[str, str]], topic: str = "", language: str = ""
) -> Iterator[Item]:
    """The entries of a row: one, or one for each language that its columns, or the texts in them, are in."""
    shared: Item = {"topic": topic, "language": language}
    each: dict[str, Item] = {}
    for name, (field, code) in columns.items():
        part = value.get(name)
        if part in (None, "", [], {}):
            continue
        texts = _by_language(part)
        if code or texts:
            for one, text in (texts or {code: part}).items():
                own = each.setdefault(one, {})
                own[field] = _text(field, name, text, own)
        else:
            shared[field] = _text(field, name, part, shared)
    if not each:
        yield shared
    for code, own in each.items():
        entry = {**shared, **own, "language": code}
        # A language whose columns are empty in this row has no entry there.
        if "question" in own or "answer" in own:
            yield entry


def _holds_more(value: Mapping[str, Any], columns: Mapping[str, tuple[str, str]]) -> bool:
    """Whether what is called an answer is in truth a list of entries: {"title": "Shipping", "content": [{…}]}."""
    return any(
        isinstance(part, list) and any(isinstance(one, dict) and next(items_of(one), None) for one in part)
        for name, part in value.items()
        if str(name) not in columns or columns[str(name)][0] in ("question", "answer")
    )


def _text(field: str, name: str, part: Any, entry: Item) -> Any:
    """A field's value; of several ways of asking the first is the question, of several answers to choose from the
    first is the answer, other lists are one text."""
    if field == "also_asked":
        said = part if isinstance(part, str) else "|".join(map(str, part)) if isinstance(part, list) else ""
        return "|".join(filter(None, (entry.get("also_asked"), said)))
    if isinstance(part, list):
        texts = [str(one) for one in part if isinstance(one, (str, int, float)) and str(one).strip()]
        if field == "question" and texts:
            entry["also_asked"] = "|".join(filter(None, (entry.get("also_asked"), *texts[1:])))
            return texts[0]
        if field == "answer" and plain(name) in _ALTERNATIVES and texts:
            return texts[0]
        return "\n".join(texts)
    if isinstance(part, dict):
        inner = part.get("text") or part.get("html") or part.get("value") or part.get("content") or ""
        return inner if isinstance(inner, str) else ""
    return part


def _by_language(part: Any) -> dict[str, Any]:
    """Texts by language where that is what an object holds."""
    if not isinstance(part, dict) or not part:
        return {}
    found = {_code(name): text for name, text in part.items()}
    return {} if None in found else {str(code): text for code, text in found.items()}


def _code(said: Any) -> str | None:
    if isinstance(said, dict):
        said = said.get("alternateName") or said.get("name")
    return language_code(said) if isinstance(said, str) and said else None


def _item(question: Any, answer: Any, topic: str, language: str) -> Item:
    return {"question": question, "answer": answer, "topic": topic, "language": language}


def _schema_org(value: Mapping[str, Any], topic: str, language: str, depth: int) -> Iterator[Item]:
    """``Question`` with its ``acceptedAnswer``, wherever it is in a page's graph."""
    types = value.get("@type")
    kinds = {str(one).rpartition("/")[2].rpartition(":")[2] for one in (types if isinstance(types, list) else [types])}
    if "Question" in kinds:
        answers = value.get("acceptedAnswer") or value.get("suggestedAnswer") or value.get("answer")
        first = answers[0] if isinstance(answers, list) and answers else answers
        said = (first.get("text") or first.get("name") or "") if isinstance(first, dict) else first or ""
        asked = value.get("name") or value.get("text") or value.get("headline") or ""
        item = _item(_said(asked), _said(said), topic, language)
        address = value.get("url")
        yield {**item, "link": address} if isinstance(address, str) else item
        return
    if "FAQPage" not in kinds and isinstance(value.get("about"), dict):
        topic = str(value["about"].get("name") or topic)
    for name in ("@graph", "mainEntity", "hasPart", "itemListElement", "item"):
        if isinstance(value.get(name), (list, dict)):
            yield from items_of(value[name], topic, language, depth + 1)


def _said(value: Any) -> str:
    """A text, which JSON-LD may write as ``{"@value": …}`` or as a list of one."""
    if isinstance(value, list):
        return _said(value[0]) if value else ""
    if isinstance(value, dict):
        return _said(value.get("@value") or value.get("text") or "")
    return "" if value is None else str(value)
