"""From events to messages: whatever order they come in, the same messages are left."""

import re
from datetime import datetime, timedelta
from itertools import permutations, product

import pytest

from services.notify.domain.values import Purpose
from services.notify.domain.wording import forbidden_words
from shared.events import (
    AppointmentAcknowledged,
    AttendanceRecorded,
    ConsultCompleted,
    ContactUpdated,
    EnrollmentEnded,
    NoticeRequested,
    SmsConsent,
    StaffAlerted,
    WaitlistOffered,
)
from tests.integration.notify.samples import (
    BASE,
    NOW,
    SESSIONS,
    cancelled,
    consult,
    contact,
    enrollment,
    moved,
    ny,
    session_cancelled,
    session_info,
    session_moved,
    staff,
)


def test_a_booked_call_is_confirmed_and_its_reminders_are_planned(notify):
    notify.hear(consult())
    notify.step()
    (email,), (text,) = notify.captured("email"), notify.captured("sms")
    assert email["subject"] == "Your call with Harbor House: Thu Jan 14, 2:40 PM Eastern"
    assert "METHOD:REQUEST" in email["calendar"]["content"]
    assert "SEQUENCE:0" in email["calendar"]["content"]
    assert text["body"].startswith("Harbor House: your call is Thu Jan 14, 2:40 PM Eastern. ")
    reminder_at = ny(2027, 1, 13, 14, 40)
    assert notify.live() == [
        (Purpose.CONSULT_REMINDER, channel, reminder_at) for channel in ("email", "sms")
    ]
    assert notify.published() == ["message.delivered", "message.delivered"]


def test_the_reminder_goes_out_on_its_day_with_todays_words(notify):
    notify.hear(consult())
    notify.step()
    notify.step(at=ny(2027, 1, 13, 14, 39))
    assert len(notify.captured("sms")) == 1
    notify.step(at=ny(2027, 1, 13, 14, 40))
    assert "your call is tomorrow, Thu Jan 14, 2:40 PM Eastern" in notify.captured("sms")[1]["body"]
    assert notify.live() == []


def test_a_move_before_anything_was_sent_leaves_one_message_per_channel(notify):
    notify.hear(consult())
    notify.hear(moved())
    notify.step()
    assert [e["subject"][:18] for e in notify.captured("email")] == ["Your call is moved"]
    assert "your call is now Wed Jan 13, 10:20 AM" in notify.captured("sms")[0]["body"]
    assert "SEQUENCE:1" in notify.captured("email")[0]["calendar"]["content"]


def test_a_cancellation_drops_reminders_and_says_so_once(notify):
    notify.hear(consult())
    notify.step()
    notify.hear(cancelled(2))
    notify.step()
    assert notify.live() == []
    assert len(notify.captured("sms")) == 2
    calendar = notify.captured("email")[1]["calendar"]
    assert calendar["method"] == "CANCEL"
    assert "STATUS:CANCELLED" in calendar["content"]
    assert "SEQUENCE:1" in calendar["content"]


def outcome(notify):
    """What anyone would ever get: everything but what was deliberately not sent."""
    return sorted(
        (m.purpose, m.channel, m.occasion, m.state, m.send_at, m.expires_at, m.reason or "")
        for m in notify.messages()
        if m.state not in ("dropped", "suppressed")
    )


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.parametrize("last", [1, 2, 3])
def test_any_order_and_repetition_of_a_calls_events_leaves_the_same_messages(
    make_notify, kind, last
):
    events = [(consult(), NOW), (moved(), NOW + timedelta(minutes=1)),
              (cancelled(), NOW + timedelta(minutes=2))][:last]  # fmt: skip
    orders = [[*order, *again] for order, again in product(permutations(range(last)), [(), (0, 0)])]
    results = []
    for order in orders[:: 1 if kind == "sqlite" else 3]:
        notify = make_notify(kind, now=NOW + timedelta(minutes=5))
        for number in order:
            event, at = events[number]
            notify.hear(event, at=at, event_id=f"event-{number}")
        results.append(outcome(notify))
    assert all(result == results[0] for result in results)
    assert len(results[0]) == {1: 4, 2: 4, 3: 2}[last]


