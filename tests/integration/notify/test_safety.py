"""Nothing twice, to nobody who said no, at no bad hour, about no old time, and no queue stops."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.notify import jobs as jobs_module
from services.notify.adapters.smtp import MailServer, SmtpEmails
from services.notify.domain.outcomes import Outcome
from services.notify.domain.values import Channel, Purpose, State
from services.notify.ports import OutgoingEmail
from services.notify.tables import AppointmentRow, PersonRow
from services.notify.use_cases.claim_due import claim_due
from services.notify.use_cases.record_answer import record_answer
from services.notify.use_cases.set_opt_out import set_opt_out
from shared.events import ContactUpdated, EnrollmentEnded, StaffAlerted
from simulation import smtp
from simulation.twilio import ACCOUNT, TOKEN, Refusal
from tests.integration.notify.samples import (
    NOW,
    consult,
    contact,
    enrollment,
    moved,
    ny,
    session_info,
    session_moved,
    staff,
)
from tests.integration.notify.test_web import get, signed_in

OTHER = contact("sam", name="Sam Teller", phone="+12075550177")


def corrupt(notify, table, **values):
    """Rosa's rows as no code of ours would write them."""
    with notify.service.database.transaction() as session:
        session.execute(update(table).where(table.person_id == "rosa").values(**values))


@pytest.mark.parametrize(
    ("table", "values", "failed"),
    [
        (AppointmentRow, {"details": {"consultant": "N", "meeting": "phone", "manage_url": 5}}, 2),
        (AppointmentRow, {"details": {}}, 2),
        (AppointmentRow, {"kind": "nonsense"}, 2),
        (PersonRow, {"contact": {"name": "Rosa"}}, 2),
        (PersonRow, {"timezone": "Nowhere/At_All"}, 1),  # an email has no quiet hours
    ],
)
def test_a_broken_message_never_stops_the_others_and_staff_hear_of_it(
    notify, table, values, failed
):
    notify.hear(consult())
    notify.hear(consult(consult_id="c2", person=OTHER))
    corrupt(notify, table, **values)
    notify.step()
    assert "sam@example.org" in [email["to"] for email in notify.captured("email")]
    assert "+12075550177" in [text["to"] for text in notify.captured("sms")]
    for _ in range(3):
        notify.advance(timedelta(minutes=2))
    broken = notify.messages(person_id="rosa", state="failed")
    assert [m.purpose for m in broken] == [Purpose.CONSULT_BOOKED] * failed
    assert notify.published().count("staff.alerted") == failed


def test_a_record_that_fails_leaves_its_message_unknown_and_the_others_sent(
    texting, twilio, monkeypatch
):
    texting.hear(consult())
    texting.hear(consult(consult_id="c2", person=OTHER))
    (broken,) = texting.messages(purpose="consult_booked", channel="sms", person_id="rosa")
    record = record_answer

    def fails_once(session, message_id, answer, *, now):
        if message_id == broken.id:
            raise TypeError("broken")
        record(session, message_id, answer, now=now)

    with monkeypatch.context() as patch:
        patch.setattr(jobs_module, "record_answer", fails_once)
        texting.step()
    assert len(twilio.accepted) == 2
    for _ in range(10):
        texting.advance(timedelta(minutes=2))
    assert len(twilio.accepted) == 2
    (broken,) = texting.messages(purpose="consult_booked", channel="sms", person_id="rosa")
    assert broken.state == State.UNKNOWN


def test_an_opt_out_holds_for_the_number_of_a_member_of_staff_whom_the_email_reaches(notify):
    notify.hear(staff(phone="+12075550176"))
    keys = notify.service.app.extensions["grip_notify"].keys
    with notify.service.database.transaction() as session:
        number = keys.phone("+12075550176")
        set_opt_out(session, number, standing=True, method="reply", now=NOW)
    notify.hear(StaffAlerted(alert_id="a1", roles=("admin",), severity="urgent", title="Look"))
    notify.step()
    assert notify.captured("sms") == []
    assert [email["subject"] for email in notify.captured("email")] == ["Urgent: Look"]
    (text,) = notify.messages(purpose="staff_alert", channel="sms")
    assert (text.state, text.reason) == (State.SUPPRESSED, "opted-out")


