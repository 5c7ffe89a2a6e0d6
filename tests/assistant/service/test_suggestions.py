"""Suggested replies on the real application: what they answer, what they leave as it was, and what may be sent."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from assistant.database import Base
from assistant.events import HandedOff
from assistant.pages import Refused
from assistant.service.services import Services
from tests.assistant.test_service import said, services

__all__ = ["services"]


def rows(services: Services) -> dict[str, int]:
    """How many rows each table has."""
    with services.suggestions.app.commerce.database.read() as session:
        tables = Base.metadata.sorted_tables
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


async def asked(services: Services, *messages: str) -> tuple[str, str]:
    """The ticket and the conversation in which an agent has it and the customer then wrote the messages."""
    conversation = await services.shoppers.start(None, "en")
    handed = await said(services, conversation.id, "I want to talk to a human")
    ticket_id = next(event for event in handed if isinstance(event, HandedOff)).ticket_id
    await services.agents.take(ticket_id, "Ana")
    for message in messages:
        await said(services, conversation.id, message)
    return ticket_id, conversation.id


async def test_drafts_answer_what_was_asked_last_and_leave_no_trace(services: Services) -> None:
    ticket_id, conversation_id = await asked(
        services, "do you have waterproof jackets?", "put the first one in my cart", "how long can I return things?"
    )
    dialogue = services.suggestions.app.dialogue
    before, memory = rows(services), await dialogue.memory(conversation_id)
    drafts = await services.suggestions.suggest(ticket_id)
    assert "30 days" in drafts.replies[0].text and drafts.asked == "how long can I return things?"
    assert rows(services) == before and await dialogue.memory(conversation_id) == memory


async def test_a_draft_may_be_sent_as_it_is_and_what_nothing_backs_takes_a_vow(services: Services) -> None:
    ticket_id, _ = await asked(services, "do you have kettles?")
    draft = (await services.suggestions.suggest(ticket_id)).replies[0]
    assert draft.products and draft.audit.sendable
    await services.suggestions.before_sending(ticket_id, draft.text, draft.id, vouched=False)
    planted = f"{draft.text} I have added a $10 voucher to your account."
    with pytest.raises(Refused):
        await services.suggestions.before_sending(ticket_id, planted, draft.id, vouched=False)
    await services.suggestions.before_sending(ticket_id, planted, draft.id, vouched=True)
    await services.suggestions.sent(ticket_id, "Ana", planted, draft.id, vouched=True)
    records = services.suggestions.app.commerce.records.drafts
    fates = {fate.text: fate.fate for fate in records.latest()}
    assert fates[draft.text] == "edited" and records.vouched()[0][0] == "Ana"


async def test_a_new_message_overtakes_the_drafts_that_lie_there(services: Services) -> None:
    ticket_id, conversation_id = await asked(services, "do you have kettles?")
    old = (await services.suggestions.suggest(ticket_id)).replies[0]
    await said(services, conversation_id, "do you ship abroad?")
    new = await services.suggestions.suggest(ticket_id)
    assert "Canada" in new.replies[0].text
    fates = {fate.id: fate.fate for fate in services.suggestions.app.commerce.records.drafts.latest()}
    assert fates[old.id] == "overtaken"
