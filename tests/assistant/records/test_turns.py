"""A message is recorded once and answered once, whoever asks and whichever process dies."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psutil
import pytest

from assistant.database import Database, utc_now
from assistant.events import Notice, TextDelta
from assistant.records.conversations import UnknownConversation
from assistant.records.records import Records
from assistant.records.turns import Asked, Turns, alive, this_process

REPLY = (TextDelta(text="Yes."), Notice(code="stopped", text="Stopped."))
DEAD = this_process().rpartition("/")[0] + "/1.00"
"""A process with this one's number that began at another time."""


@pytest.fixture
def records(database: Database) -> Iterator[Records]:
    yield Records(database)


def test_a_message_is_recorded_once_however_many_send_it(records: Records) -> None:
    chat = records.conversations.start("en").id
    with ThreadPoolExecutor(4) as threads:
        begun = list(threads.map(lambda _: records.turns.begin(chat, Asked("turn-1", "hello")), range(8)))
    assert sorted(begun) == [False] * 7 + [True]
    assert [message.text for message in records.conversations.messages_since(chat)] == ["hello"]
    records.turns.finish(chat, "turn-1", REPLY)
    records.turns.finish(chat, "turn-1", REPLY)
    assert records.turns.reply(chat, "turn-1") == list(REPLY), "and answered once"
    state = records.turns.state(chat, "turn-1")
    assert state is not None and state.state == "done"


def test_the_same_id_in_another_conversation_is_another_message(records: Records) -> None:
    one, other = records.conversations.start("en").id, records.conversations.start("en").id
    assert records.turns.begin(one, Asked("turn-1", "hello"))
    assert records.turns.begin(other, Asked("turn-1", "hello"))
    with pytest.raises(UnknownConversation):
        records.turns.begin("guessed", Asked("turn-1", "hello"))


def test_a_process_is_the_same_one_when_the_clock_has_been_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the kernel says of when the machine was started moves with the clock."""
    process, now, started = this_process(), utc_now(), psutil.boot_time()
    monkeypatch.setattr(psutil._psplatform, "boot_time", lambda: started + 3600)
    assert alive(process, now, now)
    assert not alive(DEAD, now, now)


def test_what_a_dead_process_left_is_answered_by_the_first_to_claim_it(database: Database, records: Records) -> None:
    chat = records.conversations.start("en").id
    dead, other = Turns(database, process=DEAD), Turns(database, process="elsewhere/7/1.00")
    asked = Asked("turn-1", "like this", ("/uploads/a.webp",), "confirm", "turn-0", "checkpoint")
    dead.begin(chat, asked)
    assert records.turns.left(chat) == [asked]
    assert records.turns.claim(chat, "turn-1")
    assert not other.claim(chat, "turn-1")
    dead.finish(chat, "turn-1", REPLY)
    assert records.turns.reply(chat, "turn-1") == [], "who was taken for dead has nothing to say any more"
    records.turns.finish(chat, "turn-1", REPLY)
    assert records.turns.left(chat) == []


def test_a_process_elsewhere_lives_as_long_as_it_says_so(database: Database, records: Records) -> None:
    chat = records.conversations.start("en").id
    elsewhere = Turns(database, process="elsewhere/7/1.00")
    elsewhere.begin(chat, Asked("turn-1", "hello"))
    assert records.turns.left(chat) == []
    assert not records.turns.claim(chat, "turn-1")
    elsewhere.beat([(chat, "turn-1"), (chat, "turn-2")])
    state = records.turns.state(chat, "turn-1")
    assert state is not None and (state.state, state.mine) == ("running", False)


def test_the_order_of_messages_is_that_of_the_record_whatever_the_clock_said(database: Database) -> None:
    now = utc_now()
    times = iter([now + timedelta(days=1), now, now])
    records = Records(database)
    turns = Turns(database, lambda: next(times), process=DEAD)
    chat = records.conversations.start("en").id
    turns.begin(chat, Asked("turn-1", "kettles"))
    turns.begin(chat, Asked("turn-2", "mugs"))
    last = records.turns.latest(chat)
    assert last is not None and last.turn_id == "turn-2"
    assert [asked.turn_id for asked in records.turns.left(chat)] == ["turn-1", "turn-2"]
    assert not alive("elsewhere/7/1.00", now + timedelta(days=1), now), "nobody waits a day for who died in the future"


def test_messages_written_anew_are_known(records: Records) -> None:
    chat = records.conversations.start("en").id
    records.turns.begin(chat, Asked("turn-1", "kettels"))
    records.turns.begin(chat, Asked("turn-2", "kettles", replaces="turn-1"))
    assert records.turns.replaced(chat) == {"turn-1"}
    last = records.turns.latest(chat)
    assert last is not None and last.turn_id == "turn-2"


def test_the_page_that_a_shopper_looks_at_is_the_last_it_told_of(records: Records) -> None:
    chat = records.conversations.start("en").id
    records.pages.put("guessed", url="https://shop.example/")
    records.pages.put(chat, query="shoes", url="https://shop.example/search")
    records.pages.put(chat, product_id="kettle", title="Kettle" * 200, cart=(("Mug", 2),))
    page = records.pages.of(chat)
    assert page is not None and (page.product_id, page.query, page.cart) == ("kettle", "", (("Mug", 2),))
    assert len(page.title) == 500
    assert records.pages.of("guessed") is None
