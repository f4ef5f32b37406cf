"""Forms, the timeline's geometry and the table of seats."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from services.cohort.domain.calendar import Window, plan_calendar
from services.cohort.domain.program import DEFAULT_TEMPLATE
from services.cohort.queries.sessions import SessionLine, check_ins
from services.cohort.web.forms import Form
from services.cohort.web.timeline import FIRST_X, LAST_X, draw


def form(**values: str) -> Form:
    return Form(MultiDict(values))


@given(st.text(max_size=60))
def test_no_text_makes_a_form_fail(text: str) -> None:
    typed = form(x=text)
    typed.text("x", "Missing.")
    typed.number("x", low=1, high=9)
    typed.day("x", earliest=date(2027, 1, 1), latest=date(2028, 1, 1))
    typed.clock("x")
    typed.choice("x", {"a"})
    typed.many("x", {"a"})
    typed.email("x")
    typed.phone("x")
    typed.url("x")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("207 555 0176", "+12075550176"),
        ("+44 20 7946 0018", "+442079460018"),
        ("", None),
    ],
)
def test_phones_are_read_as_people_write_them(typed: str, meant: str | None) -> None:
    read = form(phone=typed)
    assert read.phone("phone") == meant
    assert read.errors == {}


def test_times_stand_on_the_five_minutes() -> None:
    read = form(at="13:05", odd="13:07")
    assert read.clock("at") == time(13, 5)
    read.clock("odd")
    assert list(read.errors) == ["odd"]


def lines(start: date, closed: set[date], now: datetime) -> list[SessionLine]:
    plan = plan_calendar(
        DEFAULT_TEMPLATE,
        start,
        Window(start.weekday(), time(13, 0)),
        zone="America/New_York",
        closed=closed,
    )
    made = []
    for one in plan:
        if one.booked_later:
            continue
        begins = one.starts_at or datetime.combine(one.day, time(18), UTC)
        ends = one.ends_at or begins
        made.append(
            SessionLine(
                f"{one.week}", "c", one.week, one.kind, one.day, begins, ends, (), (), ends <= now
            )
        )
    return made


@given(st.lists(st.integers(0, 12), max_size=5), st.integers(-10, 120))
def test_the_drawing_goes_forward_and_stays_in_its_box(pauses: list[int], day: int) -> None:
    start = date(2026, 12, 16)
    today = start + timedelta(days=day)
    now = datetime.combine(today, time(23), UTC)
    closed = {start + timedelta(weeks=week) for week in pauses if week}
    sessions = lines(start, closed, now)
    timeline = draw("Alder", sessions, check_ins(DEFAULT_TEMPLATE, sessions), flags={}, today=today)
    for drawing in (timeline.across, timeline.down):
        places = [mark.at for mark in drawing.marks]
        assert places == sorted(set(places))
        assert [mark.week for mark in drawing.marks] == [1, 2, 3, 4, 5, 6, 7, 8, 10]
        assert sum(mark.state == "next" for mark in drawing.marks) <= 1
        if drawing.today is not None:
            assert places[0] < drawing.today < places[-1]
    across = [mark.at for mark in timeline.across.marks]
    assert (across[0], across[-1]) == (FIRST_X, LAST_X)
    held = {one.day for one in sessions}
    skipped = [d for d in sorted(closed) if sessions[0].day < d < sessions[7].day]
    assert bool(timeline.across.bands) == bool([d for d in skipped if d not in held])


def test_the_title_says_the_gist() -> None:
    now = datetime(2027, 1, 12, tzinfo=UTC)
    sessions = lines(date(2027, 1, 6), set(), now)
    timeline = draw("Alder", sessions, [], flags={}, today=now.date())
    assert timeline.title == (
        "Eight weeks of cohort Alder. 1 of 8 sessions are done. Week 2 is next, on Jan 13. "
        "Every session is in the table below."
    )


@pytest.mark.parametrize("typed", ["000 000 0000", "911", "1" * 41, "+1 207 555 01"])
def test_a_number_that_nobody_can_have_is_refused(typed: str) -> None:
    read = form(phone=typed)
    assert read.phone("phone") is None
    assert list(read.errors) == ["phone"]


@pytest.mark.parametrize(
    "typed", ["https://", "https://a b", "https://a:99999/", "https://a:0", "https://a/\u200b"]
)
def test_an_address_that_no_browser_opens_is_refused(typed: str) -> None:
    read = form(url=typed)
    read.url("url")
    assert list(read.errors) == ["url"]


def test_a_name_that_nobody_can_see_is_none() -> None:
    read = form(name="\u200b \u2060")
    read.text("name", "Enter a name.")
    assert read.errors == {"name": "Enter a name."}
