"""The life of a consult."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.booking.domain.consult import (
    Consult,
    Hold,
    HoldKind,
    Meeting,
    Outcome,
    Status,
    cancelled,
    completed,
    lapsed,
    missed,
    moved,
    taken_up,
)
from services.booking.domain.errors import (
    FollowUpNeeded,
    HoldLapsed,
    NotChangeable,
    NotStarted,
)
from services.booking.domain.ids import ConsultantId, ConsultId, PersonId
from services.booking.domain.person import Consent, Preferences

START = datetime(2027, 1, 14, 19, 40, tzinfo=UTC)
BEFORE, AFTER = START - timedelta(days=1), START + timedelta(hours=1)
PREFERENCES = Preferences("America/New_York", "en", Consent(False, "1", "web", BEFORE))
BOOKED = Consult(
    ConsultId("1"), PersonId("p"), ConsultantId("c"), START, Meeting.PHONE, PREFERENCES
)


def test_each_announced_change_raises_the_revision_by_one() -> None:
    later = moved(BOOKED, AFTER, consultant_id=ConsultantId("d"), now=BEFORE)
    assert (later.starts_at, later.consultant_id, later.revision) == (AFTER, "d", 2)
    assert cancelled(later, now=BEFORE).revision == 3
    assert missed(BOOKED, now=AFTER).revision == 2


def test_cancelling_twice_is_no_second_change() -> None:
    once = cancelled(BOOKED, now=BEFORE)
    assert cancelled(once, now=AFTER) is once


def test_what_has_begun_can_be_neither_moved_nor_cancelled() -> None:
    with pytest.raises(NotChangeable):
        cancelled(BOOKED, now=START)
    with pytest.raises(NotChangeable):
        moved(BOOKED, AFTER, consultant_id=ConsultantId("c"), now=START)


def test_a_cancelled_consult_takes_no_outcome() -> None:
    gone = cancelled(BOOKED, now=BEFORE)
    with pytest.raises(NotChangeable):
        completed(gone, Outcome.QUALIFIED)
    with pytest.raises(NotChangeable):
        missed(gone, now=AFTER)
    with pytest.raises(NotChangeable):
        moved(gone, AFTER, consultant_id=ConsultantId("c"), now=BEFORE)


def test_nobody_misses_a_consult_before_it_begins() -> None:
    with pytest.raises(NotStarted):
        missed(BOOKED, now=BEFORE)
    assert missed(missed(BOOKED, now=START), now=AFTER).revision == 2


def test_undecided_needs_a_day_and_only_it_has_one() -> None:
    day = date(2027, 1, 20)
    with pytest.raises(FollowUpNeeded):
        completed(BOOKED, Outcome.UNDECIDED)
    with pytest.raises(FollowUpNeeded):
        completed(BOOKED, Outcome.QUALIFIED, follow_up_on=day)
    assert completed(BOOKED, Outcome.UNDECIDED, follow_up_on=day).follow_up_on == day


def test_only_undecided_can_be_decided_again() -> None:
    open_question = completed(BOOKED, Outcome.UNDECIDED, follow_up_on=date(2027, 1, 20))
    settled = completed(open_question, Outcome.QUALIFIED)
    assert (settled.status, settled.outcome) == (Status.COMPLETED, Outcome.QUALIFIED)
    assert completed(settled, Outcome.QUALIFIED) is settled
    with pytest.raises(NotChangeable):
        completed(settled, Outcome.NOT_A_FIT)
    with pytest.raises(NotChangeable):
        missed(settled, now=AFTER)


def test_a_consult_is_always_20_elapsed_minutes() -> None:
    before_the_change = datetime(2027, 3, 14, 6, 50, tzinfo=UTC)
    assert replace(BOOKED, starts_at=before_the_change).ends_at == before_the_change + timedelta(
        minutes=20
    )


UNTIL = BEFORE + timedelta(minutes=15)
HELD = replace(BOOKED, status=Status.HELD, hold=Hold(HoldKind.UNCONFIRMED, UNTIL))
MOMENT = timedelta(microseconds=1)


def test_what_is_held_is_booked_once_and_in_time() -> None:
    booked = taken_up(HELD, now=UNTIL - MOMENT)
    assert booked == BOOKED
    assert taken_up(booked, now=AFTER) is booked
    with pytest.raises(HoldLapsed):
        taken_up(HELD, now=UNTIL)
    with pytest.raises(HoldLapsed):
        taken_up(replace(HELD, hold=Hold(HoldKind.UNCONFIRMED, AFTER)), now=START)
    with pytest.raises(HoldLapsed):
        taken_up(lapsed(HELD), now=BEFORE)


def test_a_hold_that_is_over_has_lapsed_whether_swept_or_not() -> None:
    assert HELD.standing(UNTIL - MOMENT) is Status.HELD
    assert HELD.standing(UNTIL) is Status.LAPSED
    assert lapsed(HELD).standing(BEFORE) is Status.LAPSED
    assert BOOKED.standing(UNTIL) is Status.BOOKED
    assert lapsed(BOOKED) is BOOKED


def test_what_is_only_held_can_be_neither_moved_missed_nor_decided() -> None:
    for act in (
        lambda: cancelled(HELD, now=BEFORE),
        lambda: moved(HELD, AFTER, consultant_id=ConsultantId("d"), now=BEFORE),
        lambda: missed(HELD, now=AFTER),
        lambda: completed(HELD, Outcome.QUALIFIED),
    ):
        with pytest.raises(NotChangeable):
            act()
