"""Whose a conversation is, how urgent, what it is tagged, until when it rests; and the inbox that shows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from assistant.database import Database
from assistant.events import AgentJoined, AgentLeft, AgentMessage
from assistant.records.conversations import UnknownConversation
from assistant.records.notes import CannedTaken
from assistant.records.records import Records
from assistant.records.tickets import NotYourTicket
from assistant.records.triage import MAX_TAGS, NotOpen, OpenElsewhere, tag_of
from assistant.shop.customers import email_key, name_key
from assistant.shop.tables import CustomerRow, OrderRow
from assistant.shop.views import AddressView

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Desk:
    """Records on a clock of their own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self.records = Records(database, lambda: self.now)

    def waiting(self, said: str = "help", customer_id: str | None = None) -> tuple[str, str]:
        """Ids of a conversation that waits, and of its ticket."""
        conversation = self.records.conversations.start("en", customer_id).id
        self.records.conversations.say(conversation, "t1", said)
        self.now += timedelta(seconds=1)
        return conversation, self.records.tickets.open(conversation, "asked", "", "en")[0].id

    def said(self, conversation: str) -> list[object]:
        return [message.event for message in self.records.conversations.messages_since(conversation) if message.event]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_a_conversation_is_given_to_another_and_the_shopper_is_told(desk: Desk) -> None:
    conversation, ticket = desk.waiting()
    triage = desk.records.triage
    triage.assign(ticket, "ann")
    triage.assign(ticket, "ann")
    triage.assign(ticket, "bob")
    triage.assign(ticket, None)
    assert desk.said(conversation) == [
        AgentJoined(agent="ann"),
        AgentLeft(agent="ann", reason="released"),
        AgentJoined(agent="bob"),
        AgentLeft(agent="bob", reason="released"),
    ]
    listed = desk.records.inbox.get(ticket)
    assert listed and (listed.state, listed.agent) == ("waiting", None)
    with pytest.raises(NotOpen):
        triage.assign("T-none", "ann")


def test_a_closed_one_is_reopened_unless_another_is_open(desk: Desk) -> None:
    conversation, ticket = desk.waiting()
    desk.records.tickets.take(ticket, "ann")
    desk.records.tickets.close(ticket, "ann", "solved")
    listed = desk.records.inbox.get(ticket)
    assert listed and listed.close_reason == "solved"
    desk.records.triage.reopen(ticket, "bob")
    assert desk.records.tickets.human_in_charge(conversation)
    with pytest.raises(OpenElsewhere):
        desk.records.triage.reopen(ticket, "ann")
    desk.records.tickets.close(ticket, "bob")
    desk.records.tickets.open(conversation, "asked", "", "en")
    with pytest.raises(OpenElsewhere):
        desk.records.triage.reopen(ticket, "bob")
    with pytest.raises(NotOpen):
        desk.records.triage.reopen("T-none", "bob")


def test_a_snooze_ends_by_the_clock_or_when_the_shopper_writes(desk: Desk) -> None:
    conversation, ticket = desk.waiting()

    def rests() -> bool:
        found = desk.records.inbox.get(ticket)
        assert found
        return found.snoozed_until is not None

    desk.records.triage.snooze(ticket, desk.now + timedelta(hours=1))
    assert rests()
    desk.now += timedelta(hours=1)
    assert not rests()
    desk.records.triage.snooze(ticket, None)
    desk.now += timedelta(days=300)
    assert rests()
    desk.records.conversations.say(conversation, "t2", "are you there?")
    assert not rests()
    desk.records.triage.snooze(ticket, None)
    desk.records.triage.wake(ticket)
    assert not rests()


def test_priority_and_tags_are_what_they_are_set_to(desk: Desk) -> None:
    conversation, ticket = desk.waiting()
    desk.records.triage.set_priority(ticket, 3)
    for tag in ("#Refund ", "refund", "  ", "VIP  customer"):
        desk.records.triage.tag(conversation, tag)
    listed = desk.records.inbox.get(ticket)
    assert listed and listed.priority == 3 and listed.tags == ("refund", "vip customer")
    desk.records.triage.untag(conversation, "refund")
    for number in range(20):
        desk.records.triage.tag(conversation, f"t{number}")
    assert len(desk.records.inbox.tags()) == MAX_TAGS
    assert "vip customer" in desk.records.inbox.tags() and tag_of("x" * 99) == "x" * 30
    with pytest.raises(ValueError):
        desk.records.triage.set_priority(ticket, 4)


