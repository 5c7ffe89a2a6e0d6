"""A shop with hours of its own states no others, on whatever way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.events import Event, FaqCited, TurnDone
from assistant.service.services import Services
from assistant.setup.knowledge import help_pages
from tests.app import fresh

OTHERS = ("8 am", "8 pm", "Saturday", "8点")
"""What the demo shop's help pages say."""


@pytest.fixture
async def services(shop: Shopclerk, tmp_path: Path) -> AsyncIterator[Services]:
    settings = {"hours": "Mo-Fr 10:00-16:00", "time_zone": "Europe/Berlin"}
    own = fresh(shop, tmp_path, settings)
    known = own.knowledge
    faq = help_pages(own.settings, known.store, known.encoders, known.search)
    own.knowledge, own.deps = replace(known, faq=faq), replace(own.deps, faq=faq)
    async with own.opened():
        yield Services.of(own, Access.from_settings(own.settings))


async def say(services: Services, text: str, language: str = "en") -> list[Event]:
    conversation = await services.shoppers.start(None, language)
    return [event async for event in services.shoppers.turn(conversation.id, text, None)]


async def test_the_settings_hours_are_said_and_no_others(services: Services) -> None:
    asked = (
        ("can I talk to a human", "en"),
        ("when can I talk to a human?", "en"),
        ("how can I contact you?", "en"),
        ("转人工", "zh"),
        ("怎么联系你们？", "zh"),
    )
    for text, language in asked:
        events = await say(services, text, language)
        reply = next(event.text for event in events if isinstance(event, TurnDone))
        cited = " ".join(event.model_dump_json() for event in events if isinstance(event, FaqCited))
        assert "10:00" in reply and not any(other in f"{reply} {cited}" for other in OTHERS), reply
    faq = services.shoppers.app.knowledge.faq
    told = {entry.id: entry.answer for entry in faq.entries if entry.language == "en"}
    written = {entry.id: entry.answer for entry in faq.written if entry.language == "en"}
    assert "10:00" in told["human-hours"] and "8 am" in written["human-hours"], "pages are kept as they were written"
    assert [id_ for id_ in told if told[id_] != written[id_]] == ["contact", "human-hours"]
