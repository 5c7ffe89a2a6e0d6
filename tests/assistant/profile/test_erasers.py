"""Forgetting a shopper: to the last row of every table, finished when cut off, and of nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.database import Database
from assistant.profile.erasers import Subject
from assistant.profile.owner import Owner, customer_key
from assistant.shop.behaviour import KINDS
from retrieval.ranking.person import STRANGER, Preference
from tests.profile_world import SECRET, World, busy, everything


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_after_forget_me_no_table_holds_anything_of_it(world: World) -> None:
    owner = busy(world)
    first = next(iter(set(world.profiles.subject(owner).conversations) - {owner.session}))
    assert SECRET in everything(world.database), "the search finds what is there"
    receipt = world.profiles.forget(owner)
    assert receipt.erased == {"behaviour": 2 * len(KINDS), "preferences": 1, "messages": 2}
    left = everything(world.database)
    assert SECRET not in left and first not in left
    assert "SC-C1" in left, "orders stay"
    told = [line for line in left.splitlines() if "C1" in line]
    assert {line.split()[0] for line in told} == {"customers", "orders", "order_lines", "conversations", "profiles"}
    assert world.profiles.person(owner) is STRANGER and not world.profiles.record(owner, "mug", "click")
    assert world.profiles.consent.owed() == {}
    if world.database.sqlite:
        name = world.database.engine.url.database
        assert name
        for file in Path(name).parent.glob(Path(name).name + "*"):
            assert SECRET.encode() not in file.read_bytes(), f"{file.name} still holds deleted rows"


def test_other_shoppers_keep_theirs(world: World) -> None:
    owner, other = busy(world), Owner("C2", "other")
    world.profiles.record(other, "mug", "cart")
    world.profiles.preferences.state(other, [Preference("vegan", "yes")], "chat")
    world.profiles.forget(owner)
    assert world.profiles.held(other) == 1 and len(world.profiles.preferences.of(other)) == 1


def test_other_parts_forget_too_and_learners_are_told_last(world: World) -> None:
    heard: list[Any] = []

    def impressions(subject: Subject) -> int:
        heard.append(subject.customer_id)
        return 7

    world.profiles.erasers.register("impressions", impressions, lambda _: [{"shown": "mug"}])
    world.profiles.erasers.on_erased(lambda: heard.append(len(world.profiles.everybody())))
    owner = Owner("C1", "chat")
    world.profiles.record(owner, "mug", "cart")
    assert world.profiles.export(owner)["impressions"] == [{"shown": "mug"}]
    assert world.profiles.forget(owner).erased["impressions"] == 7
    assert heard == ["C1", 0], "what is learned from everybody no longer holds the interaction"


def test_an_erasure_that_was_cut_off_is_finished_and_keeps_what_came_after(world: World) -> None:
    owner = busy(world)

    def fails(_: Subject) -> int:
        raise OSError("killed")

    world.profiles.erasers.register("broken", fails)
    with pytest.raises(OSError, match="killed"):
        world.profiles.forget(owner)
    assert world.profiles.person(owner) is STRANGER, "nothing is used meanwhile"
    assert set(world.profiles.consent.owed()) == {customer_key("C1")}
    world.profiles.erasers.unregister("broken")
    world.now += timedelta(hours=1)
    world.profiles.consent.switch(owner, True)
    later = world.chat("C1")
    assert world.profiles.behaviours.record("C1", "mug", "click", session=later.session)
    assert world.profiles.finish_erasures() == 1 and world.profiles.consent.owed() == {}
    assert SECRET not in everything(world.database)
    assert world.profiles.held(later) == 1 and world.records.conversations.get(later.session) is not None


def test_a_conversation_that_an_agent_has_goes_when_the_agent_is_done(world: World) -> None:
    owner = busy(world)
    ticket, _ = world.records.tickets.open(owner.session, "complaint", f"about the {SECRET}", "en")
    world.records.notes.add(owner.session, "Ada", f"wants the {SECRET}")
    world.records.triage.tag(owner.session, SECRET)
    world.profiles.forget(owner)
    assert SECRET in everything(world.database) and world.profiles.consent.owed()
    world.records.tickets.take(ticket.id, "Ada")
    world.records.tickets.close(ticket.id, "Ada")
    world.now += timedelta(days=2)
    world.profiles.sweep()
    assert SECRET not in everything(world.database) and not world.profiles.consent.owed()


def test_a_visitor_is_forgotten_by_conversation(world: World) -> None:
    owner = world.chat(None)
    world.profiles.record(owner, SECRET, "click")
    world.profiles.preferences.state(owner, [Preference("brand", SECRET)], "chat")
    world.profiles.forget(owner)
    assert SECRET not in everything(world.database)
    assert world.profiles.person(owner) is STRANGER and world.records.conversations.get(owner.session) is not None


def test_the_export_holds_everything_that_is_held(world: World) -> None:
    owner = busy(world)
    held = world.profiles.export(owner)
    assert held["customer_id"] == "C1" and held["personalisation"] == {"on": True, "forgotten_at": None}
    assert len(held["behaviour"]) == 2 * len(KINDS) and len(held["messages"]) == 2
    assert [said["value"] for said in held["preferences"]] == [SECRET]
    world.profiles.forget(owner)
    empty = world.profiles.export(owner)
    assert not (empty["behaviour"] or empty["preferences"] or empty["messages"])
    assert empty["personalisation"]["forgotten_at"] and not empty["personalisation"]["on"]
