"""What holds for every plan, in every zone and across both clock changes."""

from collections import Counter
from datetime import time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.domain.planner import plan, plan_person
from services.notify.domain.policy import DEFAULT_POLICY
from services.notify.domain.replan import Existing, diff
from services.notify.domain.values import (
    UNSENT,
    Channel,
    MessageId,
    Purpose,
    SentText,
    State,
)
from services.notify.domain.walltime import days_before, local
from tests.unit.notify.strategies import ZONES, appointments, instants, recipients

_NEWS = {Purpose.CONSULT_MOVED, Purpose.CONSULT_CANCELLED, Purpose.SESSION_MOVED,
         Purpose.SESSION_CANCELLED}  # fmt: skip
several = st.integers(1, 5).flatmap(
    lambda n: st.tuples(*(appointments(source=f"consult/{i}") for i in range(n)))
)
offsets = st.integers(-9 * 24 * 60, 60).map(lambda minutes: timedelta(minutes=minutes))


def texts(messages):
    return [m for m in messages if m.key.channel is Channel.SMS and not m.dropped]


@given(appointments(), recipients, offsets)
@settings(max_examples=600, deadline=None)
def test_no_text_leaves_in_quiet_hours_but_urgent_moves_and_cancellations(
    appointment, recipient, offset
):
    for message in texts(
        plan(appointment, recipient, DEFAULT_POLICY, [], appointment.starts_at + offset)
    ):
        if message.any_hour:
            assert message.key.purpose in _NEWS
            starts = {appointment.starts_at, appointment.told_starts_at} - {None}
            assert any(
                timedelta() <= start - message.due_at <= timedelta(hours=24) for start in starts
            )
        else:
            assert time(8) <= local(message.send_at, recipient.timezone).time() < time(21)


@given(appointments(), recipients, offsets)
@settings(max_examples=600, deadline=None)
def test_deferral_never_passes_the_appointment(appointment, recipient, offset):
    now = appointment.starts_at + offset
    for message in plan(appointment, recipient, DEFAULT_POLICY, [], now):
        if not message.dropped:
            assert message.send_at < message.expires_at
            if message.key.purpose not in (Purpose.SESSION_AFTER, Purpose.CONSULT_MISSED):
                assert message.expires_at <= appointment.starts_at


@given(several, recipients, offsets)
@settings(max_examples=300, deadline=None)
def test_planning_again_changes_nothing(all_of_them, recipient, offset):
    now = all_of_them[0].starts_at + offset
    wanted = plan_person(all_of_them, recipient, DEFAULT_POLICY, [], now)
    first = diff([], wanted)
    stored = [
        Existing(
            id=MessageId(str(n)),
            key=m.key,
            state=State.DROPPED if m.dropped else State.PLANNED,
            due_at=m.due_at,
            send_at=m.send_at,
            expires_at=m.expires_at,
            reason=m.reason,
        )
        for n, m in enumerate(first.add)
    ]
    again = plan_person(reversed(all_of_them), recipient, DEFAULT_POLICY, [], now)
    assert len(stored) == len(wanted)
    assert diff(stored, again).none


@given(several, recipients, offsets, st.lists(instants, max_size=4))
@settings(max_examples=300, deadline=None)
def test_caps_hold_over_all_of_a_persons_appointments(all_of_them, recipient, offset, left_at):
    now = all_of_them[0].starts_at + offset
    key = plan(all_of_them[0], recipient, DEFAULT_POLICY, [], now)[0].key
    sent = [SentText(key=key, at=at) for at in left_at]
    counted = [
        local(m.send_at, recipient.timezone).date()
        for m in texts(plan_person(all_of_them, recipient, DEFAULT_POLICY, sent, now))
        if m.counted
    ]
    before = Counter(local(at, recipient.timezone).date() for at in left_at)
    for day in counted:
        assert counted.count(day) + before[day] <= 1
        window = [d for d in counted if timedelta() <= d - day < timedelta(days=7)]
        earlier = [d for d in before.elements() if timedelta() <= d - day < timedelta(days=7)]
        assert len(window) + len(earlier) <= 3


@given(appointments(), recipients, offsets)
@settings(max_examples=300, deadline=None)
def test_no_text_without_consent_phone_and_standing_permission(appointment, recipient, offset):
    now = appointment.starts_at + offset
    may = recipient.has_phone and recipient.sms_consent and not recipient.opted_out
    assert may or not texts(plan(appointment, recipient, DEFAULT_POLICY, [], now))


@given(appointments(), recipients, offsets)
@settings(max_examples=300, deadline=None)
def test_every_key_appears_once(appointment, recipient, offset):
    messages = plan(appointment, recipient, DEFAULT_POLICY, [], appointment.starts_at + offset)
    keys = [m.key for m in messages]
    assert len(keys) == len(set(keys))


@given(instants, st.sampled_from(ZONES), st.integers(1, 5))
@settings(max_examples=500, deadline=None)
def test_days_before_keeps_the_wall_clock_unless_that_time_is_skipped(at, zone, days):
    earlier = days_before(at, days, zone)
    then, wall = local(earlier, zone), local(at, zone)
    assert (wall.date() - then.date()).days == days
    skipped = then.time() != wall.time()
    if skipped:
        shift = timedelta(hours=then.hour - wall.hour, minutes=then.minute - wall.minute)
        assert timedelta() < shift <= timedelta(hours=1)


@given(appointments(), recipients, offsets)
@settings(max_examples=200, deadline=None)
def test_what_has_left_is_never_touched(appointment, recipient, offset):
    now = appointment.starts_at + offset
    wanted = plan(appointment, recipient, DEFAULT_POLICY, [], now)
    for state in set(State) - UNSENT - {State.DROPPED, State.SUPPRESSED}:
        stored = [
            Existing(MessageId(str(n)), m.key, state, m.due_at, m.send_at, m.expires_at)
            for n, m in enumerate(wanted)
        ]
        assert diff(stored, wanted).none
        assert diff(stored, []).none
