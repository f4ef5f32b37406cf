"""Opening hours as people write them."""

from datetime import date

import pytest

from services.booking.domain.consultant import Hours, Opening, weekdays
from services.booking.domain.hours import BadHours, Run, read_hours, runs, say_hours, say_week

NINE_TO_FIVE = (Opening(9 * 60, 17 * 60),)


@pytest.mark.parametrize(
    "text",
    [
        "9 AM–5 PM", "9am-5pm", "09:00-17:00", "9:00 to 17:00", "9 a.m. until 5 p.m.", "9-17",
        "9 am – 5 pm", "9-5 pm", "  09:00  —  17:00 ", "9.00-17.00", "9-12, 12-5pm", "9h00-17h00",
    ],
)  # fmt: skip
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert read_hours(text) == NINE_TO_FIVE


@pytest.mark.parametrize("text", ["", "  ", "closed", "Off", "–", "none"])
def test_no_hours_are_closed(text: str) -> None:
    assert read_hours(text) == ()


def test_a_day_may_have_several_stretches_in_any_order() -> None:
    wanted = (Opening(540, 720), Opening(780, 1020))
    for text in ("9-12, 1-5 PM", "13:00-17:00; 9-noon", "9-12 and 1pm-5pm", "9-12 & 13-17"):
        assert read_hours(text) == wanted, text


@pytest.mark.parametrize(
    ("text", "opens", "closes"),
    [
        ("11-2 PM", 660, 840), ("1-5 PM", 780, 1020), ("noon-5 PM", 720, 1020),
        ("12-5 pm", 720, 1020), ("midnight-2am", 0, 120), ("8 PM-midnight", 1200, 1440),
        ("20:00-24:00", 1200, 1440), ("20:00-00:00", 1200, 1440), ("05:00-07:30", 300, 450),
        ("6 AM-9 AM", 360, 540),
    ],
)  # fmt: skip
def test_a_half_of_the_day_that_is_left_out_is_the_sensible_one(
    text: str, opens: int, closes: int
) -> None:
    assert read_hours(text) == (Opening(opens, closes),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("9-5", "Say whether 5 is AM or PM."),
        ("1-5", "Say whether 5 is AM or PM."),
        ("1:00-13:00", "Say whether 1:00 is AM or PM."),
        ("5 PM-9 AM", "5 PM is not before 9 AM"),
        ("22:00-02:00", "10 PM is not before 2 AM"),
        ("9-12, 11-1 PM", "9 AM–12 PM and 11 AM–1 PM overlap."),
        ("9:00-9:10", "A call takes 20 minutes"),
        ("25:00-26:00", "There is no such time as 25:00."),
        ("13 PM-14 PM", "There is no such time as 13 pm."),
        ("9:75-10", "There is no such time as 9:75."),
        ("mornings", "Write hours like"),
        ("9", "Write hours like"),
        ("9-10-11", "Write hours like"),
        ("9-10," * 60, "Use at most 200 characters."),
        ("١-٢", "Write hours like"),
    ],
)
def test_what_is_not_clear_is_asked_after(text: str, says: str) -> None:
    with pytest.raises(BadHours, match="^" + says.replace(".", r"\.")):
        read_hours(text)


@pytest.mark.parametrize("text", ["9-12, 1-5 PM", "12:30-13:00", "00:00-24:00", "6 AM-midnight"])
def test_what_is_said_is_read_as_the_same(text: str) -> None:
    hours = read_hours(text)
    assert read_hours(say_hours(hours)) == hours


def test_hours_are_said_shortly() -> None:
    assert say_hours(read_hours("09:00-12:30,13:00-17:00")) == "9 AM–12:30 PM, 1 PM–5 PM"


def test_a_week_is_said_shortly() -> None:
    week = (*weekdays("09:00", "17:00"), Hours(5, 600, 720), Hours(2, 1080, 1200))
    assert say_week(week) == (
        "Mon–Tue 9 AM–5 PM; Wed 9 AM–5 PM, 6 PM–8 PM; Thu–Fri 9 AM–5 PM; Sat 10 AM–12 PM"
    )
    assert say_week(()) == ""


def test_dates_in_a_row_with_the_same_hours_are_one() -> None:
    days = {date(2027, 1, day): () for day in (4, 5, 6, 8)} | {date(2027, 1, 7): NINE_TO_FIVE}
    assert runs(days) == [
        Run(date(2027, 1, 4), date(2027, 1, 6), ()),
        Run(date(2027, 1, 7), date(2027, 1, 7), NINE_TO_FIVE),
        Run(date(2027, 1, 8), date(2027, 1, 8), ()),
    ]
