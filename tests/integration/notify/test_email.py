"""Email against a real SMTP server."""

import datetime as dt
import ssl
from datetime import timedelta
from email.utils import parseaddr

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from icalendar import Calendar as Vcalendar

from services.notify.adapters.smtp import MailServer, SmtpEmails, parse_url
from services.notify.domain.outcomes import Outcome
from services.notify.domain.values import State
from services.notify.ports import Calendar, OutgoingEmail
from simulation.smtp import running
from tests.integration.notify.samples import NOW, cancelled, consult, contact, moved

EMAIL = OutgoingEmail(
    message_id="m1",
    to="rosa@example.org",
    to_name="Rosa\r\nBcc: x@example.org Núñez",
    subject="Your call with Harbor House",
    text="Hello\n",
    html="<p>Hello</p>",
    calendar=Calendar("REQUEST", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A server's context and a client's that trusts it."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "cert.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(secret)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=folder / "cert.pem")


def gateway(server, *, tls=None, user="", password="", insecure=True, host=None):
    where = MailServer(host or server.host, server.port, user, password, False, insecure, 2)
    return SmtpEmails(where, "Harbor House", "hello@example.org", tls)


def test_mail_goes_encrypted_and_signed_in(certificate):
    server_tls, client_tls = certificate
    with running(tls=server_tls, require_login=True) as server:
        sent = gateway(server, tls=client_tls, user="grip", password="harbor", host="localhost")
        assert sent.send(EMAIL, NOW).outcome is Outcome.ACCEPTED
    assert (server.were_encrypted, server.logins) == ([True], ["grip"])


def test_a_wrong_password_or_untrusted_certificate_is_a_matter_of_settings(certificate):
    server_tls, client_tls = certificate
    with running(tls=server_tls, require_login=True) as server:
        wrong = gateway(server, tls=client_tls, user="grip", password="no", host="localhost")
        untrusted = gateway(server, host="localhost")
        assert wrong.send(EMAIL, NOW).outcome is Outcome.CONFIGURATION
        assert untrusted.send(EMAIL, NOW).outcome is Outcome.CONFIGURATION
    assert server.mails == []


def test_mail_never_goes_in_the_open_unless_allowed():
    with running() as server:
        assert gateway(server, insecure=False).send(EMAIL, NOW).outcome is Outcome.CONFIGURATION
        assert gateway(server, insecure=True).send(EMAIL, NOW).outcome is Outcome.ACCEPTED


def test_the_calendar_is_a_part_and_a_file_and_names_are_harmless():
    with running() as server:
        gateway(server).send(EMAIL, NOW)
    (mail,) = server.mails
    assert mail["Bcc"] is None
    assert parseaddr(str(mail["To"]))[1] == "rosa@example.org"
    assert mail["Message-ID"] == "<m1@example.org>"
    parts = [(p.get_content_type(), p.get_content_disposition()) for p in mail.walk()]
    assert parts == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("text/html", None),
        ("text/calendar", None),
        ("text/calendar", "attachment"),
    ]
    assert all(
        p.get_param("method") == "REQUEST"
        for p in mail.walk()
        if p.get_content_type() == "text/calendar"
    )


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("550 no such user", Outcome.PERMANENT), ("450 try later", Outcome.RETRY)],
)
def test_a_refused_recipient_is_recorded(answer, outcome):
    with running() as server:
        server.refuse["rosa@example.org"] = answer
        got = gateway(server).send(EMAIL, NOW)
    assert (got.outcome, got.code, got.detail) == (outcome, int(answer[:3]), "recipient-refused")


def test_a_server_that_hangs_up_after_the_data_leaves_it_unknown():
    with running() as server:
        server.hang_up_in_data = True
        assert gateway(server).send(EMAIL, NOW).outcome is Outcome.AMBIGUOUS


def test_a_refused_message_and_an_absent_server():
    with running() as server:
        server.answer_data = "554 no"
        assert gateway(server).send(EMAIL, NOW).outcome is Outcome.PERMANENT
    assert gateway(server).send(EMAIL, NOW).outcome is Outcome.RETRY


@pytest.mark.parametrize("address", ["not an address", "a@b@c", "ñandú@example.org", ""])
def test_an_address_that_is_none_fails_for_good(address):
    from dataclasses import replace

    with running() as server:
        got = gateway(server).send(replace(EMAIL, to=address), NOW)
    assert got.outcome is Outcome.PERMANENT


def test_mail_urls():
    assert parse_url("smtp://u%40x:p%2Fw@mail.example:2525") == MailServer(
        "mail.example", 2525, "u@x", "p/w", False, False
    )
    assert parse_url("smtps://mail.example").port == 465
    assert parse_url("smtp://mailpit:1025?starttls=never").insecure
    for wrong in ("http://mail.example", "smtp://", "mail.example"):
        with pytest.raises(ValueError, match="GRIP_SMTP_URL"):
            parse_url(wrong)


def test_a_calls_mails_carry_one_uid_with_rising_sequence(make_notify):
    with running() as server:
        notify = make_notify(smtp_url=f"smtp://{server.host}:{server.port}")
        for event in (consult(), moved(), cancelled()):
            notify.hear(event)
            notify.step()
    events = []
    for mail in server.mails:
        part = next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
        calendar = Vcalendar.from_ical(part.get_content())
        events.append((str(calendar["method"]), calendar.walk("VEVENT")[0]))
    assert [method for method, _ in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(e["uid"]) for _, e in events} == {"consult-c1@127.0.0.1"}
    assert [e["sequence"] for _, e in events] == [0, 1, 2]
    assert events[0][1].decoded("dtstart") == consult().starts_at
    attendee = events[0][1]["attendee"]
    assert (attendee.params["PARTSTAT"], attendee.params["RSVP"]) == ("ACCEPTED", "FALSE")
    assert str(events[0][1]["organizer"]) == "mailto:hello@example.org"
    assert "Rosa" not in str(events[0][1]["summary"])


def test_a_refused_address_fails_the_message_and_a_crashed_server_leaves_it_planned(make_notify):
    with running() as server:
        server.refuse["rosa@example.org"] = "550 no"
        notify = make_notify(smtp_url=f"smtp://{server.host}:{server.port}")
        notify.hear(consult())
        notify.step()
        (row,) = notify.messages(purpose="consult_booked", channel="email")
        assert (row.state, row.reason) == (State.FAILED, "550")
    notify.hear(consult(consult_id="c2", person=contact("sam")))
    notify.step()
    (row,) = notify.messages(purpose="consult_booked", channel="email", person_id="sam")
    assert row.state == State.PLANNED
    notify.advance(timedelta(seconds=1))
