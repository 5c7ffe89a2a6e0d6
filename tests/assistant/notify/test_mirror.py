"""A conversation with a ticket is in Chatwoot or Zendesk too, and what is answered there comes back, each once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.database import Database
from assistant.events import AgentJoined, AgentLeft, AgentMessage
from assistant.notify import chatwoot, zendesk
from assistant.notify.courier import ChannelUnusable, Courier
from assistant.notify.links import Incoming, Links
from assistant.notify.lookout import Lookout, Sight
from assistant.notify.mirror import Mirror
from assistant.notify.notifications import Notifications
from assistant.notify.outbox import LEASE, Outbox
from assistant.records.conversations import Sender
from assistant.records.records import Records
from assistant.service.application import application
from assistant.settings import Settings
from assistant.shop.views import TicketView
from tests import app
from tests.fake_help_desks import TOKEN, USER, FakeChatwoot, FakeZendesk, served

SECRET = "hook-secret"


class World:
    """The shop's records, mirrored into one desk."""

    def __init__(self, database: Database, desk: Any, client: Any) -> None:
        self.now = datetime(2026, 11, 30, 9, tzinfo=UTC)
        self.desk = desk
        self.records = Records(database, self.clock)
        self.links = Links(database, self.records.changes, self.clock)
        url = {f"{client.name}_url": desk.url}
        settings = Settings(public_url="https://shop.example", **url)  # type: ignore[arg-type]
        self.notifications = Notifications(Outbox(database, self.clock), settings, clock=self.clock)
        mirror = Mirror(client, self.records, self.links, lambda id_: "Ann Lee", "https://shop.example")
        self.name = client.name
        self.courier = Courier(self.notifications.outbox, [mirror])
        self.lookout = Lookout(database, self.records, self.notifications, Sight(), self.clock)

    def clock(self) -> datetime:
        return self.now

    def later(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)
        self.lookout.look()
        while self.courier.deliver():
            pass

    def ticket(self) -> TicketView:
        chat = self.records.conversations.start("en").id
        self.records.conversations.say(chat, "t1", "red shoes?")
        self.records.conversations.say(chat, "t2", "I want a person")
        return self.records.tickets.open(chat, "asked", "I want a person", "en")[0]

    def events(self, ticket: TicketView) -> list[Any]:
        messages = self.records.conversations.messages_since(ticket.conversation_id)
        return [message.event for message in messages if message.role is Sender.AGENT]


@pytest.fixture
def woot(database: Database) -> Iterator[World]:
    desk = FakeChatwoot()
    with served(desk):
        yield World(database, desk, chatwoot.Chatwoot(desk.url, 3, 7, TOKEN))


@pytest.fixture
def zen(database: Database) -> Iterator[World]:
    desk = FakeZendesk()
    with served(desk):
        yield World(database, desk, zendesk.Zendesk(desk.url, USER, TOKEN))


def from_chatwoot(**more: Any) -> dict[str, Any]:
    """As in Chatwoot's reference of ``message_created``."""
    return {
        "event": "message_created", "id": 1, "content": "Hello from Chatwoot", "message_type": "outgoing",
        "private": False, "content_type": "text", "created_at": "2026-11-30 09:00:00 UTC",
        "sender": {"id": 1, "name": "Maya", "email": "maya@shop.example", "type": "user"},
        "conversation": {"id": 101, "status": "open"}, "account": {"id": 3, "name": "Shop"}, "inbox": {"id": 7},
        **more,
    }  # fmt: skip


def from_zendesk(**comment: Any) -> dict[str, Any]:
    """As in Zendesk's reference of the ticket event ``comment_added``."""
    author = {"id": "9", "is_staff": True, "name": "Maya"}
    told = {"id": "55", "body": "Hello from Zendesk", "is_public": True, "author": author, **comment}
    return {
        "account_id": 1, "id": "event-1", "type": "zen:event-type:ticket.comment_added", "subject": "zen:ticket:1",
        "time": "2026-11-30T09:00:00Z", "zendesk_event_version": "2022-11-06",
        "detail": {"id": "1", "status": "OPEN"}, "event": {"comment": told},
    }  # fmt: skip


