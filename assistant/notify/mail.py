"""Mails by SMTP, with the standard library. Each has a Message-ID of its own that stays when it is sent again."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from assistant.notify.courier import ChannelUnusable, DeliveryFailed
from assistant.notify.outbox import Delivery
from assistant.records.contacts import NoAddress, address

_TIMEOUT_S = 15.0
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Letter:
    """``after`` is called when it has been sent."""

    to: tuple[str, ...]
    subject: str
    text: str
    language: str
    after: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    tls: bool
    """From the first byte on; else STARTTLS, wherever the server has it."""
    user: str = ""
    password: str = ""

    @classmethod
    def read(cls, url: str) -> MailServer:
        """From "smtp://user:password@host:587". Raises ``ChannelUnusable``."""
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError:
            raise ChannelUnusable("SHOPCLERK_SMTP_URL has no number for a port") from None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ChannelUnusable("SHOPCLERK_SMTP_URL is written smtp://user:password@host:587, or smtps://…:465")
        tls = parts.scheme == "smtps"
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port or _PORTS[parts.scheme], tls, user, password)

    @property
    def local(self) -> bool:
        return self.host in ("localhost", "127.0.0.1", "::1")

    def send(self, message: EmailMessage, sender: str, to: tuple[str, ...]) -> None:
        """Raises ``DeliveryFailed``."""
        try:
            with self._connected() as smtp:
                self._log_in(smtp)
                smtp.send_message(message, sender, to)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            final = all(code >= 500 for code in codes)
            raise DeliveryFailed(f"the mail server refuses the address ({codes[0]})", final=final) from None
        except smtplib.SMTPResponseException as refused:
            asked = isinstance(refused, smtplib.SMTPAuthenticationError)
            final = refused.smtp_code in (550, 551, 552, 553, 554) and not asked
            raise DeliveryFailed(f"the mail server answered {refused.smtp_code}", final=final) from None
        except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
            raise DeliveryFailed(f"the mail server {self.host} cannot be used: {type(error).__name__}") from None

    def _connected(self) -> smtplib.SMTP:
        if self.tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT_S, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_S)

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo()
        if not self.tls and smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        elif not self.tls and self.user and not self.local:
            raise DeliveryFailed(
                f"the mail server {self.host} offers no STARTTLS: the password would be read on the way"
            )
        if self.user:
            smtp.login(self.user, self.password)


class Mail:
    name = "mail"

    def __init__(self, server: MailServer, sender: str, compose: Callable[[Delivery], Letter]) -> None:
        """``sender`` is "Corner & Co. <help@shop.example>". Raises ``ChannelUnusable``."""
        self._server = server
        self._from = sender
        try:
            self._address = address(parseaddr(sender)[1])
        except NoAddress:
            raise ChannelUnusable('SHOPCLERK_MAIL_FROM is written "Corner & Co. <help@shop.example>"') from None
        self._compose = compose

    def send(self, delivery: Delivery) -> None:
        letter = self._compose(delivery)
        message = EmailMessage(policy=SMTPUTF8.clone(utf8=False))
        message["From"] = self._from
        message["To"] = ", ".join(letter.to)
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = format_datetime(delivery.made_at)
        message["Message-ID"] = f"<{delivery.id}@{self._address.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # no out-of-office reply, please (RFC 3834)
        message.set_content(letter.text.strip() + "\n")
        message["Content-Language"] = letter.language
        self._server.send(message, self._address, letter.to)
        letter.after()
