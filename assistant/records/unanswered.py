"""Questions that the FAQ could not answer, redacted and counted, so that an admin sees what to write next."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from assistant.database import Clock, Database, utc_now
from assistant.privacy import redact
from assistant.records.tables import UnansweredRow

MAX_QUESTION_CHARS = 500


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """``key`` stands for all its spellings; ``example`` is the latest one, redacted."""

    key: str
    language: str
    example: str
    count: int
    first_at: datetime
    last_at: datetime


def question_key(text: str) -> str:
    """The question without case, punctuation and spacing, so that "Gift wrap?!" counts with "gift wrap"."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = "".join(character if character.isalnum() else " " for character in folded).split()
    return " ".join(words)[:MAX_QUESTION_CHARS]


class Unanswered:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, question: str, language: str) -> None:
        """Counts one; a question without words is nothing to write an answer to."""
        example = redact(question)[:MAX_QUESTION_CHARS]
        key = question_key(example)
        if not key:
            return
        now = self._clock()
        row = self._database.insert(UnansweredRow).values(
            key=key, language=language, example=example, count=1, first_at=now, last_at=now
        )
        update = {
            "count": UnansweredRow.count + 1,
            "example": row.excluded.example,
            "last_at": row.excluded.last_at,
        }
        with self._database.write() as session:
            session.execute(row.on_conflict_do_update(index_elements=["key", "language"], set_=update))

    def list(self, limit: int = 100, language: str | None = None) -> list[UnansweredQuestion]:
        """The most asked first."""
        query = select(UnansweredRow)
        if language is not None:
            query = query.where(UnansweredRow.language == language)
        query = query.order_by(UnansweredRow.count.desc(), UnansweredRow.last_at.desc()).limit(limit)
        with self._database.read() as session:
            return [
                UnansweredQuestion(row.key, row.language, row.example, row.count, row.first_at, row.last_at)
                for row in session.scalars(query)
            ]

    def dismiss(self, key: str, language: str) -> None:
        """Takes a question off the list: answered now, or not worth it. It counts from 1 when asked again."""
        with self._database.write() as session:
            session.execute(delete(UnansweredRow).where(UnansweredRow.key == key, UnansweredRow.language == language))
