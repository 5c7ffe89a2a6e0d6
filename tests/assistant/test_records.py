"""What was said is kept in order, tickets are taken once, and counts add up, on both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.database import Database
from assistant.events import (
    AgentJoined,
    AgentLeft,
    AgentMessage,
    Event,
    HandedOff,
    ProductCard,
    ProductsShown,
    TextDelta,
    TurnDone,
)
from assistant.records.conversations import Sender, UnknownConversation
from assistant.records.records import Records
from assistant.records.tickets import NotYourTicket
from assistant.records.unanswered import question_key
from assistant.shop.views import TicketView

CARD = ProductCard(
    id="mug",
    variant_id="mug/one",
    position=1,
    title="Mug",
    brand="Kiln",
    price=Decimal("9.10"),
    currency="USD",
    price_text="$9.10",
    stock=3,
    stock_text="In stock",
    rating=4.5,
    review_count=2,
    picture_url="/pictures/mug.svg",
)
TURN: list[Event] = [
    TextDelta(text="你好 — here:\n"),
    ProductsShown(cards=(CARD,), total=1),
    HandedOff(ticket_id="T-1", reason="asked"),
    TurnDone(
        conversation_id="c",
        turn_id="t1",
        intent="product_search",
        confidence=0.9,
        language="en",
        wording="template",
        model_calls=0,
        prompt_tokens=0,
        steps_ms={"guard": 0.25},
        text="你好 — here:\n",
        products=(CARD,),
    ),
]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 20, 23, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records(database: Database, clock: Clock) -> Records:
    return Records(database, clock)


def test_a_conversation_reads_back_as_it_went(records: Records) -> None:
    conversations = records.conversations
    begun = conversations.start("zh", customer_id="C1")
    assert conversations.say(begun.id, "t1", "红色的杯子\x00 \ud800", ["picture-1"]) == 1
    assert conversations.append(begun.id, "t1", Sender.ASSISTANT, TURN) == 5
    messages = conversations.messages_since(begun.id)
    assert [message.sequence for message in messages] == [1, 2, 3, 4, 5]
    assert messages[0].text == "红色的杯子 ?" and messages[0].attachments == ("picture-1",)
    assert messages[0].role == Sender.SHOPPER and {message.role for message in messages[1:]} == {Sender.ASSISTANT}
    assert [message.event for message in messages[1:]] == TURN
    assert {message.turn_id for message in messages} == {"t1"}
    found = conversations.get(begun.id)
    assert found is not None and found.sequence == 5 and found.language == "zh" and found.updated_at > begun.updated_at


def test_polling_gets_only_what_is_new(records: Records) -> None:
    conversations = records.conversations
    conversation = conversations.start("en").id
    conversations.append(conversation, "t1", Sender.ASSISTANT, TURN[:2])
    assert [message.sequence for message in conversations.messages_since(conversation, 1)] == [2]
    assert conversations.messages_since(conversation, 2) == []
    assert [message.sequence for message in conversations.latest(conversation, 1)] == [2]
    assert conversations.messages_since("unknown") == []


def test_an_unknown_conversation_takes_nothing(records: Records) -> None:
    with pytest.raises(UnknownConversation):
        records.conversations.say("unknown", "t1", "hello")
    with pytest.raises(UnknownConversation):
        records.conversations.set_language("unknown", "zh")
    with pytest.raises(UnknownConversation):
        records.tickets.open("unknown", "asked", "", "en")
    with pytest.raises(UnknownConversation):
        records.feedback.give("unknown", "t1", "up")
    assert records.conversations.get("unknown") is None


def test_ids_cannot_be_guessed(records: Records) -> None:
    ids = {records.conversations.start("en").id for _ in range(20)}
    assert len(ids) == 20 and all(len(name) >= 32 for name in ids)


def test_only_its_shopper_resumes_a_conversation(records: Records) -> None:
    conversations = records.conversations
    guest = conversations.start("en", visitor="V1").id
    assert conversations.resume(guest, visitor="V1") is not None
    assert conversations.resume(guest, visitor="V2") is None and conversations.resume(guest) is None
    assert conversations.sign_in(guest, "C1") and conversations.sign_in(guest, "C1")
    assert not conversations.sign_in(guest, "C2")
    assert conversations.resume(guest, visitor="V1") is None
    assert conversations.resume(guest, customer_id="C1") is not None
    assert conversations.resume("unknown", customer_id="C1") is None


def test_paging_shows_each_conversation_once_latest_first(records: Records) -> None:
    conversations = records.conversations
    begun = [conversations.start("en", customer_id="C1" if number % 2 else None).id for number in range(5)]
    conversations.say(begun[0], "t", "again")
    seen: list[str] = []
    before = None
    while page := conversations.page(2, before=before):
        seen += [conversation.id for conversation in page]
        before = (page[-1].updated_at, page[-1].id)
    assert seen == [begun[0], *reversed(begun[1:])]
    assert {conversation.id for conversation in conversations.page(customer_id="C1")} == {begun[1], begun[3]}


def test_writers_at_once_leave_no_gap(records: Records) -> None:
    conversation = records.conversations.start("en").id

    def write(name: str) -> None:
        for number in range(5):
            records.conversations.append(conversation, f"{name}{number}", Sender.ASSISTANT, TURN[:2])

    run_together([partial(write, name) for name in "abcd"])
    messages = records.conversations.messages_since(conversation)
    assert [message.sequence for message in messages] == list(range(1, 41))
    for first, second in zip(messages[::2], messages[1::2], strict=True):
        assert first.turn_id == second.turn_id and [first.event, second.event] == TURN[:2]


def test_forgetting_takes_everything_of_a_conversation(records: Records) -> None:
    conversations = records.conversations
    old, new = conversations.start("en", customer_id="C1").id, conversations.start("en", customer_id="C2").id
    for conversation in (old, new):
        conversations.say(conversation, "t", "hello")
        records.tickets.open(conversation, "asked", "", "en")
        records.feedback.give(conversation, "t", "up")
    conversations.forget(old)
    assert conversations.messages_since(old) == [] and records.feedback.of_conversation(old) == {}
    assert [ticket.conversation_id for ticket in records.tickets.list()] == [new]
    assert conversations.forget_customer("C2") == 1 and conversations.page() == []
    conversations.start("en")
    assert conversations.forget_before(datetime(2026, 5, 20, tzinfo=UTC)) == 0
    assert conversations.forget_before(datetime(2026, 5, 22, tzinfo=UTC)) == 1


def test_one_open_ticket_a_conversation(records: Records) -> None:
    conversation = records.conversations.start("en").id
    ticket, already = records.tickets.open(conversation, "asked", "wants a person", "en")
    assert not already and ticket.state == "waiting" and ticket.agent is None
    assert records.tickets.open(conversation, "complaint", "again", "en") == (ticket, True)
    assert not records.tickets.human_in_charge(conversation)
    taken = records.tickets.take(ticket.id, "ann")
    assert taken is not None and taken.state == "taken" and taken.agent == "ann"
    assert records.tickets.human_in_charge(conversation)
    assert records.tickets.open(conversation, "asked", "", "en") == (taken, True)
    assert records.tickets.close(ticket.id, "ann").state == "closed"
    assert not records.tickets.human_in_charge(conversation)
    later, already = records.tickets.open(conversation, "asked", "", "en")
    assert not already and later.id != ticket.id
    assert records.tickets.counts() == {"waiting": 1, "taken": 0, "closed": 1}
    assert [each.id for each in records.tickets.list(["closed"])] == [ticket.id]


def test_a_ticket_is_taken_by_one_agent_only(records: Records) -> None:
    conversation = records.conversations.start("en").id
    ticket, _ = records.tickets.open(conversation, "asked", "", "en")
    results: list[TicketView | None] = []

    def take(agent: str) -> None:
        results.append(records.tickets.take(ticket.id, agent))

    run_together([partial(take, agent) for agent in "abcdef"])
    winners = [result.agent for result in results if result is not None]
    assert len(winners) == 1 and len(results) == 6
    winner = winners[0]
    assert winner is not None and records.tickets.take(ticket.id, winner) is not None
    assert records.tickets.take("T-none", "a") is None


def test_many_asking_at_once_open_one_ticket(records: Records) -> None:
    conversation = records.conversations.start("en").id
    results: list[tuple[TicketView, bool]] = []
    run_together([lambda: results.append(records.tickets.open(conversation, "asked", "", "en"))] * 6)
    assert len({ticket.id for ticket, _ in results}) == 1
    assert sorted(already for _, already in results) == [False] + [True] * 5


def test_only_the_agent_who_took_it_answers_and_closes(records: Records) -> None:
    conversation = records.conversations.start("en").id
    ticket, _ = records.tickets.open(conversation, "asked", "", "en")
    for act in (records.tickets.close, records.tickets.release):
        with pytest.raises(NotYourTicket):
            act(ticket.id, "ann")
    records.tickets.take(ticket.id, "ann")
    with pytest.raises(NotYourTicket):
        records.tickets.reply(ticket.id, "bob", "hello")
    assert records.tickets.reply(ticket.id, "ann", "Hello, Ann here.") == 2
    message = records.conversations.messages_since(conversation)[1]
    assert message.event == AgentMessage(agent="ann", text="Hello, Ann here.") and message.role == Sender.AGENT
    back = records.tickets.release(ticket.id, "ann")
    assert back.state == "waiting" and back.agent is None and not records.tickets.human_in_charge(conversation)


def test_the_conversation_says_who_joined_and_how_they_left(records: Records) -> None:
    conversation = records.conversations.start("en").id
    ticket, _ = records.tickets.open(conversation, "asked", "", "en")
    records.tickets.take(ticket.id, "ann")
    records.tickets.take(ticket.id, "ann")
    records.tickets.take(ticket.id, "bob")
    records.tickets.release(ticket.id, "ann")
    records.tickets.take(ticket.id, "bob")
    assert records.tickets.hand_back(ticket.id, "bob").state == "closed"
    ticket, _ = records.tickets.open(conversation, "asked", "", "en")
    records.tickets.take(ticket.id, "ann")
    records.tickets.close(ticket.id, "ann")
    assert [message.event for message in records.conversations.messages_since(conversation)] == [
        AgentJoined(agent="ann"),
        AgentLeft(agent="ann", reason="released"),
        AgentJoined(agent="bob"),
        AgentLeft(agent="bob", reason="handed_back"),
        AgentJoined(agent="ann"),
        AgentLeft(agent="ann", reason="closed"),
    ]


def test_the_longest_waiting_comes_first(records: Records) -> None:
    opened = [records.tickets.open(records.conversations.start("en").id, "asked", "", "en")[0].id for _ in range(3)]
    records.tickets.take(opened[0], "ann")
    assert [ticket.id for ticket in records.tickets.list()] == opened
    assert [ticket.id for ticket in records.tickets.list(["waiting"])] == opened[1:]


def test_feedback_can_be_changed_and_withdrawn(records: Records) -> None:
    conversation = records.conversations.start("en").id
    records.feedback.give(conversation, "t1", "up")
    records.feedback.give(conversation, "t1", "down", "wrong colour")
    records.feedback.give(conversation, "t2", "up")
    opinions = records.feedback.of_conversation(conversation)
    assert opinions["t1"].thumb == "down" and opinions["t1"].text == "wrong colour"
    assert records.feedback.counts() == {"up": 1, "down": 1}
    assert [opinion.turn_id for opinion in records.feedback.latest(thumb="down")] == ["t1"]
    records.feedback.withdraw(conversation, "t1")
    assert records.feedback.counts() == {"up": 1, "down": 0}


def test_unanswered_questions_are_counted_without_personal_data(records: Records) -> None:
    unanswered = records.unanswered
    unanswered.add("Do you gift-wrap?", "en")
    unanswered.add("do you GIFT wrap", "en")
    unanswered.add("Can ann@example.com get it?", "en")
    unanswered.add("你们能包装吗？", "zh")
    unanswered.add("?!", "en")
    first, *rest = unanswered.list()
    assert (first.count, first.example, first.key) == (2, "do you GIFT wrap", "do you gift wrap")
    assert first.last_at > first.first_at
    assert {question.example for question in rest} == {"Can [email] get it?", "你们能包装吗？"}
    assert len(unanswered.list(language="zh")) == 1
    unanswered.dismiss(first.key, "en")
    assert len(unanswered.list()) == 2


@given(st.text(max_size=60))
def test_question_keys_are_their_own_keys(text: str) -> None:
    key = question_key(text)
    assert question_key(f"  {key}!? ") == key


def test_use_of_the_model_adds_up_by_day(records: Records, clock: Clock) -> None:
    assert records.usage.today().tokens == 0
    run_together([lambda: records.usage.add(100, 20)] * 5)
    today = records.usage.today()
    assert (today.calls, today.prompt_tokens, today.completion_tokens, today.tokens) == (5, 500, 100, 600)
    clock.now += timedelta(hours=1)
    records.usage.add(1, 1)
    assert records.usage.today().tokens == 2
    assert [(day.day, day.calls) for day in records.usage.days()] == [("2026-05-21", 1), ("2026-05-20", 5)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80), st.text(max_size=20))
def test_any_text_can_be_recorded(records: Records, message: str, turn: str) -> None:
    conversation = records.conversations.start("en").id
    records.conversations.say(conversation, turn, message)
    stored = records.conversations.messages_since(conversation)[0]
    assert stored.text == message.replace("\x00", "")


def test_a_turns_records_cost_little(records: Records) -> None:
    conversation = records.conversations.start("en").id

    def turn(number: int) -> float:
        begun = time.process_time()  # not the wall clock: test machines are shared
        records.conversations.resume(conversation)
        records.tickets.human_in_charge(conversation)
        records.conversations.say(conversation, f"t{number}", "red shoes")
        records.conversations.append(conversation, f"t{number}", Sender.ASSISTANT, TURN * 3)
        records.usage.add(300, 60)
        return time.process_time() - begun

    times = sorted(turn(number) for number in range(30))
    # Generous, for busy machines: what it costs at rest is in docs/shop.md.
    assert times[len(times) // 2] < 0.05


def run_together(jobs: list[Callable[[], object]]) -> None:
    errors: list[BaseException] = []

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors
