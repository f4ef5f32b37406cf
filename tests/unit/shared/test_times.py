"""How instants are said, and what wall-clock times mean, over zones and clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import times

NEW_YORK = "America/New_York"
ZONES = (
    NEW_YORK,
    "Europe/London",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "Pacific/Apia",
    "UTC",
)
CALL = datetime(2027, 1, 14, 19, 40, tzinfo=UTC)

instants = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - made aware below
    max_value=datetime(2031, 1, 1),  # noqa: DTZ001
).map(lambda at: at.replace(tzinfo=UTC))


def test_a_time_is_said_as_the_design_says_it() -> None:
    end = CALL + timedelta(minutes=20)
    assert times.full(CALL, NEW_YORK) == "Thursday, January 14, 2:40 PM Eastern Time"
    assert times.full(CALL, NEW_YORK, "es") == "jueves 14 de enero, 2:40 p. m., hora del Este"
    assert times.span(CALL, end, NEW_YORK) == "2:40 to 3:00 PM, Eastern Time"
    assert times.span(CALL, end, NEW_YORK, "es") == "de 2:40 a 3:00 p. m., hora del Este"
    assert times.short(CALL, NEW_YORK) == "Thu Jan 14, 2:40 PM Eastern"
    assert times.short(CALL, NEW_YORK, "es") == "jueves 14 de enero, 2:40 PM, hora del Este"


def test_a_weekday_and_an_hour_stand_in_a_sentence() -> None:
    assert times.weekday(CALL, NEW_YORK) == "Thursday"
    assert times.weekday(CALL, NEW_YORK, "es") == "jueves"
    assert times.at_time(CALL, NEW_YORK) == "at 2:40 PM"
    assert times.at_time(CALL, NEW_YORK, "es") == "a las 2:40 p. m."
    assert times.until_time(CALL, NEW_YORK) == "until 2:40 PM"
    assert times.until_time(CALL, NEW_YORK, "es") == "hasta las 2:40 p. m."
    earlier = CALL - timedelta(hours=1, minutes=20)
    assert times.at_time(earlier, NEW_YORK, "es") == "a la 1:20 p. m."
    assert times.until_time(earlier, NEW_YORK, "es") == "hasta la 1:20 p. m."


def test_a_city_has_its_name_in_each_language() -> None:
    assert times.zone_name("Europe/London") == "London Time"
    assert times.zone_name("Europe/London", locale="es") == "hora de Londres"
    assert times.zone_name("Asia/Kathmandu", locale="es") == "hora de Kathmandu"
    assert times.zone_name("America/Indiana/Indianapolis") == "Eastern Time"


def test_a_span_over_noon_names_both_halves() -> None:
    start = datetime(2027, 1, 14, 16, 50, tzinfo=UTC)
    end = start + timedelta(minutes=20)
    assert times.span(start, end, NEW_YORK) == "11:50 AM to 12:10 PM, Eastern Time"


def test_a_repeated_hour_is_told_apart_by_its_offset() -> None:
    first = datetime(2026, 11, 1, 5, 20, tzinfo=UTC)
    assert times.clock_time(first, NEW_YORK) == "1:20 AM (UTC−4)"
    assert times.clock_time(first + timedelta(hours=1), NEW_YORK) == "1:20 AM (UTC−5)"
    assert times.clock_time(first - timedelta(hours=1), NEW_YORK) == "12:20 AM"


def test_a_span_over_a_change_of_the_clocks_says_both_offsets() -> None:
    start = datetime(2027, 3, 14, 6, 50, tzinfo=UTC)
    end = start + timedelta(minutes=20)
    said = "1:50 AM (UTC−5) to 3:10 AM (UTC−4), Eastern Time"
    assert times.span(start, end, NEW_YORK) == said


@pytest.mark.parametrize(
    ("tz", "name"),
    [
        ("Etc/GMT+5", "UTC−5"),
        ("Etc/GMT-14", "UTC+14"),
        ("Etc/GMT0", "UTC"),
        ("GMT", "UTC"),
        ("Zulu", "UTC"),
    ],
)
def test_a_zone_without_a_place_is_named_by_its_offset(tz: str, name: str) -> None:
    assert times.zone_name(tz) == times.zone_name(tz, locale="es") == name


def test_puerto_rico_does_not_share_the_name_of_a_zone_with_summer_time() -> None:
    assert times.zone_name("America/Puerto_Rico") == "Puerto Rico Time"
    assert times.zone_name("America/Halifax") == "Atlantic Time"


def test_a_skipped_time_has_no_instant() -> None:
    assert times.resolve_local(date(2027, 3, 14), time(2, 30), NEW_YORK) is None
    assert times.resolve_local(date(2027, 3, 14), time(3, 0), NEW_YORK) == datetime(
        2027, 3, 14, 7, 0, tzinfo=UTC
    )


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "america/new_york", "a\0b"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    assert not times.is_zone(name)


@given(instants, st.sampled_from(ZONES))
def test_resolving_the_wall_clock_of_an_instant_gives_it_back(at: datetime, tz: str) -> None:
    wall = at.astimezone(ZoneInfo(tz))
    again = times.resolve_local(wall.date(), wall.time(), tz)
    assert again is not None
    if wall.fold == 0:
        assert again == at
    else:
        assert again < at


@given(instants, st.sampled_from(ZONES))
def test_two_instants_of_one_day_are_never_said_alike(at: datetime, tz: str) -> None:
    at = at.replace(second=0, microsecond=0)
    for minutes in (30, 60, 120):
        other = at + timedelta(minutes=minutes)
        assert times.full(at, tz) != times.full(other, tz)