def test_an_opt_out_between_claim_and_call_holds(texting, twilio):
    texting.hear(consult())
    batch = claim(texting)
    keys = texting.service.app.extensions["grip_notify"].keys
    with texting.service.database.transaction() as session:
        set_opt_out(session, keys.phone("+12075550176"), standing=True, method="staff", now=NOW)
    send(texting, batch)
    texting.advance(timedelta(minutes=5))
    assert twilio.accepted == []


def claim(notify):
    with notify.service.database.transaction() as session:
        at = notify.clock.now()
        return claim_due(session, Channel.SMS, limit=10, per_second=None, now=at)


def send(notify, batch):
    dispatcher = notify.service.jobs[0].step.__self__
    for message_id in batch.messages:
        dispatcher._send_one(batch, message_id, notify.clock.now())


def test_a_zone_that_changes_between_claim_and_call_brings_its_own_quiet_hours(texting, twilio):
    texting.hear(consult())
    batch = claim(texting)
    far = contact(version=2, timezone="Asia/Tokyo")  # midnight there
    texting.hear(ContactUpdated(sequence=2, person_id="rosa", person=far))
    send(texting, batch)
    texting.step()
    assert twilio.accepted == []
    (text,) = texting.messages(purpose="consult_booked", channel="sms")
    assert (text.state, text.send_at.hour) == (State.PLANNED, 23)  # 8 AM in Tokyo
    texting.step(at=text.send_at)
    assert len(twilio.accepted) == 1


def test_a_zone_that_changes_after_the_reminder_brings_no_second_one(texting, twilio):
    texting.hear(consult())
    texting.step()
    texting.step(at=ny(2027, 1, 13, 14, 40))
    west = contact(version=2, timezone="America/Los_Angeles")
    texting.hear(ContactUpdated(sequence=2, person_id="rosa", person=west))
    for _ in range(30):
        texting.advance(timedelta(hours=1))
    assert len(twilio.accepted) == 2


@pytest.mark.parametrize(
    ("at", "seconds"), [(ny(2027, 1, 8, 20, 58), 120), (ny(2027, 1, 8, 19, 0), 7200)]
)
def test_the_provider_may_not_try_into_quiet_hours(texting, twilio, at, seconds):
    texting.clock.set(at)
    texting.hear(consult())
    texting.step()
    assert twilio.accepted[0].parameters["ValidityPeriod"] == str(seconds)


def test_an_urgent_move_may_be_tried_all_night(texting, twilio):
    texting.clock.set(ny(2027, 1, 13, 21, 30))
    texting.hear(consult())
    texting.hear(moved(starts=ny(2027, 1, 14, 20, 0)))
    texting.step()
    assert twilio.accepted[0].parameters["ValidityPeriod"] == "36000"


def test_a_text_that_died_at_the_provider_is_emailed_instead(texting, twilio):
    texting.hear(enrollment())
    texting.step()
    twilio.plan.append(Refusal(30036))
    texting.step(at=ny(2027, 2, 3, 18, 0))
    texting.step()
    reminders = texting.messages(purpose="session_reminder", source="session/s1")
    assert sorted((m.channel, m.state) for m in reminders) == [
        ("email", State.ACCEPTED), ("sms", State.EXPIRED),
    ]  # fmt: skip


def test_a_clock_set_back_an_hour_sends_nothing_twice(texting, twilio):
    texting.hear(consult())
    texting.step()
    at = ny(2027, 1, 13, 14, 40)
    texting.step(at=at)
    texting.step(at=at - timedelta(hours=1))
    texting.hear(moved(starts=ny(2027, 1, 15, 10, 20)), at=at)
    for _ in range(8):
        texting.advance(timedelta(minutes=15))
    bodies = [taken.parameters["Body"].split(".")[0] for taken in twilio.accepted]
    assert len(bodies) == len(set(bodies)) == 3
    assert "is now Fri Jan 15" in bodies[-1]


def test_a_claim_survives_a_clock_set_back_while_it_is_held(texting, twilio):
    texting.hear(consult())
    batch = claim(texting)
    texting.clock.set(NOW - timedelta(hours=1))
    send(texting, batch)
    for _ in range(9):
        texting.advance(timedelta(minutes=10))
    assert len(twilio.accepted) == 1


