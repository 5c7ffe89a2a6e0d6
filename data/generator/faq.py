"""FAQ entries from the content file, and the edited copy that demonstrates a reload."""

from __future__ import annotations

import csv
import io

from retrieval.models import FaqEntry

from .content import FOLDER

EDITED: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "express-shipping": (("costs $12.90", "costs $9.90"), ("费用12.90美元", "费用9.90美元")),
    "student-discount": (("get 10% off", "get 15% off"), ("可享九折", "可享八五折")),
    "gift-wrapping": (("for $3.50 per item", "for $2.00 per item"), ("每件3.50美元", "每件2.00美元")),
}
"""Entry → (old, new) in English and in Chinese."""
REMOVED = "jobs"
ADDED = (
    FaqEntry(
        id="repair-service",
        language="en",
        topic="warranty",
        question="Do you repair things after the warranty has ended?",
        answer="Yes. Our workshop repairs boots, bags and bicycles for a fixed price of $35 and sends them back within "
        "10 business days.",
        also_asked=("Can you fix my old boots?", "Is there a repair service?"),
        link="/help/repairs",
    ),
    FaqEntry(
        id="repair-service",
        language="zh",
        topic="warranty",
        question="过了保修期还能维修吗？",
        answer="可以。我们的工坊维修靴子、包和自行车，固定收费35美元，10个工作日内寄回。",
        also_asked=("旧靴子能修吗？", "有维修服务吗？"),
        link="/help/repairs",
    ),
)
COLUMNS = ("id", "language", "topic", "question", "answer", "also_asked", "link")


def entries() -> list[FaqEntry]:
    """English first, then Chinese, entry by entry in file order."""
    found: list[FaqEntry] = []
    head = ("", "", "")
    said: dict[str, str] = {}
    for line in (FOLDER / "faq.txt").read_text(encoding="utf-8").splitlines():
        mark, _, rest = line.partition(" ")
        if not line.strip() or mark == "#":
            continue
        if mark in ("q", "a", "Q", "A"):
            said[mark.lower()] = rest.strip()
        elif mark in ("?", "？"):
            found.append(
                FaqEntry(
                    id=head[0],
                    language="en" if mark == "?" else "zh",
                    topic=head[1],
                    question=said["q"],
                    answer=said["a"],
                    also_asked=tuple(part.strip() for part in rest.split("|")),
                    link=head[2],
                )
            )
        else:
            entry_id, topic, link = (part.strip() for part in line.split("|"))
            head = (entry_id, topic, link)
    return found


def edited(original: list[FaqEntry]) -> list[FaqEntry]:
    """The same set with three answers changed, one entry removed and one added, in both languages."""
    made = []
    for entry in original:
        if entry.id == REMOVED:
            continue
        if entry.id in EDITED:
            old, new = EDITED[entry.id][0 if entry.language == "en" else 1]
            if old not in entry.answer:
                raise ValueError(f"the answer of {entry.id} ({entry.language}) no longer says {old!r}")
            entry = entry.model_copy(update={"answer": entry.answer.replace(old, new)})
        made.append(entry)
    return [*made, *ADDED]


def as_csv(faq: list[FaqEntry]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in faq:
        row = (entry.id, entry.language, entry.topic, entry.question, entry.answer, "|".join(entry.also_asked))
        writer.writerow((*row, entry.link or ""))
    return text.getvalue()
