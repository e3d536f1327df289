"""Messages by e-mail, through an SMTP server."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal

from attrs import field, frozen

from workflow.reminders.channels.base import scrubbed, unreachable
from workflow.reminders.message import ChannelFault, Message
from workflow.texts import Text
from workflow.web import PATIENCE

Security = Literal["starttls", "tls", "none"]

_GOING_DOWN = 421


@frozen
class Mail:
    """An SMTP server. `sender` is what stands in From: `office@example.org` or `Office <office@example.org>`.

    `security`: "starttls" begins in the clear and refuses to go on so, "tls" is encrypted from the first byte.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    security: Security = "starttls"
    patience: float = PATIENCE
    name: str = "mail"

    def send(self, message: Message) -> str:
        """The server's answer to the message. One whose answer is not heard may have been taken all the same, and is sent again."""
        try:
            with self._connected() as server:
                return self._hand_over(server, message)
        except smtplib.SMTPResponseException as problem:
            raise self._answered(problem.smtp_code, problem.smtp_error, down=True) from None
        except smtplib.SMTPNotSupportedError:
            text = Text.of(
                f"{self._where} offers no STARTTLS or no login: see WORKFLOW_SMTP_TLS",
                f"{self._where} 不支持 STARTTLS 或登录：参见 WORKFLOW_SMTP_TLS",
            )
            raise ChannelFault(text, down=True) from None
        except smtplib.SMTPServerDisconnected as problem:
            late = isinstance(problem.__context__, TimeoutError)
            raise unreachable(self._where, TimeoutError() if late else ConnectionError()) from None
        except smtplib.SMTPException as problem:
            text = Text.same(f"{self._where}: {scrubbed(str(problem), self.password)}")
            raise ChannelFault(text, down=True) from None
        except OSError as problem:
            raise unreachable(self._where, problem) from None

    @property
    def _where(self) -> str:
        return f"{self.host}:{self.port}"

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.patience, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.patience)
        try:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            yield server
            # Once the message is taken, nothing that goes wrong with the farewell may have it sent again.
            with contextlib.suppress(OSError):
                server.quit()
        finally:
            server.close()

    def _hand_over(self, server: smtplib.SMTP, message: Message) -> str:
        server.ehlo_or_helo_if_needed()
        code, said = server.mail(parseaddr(self.sender)[1])
        if code != 250:
            raise self._answered(code, said, down=True)
        code, said = server.rcpt(message.address)
        if code not in (250, 251):
            raise self._answered(code, said)
        try:
            code, said = server.data(letter(message, self.sender).as_bytes())
        except smtplib.SMTPDataError as problem:
            raise self._answered(problem.smtp_code, problem.smtp_error) from None
        if code != 250:
            raise self._answered(code, said)
        return f"{code} {scrubbed(said.decode(errors='replace'), self.password)}"

    def _answered(self, code: int, said: bytes | str, *, down: bool = False) -> ChannelFault:
        """5xx is final for a message; where the server refuses us, or goes down, it says nothing about the message."""
        words = scrubbed(said.decode(errors="replace") if isinstance(said, bytes) else said, self.password)
        text = Text.of(f"{self._where} answered {code} {words}", f"{self._where} 答复 {code} {words}")
        down = down or code == _GOING_DOWN
        return ChannelFault(text, down=down, final=not down and code >= 500)


def letter(message: Message, sender: str) -> EmailMessage:
    """The message as it goes to the server; its Message-ID is the same at every attempt."""
    name, mailbox = parseaddr(sender)
    found = EmailMessage(policy=SMTP)
    found["From"] = Address(name, addr_spec=mailbox)
    found["To"] = Address(addr_spec=message.address)
    found["Subject"] = " ".join(message.letter.subject.split())
    found["Date"] = format_datetime(message.created)
    found["Message-ID"] = f"<{message.key}@{mailbox.rpartition('@')[2]}>"
    found["X-Idempotency-Key"] = message.key
    found["Auto-Submitted"] = "auto-generated"  # nobody's holiday answers it
    found.set_content(message.letter.text, cte="base64")
    if message.letter.html:
        found.add_alternative(message.letter.html, subtype="html", cte="base64")
    found["Content-Language"] = message.lang
    return found
