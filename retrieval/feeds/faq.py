"""FAQs as people have them: tables, workbooks, JSON, Markdown, web pages. Good rows are read, bad ones told by line and
reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from retrieval.feeds.answers import answer_of, good_link
from retrieval.feeds.faq_fields import FIELDS, asks, by_content, field_names, language_code
from retrieval.feeds.faq_items import Item, by_fields, items_of
from retrieval.feeds.faq_pages import markdown_page, page_items, read_page
from retrieval.feeds.html_pages import page_items as json_ld_blocks
from retrieval.feeds.json_items import LINES, dumped, json_document, json_lines, json_value
from retrieval.feeds.records import LINE_LIMIT, Record
from retrieval.feeds.report import BadRow, FaqReport, FeedError
from retrieval.feeds.sources import Source, read, sources_of
from retrieval.feeds.tables import table_rows
from retrieval.feeds.wary import entry_orders
from retrieval.models import FaqEntry
from retrieval.text.language import language_of, languages_of

FAQ_COLUMNS = list(FIELDS)
"""``also_asked`` holds other ways of asking, joined by ``|``. Only a question and an answer are needed."""

Row = tuple[Record, Item]

_SLUG = 48
_MARKDOWN = re.compile(
    r"^#{1,6} |^\*\*|^(?:[QF]|Question|Frage|问|問|В)\s?\d{0,3}\s?[:.：]\s?\S|^\s{0,3}\|.*\|\s*$", re.MULTILINE
)
_CATALOGUE_TEXT = """
price prices preis precio prix prezzo sku variant_id brand stock 价格 價格 価格 가격 цена
"""
_CATALOGUE = frozenset(_CATALOGUE_TEXT.split())


def load_faq(
    path: Path | str, *, encoding: str | None = None, language: str | None = None, trusted: bool = False
) -> FaqReport:
    """FAQ entries from CSV and its kin, workbooks, JSON, JSON lines, Markdown, HTML pages, a folder or a zip of these.

    ``encoding`` is the file's, ``language`` its texts' (ISO 639), where it does not say so; else both are found by the
    looks of the text, which the report's notes tell. An entry that gives the assistant orders is a bad row, unless the
    texts are ``trusted``. Raises ``FeedError`` when nothing is valid, or an id that the file
    gives occurs twice in a language: then which answer is meant is unclear.
    """
    path = Path(path)
    if language is not None and language_code(language) is None:
        raise FeedError(f"{language!r} is no language: say a code like de or pt-BR")
    report = FaqReport()
    rows: list[Row] = []
    for source in sources_of([path], encoding):
        for row in _rows(source, report):
            if isinstance(row, BadRow):
                report.bad_rows.append(row)
            else:
                rows.append(row)
        if remark := source.remark:
            report.notes.append(remark)
    _enter(rows, language_code(language) if language else None, report, trusted)
    _refuse_repeated(report, path.name)
    if not report.entries:
        raise FeedError(f"{path.name} holds no usable FAQ entry{first_reason(report.bad_rows)}; nothing was changed")
    return report


def _rows(source: Source, report: FaqReport) -> Iterator[Row | BadRow]:
    """The entries of a file as they were written."""
    head = source.head().lstrip("\ufeff \t\r\n")
    if not head:
        raise FeedError(f"{source.name} is empty")
    markdown = source.suffix in (".md", ".markdown") or (source.suffix in (".txt", "") and _MARKDOWN.search(head))
    if head[0] == "<" or source.suffix in (".html", ".htm"):
        yield from _of_page(source)
    elif markdown:
        yield from _of_items(source, page_items(markdown_page(_whole(source))))
    elif head[0] in "[{" and source.suffix not in (".csv", ".tsv"):
        yield from _of_json(source, head)
    elif head.startswith("%PDF") or "\0" in head[:200]:
        raise FeedError(
            f"{source.name} is no text: an FAQ is a table (CSV, Excel), JSON, Markdown or a web page; save it as one"
        )
    elif source.suffix in (".json", ".jsonl", ".ndjson", ".jsonld"):
        raise FeedError(f"{source.name} is not JSON")
    else:
        yield from _of_table(source, report)


def _whole(source: Source) -> str:
    with closing(source.text()) as stream:
        text = read(stream, LINE_LIMIT + 1, source.name)
    if len(text) > LINE_LIMIT:
        raise FeedError(f"{source.name} has more than {LINE_LIMIT:,} characters, too many for a page")
    return text.removeprefix("\ufeff")


def _of_page(source: Source) -> Iterator[Row | BadRow]:
    found = False
    page = read_page(_whole(source))
    for block in json_ld_blocks(source):
        if isinstance(block, Record):
            for item in items_of(block.value, language=page.language):
                found = True
                yield block, item
    if not found:
        yield from _of_items(source, page_items(page))


def _of_items(source: Source, items: Iterator[tuple[int, Item]]) -> Iterator[Row]:
    for line, item in items:
        yield Record(item, line, dumped(item), source.name, LINES), item


def _of_json(source: Source, head: str) -> Iterator[Row | BadRow]:
    for row in (json_lines if _is_lines(source, head) else json_document)(source):
        if isinstance(row, BadRow):
            yield row
            continue
        items = list(items_of(row.value))
        if len(items) == 1:
            yield row, items[0]
        for item in items if len(items) > 1 else ():
            yield row.of(item, dumped(item), LINES), item
        if not items:
            names = ", ".join(map(str, list(row.value)[:20]))
            yield row.bad(f"row: no question with an answer in it (its fields: {names})")


def _is_lines(source: Source, head: str) -> bool:
    if source.suffix in (".jsonl", ".ndjson"):
        return True
    first, _, rest = head.partition("\n")
    try:
        json_value(first)
    except ValueError:
        return False
    return head[0] == "{" and rest.lstrip()[:1] == "{"


def _of_table(source: Source, report: FaqReport) -> Iterator[Row | BadRow]:
    rows = list(table_rows(source))
    good = [row for row in rows if isinstance(row, Record)]
    if not good:
        yield from (row for row in rows if isinstance(row, BadRow))
        return
    names = list(good[0].value)
    columns = field_names(names)
    if not {"question", "answer"} <= {field for field, _ in columns.values()}:
        columns, extra = _columns_by_content(source, names, good, report)
        rows = [*extra, *rows]
    elif _CATALOGUE & {name.casefold() for name in names} and "question" not in map(str.casefold, names):
        raise FeedError(f"{source.name} looks like a catalogue, not like an FAQ; a catalogue is loaded by shop load")
    ignored = [name for name in names if name and name not in columns]
    if ignored:
        report.notes.append(
            f"{source.name}: columns that an FAQ has no use for were ignored: {', '.join(ignored[:20])}"
        )
    for row in rows:
        if isinstance(row, BadRow):
            yield row
        else:
            yield from ((row, item) for item in by_fields(row.value, columns))


def _columns_by_content(
    source: Source, names: list[str], rows: list[Record], report: FaqReport
) -> tuple[dict[str, tuple[str, str]], list[Record]]:
    """Columns of names that say nothing, and the first line where it is no header. Raises ``FeedError``."""
    if len(names) in (2, 3) and any(map(asks, names)):
        first = replace(rows[0], value=dict(zip(names, names, strict=True)), line=1, raw=dumped(names))
        rows, extra = [first, *rows], [first]
    else:
        extra = []
    found = by_content([row.value for row in rows])
    if found is None:
        raise FeedError(
            f"{source.name}: columns missing: an FAQ needs one with the questions and one with the answers, called"
            f" question and answer (Frage/Antwort, 问题/答案 …); the header has: {', '.join(names)}"
        )
    question, answer = found
    columns = {name: field for name, field in field_names(names).items() if field[0] not in ("question", "answer")}
    told = (
        "the first line is read as an entry, since it is no header"
        if extra
        else (f"column {question!r} was taken for the questions and {answer!r} for the answers")
    )
    report.notes.append(f"{source.name}: {told}")
    return {**({} if extra else columns), question: ("question", ""), answer: ("answer", "")}, extra


def _enter(rows: Sequence[Row], said: str | None, report: FaqReport, trusted: bool) -> None:
    """Checks the rows and makes entries of them, in the file's order."""
    cleaned: list[tuple[Record, Item]] = []
    for row, item in rows:
        try:
            cleaned.append((row, _cleaned(item)))
        except (ValueError, TypeError) as error:
            report.bad_rows.append(row.bad(str(error)))
    untold = [f"{item['question']}\n{item['answer']}" for _, item in cleaned if not item["language"]]
    among = (said,) if said else languages_of(untold)
    made, places = 0, dict[tuple[str, str], tuple[Record, Item]]()
    for row, item in cleaned:
        item["language"] = item["language"] or said or language_of(f"{item['question']}\n{item['answer']}", among)
        if not item["id"]:
            item["id"], made = made_id(item["question"]), made + 1
            earlier = places.setdefault((item["language"], item["id"]), (row, item))
            if earlier[1] is not item:
                if earlier[1]["answer"] == item["answer"]:
                    report.notes.append(f"line {row.line} asks and answers what line {earlier[0].line} does; left out")
                else:
                    reason = f"question: line {earlier[0].line} asks the same and has another answer"
                    report.bad_rows.append(row.bad(reason))
                continue
        try:
            entry = FaqEntry.model_validate({key: part for key, part in item.items() if part is not None})
        except ValidationError as error:
            report.bad_rows.append(row.bad(problems(error)))
            continue
        if not trusted and (reason := entry_orders(entry)):
            report.bad_rows.append(row.bad(reason))
        else:
            report.entries.append(entry)
    if made:
        report.notes.append(
            f"{made:,} {'ids were' if made > 1 else 'id was'} made from the questions, which keep them in any order"
        )
    if untold and report.entries and not said:
        counts = Counter(entry.language for entry in report.entries).most_common()
        told = ", ".join(f"{code} ({number:,})" for code, number in counts)
        report.notes.append(f"languages, told by the texts where the file does not say them: {told}")


