"""One suite for every gateway: whatever stands behind the port keeps its promises."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.notify.adapters.capture import Capture
from services.notify.adapters.smtp import MailServer, SmtpEmails
from services.notify.adapters.twilio import TwilioAccount, TwilioTexts
from services.notify.domain.outcomes import Outcome
from services.notify.ports import OutgoingEmail, OutgoingText
from services.notify.tables import Base, CapturedRow
from shared.db.testing import create_all
from simulation import smtp, twilio
from tests.integration.notify.samples import NOW

TEXT = OutgoingText("m1", "+12075550176", "Harbor House: hello. ¿Qué tal?", timedelta(hours=3))
EMAIL = OutgoingEmail("m1", "rosa@example.org", "Rosa", "Hello", "Hello\n", "<p>Hello</p>")


@pytest.fixture(params=["capture-sms", "capture-email", "twilio", "twilio-service", "smtp"])
def gateway(request, sqlite_database):
    """(gateway, a message, what has arrived) of each kind."""
    kind, _, detail = request.param.partition("-")
    if kind == "capture":
        database = sqlite_database("notify")
        create_all(database, Base.metadata)

        def kept():
            with database.reading() as session:
                return list(session.scalars(select(CapturedRow.message_id)))

        yield Capture(database, detail), TEXT if detail == "sms" else EMAIL, kept
    elif kind == "twilio":
        with twilio.running() as server:
            account = TwilioAccount(
                sid=twilio.ACCOUNT,
                token=twilio.TOKEN,
                messaging_service_sid="MG" + "0" * 32 if detail else "",
                sender="" if detail else "+12075550100",
                timeout_s=2,
                api_url=server.url,
                callback_base="https://grip.example",
            )
            yield TwilioTexts(account), TEXT, lambda: server.accepted
    else:
        with smtp.running() as mail:
            where = MailServer(mail.host, mail.port, "", "", False, True, 2)
            yield SmtpEmails(where, "Harbor House", "hi@example.org"), EMAIL, lambda: mail.mails


def test_a_gateway_hands_over_once_and_says_so(gateway):
    port, message, arrived = gateway
    assert port.send(message, NOW).outcome is Outcome.ACCEPTED
    assert len(arrived()) == 1


def test_a_repeatable_gateway_keeps_one_however_often_it_is_called(gateway):
    port, message, arrived = gateway
    for _ in range(3):
        assert port.send(message, NOW).outcome is Outcome.ACCEPTED
    assert len(arrived()) == (1 if port.repeatable else 3)


def test_twilio_answers_are_told_apart(caplog):
    with twilio.running(hold_s=2) as server:
        account = TwilioAccount(twilio.ACCOUNT, twilio.TOKEN, "", "+12075550100", 0.3, server.url)
        texts = TwilioTexts(account)
        plan = {
            twilio.Mood.SILENT_BEFORE: Outcome.AMBIGUOUS,
            twilio.Mood.SILENT_AFTER: Outcome.AMBIGUOUS,
            twilio.Mood.BROKEN: Outcome.AMBIGUOUS,
            twilio.Mood.TOO_MANY: Outcome.RETRY,
            twilio.Refusal(21614): Outcome.PERMANENT,
            twilio.Refusal(21610): Outcome.OPTED_OUT,
            twilio.Refusal(21408): Outcome.CONFIGURATION,
            twilio.Refusal(99999): Outcome.UNKNOWN_ERROR,
        }
        server.plan.extend(plan)
        assert [texts.send(TEXT, NOW).outcome for _ in plan] == list(plan.values())
        wrong = TwilioTexts(replace(account, token="another"))
        assert wrong.send(TEXT, NOW).outcome is Outcome.CONFIGURATION
    assert texts.send(TEXT, NOW).outcome is Outcome.RETRY  # nothing listens any more
    assert "+12075550176" not in caplog.text
    assert "Harbor House" not in caplog.text
