"""How long what was said is kept, and the pictures that were sent with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from assistant.database import Database
from assistant.profile.owner import Owner
from assistant.profile.profiles import Profiles
from assistant.profile.wishes import Wishes
from tests.profile_world import SECRET, World, everything

DAYS = 10


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    world = World(database)
    world.profiles = Profiles(
        database,
        world.profiles.behaviours,
        world.products.get,
        lambda: world.now,
        transcript_days=DAYS,
        pictures=tmp_path,
    )
    return world


def said(world: World, customer: str | None = None, picture: str = "") -> Owner:
    owner = world.chat(customer)
    attachments = (f"/uploads/{picture}",) if picture else ()
    world.records.conversations.say(owner.session, "t1", f"have you got a {SECRET}?", attachments)
    world.records.feedback.give(owner.session, "t1", "up", f"nice {SECRET}")
    return owner


def left(world: World, *owners: Owner) -> list[bool]:
    return [world.records.conversations.get(owner.session) is not None for owner in owners]


def test_visitors_conversations_are_deleted_after_their_days(world: World) -> None:
    world.customer("C1")
    old, mine, with_agent, waiting = said(world), said(world, "C1"), said(world), said(world)
    ticket, _ = world.records.tickets.open(with_agent.session, "asked", "please help", "en")
    wishes = Wishes(world.database, world.products.get, lambda: world.now)
    wish = wishes.add(waiting, "price_drop", "mug", email="me@example.com")
    assert wish
    world.now += timedelta(days=DAYS - 1)
    recent = said(world)
    world.profiles.sweep()
    assert left(world, old, mine, with_agent, waiting, recent) == [True] * 5
    world.now += timedelta(days=2)
    world.profiles.sweep()
    assert left(world, old, mine, with_agent, waiting, recent) == [False, True, True, True, True]
    assert old.session not in everything(world.database)
    world.records.tickets.take(ticket.id, "Maya")
    world.records.tickets.close(ticket.id, "Maya")
    wishes.remove(waiting, wish.id)
    world.profiles.sweep()
    world.now += timedelta(days=2 * DAYS)
    world.profiles.sweep()
    assert left(world, old, mine, with_agent, waiting, recent) == [False, True, False, False, False]


def test_nobody_has_to_come_for_the_sweep_and_it_is_daily(world: World) -> None:
    old = said(world)
    world.profiles.sweep_daily()
    world.now += timedelta(days=DAYS + 1)
    world.profiles.sweep_daily()
    assert left(world, old) == [False]


def test_pictures_go_with_the_messages_unless_somebody_else_sent_them_too(world: World, tmp_path: Path) -> None:
    for name in ("mine.webp", "shared.webp"):
        (tmp_path / name).write_bytes(b"picture")
    me = said(world, picture="mine.webp")
    said(world, picture="shared.webp")
    also_me = said(world, picture="shared.webp")
    world.profiles.forget(me)
    world.profiles.forget(also_me)
    assert {path.name for path in tmp_path.glob("*.webp")} == {"shared.webp"}
