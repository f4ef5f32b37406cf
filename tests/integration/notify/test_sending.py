"""Claim, call, record: each text exactly once, over real HTTP, whatever goes wrong."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest

from services.notify import jobs as jobs_module
from services.notify.domain.values import State
from services.notify.jobs import Dispatcher
from services.notify.use_cases import record_answer as record_module
from simulation.twilio import ACCOUNT, TOKEN, Mood, Refusal
from tests.integration.notify.samples import NOW, consult, contact, moved, ny, staff


def text_of(notify, **where):
    (row,) = notify.messages(channel="sms", **where)
    return row


def booked(notify):
    return text_of(notify, purpose="consult_booked")


def test_a_text_carries_what_twilio_needs(texting, twilio):
    texting.hear(consult())
    texting.step()
    (taken,) = twilio.accepted
    row = booked(texting)
    assert taken.parameters["To"] == "+12075550176"
    assert taken.parameters["From"] == "+12075550100"
    assert taken.parameters["ValidityPeriod"] == "36000"
    assert taken.parameters["StatusCallback"] == (
        f"http://127.0.0.1:8000/notify/twilio/status?message={row.id}&attempt=1"
    )
    assert row.state == State.ACCEPTED
    assert row.provider_sid == taken.sid


def test_validity_ends_with_the_texts_use(texting, twilio):
    texting.clock.set(ny(2027, 1, 14, 8, 40))
    texting.hear(consult())
    texting.step()
    assert twilio.accepted[0].parameters["ValidityPeriod"] == str(6 * 3600)


@pytest.mark.parametrize(
    "mood", [Mood.SILENT_AFTER, Mood.SILENT_BEFORE, Mood.BROKEN_AFTER, Mood.BROKEN]
)
def test_no_clear_answer_is_unknown_and_never_sent_again(texting, twilio, mood):
    twilio.plan.append(mood)
    texting.hear(consult())
    texting.step()
    assert booked(texting).state == State.UNKNOWN
    for _ in range(20):
        texting.advance(timedelta(minutes=2))
    assert len(twilio.accepted) == (mood in (Mood.SILENT_AFTER, Mood.BROKEN_AFTER))
    assert booked(texting).state == State.UNKNOWN
    assert texting.published().count("staff.alerted") == 1


def test_too_many_requests_is_tried_again_within_five_seconds(texting, twilio):
    twilio.plan.append(Mood.TOO_MANY)
    texting.hear(consult())
    texting.step()
    assert booked(texting).state == State.PLANNED
    texting.advance(timedelta(seconds=5))
    assert booked(texting).state == State.ACCEPTED
    assert len(twilio.accepted) == 1


def test_a_server_that_cannot_be_reached_is_tried_again(make_notify, twilio):
    notify = make_notify(
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_from="+12075550100",
        twilio_api_url="http://127.0.0.1:9",
    )
    notify.hear(consult())
    notify.step()
    row = booked(notify)
    assert (row.state, row.attempts) == (State.PLANNED, 1)


@pytest.mark.parametrize("code", [21211, 21612, 21614, 21617])
def test_a_permanent_failure_ends_it_and_leaves_the_email_that_was_sent(texting, twilio, code):
    twilio.plan.append(Refusal(code))
    texting.hear(consult())
    texting.step()
    row = booked(texting)
    assert (row.state, row.reason) == (State.FAILED, str(code))
    assert len(texting.captured("email")) == 1
    assert "message.failed" in texting.published()


def test_a_failed_text_without_an_email_is_emailed_once(texting, twilio):
    from tests.integration.notify.samples import enrollment

    texting.hear(enrollment())
    texting.step()
    twilio.plan.append(Refusal(21614))
    texting.step(at=ny(2027, 2, 3, 18, 0))
    texting.step()
    reminders = texting.messages(purpose="session_reminder", source="session/s1")
    assert sorted((m.channel, m.state) for m in reminders) == [
        ("email", State.ACCEPTED), ("sms", State.FAILED),
    ]  # fmt: skip


def test_a_wrong_credential_halts_the_channel_alerts_once_and_loses_nothing(texting, twilio):
    twilio.token = "another"
    texting.hear(consult())
    texting.hear(consult(consult_id="c2", person=contact("sam", phone="+12075550177")))
    texting.step()
    texting.advance(timedelta(minutes=1))
    assert texting.published().count("staff.alerted") == 1
    twilio.token = TOKEN
    texting.advance(timedelta(minutes=16))
    assert len(twilio.accepted) == 2


def test_an_opt_out_known_to_twilio_is_recorded_and_suppresses_the_rest(texting, twilio):
    twilio.plan.append(Refusal(21610))
    texting.hear(consult())
    texting.step()
    assert booked(texting).state == State.SUPPRESSED
    assert text_of(texting, purpose="consult_reminder").state == State.SUPPRESSED
    assert "contact.opted_out" in texting.published()


def test_a_reminder_for_a_superseded_time_is_never_sent(texting, twilio):
    """The revision is looked at again at the call, even if planning was not told."""
    from sqlalchemy import update

    from services.notify.tables import AppointmentRow

    texting.hear(consult())
    texting.step()
    with texting.service.database.transaction() as session:
        session.execute(update(AppointmentRow).values(revision=2))
    texting.step(at=ny(2027, 1, 13, 14, 40))
    assert len(twilio.accepted) == 1
    assert text_of(texting, purpose="consult_reminder").state == State.DROPPED


def test_after_an_outage_a_text_goes_late_if_useful_and_else_expires(texting, twilio):
    texting.hear(consult())
    texting.hear(consult(consult_id="c2", starts=ny(2027, 1, 13, 14, 40),
                         person=contact("sam", phone="+12075550177")))  # fmt: skip
    texting.step()
    texting.step(at=ny(2027, 1, 13, 20, 0))
    late, lost = (
        text_of(texting, purpose="consult_reminder", person_id=person) for person in ("rosa", "sam")
    )
    assert (late.state, lost.state) == (State.ACCEPTED, State.EXPIRED)


def test_a_late_text_waits_out_quiet_hours(texting, twilio):
    texting.hear(consult())
    texting.step()
    texting.step(at=ny(2027, 1, 13, 22, 0))
    reminder = text_of(texting, purpose="consult_reminder")
    assert (reminder.state, reminder.send_at) == (State.PLANNED, ny(2027, 1, 14, 8, 0))
    texting.step(at=ny(2027, 1, 14, 8, 0))
    assert len(twilio.accepted) == 2


class Crash(BaseException):
    """The process dies here."""


@contextmanager
def crashing(monkeypatch, owner, name):
    with monkeypatch.context() as patch:

        def die(*args, **kwargs):
            raise Crash

        patch.setattr(owner, name, die)
        yield


def test_a_crash_between_the_call_and_its_record_is_unknown_and_never_a_second_post(
    texting, twilio, monkeypatch
):
    texting.hear(consult(person=contact(email=None)))
    with crashing(monkeypatch, jobs_module, "record_answer"), pytest.raises(Crash):
        texting.service.jobs[0].step(texting.clock.now())
    assert (booked(texting).state, len(twilio.accepted)) == (State.CALLING, 1)
    for _ in range(8):
        texting.advance(timedelta(minutes=2))
    assert len(twilio.accepted) == 1
    assert booked(texting).state == State.UNKNOWN


def test_a_crash_before_the_call_loses_nothing(texting, twilio, monkeypatch):
    texting.hear(consult())
    with crashing(monkeypatch, jobs_module, "begin_call"), pytest.raises(Crash):
        texting.service.jobs[0].step(texting.clock.now())
    assert twilio.accepted == []
    texting.advance(timedelta(seconds=61))
    assert len(twilio.accepted) == 1
    assert booked(texting).state == State.ACCEPTED


def test_a_crash_while_capturing_is_simply_done_again(notify, monkeypatch):
    notify.hear(consult())
    with crashing(monkeypatch, jobs_module, "record_answer"), pytest.raises(Crash):
        notify.service.jobs[0].step(notify.clock.now())
    notify.advance(timedelta(minutes=2))
    notify.step()
    assert len(notify.captured("email")) == len(notify.captured("sms")) == 1
    assert {m.state for m in notify.messages(purpose="consult_booked")} == {State.ACCEPTED}


def test_a_receipt_before_the_record_is_kept(texting, twilio):
    """Twilio may report delivery before we have written its answer down."""
    texting.hear(consult())
    texting.step()
    client = texting.service.app.test_client()
    assert send_receipt(client, twilio.accepted[0], "delivered") == 204
    from services.notify.domain.outcomes import Answer, Outcome

    row = booked(texting)
    with texting.service.database.transaction() as session:
        record_module.record_answer(
            session, row.id, Answer(Outcome.ACCEPTED, sid="SMx"), now=texting.clock.now()
        )
    assert booked(texting).state == State.DELIVERED


def send_receipt(client, taken, status, **more):
    from simulation.twilio import sign

    url = taken.parameters["StatusCallback"]
    form = {"MessageSid": taken.sid, "MessageStatus": status, "To": taken.to, **more}
    path = url.removeprefix("http://127.0.0.1:8000")
    return client.post(
        path, data=form, headers={"X-Twilio-Signature": sign(TOKEN, url, form)}
    ).status_code


@pytest.mark.parametrize("order", [("sent", "delivered"), ("delivered", "sent"),
                                   ("delivered", "delivered", "queued")])  # fmt: skip
def test_receipts_resolve_an_unknown_text_in_any_order(texting, twilio, order):
    twilio.plan.append(Mood.SILENT_AFTER)
    texting.hear(consult())
    texting.step()
    assert booked(texting).state == State.UNKNOWN
    client = texting.service.app.test_client()
    for status in order:
        assert send_receipt(client, twilio.accepted[0], status) == 204
    assert booked(texting).state == State.DELIVERED
    assert texting.published().count("message.delivered") == 2  # the email's and the text's


def test_an_undelivered_text_is_tried_once_more_where_that_may_help(texting, twilio):
    texting.hear(consult())
    texting.step()
    client = texting.service.app.test_client()
    send_receipt(client, twilio.accepted[0], "undelivered", ErrorCode="30003")
    send_receipt(client, twilio.accepted[0], "undelivered", ErrorCode="30003")
    texting.advance(timedelta(minutes=10))
    assert len(twilio.accepted) == 2
    send_receipt(client, twilio.accepted[0], "undelivered", ErrorCode="30003")
    assert booked(texting).state == State.ACCEPTED
    send_receipt(client, twilio.accepted[1], "undelivered", ErrorCode="30003")
    texting.advance(timedelta(minutes=30))
    assert booked(texting).state == State.FAILED
    assert len(twilio.accepted) == 2


def dispatchers(notify, count):
    """As many workers as asked for, over the same database."""
    step = notify.service.jobs[0].step
    dispatcher = step.__self__
    assert isinstance(dispatcher, Dispatcher)
    return [step] * count


def test_four_workers_send_two_hundred_texts_once_each(texting, twilio):
    texting.hear(staff())
    for number in range(200):
        person = contact(f"p{number}", phone=f"+1207555{number:04d}", email=None)
        texting.hear(consult(consult_id=f"c{number}", person=person))

    def work(step):
        while step(NOW):
            pass

    threads = [threading.Thread(target=work, args=(s,)) for s in dispatchers(texting, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    texting.step()
    numbers = [taken.to for taken in twilio.accepted]
    assert len(numbers) == 200
    assert len(set(numbers)) == 200
    assert {m.state for m in texting.messages(purpose="consult_booked", channel="sms")} == {
        State.ACCEPTED
    }


def test_the_pace_is_held_across_steps(make_notify, twilio):
    notify = make_notify(
        twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_from="+12075550100",
        twilio_api_url=twilio.url, twilio_per_second=1,
    )  # fmt: skip
    for number in range(5):
        person = contact(f"p{number}", phone=f"+1207555{number:04d}")
        notify.hear(consult(consult_id=f"c{number}", person=person))
    sent = []
    for _ in range(6):
        notify.step()
        sent.append(len(twilio.accepted))
        notify.clock.advance(timedelta(seconds=1))
    assert sent == [1, 2, 3, 4, 5, 5]


def test_a_move_between_claim_and_call_is_told_with_the_new_time_only(texting, twilio):
    from services.notify.domain.values import Channel
    from services.notify.use_cases.claim_due import claim_due

    texting.hear(consult())
    with texting.service.database.transaction() as session:
        batch = claim_due(session, Channel.SMS, limit=10, per_second=None, now=NOW)
    texting.hear(moved())
    dispatcher = texting.service.jobs[0].step.__self__
    for message_id in batch.messages:
        dispatcher._send_one(batch, message_id, NOW)
    assert twilio.accepted == []
    texting.step()
    assert ["is now" in taken.parameters["Body"] for taken in twilio.accepted] == [True]
