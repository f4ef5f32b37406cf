"""The policy table and its exceptions, one rule a test."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.notify.domain.planner import plan, plan_person
from services.notify.domain.policy import DEFAULT_POLICY
from services.notify.domain.values import (
    Appointment,
    Change,
    Channel,
    Kind,
    PersonId,
    Purpose,
    Reason,
    Recipient,
    Status,
)

NEW_YORK = ZoneInfo("America/New_York")
LONG_AGO = datetime(2027, 1, 1, 15, tzinfo=UTC)
ROSA = Recipient(
    person_id=PersonId("rosa"),
    timezone="America/New_York",
    has_email=True,
    has_phone=True,
    sms_consent=True,
)


def ny(*args: int) -> datetime:
    return datetime(*args, tzinfo=NEW_YORK).astimezone(UTC)


def consult(starts: datetime, **changes) -> Appointment:
    base = Appointment(
        source="consult/1",
        revision=1,
        kind=Kind.CONSULT,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=20),
        zone="America/New_York",
        status=Status.SCHEDULED,
        confirmed_at=LONG_AGO,
        change=Change.BOOKED,
        changed_at=LONG_AGO,
    )
    return replace(base, **changes)


def session(starts: datetime, *, kind=Kind.SESSION, source="session/1", **changes) -> Appointment:
    return consult(starts, kind=kind, source=source, change=None, changed_at=None, **changes)


def wanted(messages):
    return {(m.key.purpose, m.key.channel): m for m in messages if not m.dropped}


def test_a_booked_consult_is_confirmed_at_once_and_reminded_the_day_before():
    messages = wanted(plan(consult(ny(2027, 1, 14, 14, 40)), ROSA, DEFAULT_POLICY, [], LONG_AGO))
    assert {key: m.send_at for key, m in messages.items()} == {
        (Purpose.CONSULT_BOOKED, Channel.EMAIL): LONG_AGO,
        (Purpose.CONSULT_BOOKED, Channel.SMS): LONG_AGO,
        (Purpose.CONSULT_REMINDER, Channel.EMAIL): ny(2027, 1, 13, 14, 40),
        (Purpose.CONSULT_REMINDER, Channel.SMS): ny(2027, 1, 13, 14, 40),
    }


def test_a_video_consult_also_gets_the_join_link_an_hour_before():
    messages = wanted(
        plan(consult(ny(2027, 1, 14, 14, 40), video=True), ROSA, DEFAULT_POLICY, [], LONG_AGO)
    )
    assert messages[Purpose.CONSULT_JOINING, Channel.EMAIL].send_at == ny(2027, 1, 14, 13, 40)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ((2027, 3, 14, 14, 40), (2027, 3, 13, 14, 40)),
        ((2027, 11, 7, 14, 40), (2027, 11, 6, 14, 40)),
    ],
)
def test_a_day_before_is_the_same_time_on_the_clock_across_both_changes(start, due):
    messages = wanted(plan(consult(ny(*start)), ROSA, DEFAULT_POLICY, [], LONG_AGO))
    reminder = messages[Purpose.CONSULT_REMINDER, Channel.SMS]
    assert reminder.send_at == ny(*due)
    assert ny(*start) - reminder.send_at != timedelta(hours=24)


def test_a_session_follows_the_venues_clock_and_quiet_hours_the_recipients():
    away = replace(ROSA, timezone="America/Los_Angeles")
    messages = wanted(plan(session(ny(2027, 2, 10, 10, 0)), away, DEFAULT_POLICY, [], LONG_AGO))
    reminder = messages[Purpose.SESSION_REMINDER, Channel.SMS]
    assert reminder.due_at == ny(2027, 2, 9, 10, 0)  # 7 AM in Los Angeles
    assert reminder.send_at == ny(2027, 2, 9, 11, 0)  # 8 AM there
    assert reminder.reason is Reason.QUIET_HOURS
    notes = messages[Purpose.SESSION_NOTES, Channel.EMAIL]
    assert notes.send_at == ny(2027, 2, 7, 10, 0)


def test_the_nearer_of_the_evening_before_and_the_morning_after_is_taken():
    messages = wanted(plan(consult(ny(2027, 1, 14, 22, 0)), ROSA, DEFAULT_POLICY, [], LONG_AGO))
    assert messages[Purpose.CONSULT_REMINDER, Channel.SMS].send_at == ny(2027, 1, 13, 20, 55)


def test_an_evening_already_past_is_not_chosen():
    now = ny(2027, 1, 13, 21, 30)
    messages = wanted(plan(consult(ny(2027, 1, 14, 22, 0)), ROSA, DEFAULT_POLICY, [], now))
    assert messages[Purpose.CONSULT_REMINDER, Channel.SMS].send_at == ny(2027, 1, 14, 8, 0)


def test_a_confirmation_at_night_waits_for_morning():
    at = ny(2027, 1, 12, 23, 0)
    booked = consult(ny(2027, 1, 14, 14, 40), confirmed_at=at, changed_at=at)
    messages = wanted(plan(booked, ROSA, DEFAULT_POLICY, [], at))
    assert messages[Purpose.CONSULT_BOOKED, Channel.SMS].send_at == ny(2027, 1, 13, 8, 0)
    assert messages[Purpose.CONSULT_BOOKED, Channel.EMAIL].send_at == at


def test_a_confirmation_that_cannot_wait_for_morning_goes_by_email_only():
    at = ny(2027, 1, 13, 19, 10) + timedelta(hours=3)
    booked = consult(ny(2027, 1, 14, 7, 30), confirmed_at=at, changed_at=at)
    messages = plan(booked, ROSA, DEFAULT_POLICY, [], at)
    assert (Purpose.CONSULT_BOOKED, Channel.SMS) not in wanted(messages)
    assert (Purpose.CONSULT_BOOKED, Channel.EMAIL) in wanted(messages)
    text = next(m for m in messages if m.key.channel is Channel.SMS)
    assert text.reason is Reason.QUIET_HOURS


@pytest.mark.parametrize("change", [Change.MOVED, Change.CANCELLED])
def test_moves_and_cancellations_within_a_day_go_out_at_night(change):
    at = ny(2027, 1, 13, 23, 0)
    moved = consult(ny(2027, 1, 14, 14, 40), change=change, confirmed_at=at, changed_at=at)
    texts = [
        m
        for m in plan(moved, ROSA, DEFAULT_POLICY, [], at)
        if m.key.channel is Channel.SMS and m.key.purpose != Purpose.CONSULT_REMINDER
    ]
    assert [(m.send_at, m.any_hour, m.dropped) for m in texts] == [(at, True, False)]


def test_a_move_away_from_within_a_day_goes_out_at_night_once_they_were_told():
    at = ny(2027, 1, 13, 23, 0)
    moved = consult(ny(2027, 1, 20, 14, 40), change=Change.MOVED, confirmed_at=at, changed_at=at)
    told = replace(moved, told_starts_at=ny(2027, 1, 14, 9, 0))
    key = (Purpose.CONSULT_MOVED, Channel.SMS)
    assert wanted(plan(moved, ROSA, DEFAULT_POLICY, [], at))[key].send_at == ny(2027, 1, 14, 8, 0)
    assert wanted(plan(told, ROSA, DEFAULT_POLICY, [], at))[key].send_at == at


@pytest.mark.parametrize(("hours", "kept"), [(23, False), (27, False), (28, False), (29, True)])
def test_a_reminder_before_or_soon_after_its_confirmation_is_dropped(hours, kept):
    start = ny(2027, 1, 14, 14, 40)
    at = start - timedelta(hours=hours)
    messages = plan(consult(start, confirmed_at=at, changed_at=at), ROSA, DEFAULT_POLICY, [], at)
    assert ((Purpose.CONSULT_REMINDER, Channel.SMS) in wanted(messages)) is kept
    if not kept:
        reminders = [m for m in messages if m.key.purpose == Purpose.CONSULT_REMINDER]
        assert {m.reason for m in reminders} == {Reason.NEAR_CONFIRMATION}


def test_a_text_confirmation_that_waits_for_morning_pushes_its_reminder_out():
    at = ny(2027, 1, 12, 22, 0)  # the text goes at 8 AM; the reminder would be at 10 AM
    booked = consult(ny(2027, 1, 14, 10, 0), confirmed_at=at, changed_at=at)
    messages = wanted(plan(booked, ROSA, DEFAULT_POLICY, [], at))
    assert (Purpose.CONSULT_REMINDER, Channel.SMS) not in messages
    assert (Purpose.CONSULT_REMINDER, Channel.EMAIL) in messages


def test_a_cancelled_consult_has_one_message_and_no_reminders():
    gone = consult(ny(2027, 1, 14, 14, 40), change=Change.CANCELLED, status=Status.CANCELLED)
    assert {key[0] for key in wanted(plan(gone, ROSA, DEFAULT_POLICY, [], LONG_AGO))} == {
        Purpose.CONSULT_CANCELLED
    }


def test_a_medicine_session_asks_for_the_ride_two_days_before_and_checks_in_after():
    start = ny(2027, 2, 10, 13, 0)
    messages = wanted(plan(session(start, kind=Kind.MEDICINE), ROSA, DEFAULT_POLICY, [], LONG_AGO))
    assert {key: m.send_at for key, m in messages.items()} == {
        (Purpose.SESSION_NOTES, Channel.EMAIL): ny(2027, 2, 7, 13, 0),
        (Purpose.SESSION_RIDE, Channel.SMS): ny(2027, 2, 8, 13, 0),
        (Purpose.SESSION_REMINDER, Channel.SMS): ny(2027, 2, 9, 13, 0),
        (Purpose.SESSION_AFTER, Channel.EMAIL): ny(2027, 2, 11, 10, 0),
        (Purpose.SESSION_AFTER, Channel.SMS): ny(2027, 2, 11, 10, 0),
    }


def test_a_late_enrollment_is_still_asked_for_the_ride():
    start = ny(2027, 2, 10, 13, 0)
    at = start - timedelta(hours=30)
    late = session(start, kind=Kind.MEDICINE, confirmed_at=at)
    assert wanted(plan(late, ROSA, DEFAULT_POLICY, [], at))[
        Purpose.SESSION_RIDE, Channel.SMS
    ].send_at == ny(2027, 2, 9, 8, 0)


def test_nobody_with_a_ride_is_asked_and_nobody_absent_gets_a_check_in():
    start = ny(2027, 2, 10, 13, 0)
    known = session(start, kind=Kind.MEDICINE, ride_arranged=True, absent=True)
    purposes = {key[0] for key in wanted(plan(known, ROSA, DEFAULT_POLICY, [], LONG_AGO))}
    assert purposes == {Purpose.SESSION_NOTES, Purpose.SESSION_REMINDER}


def test_above_the_cap_reminders_go_before_check_ins_and_the_rest_by_email():
    after = session(ny(2027, 2, 9, 13, 0), kind=Kind.MEDICINE, source="session/m")
    week = [session(ny(2027, 2, day, 18, 0), source=f"session/{day}") for day in (11, 12, 13)]
    messages = plan_person([after, *week], ROSA, DEFAULT_POLICY, [], LONG_AGO)
    texts = {m.key.source for m in messages if m.counted and not m.dropped}
    assert texts == {"session/11", "session/12", "session/13"}
    refused = [m for m in messages if m.reason is Reason.OVER_CAP]
    assert [m.key.purpose for m in refused] == [Purpose.SESSION_AFTER]


def test_a_text_over_the_cap_becomes_an_email_where_there_is_none():
    twice = [session(ny(2027, 2, 11, hour, 0), source=f"session/{hour}") for hour in (10, 16)]
    messages = plan_person(twice, ROSA, DEFAULT_POLICY, [], LONG_AGO)
    instead = [m for m in messages if m.reason is Reason.INSTEAD_OF_TEXT]
    assert [(m.key.source, m.key.purpose) for m in instead] == [
        ("session/16", Purpose.SESSION_REMINDER)
    ]


def test_without_consent_everything_goes_by_email():
    silent = replace(ROSA, sms_consent=False)
    start = ny(2027, 2, 10, 13, 0)
    messages = wanted(
        plan(session(start, kind=Kind.MEDICINE), silent, DEFAULT_POLICY, [], LONG_AGO)
    )
    assert {channel for _, channel in messages} == {Channel.EMAIL}
    assert {p for p, _ in messages} == {
        Purpose.SESSION_NOTES,
        Purpose.SESSION_RIDE,
        Purpose.SESSION_REMINDER,
        Purpose.SESSION_AFTER,
    }


def test_after_an_outage_a_reminder_is_planned_late_only_while_useful():
    start = ny(2027, 1, 14, 14, 40)
    key = (Purpose.CONSULT_REMINDER, Channel.SMS)
    late = plan(consult(start), ROSA, DEFAULT_POLICY, [], start - timedelta(hours=2))
    useless = plan(consult(start), ROSA, DEFAULT_POLICY, [], start - timedelta(minutes=50))
    assert key in wanted(late)
    assert key not in wanted(useless)
