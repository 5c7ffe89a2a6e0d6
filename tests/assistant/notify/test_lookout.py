"""What is seen from the records, whom it is told, and what the mails say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.database import Database
from assistant.notify.courier import Courier
from assistant.notify.letters import Letters, texts
from assistant.notify.lookout import Lookout, Sight
from assistant.notify.mail import Mail, MailServer
from assistant.notify.notifications import Notifications
from assistant.notify.outbox import Kind, Outbox
from assistant.records.records import Records
from assistant.settings import Settings
from assistant.setup.health import telling
from assistant.shop.views import TicketView
from tests.mailbox import Mailbox, mailbox


@dataclass
class Desk:
    """A shop with a mail server, at a time that a test moves."""

    database: Database
    box: Mailbox
    folder: Path
    now: datetime = datetime(2026, 11, 30, 9, tzinfo=UTC)
    shopper_here: set[str] = field(default_factory=set)
    agent_here: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.records = Records(self.database, lambda: self.now)
        settings = Settings(
            state_dir=self.folder, public_url="https://shop.example/", smtp_url=SecretStr(self.box.url),
            team_mail="team@shop.example, lead@shop.example",
        )  # fmt: skip
        self.notifications = Notifications(
            Outbox(self.database, lambda: self.now), settings, lambda id_: "Ann Lee", lambda: self.now
        )
        letters = Letters(
            self.records,
            "Corner & Co.",
            ("team@shop.example", "lead@shop.example"),
            "en",
            lambda id_: f"back/{id_}",
            14,
        )
        mail = Mail(MailServer.read(self.box.url), "Corner & Co. <help@shop.example>", letters.of)
        self.courier = Courier(self.notifications.outbox, [mail])
        self.restart()

    def restart(self) -> None:
        sight = Sight(self.shopper_here.__contains__, self.agent_here.__contains__, timedelta(minutes=20))
        self.lookout = Lookout(self.database, self.records, self.notifications, sight, lambda: self.now)

    def later(self, seconds: float) -> int:
        """How many mails came."""
        self.now += timedelta(seconds=seconds)
        before = len(self.box.mails)
        self.lookout.look()
        self.courier.deliver()
        return len(self.box.mails) - before

    def ticket(self, language: str = "en") -> TicketView:
        chat = self.records.conversations.start(language).id
        self.records.conversations.say(chat, "t1", "my card is 4242 4242 4242 4242, where is my order?")
        summary = "my card is 4242 4242 4242 4242, where is my order?"
        return self.records.tickets.open(chat, "asked", summary, language)[0]

    @property
    def last(self) -> str:
        return str(self.box.mails[-1].get_content())


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> object:
    with mailbox() as box:
        yield Desk(database, box, tmp_path)


def test_a_new_ticket_is_told_once_also_after_a_restart(desk: Desk) -> None:
    ticket = desk.ticket()
    assert desk.later(1) == 1 and desk.later(1) == 0
    desk.restart()
    assert desk.later(1) == 0
    assert desk.box.recipients == [["team@shop.example", "lead@shop.example"]]
    assert desk.box.mails[0]["Subject"] == "Corner & Co.: somebody asks for a person (asked for one)"
    assert "Ann Lee" in desk.last and f"https://shop.example/agent/#ticket={ticket.id}" in desk.last
    told = desk.notifications.latest(desk.now - timedelta(hours=1))
    assert [(each.kind, each.body["ticket"]) for each in told] == [(Kind.TICKET_OPENED, ticket.id)]
    assert "4242" not in str(told[0].body) and ticket.conversation_id not in str(told[0].body), "ids are keys"


def test_a_message_that_nobody_looks_at(desk: Desk) -> None:
    ticket = desk.ticket()
    desk.records.tickets.take(ticket.id, "Maya")
    desk.agent_here.add(ticket.conversation_id)
    desk.later(0)
    assert desk.later(90) == 0, "Maya looks"
    desk.agent_here.clear()
    assert desk.later(1) == 1
    assert "Maya has the conversation" in desk.last and desk.box.mails[-1]["Subject"].endswith("nobody looks")
    desk.records.conversations.say(ticket.conversation_id, "t2", "hello?")
    assert desk.later(90) == 0, "they are still waiting for the first answer"
    desk.records.tickets.reply(ticket.id, "Maya", "Here I am")
    assert desk.later(90) == 0
    desk.records.conversations.say(ticket.conversation_id, "t3", "and now?")
    assert desk.later(30) == 0 and desk.later(60) == 1


def test_a_deadline_that_is_near(desk: Desk) -> None:
    ticket = desk.ticket()
    desk.later(0)
    assert desk.later(60) == 0
    assert desk.later(15 * 60) == 1 and desk.box.mails[-1]["Subject"] == "Corner & Co.: an answer is due in 4 minutes"
    assert desk.later(60) == 0
    soon = desk.ticket()
    desk.records.tickets.take(soon.id, "Maya")
    desk.records.tickets.reply(soon.id, "Maya", "Hello")
    desk.records.tickets.close(ticket.id, "Maya") if desk.records.tickets.take(ticket.id, "Maya") else None
    assert desk.later(16 * 60) == 0, "who has an answer is not waited for"


@pytest.mark.parametrize("language", ["en", "zh", "de"])
def test_an_answer_goes_by_mail_to_who_is_away_and_left_an_address(desk: Desk, language: str) -> None:
    ticket = desk.ticket(language)
    chat = ticket.conversation_id
    desk.records.tickets.take(ticket.id, "Maya")
    desk.records.contacts.leave(chat, "ann@example.com", language)
    desk.later(0)
    desk.records.tickets.reply(ticket.id, "Maya", "Ihre Bestellung kommt morgen. 明天到。")
    assert desk.later(10) == 0, "they may still be looking"
    desk.records.tickets.reply(ticket.id, "Maya", "Anything else?")
    assert desk.later(40) == 1, "both in one mail"
    assert desk.box.recipients[-1] == ["ann@example.com"] and desk.box.mails[-1]["Content-Language"] == language
    assert "明天到" in desk.last and "Anything else?" in desk.last and f"back/{chat}" in desk.last
    assert desk.later(60) == 0
    desk.restart()
    assert desk.later(60) == 0, "no second time"


def test_who_looks_gets_no_mail_and_who_takes_the_address_back_neither(desk: Desk) -> None:
    ticket = desk.ticket()
    chat = ticket.conversation_id
    desk.records.tickets.take(ticket.id, "Maya")
    desk.records.contacts.leave(chat, "ann@example.com", "en")
    desk.shopper_here.add(chat)
    desk.records.tickets.reply(ticket.id, "Maya", "seen on the page")
    desk.later(1)
    desk.shopper_here.clear()
    assert desk.later(600) == 0, "they were there"
    desk.records.tickets.reply(ticket.id, "Maya", "too late")
    desk.now += timedelta(minutes=1)
    desk.lookout.look()
    desk.records.contacts.take_back(chat)
    assert desk.courier.deliver() == 0 and "too late" not in str(desk.box.mails)
    assert desk.notifications.outbox.counts()["dropped"] == 1


def test_health_tells_of_what_does_not_arrive(desk: Desk) -> None:
    assert [item.state for item in telling(desk.notifications)] == ["ok"]
    desk.box.wrong = ["451 Later"]
    desk.ticket()
    assert desk.later(1) == 0
    (item,) = telling(desk.notifications)
    assert item.state == "waiting" and "451" in item.text and "1 wait" in item.text
    assert desk.later(60) == 1
    assert [item.state for item in telling(desk.notifications)] == ["ok"]
    quiet = Notifications(desk.notifications.outbox, Settings(state_dir=desk.folder))
    assert not list(telling(quiet))


def test_a_wish_that_came_true_is_told_once(desk: Desk) -> None:
    for _ in range(2):
        desk.notifications.wish_came_true(
            "w1:back", "ann@example.com", "de", title="Wieder da", text="Der Becher ist wieder da.", path="/chat/#x"
        )
    assert desk.later(0) == 1
    assert desk.box.mails[0]["Subject"] == "Corner & Co.: Wieder da" and "https://shop.example/chat/#x" in desk.last


def test_every_language_has_every_text() -> None:
    english = texts("en")
    for language in ("zh", "de"):
        own = texts(language)
        assert {s: set(keys) for s, keys in own.items()} == {s: set(keys) for s, keys in english.items()}
