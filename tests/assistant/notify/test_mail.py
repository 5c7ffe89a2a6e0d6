"""Mails as a mail server gets them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.notify.courier import ChannelUnusable, DeliveryFailed
from assistant.notify.mail import Letter, Mail, MailServer
from assistant.notify.outbox import Delivery, Kind
from tests.mailbox import mailbox

DELIVERY = Delivery("d1", "mail", Kind.ANSWERED, None, {}, datetime(2026, 11, 30, tzinfo=UTC), 1)
SENDER = "Corner & Co. <help@shop.example>"


def letter(subject: str = "Maya 回复了您", to: str = "ann@example.com") -> Letter:
    return Letter((to,), subject, "\n您好！\n\nhttps://shop.example/chat/#return=abc\n", "zh")


def test_a_mail_arrives_whole_and_in_its_language() -> None:
    after: list[bool] = []
    with mailbox() as box:
        sent = Letter(("ann@example.com",), "Maya\r\nBcc: x@evil.example", "你好", "zh", lambda: after.append(True))
        Mail(MailServer.read(box.url), SENDER, lambda _: letter()).send(DELIVERY)
        Mail(MailServer.read(box.url), SENDER, lambda _: sent).send(DELIVERY)
    first, second = box.mails
    assert (
        first["Subject"] == "Maya 回复了您"
        and "help@shop.example" in first["From"]
        and first["To"] == "ann@example.com"
    )
    assert first["Message-ID"] == second["Message-ID"] == "<d1@shop.example>"
    assert first["Content-Language"] == "zh" and first["Auto-Submitted"] == "auto-generated"
    assert first.get_content().splitlines()[0] == "您好！" and "#return=abc" in first.get_content()
    assert second["Bcc"] is None and second["Subject"] == "Maya Bcc: x@evil.example" and after == [True]
    assert box.recipients == [["ann@example.com"]] * 2


@pytest.mark.parametrize(("reply", "final"), [("451 Later", False), ("550 No such user", True), ("421 Closing", False)])
def test_a_refusal_says_whether_to_try_again(reply: str, final: bool) -> None:
    with mailbox() as box, pytest.raises(DeliveryFailed) as failed:
        box.wrong = [reply]
        Mail(MailServer.read(box.url), SENDER, lambda _: letter()).send(DELIVERY)
    assert failed.value.final is final and "ann" not in str(failed.value)


def test_no_server_is_tried_again() -> None:
    with mailbox() as box:
        url = box.url
    with pytest.raises(DeliveryFailed) as failed:
        Mail(MailServer.read(url), SENDER, lambda _: letter()).send(DELIVERY)
    assert not failed.value.final


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://h:port"])
def test_settings_that_cannot_be_used_say_how(url: str) -> None:
    with pytest.raises(ChannelUnusable, match="SHOPCLERK_SMTP_URL"):
        MailServer.read(url)


def test_settings_are_read() -> None:
    server = MailServer.read("smtps://a%40b.example:p%3Aw@mail.example")
    assert (server.host, server.port, server.tls) == ("mail.example", 465, True)
    assert (server.user, server.password) == ("a@b.example", "p:w")
    with pytest.raises(ChannelUnusable, match="SHOPCLERK_MAIL_FROM"):
        Mail(server, "Corner & Co.", lambda _: letter())