def test_chatwoot_holds_the_transcript_and_every_message_once(woot: World) -> None:
    ticket = woot.ticket()
    woot.later(), woot.later()
    assert woot.desk.contacts == [{"inbox_id": 7, "name": "Ann Lee"}], "no address without consent"
    assert woot.desk.conversations[0]["custom_attributes"] == {"shopclerk_ticket": ticket.id, "language": "en"}
    note, last = woot.desk.messages
    assert note["private"] and "Customer: red shoes?" in note["content"] and ticket.id in note["content"]
    assert (last["content"], last["message_type"], last["private"]) == ("I want a person", "incoming", False)
    woot.records.conversations.say(ticket.conversation_id, "t3", "hello?")
    woot.records.tickets.take(ticket.id, "Ben")
    woot.records.tickets.reply(ticket.id, "Ben", "Hi, Ben here")
    woot.later(), woot.later()
    assert [message["content"] for message in woot.desk.messages[2:]] == [
        "hello?", "(Ben joined in Shopclerk)", "Ben: Hi, Ben here",
    ]  # fmt: skip
    woot.records.tickets.close(ticket.id, "Ben")
    woot.later(), woot.later()
    assert woot.desk.conversations[0]["status"] == "resolved" and len(woot.desk.conversations) == 1


def test_what_chatwoot_answers_comes_into_the_chat_once_and_is_not_sent_back(woot: World) -> None:
    ticket = woot.ticket()
    woot.later()
    told = chatwoot.told(SECRET, SECRET, from_chatwoot())
    assert told == Incoming("101", "message-1", "Maya", "Hello from Chatwoot")
    assert woot.links.receive("chatwoot", told) and not woot.links.receive("chatwoot", told)
    assert woot.events(ticket) == [AgentJoined(agent="Maya"), AgentMessage(agent="Maya", text="Hello from Chatwoot")]
    assert woot.records.tickets.human_in_charge(ticket.conversation_id)
    before = len(woot.desk.messages)
    woot.later()
    assert len(woot.desk.messages) == before, "no echo"
    assert not woot.links.receive("chatwoot", Incoming("999", "message-2", "Maya", "whose?"))
    resolved = {"event": "conversation_status_changed", "id": 101, "status": "resolved", "timestamp": 5}
    closed = chatwoot.told(SECRET, SECRET, resolved)
    assert closed is not None and woot.links.receive("chatwoot", closed)
    assert woot.events(ticket)[-1] == AgentLeft(agent="Maya", reason="closed")
    calls = len(woot.desk.calls)
    woot.later()
    assert len(woot.desk.calls) == calls, "it is resolved there already"


@pytest.mark.parametrize(
    "more",
    [{"private": True}, {"message_type": "incoming"}, {"content": " "}, {"sender": {"type": "agent_bot", "name": "b"}},
     {"event": "message_updated"}, {"conversation": {}}],
)  # fmt: skip
def test_what_in_chatwoot_is_no_answer_of_a_person(more: dict[str, Any]) -> None:
    assert chatwoot.told(SECRET, SECRET, from_chatwoot(**more)) is None
    with pytest.raises(PermissionError):
        chatwoot.told(SECRET, "guessed", from_chatwoot())
    with pytest.raises(PermissionError):
        chatwoot.told("", "", from_chatwoot())


@pytest.mark.parametrize("odd", [None, "text", 7, [], ["x"], {"id": []}, {"comment": "x"}])
@pytest.mark.parametrize("name", ["id", "sender", "conversation", "content", "meta", "detail", "event", "type"])
def test_what_is_no_webhook_tells_nothing(name: str, odd: Any) -> None:
    """Whoever has the secret may still send anything."""
    resolved = {"event": "conversation_status_changed", "status": "resolved", "id": 3, name: odd}
    for body in (odd, {**from_zendesk(), name: odd}, from_chatwoot(**{name: odd}), resolved, {**resolved, "meta": odd}):
        for told in (zendesk.told(body), chatwoot.told(SECRET, SECRET, body)):
            assert told is None or (told.message and isinstance(told.text, str))


def test_zendesk_gets_one_ticket_though_its_answer_was_lost(zen: World) -> None:
    ticket = zen.ticket()
    zen.records.contacts.leave(ticket.conversation_id, "ann@example.com", "en")
    zen.desk.after_making = 502
    zen.later(), zen.later(60), zen.later(600)
    assert len(zen.desk.tickets) == 1
    made = zen.desk.tickets[0]
    assert made["external_id"] == ticket.id and made["requester"] == {"name": "Ann Lee", "email": "ann@example.com"}
    assert made["comments"][0]["public"] is False and "Customer: red shoes?" in made["comments"][0]["body"]
    zen.records.conversations.say(ticket.conversation_id, "t3", "hello?")
    zen.later()
    assert made["comments"][1] == {"body": "Customer: hello?", "public": False} and made["status"] == "open"
    zen.records.tickets.end(ticket.conversation_id)
    zen.later()
    assert made["status"] == "solved"