def test_the_first_answer_stops_the_clock_and_a_message_is_put_there_once(desk: Desk) -> None:
    conversation, ticket = desk.waiting()
    desk.records.tickets.take(ticket, "ann")
    desk.now += timedelta(minutes=2)
    at = desk.now
    first = desk.records.tickets.reply(ticket, "ann", "Hello", "key-1")
    desk.now += timedelta(minutes=2)
    assert desk.records.tickets.reply(ticket, "ann", "Hello", "key-1") == first
    desk.records.tickets.reply(ticket, "ann", "Hello", "key-2")
    assert [event for event in desk.said(conversation) if isinstance(event, AgentMessage)] == [
        AgentMessage(agent="ann", text="Hello")
    ] * 2
    listed = desk.records.inbox.get(ticket)
    assert listed and listed.first_reply_at == at
    desk.records.triage.assign(ticket, "bob")
    with pytest.raises(NotYourTicket):
        desk.records.tickets.reply(ticket, "ann", "Hello", "key-1")


def test_notes_stand_where_they_were_written_and_go_with_the_conversation(desk: Desk) -> None:
    conversation, _ = desk.waiting()
    desk.records.notes.add(conversation, "ann", "knows her\x00")
    desk.records.conversations.say(conversation, "t2", "hello?")
    desk.records.notes.add(conversation, "bob", "and I")
    assert [(note.after, note.author, note.text) for note in desk.records.notes.of(conversation)] == [
        (1, "ann", "knows her"),
        (2, "bob", "and I"),
    ]
    desk.records.conversations.forget(conversation)
    assert not desk.records.notes.of(conversation)
    with pytest.raises(UnknownConversation):
        desk.records.notes.add(conversation, "ann", "late")


def test_canned_replies_have_names_of_their_own(desk: Desk) -> None:
    canned = desk.records.canned
    canned.save(None, "/Thank You", "Thank you, {name}!", "ann")
    (one,) = canned.all()
    assert (one.name, one.text) == ("thank-you", "Thank you, {name}!")
    canned.save(one.id, "thanks", "Thanks!", "bob")
    with pytest.raises(CannedTaken):
        canned.save(None, "thanks", "x", "ann")
    with pytest.raises(ValueError):
        canned.save(None, " ", "x", "ann")
    canned.remove(one.id)
    assert not canned.all()


def test_what_was_read_is_each_agents_own_and_never_goes_back(desk: Desk) -> None:
    conversation, ticket = desk.waiting()
    ann = desk.records.accounts.add("ann", "Ann", "agent", "x", "tests").id
    bob = desk.records.accounts.add("bob", "Bob", "agent", "x", "tests").id
    desk.records.inbox.mark_read(ann, conversation, 3)
    desk.records.inbox.mark_read(ann, conversation, 2)
    desk.records.inbox.mark_read(bob, conversation, 1)
    assert desk.records.inbox.reads() == {ann: {conversation: 3}, bob: {conversation: 1}}
    desk.records.inbox.mark_read(ann, conversation, 0)
    assert desk.records.inbox.reads()[ann] == {conversation: 0}
    listed = desk.records.inbox.get(ticket)
    assert listed and (listed.shopper_sequence, listed.shopper_text) == (1, "help")


def test_search_finds_by_words_name_mail_and_order_and_nothing_else(desk: Desk) -> None:
    person = CustomerRow(
        id="C1", name="Zoë Hill", name_key=name_key("Zoë Hill"), email=email_key("zoe@example.com"), postcode_key="1",
        address=AddressView("x"), language="en",
    )  # fmt: skip
    with desk.database.write() as session:
        session.add(person)
        session.flush()
        order = OrderRow(id="SC-7", customer_id="C1", status="pending", placed_at=START, currency="USD", lines=[])
        order.total, order.address = Decimal(1), AddressView("x")
        session.add(order)
    hers, ticket = desk.waiting('my "blue" mug\nis 100% broken', "C1")
    other, _ = desk.waiting("我的杯子坏了")
    without = desk.records.conversations.start("en").id
    desk.records.conversations.say(without, "t1", "a mug, please")

    def found(words: str) -> set[str]:
        return {hit.conversation_id for hit in desk.records.inbox.search(words)}

    for words in ("BROKEN mug", '"blue"', "100%", "Hill", "zoe@example", "sc-7", "#SC-7", "C1", ticket, hers):
        assert found(words) == {hers}, words
    assert found("mug") == {hers, without} and found("杯子") == {other}
    for words in ("mug 杯子", "10_%", "", "attachments", "text"):
        assert found(words) == set(), words
    (hit,) = desk.records.inbox.search("zoe@example.com")
    assert (hit.ticket_id, hit.state, hit.customer) == (ticket, "waiting", "Zoë Hill")
    assert desk.records.inbox.search("please")[0].ticket_id is None
