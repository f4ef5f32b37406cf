"""Which starts are offered: across clock changes, buffers, notice, horizon and caps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.domain.cells import cells_of, held_span
from services.booking.domain.consultant import LENGTH, Consultant, Hours, weekdays
from services.booking.domain.ids import ConsultantId
from services.booking.domain.intervals import minute_of
from services.booking.domain.slots import Agenda, Reason, is_offered, nearest, starts, why_not
from services.booking.domain.zones import local_date
from tests.unit.booking.strategies import agendas, moments

ALL_WEEK = tuple(range(7))
NOW = datetime(2027, 1, 4, 8, tzinfo=UTC)  # a Monday


def consultant(zone: str, *hours: Hours, **more: object) -> Consultant:
    return Consultant(ConsultantId("c"), "Cleo", ZoneInfo(zone), tuple(hours), **more)  # type: ignore[arg-type]


def walls(agenda: Agenda, day: date) -> list[str]:
    """The offered starts of one local day as wall-clock times with their offset."""
    zone = agenda.consultant.zone
    begin = datetime(day.year, day.month, day.day, tzinfo=zone) - timedelta(hours=3)
    now = begin - timedelta(days=2)
    found = starts(
        agenda, begin.astimezone(UTC), begin.astimezone(UTC) + timedelta(days=2), now=now
    )
    local = [start.astimezone(zone) for start in found]
    return [f"{wall:%H:%M%z}" for wall in local if wall.date() == day]


def probe(agenda: Agenda, start: datetime, now: datetime) -> bool:
    """The rules said the slow way: minute by minute, on the wall clock."""
    who = agenda.consultant
    wall = start.astimezone(who.zone)
    minutes = [start + timedelta(minutes=n) for n in range(20)]

    def is_open(at: datetime) -> bool:
        local = at.astimezone(who.zone)
        of_day = local.hour * 60 + local.minute
        return any(h.weekday == local.weekday() and h.opens <= of_day < h.closes for h in who.hours)

    low = minute_of(start) - who.buffer_before
    high = minute_of(start) + 20 + who.buffer_after
    return (
        now + who.notice <= start <= now + who.horizon
        and (wall.hour * 60 + wall.minute) % 20 == 0
        and wall.second == wall.microsecond == 0
        and all(is_open(minute) for minute in minutes)
        and all(high <= held.start or held.end <= low for held in agenda.held)
        and not agenda.is_full(wall.date())
    )


@settings(max_examples=150)
@given(st.data())
def test_starts_are_exactly_those_that_minute_by_minute_probing_finds(data: st.DataObject) -> None:
    now = data.draw(moments())
    agenda = data.draw(agendas(now))
    begin = now + timedelta(hours=data.draw(st.integers(-6, 30)))
    end = begin + timedelta(hours=data.draw(st.integers(0, 30)))
    first = begin.replace(second=0, microsecond=0)
    minutes = range(0, int((end - first).total_seconds()) // 60 + 1, 5)
    candidates = [first + timedelta(minutes=-(first.minute % 5) + n) for n in minutes]
    expected = [at for at in candidates if begin <= at < end and probe(agenda, at, now)]
    assert starts(agenda, begin, end, now=now) == expected


@settings(max_examples=150)
@given(st.data())
def test_an_instant_is_refused_with_a_reason_exactly_when_it_is_not_offered(
    data: st.DataObject,
) -> None:
    now = data.draw(moments())
    agenda = data.draw(agendas(now))
    start = now.replace(second=0, microsecond=0) + timedelta(
        minutes=data.draw(st.integers(-60, 3 * 24 * 60)),
        seconds=data.draw(st.sampled_from((0, 0, 7))),
    )
    assert (why_not(agenda, start, now=now) is None) == is_offered(agenda, start, now=now)


@settings(max_examples=100)
@given(st.data())
def test_every_offered_consult_exists_on_the_wall_and_takes_20_elapsed_minutes(
    data: st.DataObject,
) -> None:
    now = data.draw(moments())
    agenda = data.draw(agendas(now))
    zone = agenda.consultant.zone
    for start in starts(agenda, now, now + timedelta(days=3), now=now):
        wall = start.astimezone(zone)
        assert wall.astimezone(UTC) == start
        assert wall.minute % 20 == 0
        held = held_span(agenda.consultant, start)
        cells = cells_of(held)
        assert cells == sorted(cells)
        assert len(cells) * 5 == held.end - held.start >= LENGTH.total_seconds() / 60


@settings(max_examples=80)
@given(st.data())
def test_once_booked_a_start_and_all_that_overlap_it_are_gone(data: st.DataObject) -> None:
    now = data.draw(moments())
    agenda = data.draw(agendas(now))
    offered = starts(agenda, now, now + timedelta(days=3), now=now)
    if not offered:
        return
    taken = data.draw(st.sampled_from(offered))
    after = Agenda(
        agenda.consultant, (*agenda.held, held_span(agenda.consultant, taken)), agenda.booked_on
    )
    left = starts(after, now, now + timedelta(days=3), now=now)
    assert set(left) < set(offered)
    assert all(abs(start - taken) >= LENGTH for start in left)


def test_hours_that_clocks_skip_are_not_offered() -> None:
    night = Agenda(consultant("America/New_York", *weekdays("01:00", "04:00", days=ALL_WEEK)))
    assert walls(night, date(2027, 3, 14)) == [
        "01:00-0500", "01:20-0500", "01:40-0500", "03:00-0400", "03:20-0400", "03:40-0400",
    ]  # fmt: skip


def test_an_hour_that_comes_twice_is_offered_twice() -> None:
    night = Agenda(consultant("America/New_York", *weekdays("00:40", "02:00", days=ALL_WEEK)))
    assert walls(night, date(2027, 11, 7)) == [
        "00:40-0400", "01:00-0400", "01:20-0400", "01:40-0400",
        "01:00-0500", "01:20-0500", "01:40-0500",
    ]  # fmt: skip


def test_a_half_hour_change_keeps_to_the_grid_of_the_wall_clock() -> None:
    night = Agenda(consultant("Australia/Lord_Howe", *weekdays("01:00", "03:00", days=ALL_WEEK)))
    assert walls(night, date(2027, 4, 4)) == [
        "01:00+1100", "01:20+1100", "01:40+1100", "01:40+1030",
        "02:00+1030", "02:20+1030", "02:40+1030",
    ]  # fmt: skip
    assert walls(night, date(2027, 10, 3)) == [
        "01:00+1030", "01:20+1030", "01:40+1030", "02:40+1100",
    ]  # fmt: skip


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/St_Johns", "Africa/Casablanca"])
def test_the_grid_is_that_of_the_consultants_wall(zone: str) -> None:
    agenda = Agenda(consultant(zone, *weekdays("09:00", "10:00")))
    assert [wall[:5] for wall in walls(agenda, date(2027, 6, 15))] == ["09:00", "09:20", "09:40"]


def test_adjoining_hours_are_one_also_across_midnight() -> None:
    agenda = Agenda(consultant("UTC", Hours(0, 23 * 60 + 30, 24 * 60), Hours(1, 0, 30)))
    begin = datetime(2027, 1, 11, tzinfo=UTC)
    found = starts(agenda, begin, begin + timedelta(days=2), now=NOW)
    assert [f"{start:%a %H:%M}" for start in found] == ["Mon 23:40", "Tue 00:00"]


def test_notice_and_horizon_hold_to_the_minute() -> None:
    agenda = Agenda(consultant("UTC", *weekdays("00:00", "24:00", days=ALL_WEEK)))
    now = datetime(2027, 1, 4, 8, 0, 1, tzinfo=UTC)
    found = starts(agenda, now, now + timedelta(days=90), now=now)
    assert found[0] == datetime(2027, 1, 4, 20, 20, tzinfo=UTC)
    assert found[-1] == datetime(2027, 3, 5, 8, 0, tzinfo=UTC)


def test_each_refusal_names_its_rule() -> None:
    who = consultant("UTC", *weekdays("09:00", "17:00"), daily_cap=1, buffer_after=10)
    at = datetime(2027, 1, 5, 10, tzinfo=UTC)
    held = (held_span(who, at),)
    full = Agenda(who, held, {date(2027, 1, 6): 1})

    def reason(start: datetime) -> Reason | None:
        return why_not(full, start, now=NOW)

    assert reason(NOW - timedelta(minutes=20)) is Reason.PAST
    assert reason(NOW + timedelta(hours=2)) is Reason.TOO_SOON
    assert reason(at + timedelta(days=70)) is Reason.BEYOND_HORIZON
    assert reason(at + timedelta(minutes=5)) is Reason.OFF_GRID
    assert reason(at + timedelta(hours=10)) is Reason.OUTSIDE_HOURS
    assert reason(at + timedelta(days=1)) is Reason.DAY_FULL
    assert reason(at) is Reason.TAKEN
    assert reason(at + timedelta(minutes=20)) is Reason.TAKEN
    assert reason(at - timedelta(minutes=20)) is Reason.TAKEN
    assert reason(at + timedelta(minutes=40)) is None


def test_the_day_of_a_cap_is_the_consultants_own() -> None:
    who = consultant("Asia/Kolkata", *weekdays("00:00", "24:00", days=ALL_WEEK), daily_cap=1)
    at = datetime(2027, 1, 5, 20, 10, tzinfo=UTC)  # January 6 in Kolkata
    assert local_date(at, who.zone) == date(2027, 1, 6)
    assert why_not(Agenda(who, (), {date(2027, 1, 6): 1}), at, now=NOW) is Reason.DAY_FULL
    assert why_not(Agenda(who, (), {date(2027, 1, 5): 1}), at, now=NOW) is None


def test_nearest_gives_the_closest_starts_in_order() -> None:
    wanted = datetime(2027, 1, 5, 12, tzinfo=UTC)
    near = [wanted + timedelta(minutes=n) for n in (-60, -20, 40, 20, 400, -20)]
    assert [start - wanted for start in nearest(near, wanted, count=3)] == [
        timedelta(minutes=-20), timedelta(minutes=20), timedelta(minutes=40),
    ]  # fmt: skip


def test_a_buffer_off_the_cells_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 5"):
        consultant("UTC", buffer_after=7)