def test_what_zendesk_answers_comes_into_the_chat(zen: World) -> None:
    ticket = zen.ticket()
    zen.later()
    told = zendesk.told(from_zendesk())
    assert told is not None and zen.links.receive("zendesk", told) and not zen.links.receive("zendesk", told)
    assert zen.events(ticket)[-1] == AgentMessage(agent="Maya", text="Hello from Zendesk")
    assert zendesk.told(from_zendesk(is_public=False)) is None, "our own notes"
    assert zendesk.told(from_zendesk(author={"is_staff": False})) is None
    solved = {
        **from_zendesk(),
        "id": "event-2",
        "type": "zen:event-type:ticket.status_changed",
        "event": {"current": "SOLVED"},
    }
    closed = zendesk.told(solved)
    assert closed is not None and zen.links.receive("zendesk", closed)
    assert zen.records.tickets.of_conversation(ticket.conversation_id) is None


def comes_through(it: World, failing: list[int]) -> str:
    """All that the desk holds after a while in which calls failed."""
    it.desk.wrong = failing
    ticket = it.ticket()
    it.later()
    it.records.conversations.say(ticket.conversation_id, "t3", "and this")
    for _ in range(12):
        it.later(LEASE.total_seconds())
    assert it.notifications.outbox.counts().keys() == {"sent"}
    comments = [each["comments"] for each in getattr(it.desk, "tickets", ())]
    return json.dumps(it.desk.messages if isinstance(it.desk, FakeChatwoot) else comments)


def test_while_zendesk_is_away_everything_waits(zen: World) -> None:
    said = comes_through(zen, [503, 429])
    assert said.count("red shoes?") == 1 and said.count("and this") == 1 and len(zen.desk.tickets) == 1


@pytest.mark.parametrize("good", range(6))
def test_while_chatwoot_is_away_everything_waits(woot: World, good: int) -> None:
    """It fails after some calls of a delivery went well: those are not made again."""
    said = comes_through(woot, [0] * good + [503])
    assert said.count("red shoes?") == 1 and said.count("I want a person") == 1 and said.count("and this") == 1
    assert len(woot.desk.conversations) == 1


def test_settings_say_what_is_missing() -> None:
    with pytest.raises(ChannelUnusable, match="https"):
        chatwoot.Chatwoot("http://chat.example", 1, 1, TOKEN)
    with pytest.raises(ChannelUnusable, match="_TOKEN"):
        chatwoot.Chatwoot("https://chat.example", 1, 1, "")
    with pytest.raises(ChannelUnusable, match="SHOPCLERK_ZENDESK_USER"):
        zendesk.Zendesk("https://shop.zendesk.com", "", TOKEN)


def test_the_hooks_are_closed_to_strangers(built: Shopclerk, tmp_path: Path) -> None:
    settings = {
        "chatwoot_url": "https://chat.example", "chatwoot_account": 3, "chatwoot_inbox": 7,
        "chatwoot_token": SecretStr(TOKEN), "chatwoot_secret": SecretStr(SECRET),
        "zendesk_url": "https://shop.zendesk.com", "zendesk_user": USER, "zendesk_token": SecretStr(TOKEN),
        "zendesk_secret": SecretStr(SECRET),
    }  # fmt: skip
    shop = app.fresh(built, tmp_path, settings)
    client = TestClient(application(shop, Access.from_settings(shop.settings))[0])
    assert client.post("/hooks/chatwoot/guessed", json=from_chatwoot()).status_code == 403
    assert client.post(f"/hooks/chatwoot/{SECRET}", json=from_chatwoot()).json() == {"taken": False}
    body, at = json.dumps(from_zendesk()).encode(), datetime.now(UTC).isoformat()
    mac = base64.b64encode(hmac.new(SECRET.encode(), at.encode() + body, hashlib.sha256).digest()).decode()
    headers = {"X-Zendesk-Webhook-Signature": mac, "X-Zendesk-Webhook-Signature-Timestamp": at}
    assert client.post("/hooks/zendesk", content=body, headers=headers).json() == {"taken": False}
    assert client.post("/hooks/zendesk", content=body + b" ", headers=headers).status_code == 403
    old = {**headers, "X-Zendesk-Webhook-Signature-Timestamp": "2026-01-01T00:00:00Z"}
    assert client.post("/hooks/zendesk", content=body, headers=old).status_code == 403
