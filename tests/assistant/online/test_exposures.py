"""The log of lists, on both databases: what is joined to what, what is erased, and that it never stands in the way."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from assistant.database import Base, Database
from assistant.online.exposures import ExposedItem, Exposure, Exposures
from assistant.online.pseudonyms import Pseudonyms
from assistant.online.writer import Writer
from assistant.profile.erasers import Subject
from assistant.records.conversations import Conversations
from retrieval.ranking.behaviour import Event

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **spans: float) -> None:
        self.now += timedelta(**spans)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def exposures(database: Database, clock: Clock) -> Iterator[Exposures]:
    made = Exposures(database, Pseudonyms("secret"), clock, keep=timedelta(days=30))
    yield made
    made.close()


def shown(exposures: Exposures, name: str, at: datetime, *products: str, **changes: Any) -> Exposure:
    """A list, recorded. ``customer`` in ``changes`` is an id."""
    if customer := changes.pop("customer", None):
        changes["customer"] = exposures.names.customer(customer)
    made = Exposure(
        id=name,
        conversation_id="talk",
        turn_id=f"turn-{name}",
        customer=None,
        surface="search",
        query=exposures.names.query("mugs"),
        policy="live",
        version="",
        experiment_id=None,
        unit="talk",
        at=at,
        items=tuple(ExposedItem(product, 0.5, {"words": 1.0}) for product in products),
    )
    made = replace(made, **changes)
    exposures.record(made)
    return made


def outcomes(exposures: Exposures) -> dict[str, list[list[str]]]:
    """By list: the outcomes of each item."""
    return {found.id: [sorted(item.outcomes) for item in found.items] for found in exposures.lists()}


def test_a_list_is_kept_as_it_was_shown(exposures: Exposures) -> None:
    items = (
        ExposedItem("mug", 0.25, {"words": 1.5, "taste": -0.1}, None, "treatment"),
        ExposedItem("cup", 1.0, {}, "spring-sale", "control"),
    )
    made = shown(exposures, "l1", NOW, items=items, customer="C1", experiment_id="exp-1", version="ranker-1")
    assert exposures.lists() == [made]
    assert exposures.lists(experiment_id="other") == [] and exposures.lists(since=NOW + timedelta(1)) == []


def test_an_outcome_belongs_to_the_latest_list_of_the_conversation_that_showed_the_product(
    exposures: Exposures, clock: Clock
) -> None:
    shown(exposures, "old", NOW - timedelta(hours=2), "mug", "cup")
    shown(exposures, "new", NOW - timedelta(hours=1), "cup", "mug")
    shown(exposures, "without", NOW, "kettle")
    shown(exposures, "elsewhere", NOW, "mug", conversation_id="other")
    exposures.outcome("talk", None, "mug", "click")
    exposures.outcome("talk", None, "mug", "click")  # again: still one
    exposures.outcome("talk", None, "unseen", "click")
    exposures.outcome("nowhere", None, "mug", "cart")
    assert outcomes(exposures) == {"old": [[], []], "new": [[], ["click"]], "without": [[]], "elsewhere": [[]]}
    clock.later(hours=3)
    shown(exposures, "later", clock.now + timedelta(hours=1), "mug")
    exposures.outcome("talk", None, "mug", "cart")  # not to a list that comes after it
    assert outcomes(exposures)["new"] == [[], ["cart", "click"]] and outcomes(exposures)["later"] == [[]]


def test_what_a_customer_does_elsewhere_belongs_to_their_latest_list_of_the_last_days(exposures: Exposures) -> None:
    shown(exposures, "long ago", NOW - timedelta(days=9), "kettle", customer="C1")
    shown(exposures, "lately", NOW - timedelta(days=2), "mug", customer="C1")
    shown(exposures, "another's", NOW - timedelta(days=1), "mug", customer="C2")
    exposures.outcome(None, "C1", "mug", "purchase")
    exposures.outcome("new talk", "C1", "kettle", "cart")
    assert outcomes(exposures) == {"long ago": [[]], "lately": [["purchase"]], "another's": [[]]}


def test_purchases_that_come_by_another_way_are_joined_once(exposures: Exposures) -> None:
    shown(exposures, "l1", NOW - timedelta(days=2), "mug", customer="C1")
    bought = [
        Event("C1", "mug", "purchase", NOW - timedelta(days=1)),
        Event("C1", "mug", "view", NOW - timedelta(days=1)),
        Event("C2", "mug", "purchase", NOW),
    ]
    assert exposures.attribute(bought) == 1
    assert exposures.attribute(bought) == 0
    assert outcomes(exposures) == {"l1": [["purchase"]]}


def test_thumbs_are_about_the_lists_of_a_turn_and_can_be_taken_back(exposures: Exposures) -> None:
    shown(exposures, "l1", NOW, "mug")
    shown(exposures, "l2", NOW, "mug", turn_id="another")
    for verdict, kinds in (("up", ["thumb_up"]), ("down", ["thumb_down"]), (None, [])):
        exposures.thumb("talk", "turn-l1", verdict)
        exposures.thumb("someone else's", "turn-l1", "up")
        assert [list(found.outcomes) for found in exposures.lists()] == [kinds, []]


def test_erasing_a_customer_takes_every_trace_of_them(database: Database, exposures: Exposures) -> None:
    own = Conversations(database).start("en", "C1")
    shown(exposures, "by name", NOW, "mug", customer="C1", conversation_id="gone")
    shown(exposures, "without a name", NOW, "mug", conversation_id=own.id)
    shown(exposures, "another's", NOW, "mug", customer="C2", conversation_id="c2")
    exposures.outcome("gone", "C1", "mug", "click")
    exposures.outcome("c2", "C2", "mug", "click")
    subject = Subject("C1", (own.id,))
    assert [shown["products"] for shown in exposures.export(subject)] == [["mug"], ["mug"]]
    assert exposures.erase(Subject("C1", (own.id,), before=NOW)) == 0  # they switched it on again before
    assert exposures.erase(subject) == 2  # what waits to be written is erased too
    assert outcomes(exposures) == {"another's": [["click"]]}
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in ("exposures", "exposed_items", "list_outcomes"):
                assert len(session.execute(select(table)).all()) == 1
    assert exposures.erase(subject) == 0
    assert exposures.erase(Subject(None, ("c2",))) == 1 and exposures.count() == 0


def test_the_log_holds_neither_words_nor_ids_of_a_customer(database: Database, exposures: Exposures) -> None:
    query = exposures.names.query("a mug for zoe@example.com")
    shown(exposures, "l1", NOW, "mug", customer="C-ZOE", query=query)
    exposures.writer.flush()
    with database.read() as session:
        stored = json.dumps([list(row) for row in session.execute(text("SELECT * FROM exposures"))], default=str)
    assert "C-ZOE" not in stored and "zoe@" not in stored and "a mug" not in stored and query in stored


def test_names_are_the_same_each_time_and_differ_by_secret() -> None:
    names = Pseudonyms("secret")
    assert names.customer("C1") == Pseudonyms("secret").customer("C1")
    assert len({names.customer("C1"), names.customer("C2"), Pseudonyms("other").customer("C1"), names.query("C1")}) == 4
    assert names.query("Red  MUGS!") == names.query("red mugs")
    assert names.query("mail a@b.org") == names.query("mail c@d.org")


def test_old_lists_are_swept_with_what_came_of_them(exposures: Exposures, clock: Clock) -> None:
    shown(exposures, "l1", NOW, "mug")
    exposures.outcome("talk", None, "mug", "click")
    exposures.writer.flush()
    clock.later(days=31)
    shown(exposures, "l2", clock.now, "mug")
    assert list(outcomes(exposures)) == ["l2"]
    clock.later(days=31)
    assert exposures.sweep() == 1 and exposures.count() == 0


def test_a_database_that_is_gone_costs_the_entry_and_nothing_else(
    database: Database, exposures: Exposures, caplog: pytest.LogCaptureFixture
) -> None:
    shown(exposures, "l1", NOW, "mug")
    shown(exposures, "l1", NOW, "mug")  # the same id again cannot be written
    shown(exposures, "no number", NOW, items=(ExposedItem("mug", math.nan, {"x": 1}),))
    shown(exposures, "l2", NOW, "mug")
    shown(exposures, "empty", NOW)
    assert {"l1", "l2"} <= set(outcomes(exposures)) and "empty" not in outcomes(exposures)
    assert "could not be written" in caplog.text


def test_a_writer_that_is_behind_drops_rather_than_waits() -> None:
    from threading import Event as Flag

    writer, gate, done = Writer("test", waiting=2), Flag(), []
    writer.put(gate.wait)
    for number in range(10):
        writer.put(lambda number=number: done.append(number))
    assert writer.dropped >= 7
    with pytest.raises(TimeoutError):
        writer.flush(timeout=0.05)
    gate.set()
    writer.flush()
    writer.close()
    assert done == sorted(done) and len(done) + writer.dropped == 10
    writer.put(lambda: done.append(99))  # it can be used again
    writer.close()
    assert done[-1] == 99
