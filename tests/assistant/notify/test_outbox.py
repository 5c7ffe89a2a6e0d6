"""What is to be told is told: once, though processes die, and again until it arrives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from assistant.database import Database, utc_now
from assistant.notify.courier import Courier, DeliveryFailed, NothingToTell
from assistant.notify.outbox import LEASE, MAX_ATTEMPTS, Delivery, Kind, Outbox
from assistant.notify.tables import OutboxRow
from assistant.seal import Seal


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 30, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Ears:
    """A channel that does as it is told."""

    name = "ears"

    def __init__(self) -> None:
        self.heard: list[Delivery] = []
        self.wrong: list[Exception] = []

    def send(self, delivery: Delivery) -> None:
        if self.wrong:
            raise self.wrong.pop(0)
        self.heard.append(delivery)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(database: Database, clock: Clock) -> Outbox:
    return Outbox(database, clock)


def put(outbox: Outbox, key: str = "k") -> int:
    return outbox.put(key, Kind.TICKET_OPENED, ("ears",), {"ticket": "T-1"})


def test_the_same_is_told_once_whoever_puts_it_in(outbox: Outbox) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: put(outbox), range(8))) == 1
    ears = Ears()
    courier = Courier(outbox, [ears])
    assert courier.deliver() == 1 and courier.deliver() == 0
    assert [each.body for each in ears.heard] == [{"ticket": "T-1"}]
    assert put(outbox) == 0, "it is known that it was told"


def test_two_processes_share_the_work(outbox: Outbox) -> None:
    for at in range(30):
        put(outbox, str(at))
    with ThreadPoolExecutor(4) as pool:
        taken = [each.id for some in pool.map(lambda _: outbox.take(("ears",), 10), range(6)) for each in some]
    assert len(taken) == len(set(taken)) == 30


def test_what_a_killed_process_had_begun_is_sent_under_the_same_id(outbox: Outbox, clock: Clock) -> None:
    put(outbox)
    (begun,) = outbox.take(("ears",))  # and then it dies
    assert outbox.take(("ears",)) == []
    clock.now += LEASE
    ears = Ears()
    assert Courier(outbox, [ears]).deliver() == 1
    assert ears.heard[0].id == begun.id and ears.heard[0].attempt == 2


def test_a_failure_is_tried_again_later_each_time(outbox: Outbox, clock: Clock) -> None:
    put(outbox)
    ears = Ears()
    ears.wrong = [DeliveryFailed("not now"), DeliveryFailed("nor now", wait_s=600), RuntimeError("a mistake")]
    courier, waits = Courier(outbox, [ears]), list[timedelta]()
    assert courier.deliver() == 0
    for _ in range(3):
        began = clock.now
        while courier.deliver() == 0 and len(ears.wrong) + len(waits) == 2 and clock.now - began < timedelta(hours=1):
            clock.now += timedelta(seconds=1)
        waits.append(clock.now - began)
    assert len(ears.heard) == 1
    assert waits[0] >= timedelta(seconds=15) and waits[1] >= timedelta(seconds=480)
    assert outbox.counts() == {"sent": 1}


def test_what_never_arrives_ends_and_is_known(outbox: Outbox, clock: Clock) -> None:
    put(outbox)
    ears = Ears()
    ears.wrong = [DeliveryFailed("the server is gone")] * MAX_ATTEMPTS
    courier = Courier(outbox, [ears])
    for _ in range(MAX_ATTEMPTS):
        courier.deliver()
        clock.now += timedelta(hours=6)
    assert outbox.counts() == {"failed": 1} and outbox.latest_error() == "the server is gone"
    assert courier.deliver() == 0


def test_a_final_refusal_is_not_tried_again_and_nothing_to_tell_is_dropped(outbox: Outbox, clock: Clock) -> None:
    put(outbox, "a"), put(outbox, "b")
    ears = Ears()
    ears.wrong = [DeliveryFailed("gone", final=True), NothingToTell()]
    courier = Courier(outbox, [ears])
    courier.deliver()
    clock.now += timedelta(days=1)
    assert courier.deliver() == 0 and ears.heard == []
    assert outbox.counts() == {"failed": 1, "dropped": 1}


def test_long_ago_is_swept(outbox: Outbox, clock: Clock) -> None:
    put(outbox)
    Courier(outbox, [Ears()]).deliver()
    clock.now += timedelta(days=31)
    put(outbox, "new")
    assert outbox.sweep() == 1 and outbox.counts() == {"waiting": 1}


def test_an_address_waits_sealed_and_is_readable_to_who_sends(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = Outbox(database, seal=Seal("the shop's secret"))
    outbox.put("w1", Kind.WISH_CAME_TRUE, ("mail",), {"to": "ann@example.com", "title": "Back"})
    outbox.put("w2", Kind.WISH_CAME_TRUE, ("mail",), {"to": "bob@example.com", "title": "Back"})
    assert "ann" not in kept(database) and "bob" not in kept(database)
    with database.write() as session:  # as an earlier version kept it
        session.execute(update(OutboxRow).where(OutboxRow.key == "w2").values(body={"to": "bob@example.com"}))
    outbox.seal_all()
    assert "bob" not in kept(database)
    with monkeypatch.context() as instead:
        instead.setattr(database, "write", None)
        outbox.seal_all()  # a start with nothing to seal asks for no turn at writing
    sent = outbox.take(("mail",))
    assert sorted(each.body["to"] for each in sent) == ["ann@example.com", "bob@example.com"]
    for each in sent:
        outbox.failed(each, "away", wait_s=0)
    stranger = Outbox(database, lambda: utc_now() + timedelta(days=1), Seal("another secret"))
    assert all("to" not in each.body for each in stranger.take(("mail",)))


def kept(database: Database) -> str:
    with database.read() as session:
        return str(session.scalars(select(OutboxRow.body)).all())
