"""Proposals for help pages, from what agents answered: an admin takes or leaves them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import func, select

from assistant.database import Clock, Database, utc_now
from assistant.privacy import redact
from assistant.records.learning_tables import FaqProposalRow

ProposalState = Literal["waiting", "approved", "declined"]
MAX_QUESTION_CHARS, MAX_ANSWER_CHARS = 300, 2_000


@dataclass(frozen=True, slots=True)
class FaqProposal:
    """``question`` as the customer asked it, redacted; ``answer`` as the agent gave it."""

    id: str
    agent: str
    language: str
    question: str
    answer: str
    state: ProposalState
    proposed_at: datetime
    decided_by: str | None


class FaqProposals:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, conversation_id: str, agent: str, language: str, question: str, answer: str) -> None:
        """Once for the same question and answer; without personal data, and nothing without words."""
        asked, said = redact(question).strip()[:MAX_QUESTION_CHARS], redact(answer).strip()[:MAX_ANSWER_CHARS]
        if not asked or not said:
            return
        with self._database.write() as session:
            same = select(FaqProposalRow.id).where(
                FaqProposalRow.language == language,
                func.lower(FaqProposalRow.question) == asked.lower(),
                FaqProposalRow.answer == said,
            )
            if session.scalar(same) is None:
                session.add(
                    FaqProposalRow(
                        id=secrets.token_urlsafe(9),
                        conversation_id=conversation_id,
                        agent=agent,
                        language=language,
                        question=asked,
                        answer=said,
                        state="waiting",
                        proposed_at=self._clock(),
                        decided_at=None,
                        decided_by=None,
                    )
                )

    def get(self, proposal_id: str) -> FaqProposal | None:
        with self._database.read() as session:
            row = session.get(FaqProposalRow, proposal_id)
            return None if row is None else _proposal(row)

    def waiting(self, limit: int = 50) -> list[FaqProposal]:
        """The latest first."""
        query = select(FaqProposalRow).where(FaqProposalRow.state == "waiting")
        query = query.order_by(FaqProposalRow.proposed_at.desc()).limit(limit)
        with self._database.read() as session:
            return [_proposal(row) for row in session.scalars(query)]

    def decide(self, proposal_id: str, state: ProposalState, by: str) -> bool:
        """False where it was decided already."""
        with self._database.write() as session:
            row = session.get(FaqProposalRow, proposal_id, with_for_update=True)
            if row is None or row.state != "waiting":
                return False
            row.state, row.decided_by, row.decided_at = state, by, self._clock()
            return True


def _proposal(row: FaqProposalRow) -> FaqProposal:
    return FaqProposal(
        row.id,
        row.agent,
        row.language,
        row.question,
        row.answer,
        cast(ProposalState, row.state),
        row.proposed_at,
        row.decided_by,
    )