def test_any_order_of_enrollment_and_session_events_leaves_the_same_messages(make_notify):
    events = [
        (enrollment(), NOW),
        (session_moved(2, ny(2027, 2, 12, 18, 0)), NOW + timedelta(minutes=1)),
        (session_cancelled(1), NOW + timedelta(minutes=2)),
        (session_moved(2, ny(2027, 2, 13, 18, 0), revision=3), NOW + timedelta(minutes=3)),
    ]
    results = []
    for order in permutations(range(len(events))):
        notify = make_notify(now=NOW + timedelta(minutes=5))
        for number in order:
            notify.hear(events[number][0], at=events[number][1], event_id=f"event-{number}")
        results.append(outcome(notify))
    assert all(result == results[0] for result in results)
    purposes = {row[0] for row in results[0]}
    assert {
        Purpose.SESSION_MOVED,
        Purpose.SESSION_CANCELLED,
        Purpose.ENROLLMENT_CONFIRMED,
    } <= purposes


def test_session_reminders_follow_the_venues_clock_and_the_policy(notify):
    notify.hear(enrollment())
    assert [(p, c, at) for p, c, at in notify.live() if p != Purpose.ENROLLMENT_CONFIRMED] == [
        (Purpose.SESSION_NOTES, "email", ny(2027, 2, 1, 18, 0)),
        (Purpose.SESSION_REMINDER, "sms", ny(2027, 2, 3, 18, 0)),
        (Purpose.SESSION_NOTES, "email", ny(2027, 2, 8, 18, 0)),
        (Purpose.SESSION_REMINDER, "sms", ny(2027, 2, 10, 18, 0)),
        (Purpose.SESSION_NOTES, "email", ny(2027, 2, 15, 13, 0)),
        (Purpose.SESSION_RIDE, "sms", ny(2027, 2, 16, 13, 0)),
        (Purpose.SESSION_REMINDER, "sms", ny(2027, 2, 17, 13, 0)),
        (Purpose.SESSION_AFTER, "email", ny(2027, 2, 19, 10, 0)),
        (Purpose.SESSION_AFTER, "sms", ny(2027, 2, 19, 10, 0)),
    ]


def test_an_ended_enrollment_leaves_nothing_planned(notify):
    notify.hear(enrollment())
    notify.hear(enrollment(EnrollmentEnded, sequence=2))
    assert notify.live() == []


def test_a_moved_session_is_told_once_to_each_person(notify):
    other = contact("sam", phone="+12075550177", name="Sam Teller")
    notify.hear(enrollment())
    notify.hear(enrollment(person=other).model_copy(update={"enrollment_id": "e2", "sequence": 1}))
    notify.step()
    notify.hear(session_moved(2, ny(2027, 2, 12, 18, 0), people=("rosa", "sam")))
    notify.step()
    moved_texts = [t for t in notify.captured("sms") if "has moved" in t["body"]]
    assert sorted(t["to"] for t in moved_texts) == ["+12075550176", "+12075550177"]
    assert "It is now Fri Feb 12, 6:00 PM Eastern, Main room" in moved_texts[0]["body"]


def test_a_newer_contact_changes_where_and_when(notify):
    notify.hear(consult())
    notify.step()
    west = contact(version=2, timezone="America/Los_Angeles", sms_consent={"granted": False})
    notify.hear(ContactUpdated(sequence=2, person_id="rosa", person=west))
    assert [(c, at) for _, c, at in notify.live()] == [("email", ny(2027, 1, 13, 14, 40))]
    notify.hear(ContactUpdated(sequence=1, person_id="rosa", person=contact(version=1)))
    assert len(notify.live()) == 1


