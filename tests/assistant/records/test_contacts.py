"""Addresses left for an answer."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from assistant.database import Database
from assistant.records.contacts import ContactRow, NoAddress, address
from assistant.records.conversations import UnknownConversation
from assistant.records.records import Records
from assistant.seal import Seal


@pytest.mark.parametrize("text", ["ann@example.com", " Ann.B+shop@mail.example.co.uk ", "张三@例子.中国"])
def test_addresses(text: str) -> None:
    assert address(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["", "ann", "ann@", "@example.com", "ann@example", "a b@example.com", "a@b.com, c@d.com", "a@b.com\r\nBcc: c@d.com",
     "<script>@x.com", "a..b@example.com", "a@-x.com", "x" * 65 + "@example.com", "a@" + "b" * 260 + ".com"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(NoAddress):
        address(text)


def test_an_address_is_kept_apart_and_taken_back(database: Database) -> None:
    records = Records(database)
    chat = records.conversations.start("zh").id
    records.conversations.say(chat, "t1", "hello")
    assert records.contacts.leave(chat, "ann@example.com", "zh").told_sequence == 1
    records.contacts.leave(chat, "bob@example.com", "zh")
    contact = records.contacts.of(chat)
    assert contact is not None and contact.email == "bob@example.com" and contact.masked == "b…@example.com"
    assert records.contacts.behind() == []
    records.conversations.say(chat, "t2", "hello?")
    assert [each.conversation_id for each in records.contacts.behind()] == [chat]
    records.contacts.told(chat, 2)
    records.contacts.told(chat, 1)
    assert records.contacts.behind() == []
    records.contacts.take_back(chat)
    assert records.contacts.of(chat) is None
    with pytest.raises(UnknownConversation):
        records.contacts.leave("nobody's", "ann@example.com", "en")


def test_it_goes_with_the_conversation(database: Database) -> None:
    records = Records(database)
    chat = records.conversations.start("en").id
    records.contacts.leave(chat, "ann@example.com", "en")
    records.conversations.forget(chat)
    assert records.contacts.of(chat) is None


def test_an_address_is_sealed_in_the_database(database: Database) -> None:
    records = Records(database, seal=Seal("the shop's secret"))
    chat = records.conversations.start("en").id
    records.contacts.leave(chat, "ann@example.com", "en")
    with database.read() as session:
        kept = session.scalars(select(ContactRow.email)).one()
    assert "ann" not in kept and "example" not in kept
    after = Records(database, seal=Seal("the shop's secret")).contacts.of(chat)
    assert after is not None and after.email == "ann@example.com", "after a restart"
    assert Records(database, seal=Seal("another secret")).contacts.of(chat) is None


def test_what_an_earlier_version_kept_in_clear_is_sealed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records(database, seal=Seal("the shop's secret"))
    chat = records.conversations.start("en").id
    records.contacts.leave(chat, "ann@example.com", "en")
    with database.write() as session:
        session.execute(update(ContactRow).values(email="bob@example.com"))
    records.contacts.seal_all()
    with monkeypatch.context() as instead:
        instead.setattr(database, "write", None)
        records.contacts.seal_all()  # a start with nothing to seal asks for no turn at writing
    with database.read() as session:
        assert "bob" not in session.scalars(select(ContactRow.email)).one()
    contact = records.contacts.of(chat)
    assert contact is not None and contact.email == "bob@example.com"
