"""What is kept of a shopper: recorded with their leave, bounded, read cheaply, and off when they say so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from assistant.database import Database
from assistant.profile.owner import Owner
from assistant.profile.profiles import MAX_READ_ROWS, RECENT_INTERACTIONS
from assistant.profile.taste import TasteSummary
from assistant.shop.behaviour import KINDS, MAX_PER_DAY, REPEAT
from assistant.shop.tables import BehaviourRow
from retrieval.ranking.person import STRANGER, Preference
from tests.profile_world import START, World


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_every_kind_of_interaction_is_kept_of_customers_and_visitors(world: World) -> None:
    for owner in (Owner("C1", "chat"), Owner(None, "visit")):
        for kind in KINDS:
            assert world.profiles.record(owner, "mug", kind, 4 if kind == "rating" else None)
        assert [event.kind for event in world.profiles.person(owner).session] == list(KINDS)
    assert {event.customer_id for event in world.profiles.behaviours.all()} == {"C1"}, "visits teach nobody"
    with pytest.raises(ValueError, match="not a kind"):
        world.profiles.behaviours.record("C1", "mug", "stare")  # type: ignore[arg-type]


def test_what_fails_breaks_no_turn_and_unknown_products_are_not_kept(world: World, monkeypatch: Any) -> None:
    owner = Owner("C1", "chat")
    assert not world.profiles.record(owner, "gone", "click")
    monkeypatch.setattr(world.profiles.behaviours, "record", lambda *_, **__: 1 / 0)
    assert not world.profiles.record(owner, "mug", "click")


def test_this_visit_and_the_past_are_told_apart(world: World) -> None:
    before, now = Owner("C1", "yesterday"), Owner("C1", "today")
    world.profiles.record(before, "mug", "cart")
    world.now += timedelta(days=1)
    world.profiles.record(now, "boot", "click")
    person = world.profiles.person(now)
    assert [event.product_id for event in person.history] == ["mug"]
    assert [event.product_id for event in person.session] == ["boot"]
    assert world.profiles.person(Owner("C2", "other")) == STRANGER
    assert world.profiles.person(Owner(None, "other")) == STRANGER


def test_signing_in_keeps_the_visit_and_other_conversations_see_none_of_it(world: World) -> None:
    visit = Owner(None, "visit")
    world.profiles.record(visit, "lamp", "click")
    world.profiles.preferences.state(visit, [Preference("vegan", "yes")], "chat")
    person = world.profiles.person(Owner("C1", "visit"))
    assert [event.product_id for event in person.session] == ["lamp"] and person.preferences
    assert world.profiles.person(Owner("C1", "another")) == STRANGER


def test_a_burst_of_fake_clicks_is_one_click_and_a_day_has_an_end(world: World) -> None:
    owner = Owner(None, "bot")
    assert sum(world.profiles.record(owner, "mug", "click") for _ in range(1000)) == 1
    kept = 0
    for _ in range(MAX_PER_DAY + 50):
        world.now += REPEAT / 3  # four hours' worth: within the day
        kept += world.profiles.record(owner, "boot", "click")
    assert kept <= MAX_PER_DAY
    rows = [
        {"session": "flood", "product_id": "lamp", "kind": "view", "at": world.now, "demo": False}
        for _ in range(MAX_PER_DAY)
    ]
    with world.database.write() as session:
        session.execute(insert(BehaviourRow), rows)
    assert not world.profiles.record(Owner(None, "flood"), "mug", "click")
    assert world.profiles.record(Owner(None, "somebody else"), "mug", "click")


def test_bad_input_says_nothing_of_a_person(world: World) -> None:
    """Out of order, twice the same, of the future, of products that are gone."""
    day = timedelta(days=1)
    sent = [("lamp", -1), ("mug", -3), ("mug", -3), ("boot", -2), ("boot", 400), ("gone", -1)]
    rows = [
        {"customer_id": "C1", "product_id": name, "kind": "view", "at": world.now + days * day, "demo": False}
        for name, days in sent
    ]
    with world.database.write() as session:
        session.execute(insert(BehaviourRow), rows)
    assert [event.product_id for event in world.profiles.person(Owner("C1", "chat")).history] == [
        "mug",
        "boot",
        "lamp",
    ]
    assert all(event.at <= world.now for event in world.profiles.behaviours.all())


def test_a_hundred_thousand_interactions_are_read_by_index_and_limit(migrated_sqlite: Path, tmp_path: Path) -> None:
    (tmp_path / "shop.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    world = World(Database(f"sqlite:///{tmp_path / 'shop.sqlite3'}"))
    rows = [
        {"customer_id": "C1", "product_id": "mug", "kind": "view", "at": START - timedelta(seconds=n), "demo": False}
        for n in range(100_000)
    ]
    with world.database.write() as session:
        session.execute(insert(BehaviourRow), rows)
    assert len(world.profiles.behaviours.of_customer("C1", MAX_READ_ROWS)) == MAX_READ_ROWS
    history = world.profiles.person(Owner("C1", "chat")).history
    assert len(history) <= RECENT_INTERACTIONS and history[-1].at == START
    query = "SELECT * FROM behaviour WHERE customer_id = 'C1' AND at <= '2026' ORDER BY at DESC, id DESC LIMIT 200"
    for column in ("customer_id", "session"):
        with world.database.read() as session:
            plan = session.execute(text("EXPLAIN QUERY PLAN " + query.replace("customer_id", column))).all()
        assert f"ix_behaviour_{column}_at" in str(plan) and "TEMP B-TREE" not in str(plan), "not sorted again"


def test_one_product_over_and_over_does_not_push_out_what_was_done_before(world: World) -> None:
    """The last of each day is what is said of the person; as many products as ranking reads are read."""
    minute = timedelta(minutes=1)
    rows = [("lamp", START - timedelta(days=9)), *(("mug", START - n * minute) for n in range(900))]
    with world.database.write() as session:
        session.execute(
            insert(BehaviourRow),
            [{"customer_id": "C1", "product_id": name, "kind": "view", "at": at, "demo": False} for name, at in rows],
        )
    history = world.profiles.person(Owner("C1", "chat")).history
    assert [event.product_id for event in history] == ["lamp", "mug", "mug"] and history[-1].at == START


def test_visitors_are_swept_after_their_time_and_customers_are_not(world: World) -> None:
    visitor, customer = Owner(None, "visit"), Owner("C1", "chat")
    for owner in (visitor, customer):
        world.profiles.record(owner, "mug", "click")
        world.profiles.preferences.state(owner, [Preference("vegan", "yes")], "chat")
        world.profiles.consent.switch(owner, False)
    world.now += timedelta(days=29)
    assert world.profiles.sweep() == 0
    world.now += timedelta(days=2)
    assert world.profiles.sweep() == 3
    assert world.profiles.held(customer) == 1 and world.profiles.held(visitor) == 0
    assert not world.profiles.consent.of(customer).personal


def test_off_records_and_uses_nothing_and_on_goes_on(world: World) -> None:
    owner = Owner("C1", "chat")
    world.profiles.record(owner, "mug", "cart")
    world.profiles.consent.switch(owner, False)
    assert world.profiles.person(owner) is STRANGER
    assert not world.profiles.record(owner, "boot", "click")
    assert world.profiles.everybody() == [] and world.profiles.held(owner) == 1
    world.profiles.consent.switch(owner, True)
    assert [event.product_id for event in world.profiles.person(owner).session] == ["mug"]
    assert len(world.profiles.everybody()) == 1


def test_preferences_replace_what_contradicts_them(world: World) -> None:
    owner, said = Owner("C1", "chat"), world.profiles.preferences
    said.state(owner, [Preference("size", "42"), Preference("size", "M"), Preference("price_max", "100")], "chat")
    said.state(owner, [Preference("size", "43"), Preference("price_max", "80"), Preference("brand", "Acme")], "chat")
    said.state(owner, [Preference("brand", "Acme", wanted=False)], "panel")
    kept = {(one.preference.key, one.preference.value, one.preference.wanted) for one in said.of(owner)}
    assert kept == {("size", "M", True), ("size", "43", True), ("price_max", "80", True), ("brand", "Acme", False)}


def test_nobody_changes_another_ones_preferences(world: World) -> None:
    mine, other, said = Owner("C1", "chat"), Owner("C2", "chat2"), world.profiles.preferences
    said.state(mine, [Preference("vegan", "yes")], "chat")
    theirs = said.of(mine)[0].id
    assert not said.change(other, theirs, [Preference("size", "42")]) and not said.remove(other, theirs)
    assert said.of(other) == [] and len(said.of(mine)) == 1
    assert said.change(mine, theirs, [Preference("size", "42")]) and said.of(mine)[0].preference.value == "42"
    assert not said.remove(mine, theirs), "its id went with it"


def test_taste_is_told_with_the_interactions_behind_it(world: World) -> None:
    owner = Owner("C1", "chat")
    for name in ("mug", "boot", "lamp"):
        world.profiles.record(owner, name, "purchase")
    world.profiles.record(owner, "mug", "thumb_down")
    taste = TasteSummary.of(world.profiles.interactions(owner), world.products.get, world.now)
    (brand,) = taste.top("brand")
    assert (
        brand.value == world.products["mug"].brand and brand.kinds["purchase"] == 3 and brand.kinds["thumb_down"] == 1
    )
    assert taste.price is not None and taste.price[0] <= taste.price[1]
    assert TasteSummary.of([], world.products.get, world.now).top("brand") == []


@pytest.fixture(scope="module")
def one_world(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    path = tmp_path_factory.mktemp("one") / "shop.sqlite3"
    path.write_bytes(migrated_sqlite.read_bytes())
    return World(Database(f"sqlite:///{path}"))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("interaction"), st.sampled_from(["mug", "boot", "lamp"]), st.sampled_from(KINDS)),
        st.tuples(st.just("say"), st.sampled_from(["42", "M"]), st.booleans()),
        st.tuples(st.just("switch"), st.booleans(), st.none()),
        st.tuples(st.just("forget"), st.none(), st.none()),
    ),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_off_and_forgotten_are_strangers_whatever_came_before(
    one_world: World, steps: list[tuple[str, Any, Any]]
) -> None:
    world = one_world
    world.now += timedelta(days=2)
    owner, on = world.chat(f"C{world.now.timestamp()}"), True
    for what, first, second in steps:
        match what:
            case "interaction":
                assert world.profiles.record(owner, first, second) <= on
            case "say":
                world.profiles.preferences.state(owner, [Preference("size", first, second)], "panel")
            case "switch":
                world.profiles.consent.switch(owner, on := first)
            case "forget":
                world.profiles.forget(owner)
                on = False
                assert world.profiles.held(owner) == 0 and world.profiles.preferences.of(owner) == []
        person = world.profiles.person(owner)
        assert on or person is STRANGER
