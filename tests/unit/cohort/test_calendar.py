"""A cohort's calendar: one wall-clock window, holidays move the rest, lengths are elapsed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.cohort.domain.calendar import PlannedSession, Window, instant_of, plan_calendar
from services.cohort.domain.errors import NonexistentTime, NoOpenWeek
from services.cohort.domain.program import DEFAULT_TEMPLATE, GROUP_KINDS, Kind

ZONES = (
    "America/New_York",
    "America/Phoenix",
    "Europe/Berlin",
    "Australia/Lord_Howe",  # half-hour daylight saving
    "America/Santiago",  # changes at midnight, southern summer
    "Asia/Kathmandu",  # +05:45
    "Africa/Casablanca",  # pauses daylight saving in Ramadan
    "Pacific/Apia",
    "UTC",
)
days = st.dates(date(2023, 1, 1), date(2032, 12, 31))
windows = st.builds(
    Window,
    weekday=st.integers(0, 6),
    start=st.builds(time, st.integers(0, 23), st.sampled_from(range(0, 60, 5))),
)
MINUTES = {(entry.week, entry.kind): entry.minutes for entry in DEFAULT_TEMPLATE.entries}


def group(plan: list[PlannedSession]) -> list[PlannedSession]:
    return [one for one in plan if one.kind in GROUP_KINDS]


def planned(
    start: date, window: Window, zone: str, closed: frozenset[date] = frozenset()
) -> list[PlannedSession]:
    try:
        return plan_calendar(DEFAULT_TEMPLATE, start, window, zone=zone, closed=closed)
    except NonexistentTime:
        assume(False)
        raise


@given(days, windows, st.sampled_from(ZONES))
def test_every_group_session_starts_at_the_same_wall_clock_time(
    start: date, window: Window, zone: str
) -> None:
    for one in group(planned(start, window, zone)):
        assert one.starts_at is not None
        local = one.starts_at.astimezone(ZoneInfo(zone))
        assert (local.date(), local.time(), local.weekday()) == (
            one.day,
            window.start,
            window.weekday,
        )


@given(days, windows, st.sampled_from(ZONES))
def test_sessions_last_their_elapsed_minutes_even_over_a_clock_change(
    start: date, window: Window, zone: str
) -> None:
    for one in group(planned(start, window, zone)):
        assert one.starts_at is not None
        assert one.ends_at is not None
        assert one.ends_at - one.starts_at == timedelta(minutes=MINUTES[one.week, one.kind])


@given(days, windows, st.sampled_from(ZONES))
def test_without_closed_dates_week_n_is_n_minus_1_weeks_after_the_first(
    start: date, window: Window, zone: str
) -> None:
    plan = planned(start, window, zone)
    first = plan[0].day
    assert start <= first < start + timedelta(days=7)
    for one in plan:
        if one.kind is not Kind.CHECK_IN:
            assert one.day == first + timedelta(weeks=one.week - 1)


@given(days, windows, st.sampled_from(ZONES), st.data())
def test_closed_dates_move_the_rest_by_whole_weeks_and_keep_week_numbers(
    start: date, window: Window, zone: str, data: st.DataObject
) -> None:
    candidates = [start + timedelta(days=n) for n in range(120)]
    closed = frozenset(data.draw(st.lists(st.sampled_from(candidates), max_size=12)))
    plain, moved = planned(start, window, zone), planned(start, window, zone, closed)
    assert [(o.week, o.kind) for o in group(moved)] == [(o.week, o.kind) for o in group(plain)]
    assert not {one.day for one in group(moved)} & closed
    pauses = [(b.day - a.day).days for a, b in zip(group(plain), group(moved), strict=True)]
    assert all(pause >= 0 and pause % 7 == 0 for pause in pauses)
    assert pauses == sorted(pauses)
    # Each pause has a reason: the window's date in every skipped week is closed.
    held = {one.day for one in group(moved)}
    last = group(moved)[-1].day
    week = group(plain)[0].day
    while week <= last:
        assert week in held or week in closed
        week += timedelta(weeks=1)


@given(days, windows, st.sampled_from(ZONES))
def test_check_ins_are_booked_one_to_three_days_after_each_medicine_session(
    start: date, window: Window, zone: str
) -> None:
    plan = planned(start, window, zone)
    medicine = {one.week: one.day for one in plan if one.kind is Kind.MEDICINE}
    check_ins = [one for one in plan if one.kind is Kind.CHECK_IN]
    assert [one.week for one in check_ins] == [3, 5, 7]
    for one in check_ins:
        assert one.booked_later
        assert one.starts_at is None
        assert one.day == medicine[one.week] + timedelta(days=1)
        assert one.until == medicine[one.week] + timedelta(days=3)


def test_a_holiday_moves_the_session_and_everything_after_it_one_week() -> None:
    window = Window(weekday=2, start=time(13, 0))
    plan = plan_calendar(
        DEFAULT_TEMPLATE,
        date(2026, 12, 16),
        window,
        zone="America/New_York",
        closed={date(2026, 12, 23), date(2026, 12, 30)},
    )
    dates = {one.week: one.day for one in plan if one.kind is not Kind.CHECK_IN}
    assert dates[1] == date(2026, 12, 16)
    assert dates[2] == date(2027, 1, 6)
    assert dates[3] == date(2027, 1, 13)
    assert dates[8] == date(2027, 2, 17)
    assert dates[10] == date(2027, 3, 3)


def test_measures_go_out_on_a_closed_date_and_move_nothing() -> None:
    window = Window(weekday=2, start=time(13, 0))
    closed = {date(2027, 3, 10)}
    plan = plan_calendar(
        DEFAULT_TEMPLATE, date(2027, 1, 6), window, zone="America/New_York", closed=closed
    )
    assert plan[-1].kind is Kind.MEASURES
    assert plan[-1].day == date(2027, 3, 10)


def test_wall_clock_stays_when_the_offset_changes() -> None:
    window = Window(weekday=6, start=time(18, 0))
    plan = plan_calendar(
        DEFAULT_TEMPLATE, date(2027, 2, 28), window, zone="America/New_York", closed=()
    )
    starts = [one.starts_at for one in group(plan)]
    assert starts[0] == datetime(2027, 2, 28, 23, 0, tzinfo=UTC)
    assert starts[2] == datetime(2027, 3, 14, 22, 0, tzinfo=UTC)


def test_a_wall_time_that_the_clocks_skip_is_refused_by_name() -> None:
    window = Window(weekday=6, start=time(2, 30))
    with pytest.raises(NonexistentTime) as refused:
        plan_calendar(
            DEFAULT_TEMPLATE, date(2027, 2, 28), window, zone="America/New_York", closed=()
        )
    assert refused.value.day == date(2027, 3, 14)
    assert "March 14" in str(refused.value)


def test_closing_the_skipped_date_makes_the_window_possible() -> None:
    window = Window(weekday=6, start=time(2, 30))
    plan = plan_calendar(
        DEFAULT_TEMPLATE,
        date(2027, 2, 28),
        window,
        zone="America/New_York",
        closed={date(2027, 3, 14)},
    )
    assert len(plan) == 12


def test_a_repeated_hour_means_its_first_pass() -> None:
    at = instant_of(date(2027, 11, 7), time(1, 20), "America/New_York")
    assert at == datetime(2027, 11, 7, 5, 20, tzinfo=UTC)


def test_leap_day_is_a_day_like_any_other() -> None:
    plan = plan_calendar(
        DEFAULT_TEMPLATE,
        date(2028, 2, 15),
        Window(weekday=1, start=time(10, 0)),
        zone="Europe/Berlin",
        closed=(),
    )
    assert [one.day for one in group(plan)][:4] == [
        date(2028, 2, 15),
        date(2028, 2, 22),
        date(2028, 2, 29),
        date(2028, 3, 7),
    ]


def test_a_series_without_an_open_week_is_refused() -> None:
    closed = {date(2027, 1, 4) + timedelta(days=n) for n in range(400)}
    with pytest.raises(NoOpenWeek):
        plan_calendar(
            DEFAULT_TEMPLATE,
            date(2027, 1, 4),
            Window(weekday=0, start=time(10, 0)),
            zone="UTC",
            closed=closed,
        )