def test_not_a_fit_brings_one_kind_email_and_nothing_else(notify):
    notify.hear(ConsultCompleted(consult_id="c1", person=contact(), outcome="not_a_fit"))
    notify.hear(ConsultCompleted(consult_id="c2", person=contact(), outcome="qualified"))
    notify.step()
    (email,) = notify.captured("email")
    assert "988" in email["text"]
    assert notify.captured("sms") == []


def test_nobody_absent_gets_a_check_in_whatever_comes_first(notify):
    notify.hear(AttendanceRecorded(session_id="s3", person_id="rosa", present=False))
    notify.hear(enrollment())
    assert Purpose.SESSION_AFTER not in {purpose for purpose, _, _ in notify.live()}


def test_a_ride_arranged_on_the_web_is_not_asked_for(notify):
    notify.hear(enrollment())
    notify.hear(
        AppointmentAcknowledged(
            person_id="rosa", source_id="session/s3", revision=1, what="ride_arranged"
        )
    )
    assert Purpose.SESSION_RIDE not in {purpose for purpose, _, _ in notify.live()}


def test_staff_alerts_ignore_quiet_hours_and_reach_the_role(notify):
    notify.clock.set(ny(2027, 1, 8, 23, 30))
    notify.hear(staff())
    notify.hear(staff("ben", roles=("consultant",), phone=None))
    notify.hear(
        StaffAlerted(alert_id="a1", roles=("coordinator",), severity="urgent", title="Look at this")
    )
    notify.step()
    assert [e["to"] for e in notify.captured("email")] == ["nora@example.org"]
    assert [t["to"] for t in notify.captured("sms")] == ["+12075550101"]


def test_a_notice_reaches_a_member_of_staff_by_email(notify):
    notify.hear(staff())
    notify.hear(
        NoticeRequested(
            notice_id="n1",
            staff_id="nora",
            template="sign_in",
            url=f"{BASE}/cohort/sign-in?token=x",
            expires_at=NOW + timedelta(hours=1),
        )
    )
    notify.step()
    (email,) = notify.captured("email")
    assert email["subject"] == "Your sign-in link"
    assert f"{BASE}/cohort/sign-in?token=x" in email["text"]


def offered(minutes: int = 120, *, at: datetime = NOW, **person: object) -> WaitlistOffered:
    return WaitlistOffered(
        offer_id="o1",
        person=contact(**person),
        starts_at=ny(2027, 1, 14, 14, 40),
        expires_at=at + timedelta(minutes=minutes),
        accept_url=f"{BASE}/booking/offer/CCCCCCCCCCCCCCCCCCCCCC",
    )


def test_a_time_from_the_waitlist_is_told_at_once_by_email_and_text(notify):
    notify.hear(offered(), event_id="e1")
    notify.hear(offered(), event_id="e1")
    notify.step()
    (email,), (text,) = notify.captured("email"), notify.captured("sms")
    assert email["subject"] == "A time for your call: Thu Jan 14, 2:40 PM Eastern"
    assert "It is held for you until 12:00 PM today. Nothing is booked yet." in email["text"]
    assert f"{BASE}/booking/offer/CCCCCCCCCCCCCCCCCCCCCC" in email["text"]
    assert re.fullmatch(
        r"Harbor House: a time for your call is free: Thu Jan 14, 2:40 PM Eastern\. Held for you "
        r"until 12:00 PM\. To take it or let it go: \S+/r/\S{22} Questions: 207-555-0142\. "
        r"STOP ends texts\.",
        text["body"],
    )


def test_a_time_that_is_held_no_longer_is_not_told(notify):
    begun = NOW - timedelta(hours=2)
    notify.hear(offered(at=begun), at=begun)
    notify.step()
    assert notify.captured("email") == notify.captured("sms") == []
    assert {m.reason for m in notify.messages()} == {"too-late"}


