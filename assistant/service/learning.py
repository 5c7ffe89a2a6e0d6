"""What is learned from agents and complaints: how drafts fare, proposals for help pages, answers reported bad."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.bootstrap import Shopclerk
from assistant.pages import Refused, Version
from assistant.records.drafts import DraftFigures
from assistant.records.proposals import FaqProposal
from assistant.records.reported import ReportedAnswer
from assistant.service.admins import AdminService
from retrieval.models import FaqEntry

TOPIC = "answers"
"""The topic of help pages that come from agents' answers."""


@dataclass(frozen=True, slots=True)
class Learned:
    """``vouched``: the latest messages that agents sent with statements which nothing backed: agent, text, those
    statements."""

    figures: Sequence[DraftFigures]
    proposals: Sequence[FaqProposal]
    reported: Sequence[ReportedAnswer]
    vouched: Sequence[tuple[str, str, Sequence[str]]] = field(default=())


class LearningService:
    def __init__(self, app: Shopclerk, admins: AdminService) -> None:
        self._app = app
        self._admins = admins
        self._one_at_a_time = asyncio.Lock()

    async def learned(self) -> Learned:
        return await asyncio.to_thread(self._learned)

    def _learned(self) -> Learned:
        records = self._app.commerce.records
        return Learned(
            records.drafts.figures(),
            records.proposals.waiting(),
            list(records.reported.latest(50)),
            [(agent, text, claims) for agent, text, claims, _ in records.drafts.vouched(20)],
        )

    async def approve(self, proposal_id: str, by: str, question: str, answer: str) -> Version:
        """The proposal, as the admin has put it, becomes a help page: a new version of them all, which can be rolled
        back like any other. Raises ``Refused``."""
        if not question.strip() or not answer.strip():
            raise Refused(key="empty_page")
        async with self._one_at_a_time:
            proposal = await asyncio.to_thread(self._waiting, proposal_id)
            entry = FaqEntry(
                id=_id_of(question),
                language=proposal.language,
                topic=TOPIC,
                question=question.strip(),
                answer=answer.strip(),
            )
            live = [each for each in self._app.knowledge.faq.written if each.id != entry.id]
            rows = "".join(f"{each.model_dump_json(exclude_none=True)}\n" for each in (*live, entry))
            preview = await self._admins.faq_preview(rows.encode(), "help-pages-with-answer.jsonl", trusted=True)
            version = await self._admins.faq_switch(preview.token)
            await asyncio.to_thread(self._app.commerce.records.proposals.decide, proposal_id, "approved", by)
            return version

    async def decline(self, proposal_id: str, by: str) -> None:
        """Raises ``Refused``."""
        if not await asyncio.to_thread(self._app.commerce.records.proposals.decide, proposal_id, "declined", by):
            raise Refused(key="no_proposal")

    async def regression(self) -> str:
        """All answers reported bad, a line of JSON each, in the form that ``evaluate suggestions`` replays."""
        found = await asyncio.to_thread(lambda: list(self._app.commerce.records.reported.latest(5_000)))
        return "".join(f"{json.dumps(each.row(), ensure_ascii=False)}\n" for each in found)

    def _waiting(self, proposal_id: str) -> FaqProposal:
        proposal = self._app.commerce.records.proposals.get(proposal_id)
        if proposal is None or proposal.state != "waiting":
            raise Refused(key="no_proposal")
        return proposal


def _id_of(question: str) -> str:
    """Of its words; where they are not in Latin letters, by lot."""
    plain = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))[:40].strip("-")
    return f"answer-{words or secrets.token_hex(4)}"
