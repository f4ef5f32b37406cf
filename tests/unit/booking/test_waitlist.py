"""Who on the waitlist a time suits, and how long it is kept for them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.domain.consult import Meeting
from services.booking.domain.consultant import LENGTH, Hours
from services.booking.domain.ids import ConsultId, EntryId, OfferId, PersonId
from services.booking.domain.person import Consent, Given, Preferences
from services.booking.domain.waitlist import (
    LONGEST_HOLD,
    SHORTEST_HOLD,
    UNANSWERED,
    Answer,
    Entry,
    Offer,
    Part,
    is_day,
    is_over,
    is_resting,
    kept_until,
    last_day,
    most_kept,
    on_the_wall,
    suiting,
    window,
)
from tests.unit.booking.strategies import ZONES, hours, moments

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2027, 1, 4, 15, tzinfo=UTC)  # Monday, 10:00 in New York
NO_NOTICE = timedelta(0)
MINUTE = timedelta(minutes=1)


def entry(*windows: Hours, tz: str = "America/New_York", until: date = date(2027, 12, 31)) -> Entry:
    consent = Consent(False, "v1", "web form", NOW)
    return Entry(
        EntryId("e"),
        PersonId("p"),
        windows,
        until,
        Meeting.PHONE,
        Preferences(tz, "en", consent),
        Given("Rosa", None, None),
        NOW,
    )


def offer(answer: Answer, offered_at: datetime) -> Offer:
    until = offered_at + LONGEST_HOLD
    return Offer(OfferId("o"), EntryId("e"), ConsultId("c"), NOW, offered_at, until, answer)


def suits(who: Entry, start: datetime) -> bool:
    return suiting(who, on_the_wall([start], who.zone)) == [start]


def ny(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


def test_a_window_holds_the_whole_call_on_the_wall_clock_of_who_waits() -> None:
    mornings = entry(window(2, Part.MORNING))
    assert not suits(mornings, ny(1, 6, 7, 40))
    assert suits(mornings, ny(1, 6, 8))
    assert suits(mornings, ny(1, 6, 11, 40))
    assert not suits(mornings, ny(1, 6, 11, 50))
    assert not suits(mornings, ny(1, 6, 12))
    assert not suits(mornings, ny(1, 7, 9))
    far = entry(window(2, Part.MORNING), tz="America/Los_Angeles")
    assert not suits(far, ny(1, 6, 10))
    assert suits(far, ny(1, 6, 11))


@pytest.mark.parametrize(("month", "day"), [(3, 7), (3, 14), (3, 21), (10, 31), (11, 7), (11, 14)])
def test_a_morning_stays_a_morning_when_clocks_change(month: int, day: int) -> None:
    sundays = entry(window(6, Part.MORNING))
    assert not suits(sundays, ny(month, day, 7, 40))
    assert suits(sundays, ny(month, day, 8))
    assert suits(sundays, ny(month, day, 11, 40))
    assert not suits(sundays, ny(month, day, 12))


def test_nothing_suits_after_the_last_day() -> None:
    until = entry(*(window(day, Part.EVENING) for day in range(7)), until=date(2027, 1, 6))
    assert suits(until, ny(1, 6, 20, 40))
    assert not suits(until, ny(1, 7, 17))
    assert not is_over(until, ny(1, 6, 23, 59))
    assert is_over(until, ny(1, 7, 0))
    assert last_day(2, NEW_YORK, ny(1, 6, 23)) == date(2027, 1, 20)


@given(hours(), st.sampled_from(ZONES), moments())
def test_what_suits_lies_in_a_window_of_its_own_weekday(
    each: Hours, tz: str, start: datetime
) -> None:
    wall = start.astimezone(ZoneInfo(tz))
    begins = wall.replace(tzinfo=None)
    midnight = datetime.combine(begins.date(), time())
    inside = (
        begins.weekday() == each.weekday
        and midnight + each.opens * MINUTE <= begins
        and begins + LENGTH <= midnight + each.closes * MINUTE
    )
    assert suits(entry(each, tz=tz), start.replace(second=0)) is inside


@given(
    st.sampled_from(ZONES),
    moments(),
    st.integers(0, 60 * 24 * 60),
    st.sampled_from((0, 1, 12)),
    st.integers(0, 59),
)
def test_a_hold_ends_before_the_evening_the_notice_and_a_quarter_of_the_rest(
    tz: str, now: datetime, ahead: int, notice_hours: int, seconds: int
) -> None:
    zone, start, notice = ZoneInfo(tz), now + ahead * MINUTE, timedelta(hours=notice_hours)
    now += timedelta(seconds=seconds)
    until = kept_until(start, zone, notice=notice, now=now)
    if until is None:
        return
    assert SHORTEST_HOLD <= until - now <= LONGEST_HOLD
    assert until - now <= (start - now) / 4
    assert until <= start - notice
    wall = until.astimezone(zone)
    assert wall.date() == now.astimezone(zone).date()
    assert time(8) <= now.astimezone(zone).time() < wall.time() <= time(21)
    assert until.second == until.microsecond == 0


@given(st.sampled_from(ZONES), moments(), st.integers(2 * 24 * 60, 60 * 24 * 60))
def test_by_day_a_far_time_is_kept_for_two_hours_or_until_nine(
    tz: str, now: datetime, ahead: int
) -> None:
    zone = ZoneInfo(tz)
    wall = now.astimezone(zone)
    until = kept_until(now + ahead * MINUTE, zone, notice=NO_NOTICE, now=now)
    assert (until is not None) == (time(8) <= wall.time() <= time(20, 50))
    if until is not None and wall.time() < time(19):
        assert until == now + LONGEST_HOLD


@pytest.mark.parametrize(
    ("wall", "day"),
    [(time(7, 59), False), (time(8), True), (time(20, 59), True), (time(21), False)],
)
def test_it_is_day_from_eight_to_nine(wall: time, day: bool) -> None:
    assert is_day(NEW_YORK, ny(1, 6, wall.hour, wall.minute)) is day


def test_near_the_call_the_hold_is_short_and_then_there_is_none() -> None:
    def kept(ahead: timedelta, notice: timedelta = NO_NOTICE) -> timedelta | None:
        until = kept_until(NOW + ahead, NEW_YORK, notice=notice, now=NOW)
        return None if until is None else until - NOW

    assert kept(timedelta(hours=8)) == timedelta(hours=2)
    assert kept(timedelta(hours=4)) == timedelta(hours=1)
    assert kept(timedelta(minutes=40)) == timedelta(minutes=10)
    assert kept(timedelta(minutes=39)) is None
    half_day = timedelta(hours=12)
    assert kept(half_day + timedelta(minutes=30), half_day) == timedelta(minutes=30)
    assert kept(half_day, half_day) is None


def test_the_list_keeps_one_time_in_twenty_at_most_and_always_one() -> None:
    assert [most_kept(free, kept) for free, kept in ((0, 0), (39, 0), (39, 1), (98, 2))] == [
        1,
        1,
        2,
        5,
    ]


def test_who_lets_two_offers_pass_is_left_in_peace_for_a_day() -> None:
    lapsed = [offer(Answer.LAPSED, NOW - timedelta(hours=n)) for n in (3, 6)]
    assert len(lapsed) == UNANSWERED
    assert is_resting(lapsed, NOW)
    assert not is_resting(lapsed[:1], NOW)
    assert not is_resting(lapsed, NOW + timedelta(hours=18))
    assert not is_resting([offer(Answer.DECLINED, NOW)] * 3, NOW)