def test_the_pace_does_not_stand_still_after_the_clock_was_set_back(make_notify, twilio):
    notify = make_notify(
        twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_from="+12075550100",
        twilio_api_url=twilio.url, twilio_per_second=1,
    )  # fmt: skip
    for number in range(3):
        person = contact(f"p{number}", phone=f"+1207555{number:04d}")
        notify.hear(consult(consult_id=f"c{number}", person=person), at=NOW - timedelta(hours=1))
    notify.step()
    notify.clock.set(NOW - timedelta(hours=1))
    for _ in range(3):
        notify.advance(timedelta(seconds=1))
    assert len(twilio.accepted) == 3


def test_two_calls_of_one_person_on_one_day_bring_one_reminder_text_and_two_emails(notify):
    notify.hear(consult())
    notify.hear(consult(consult_id="c2", starts=ny(2027, 1, 14, 16, 0)))
    notify.step()
    assert len(notify.captured("sms")) == len(notify.captured("email")) == 2
    notify.step(at=ny(2027, 1, 13, 18, 0))
    texts = [t for t in notify.captured("sms") if "tomorrow" in t["body"]]
    assert len(texts) == 1
    assert len(notify.captured("email")) == 4


def test_who_changes_cohorts_hears_only_of_the_new_one(notify):
    notify.hear(enrollment())
    notify.step()
    notify.hear(enrollment(EnrollmentEnded, sequence=2))
    dates = tuple(session_info(n, ny(2027, 3, 3 + n, 18, 0), session_id=f"t{n}") for n in (1, 2))
    new = enrollment(sessions=dates)
    notify.hear(new.model_copy(update={"enrollment_id": "e2", "cohort_id": "k2"}))
    notify.hear(session_moved(2, ny(2027, 2, 12, 18, 0)))  # of the cohort that was left
    sources = {m.source for m in notify.messages(state="planned")}
    assert sources == {"enrollment/e2", "session/t1", "session/t2"}


def test_an_email_instead_of_a_text_is_not_sent_once_the_place_is_given_up(texting, twilio):
    texting.hear(enrollment())
    texting.step()
    twilio.plan.append(Refusal(21614))
    texting.clock.set(ny(2027, 2, 3, 18, 0))
    dispatcher = texting.service.jobs[0].step.__self__
    dispatcher._send(Channel.SMS, texting.clock.now())
    texting.hear(enrollment(EnrollmentEnded, sequence=2))
    emails = len(texting.captured("email"))
    texting.step()
    (instead,) = texting.messages(purpose="session_reminder", source="session/s1", channel="email")
    assert (instead.state, instead.reason) == (State.DROPPED, "superseded")
    assert len(texting.captured("email")) == emails


def test_an_enrollment_told_again_takes_no_reminder_away(notify):
    notify.hear(enrollment())
    notify.step()
    notify.clock.set(ny(2027, 2, 3, 17, 0))
    notify.hear(enrollment(sequence=2))
    notify.step(at=ny(2027, 2, 3, 18, 0))
    (reminder,) = notify.messages(purpose="session_reminder", source="session/s1", channel="sms")
    assert reminder.state == State.ACCEPTED
    assert len(notify.messages(purpose="enrollment_confirmed")) == 2


def test_a_mail_server_that_hangs_up_badly_after_taking_a_mail_has_taken_it(monkeypatch):
    import smtplib

    def broken(self):
        raise OSError("reset")

    with smtp.running() as mail:
        where = MailServer(mail.host, mail.port, "", "", False, True, 2)
        email = OutgoingEmail("m1", "rosa@example.org", "Rosa", "Hello", "Hello\n", "<p>Hello</p>")
        monkeypatch.setattr(smtplib.SMTP, "close", broken)
        answer = SmtpEmails(where, "Harbor House", "hi@example.org").send(email, NOW)
        monkeypatch.undo()
    assert answer.outcome is Outcome.ACCEPTED


def test_the_interface_is_described(make_notify):
    notify = make_notify()
    answer = get(signed_in(notify), "/notify/api/v1/openapi.json")
    document = answer.get_json()
    assert (answer.status_code, document["openapi"][:3]) == (200, "3.1")
    assert set(document["paths"]) == {"/notify/twilio/inbound", "/notify/twilio/status"}
    status = document["paths"]["/notify/twilio/status"]["post"]
    assert set(status["responses"]) == {"204", "403"}
    assert set(status["requestBody"]["content"]) == {"application/x-www-form-urlencoded"}
