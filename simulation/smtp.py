"""A mail server that keeps what it is handed, refuses on request, and speaks STARTTLS."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class MailStandIn:
    """One running server. `refuse` maps a recipient to the answer given in its place."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    answer_data: str = "250 OK"
    hang_up_in_data: bool = False
    were_encrypted: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    host: str = "127.0.0.1"
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take the recipient, or refuse it as told."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail, unless told to answer otherwise."""
        if self.answer_data.startswith("250"):
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            parsed = message_from_bytes(content, policy=policy.default)
            self.mails.append(parsed)
            self.recipients += envelope.rcpt_tos
            self.were_encrypted.append(session.ssl is not None)
        if self.hang_up_in_data and server.transport is not None:
            server.transport.abort()  # type: ignore[attr-defined]
        return self.answer_data

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        """Accept the one account "grip" with the password "harbor"."""
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            b"grip",
            b"harbor",
        )
        if good:
            self.logins.append("grip")
        return AuthResult(success=good, handled=good)


@contextmanager
def running(
    *, tls: ssl.SSLContext | None = None, require_login: bool = False
) -> Iterator[MailStandIn]:
    """A server on this machine; STARTTLS when `tls` is given."""
    stand_in = MailStandIn()
    controller = Controller(
        stand_in,
        hostname=stand_in.host,
        port=_free_port(),
        tls_context=tls,
        require_starttls=tls is not None,
        authenticator=stand_in.authenticate,
        auth_required=require_login,
        auth_require_tls=tls is not None,
    )
    controller.start()
    stand_in.port = controller.port
    try:
        yield stand_in
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
