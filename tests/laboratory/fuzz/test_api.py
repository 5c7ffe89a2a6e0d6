"""Strange input against the whole served application: a few of each kind, always the same."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from laboratory.fuzz import api, calls
from laboratory.fuzz.finds import Tally
from laboratory.fuzz.shops import doors_of, known_of
from tests.app import Served


def test_every_operation_answers_as_its_document_says(served_app: Served) -> None:
    tally, known = Tally(), known_of(served_app.url, served_app.shop)
    operations = api.operations(served_app.url)
    assert {"POST /api/conversations/{conversation_id}/turns", "GET /api/search"} <= {each.label for each in operations}
    for each in operations:
        tally.tried(each.label, partial(api.ask, each, served_app.url, known, 3, 1, tally))
    assert not tally.finds, tally.told("api")


@pytest.fixture
def doors(served_app: Served) -> Iterator[calls.Doors]:
    doors = doors_of(served_app.url, served_app.shop, served_app.services, "Priya", served_app.agent_password)
    yield doors
    doors.client.close()
    for conversation in doors.known["conversation"]:
        served_app.shop.commerce.records.tickets.end(conversation)


def test_whatever_a_page_sends_is_answered(doors: calls.Doors) -> None:
    tally = Tally()
    calls.ask(doors, 40, 1, tally)
    assert tally.runs > 50 and not tally.finds, tally.told("calls")