def _cleaned(item: Item) -> Item:
    """The fields as text, without markup. Raises ``ValueError`` for what is no entry."""
    question, answer = answer_of(_text(item, "question")), answer_of(_text(item, "answer"))
    for name, part in (("question", question), ("answer", answer)):
        if not part.text:
            raise ValueError(f"{name}: is empty")
    said = _text(item, "language")
    code = language_code(said) if said else None
    if said and code is None:
        raise ValueError(f"language: {said[:40]!r} is no language: say a code like de or pt-BR")
    also = _text(item, "also_asked").split("|")
    return {
        "id": _text(item, "id"),
        "language": code,
        "topic": answer_of(_text(item, "topic")).text or "general",
        "question": " ".join(question.text.split()),
        "answer": answer.text,
        "also_asked": tuple(text for one in also if (text := answer_of(one).text)),
        "link": good_link(_text(item, "link")) or answer.link,
    }


def _text(item: Item, name: str) -> str:
    part: Any = item.get(name)
    if part is None or isinstance(part, bool):
        return ""
    if isinstance(part, (list, tuple)) and name == "also_asked":
        return "|".join(map(str, part))
    if isinstance(part, (dict, list, tuple)):
        raise ValueError(f"{name}: is no text")
    # Spreadsheets make a fraction of a number.
    return re.sub(r"\A(\d+)\.0\Z", r"\1", str(part).strip()) if name == "id" else str(part).strip()


def made_id(question: str) -> str:
    """An id that only the question's words decide: the same in any order of the file and any spelling of its case and
    marks. Readable where it is short, else told apart by a digest."""
    slug = "-".join(re.findall(r"\w+", question.casefold()))
    if 0 < len(slug) <= _SLUG:
        return slug
    return f"{slug[:_SLUG].rstrip('-')}-{sha256((slug or question).encode()).hexdigest()[:8]}".lstrip("-")


def _refuse_repeated(report: FaqReport, name: str) -> None:
    seen: set[tuple[str, str]] = set()
    for entry in report.entries:
        if (entry.id, entry.language) in seen:
            raise FeedError(
                f"{name}: the id {entry.id!r} occurs twice in language {entry.language!r}; nothing was changed"
            )
        seen.add((entry.id, entry.language))


def problems(error: ValidationError) -> str:
    """The first problems of a value, by field."""
    found = error.errors(include_url=False)[:3]
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'row'}: {e['msg']}" for e in found)


def first_reason(bad_rows: list[BadRow]) -> str:
    return f"; the first reason: line {bad_rows[0].line}: {bad_rows[0].reason}" if bad_rows else ""
