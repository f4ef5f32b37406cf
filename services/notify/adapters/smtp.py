"""Email through an SMTP server, with STARTTLS or TLS and authentication."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from services.notify.domain.outcomes import Answer, Outcome
from services.notify.ports import OutgoingEmail

_ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+")  # printable ASCII around one @
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. `insecure` allows a server without STARTTLS."""

    host: str
    port: int
    user: str
    password: str
    tls_at_once: bool
    insecure: bool
    timeout_s: float = 20


def parse_url(url: str) -> MailServer:
    """smtp://user:password@host:587 (STARTTLS) or smtps://…:465.

    `?starttls=never` allows a server that does not offer it, such as a mail catcher; one
    on this machine is allowed anyway. Raises `ValueError` for anything else.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("GRIP_SMTP_URL must begin with smtp:// or smtps:// and name a host")
    at_once = parts.scheme == "smtps"
    never = parse_qs(parts.query).get("starttls") == ["never"]
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if at_once else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls_at_once=at_once,
        insecure=never or parts.hostname in _LOOPBACK,
    )


class _NoStartTls(Exception):
    """The server does not offer STARTTLS, and mail may not go in the open."""


@dataclass(frozen=True, slots=True)
class SmtpEmails:
    """An email gateway. `tls` is the trust used for STARTTLS; None means the machine's."""

    server: MailServer
    sender_name: str
    sender: str
    tls: ssl.SSLContext | None = None
    repeatable: bool = False

    def send(self, email: OutgoingEmail, now: datetime) -> Answer:
        """Hand one email over; every failure is an answer (domain/outcomes.py)."""
        try:
            content = self.compose(email, now).as_bytes(policy=SMTP)
        except ValueError:
            return Answer(Outcome.PERMANENT, detail="bad-address")
        try:
            with self._connected() as server:
                return _hand_over(server, self.sender, email.to, content)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
            return Answer(Outcome.CONFIGURATION, detail=type(error).__name__)
        except (_NoStartTls, ssl.SSLCertVerificationError) as error:
            return Answer(Outcome.CONFIGURATION, detail=type(error).__name__.strip("_"))
        except (OSError, smtplib.SMTPException) as error:  # all of it before the envelope
            return Answer(Outcome.RETRY, detail=type(error).__name__)

    def compose(self, email: OutgoingEmail, now: datetime) -> EmailMessage:
        """The MIME message: text, HTML, and the calendar both as a part and as a file.

        Raises `ValueError` for an address that is none.
        """
        if not _ADDRESS.fullmatch(email.to):
            raise ValueError("not an address that SMTP can carry")
        message = EmailMessage(policy=SMTP)
        name = " ".join(email.to_name.split())
        message["From"] = Address(self.sender_name, addr_spec=self.sender)
        message["To"] = Address(name, addr_spec=email.to)
        message["Subject"] = email.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{email.message_id}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(email.text)
        message.add_alternative(email.html, subtype="html")
        if email.calendar is not None:
            method, content = email.calendar.method, email.calendar.content
            message.add_alternative(content, subtype="calendar", params={"method": method})
            message.add_attachment(
                content, subtype="calendar", filename="call.ics", params={"method": method}
            )
        return message

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server, trust = self.server, self.tls or ssl.create_default_context()
        if server.tls_at_once:
            made: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout_s, context=trust
            )
        else:
            made = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
        try:
            made.ehlo()
            if not server.tls_at_once:
                self._secure(made, trust)
            if server.user:
                made.login(server.user, server.password)
            yield made
        finally:
            with suppress(OSError):  # what was answered before stands
                made.close()

    def _secure(self, made: smtplib.SMTP, trust: ssl.SSLContext) -> None:
        if made.has_extn("starttls"):
            made.starttls(context=trust)
            made.ehlo()
        elif not self.server.insecure:
            raise _NoStartTls


def _hand_over(server: smtplib.SMTP, sender: str, to: str, content: bytes) -> Answer:
    """Envelope, then the message; only the latter can end with nobody knowing."""
    code, _ = server.mail(sender)
    if code != 250:
        return _refused(code, final=Outcome.CONFIGURATION, what="sender")
    try:
        code, _ = server.rcpt(to)
    except ValueError:
        return Answer(Outcome.PERMANENT, detail="bad-address")
    if code not in (250, 251):
        return _refused(code, final=Outcome.PERMANENT, what="recipient")
    try:
        code, _ = server.data(content)
    except smtplib.SMTPDataError as error:
        code = error.smtp_code
    except (OSError, smtplib.SMTPException) as error:
        return Answer(Outcome.AMBIGUOUS, detail=type(error).__name__)
    if code != 250:
        return _refused(code, final=Outcome.PERMANENT, what="message")
    return Answer(Outcome.ACCEPTED, detail="accepted")


def _refused(code: int, *, final: Outcome, what: str) -> Answer:
    """4yz may be tried again, 5yz may not (RFC 5321, 4.2.1)."""
    outcome = final if code >= 500 else Outcome.RETRY
    return Answer(outcome, code=code, detail=f"{what}-refused")