def test_without_consent_or_by_night_a_time_is_told_by_email_alone(notify):
    consent = SmsConsent(granted=False, text_version="3", method="web form", at=NOW)
    notify.hear(offered(sms_consent=consent))
    notify.hear(offered(person_id="omar", timezone="Asia/Tokyo"))  # midnight there
    notify.step()
    assert len(notify.captured("email")) == 2
    assert notify.captured("sms") == []


def test_the_offer_speaks_spanish_with_the_right_article(notify):
    notify.hear(offered(190, locale="es"))
    notify.step()
    assert "Guardada para usted hasta la 1:10 p. m." in notify.captured("sms")[0]["body"]
    assert (
        "La guardamos para usted hasta la 1:10 p. m. de hoy."
        in (notify.captured("email")[0]["text"])
    )


@pytest.mark.parametrize(
    ("locale", "subject", "words"),
    [
        ("en", "You are on the list of Harbor House", "see your place, or leave the list"),
        ("es", "Está en la lista de Harbor House", "ve su lugar o sale de la lista"),
    ],
)
def test_who_joins_the_waitlist_gets_the_link_to_their_place(notify, locale, subject, words):
    link = f"{BASE}/booking/waitlist/DDDDDDDDDDDDDDDDDDDDDD"
    recipient = contact(locale=locale)
    notify.hear(
        NoticeRequested(notice_id="n1", recipient=recipient, template="waitlist_joined", url=link)
    )
    notify.step()
    (email,) = notify.captured("email")
    assert email["subject"] == subject
    assert words in email["text"]
    assert link in email["text"]
    assert notify.captured("sms") == []


@pytest.mark.parametrize(
    ("locale", "subject", "words", "link"),
    [
        (
            "en",
            "Please confirm your place on the list of Harbor House",
            "You are not on the list yet. Open the page and press its button by Saturday",
            "Confirm your place: ",
        ),
        (
            "es",
            "Confirme su lugar en la lista de Harbor House",
            "Todavía no está en la lista. Abra la página y pulse el botón antes del sábado",
            "Confirmar su lugar: ",
        ),
    ],
)
def test_who_is_to_confirm_their_place_reads_that_they_are_not_on_the_list_yet(
    notify, locale, subject, words, link
):
    url = f"{BASE}/booking/waitlist/confirm/DDDDDDDDDDDDDDDDDDDDDD"
    notify.hear(
        NoticeRequested(
            notice_id="n1",
            recipient=contact(locale=locale),
            template="waitlist_unconfirmed",
            url=url,
            expires_at=NOW + timedelta(hours=24),
        )
    )
    notify.step()
    (email,) = notify.captured("email")
    assert email["subject"] == subject
    assert words in email["text"]
    assert link + url in email["text"]
    assert f'href="{url}"' in email["html"]
    assert forbidden_words(email["subject"] + email["text"].partition("\n-- ")[0]) == ()
    assert notify.captured("sms") == []


def test_a_session_with_a_forbidden_word_in_its_place_is_told_without_the_place(notify):
    notify.hear(enrollment(sessions=(session_info(1, ny(2027, 2, 4, 18, 0), place="Group room"),)))
    notify.step(at=ny(2027, 2, 3, 18, 0))
    text = next(t for t in notify.captured("sms") if "see you" in t["body"])
    assert "Group" not in text["body"]


def test_spanish_readers_get_spanish(notify):
    notify.hear(consult(person=contact(locale="es")))
    notify.step()
    assert notify.captured("sms")[0]["body"].startswith(
        "Harbor House: su llamada es el jueves 14 de enero, 2:40 PM, hora del Este."
    )
    assert "Su llamada está reservada." in notify.captured("email")[0]["text"]


def test_every_session_kind_has_a_home(notify):
    sessions = (
        *SESSIONS,
        session_info(4, ny(2027, 2, 20, 10, 0), kind="check_in"),
        session_info(5, ny(2027, 4, 8, 10, 0), kind="measures"),
    )
    notify.hear(enrollment(sessions=sessions))
    notify.step(at=ny(2027, 2, 19, 10, 0))
    assert all(m.state != "failed" for m in notify.messages())
