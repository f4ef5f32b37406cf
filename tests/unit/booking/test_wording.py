"""How calls and times are said on booking's pages."""

from datetime import UTC, datetime, timedelta

import pytest

from services.booking.domain.consult import Consult, Meeting
from services.booking.domain.ids import ConsultantId, ConsultId, PersonId
from services.booking.domain.person import Consent, Given, Preferences
from services.booking.queries.calls import Call
from services.booking.web import wording

START = datetime(2027, 1, 14, 19, 40, tzinfo=UTC)
NOW = datetime(2027, 1, 12, 14, 0, tzinfo=UTC)


def call(*, texts: bool = True, booked_at: datetime = NOW, start: datetime = START) -> Call:
    consent = Consent(texts, "1", "web form", NOW)
    consult = Consult(
        ConsultId("1"),
        PersonId("p"),
        ConsultantId("c"),
        start,
        Meeting.PHONE,
        Preferences("America/New_York", "en", consent),
    )
    return Call(
        consult=consult,
        given=Given("Rosa Samplewood", "rosa@example.org", "+12075550176"),
        person="Rosa Samplewood",
        email="rosa@example.org",
        phone="+12075550176",
        possible_duplicate=False,
        consultant="Maya Lindqvist",
        consultant_timezone="America/New_York",
        join_url=None,
        note=None,
        nonce="n",
        booked_at=booked_at,
    )


@pytest.mark.parametrize(
    ("name", "short", "title"),
    [
        ("Maya Lindqvist", "Maya", "Call with Maya"),
        ("Maya", "Maya", "Call with Maya"),
        ("Our team", "Our team", "Call with our team"),
    ],
)
def test_a_consultant_goes_by_first_name_and_a_team_by_its_own(
    name: str, short: str, title: str
) -> None:
    assert (wording.short_name(name), wording.title(name)) == (short, title)


def test_what_happens_next_names_each_moment_and_its_channels() -> None:
    steps = [(step.when, step.what.partition(".")[0]) for step in wording.next_steps(call(), NOW)]
    assert steps == [
        ("Now", "An email with these details and a link to change them"),
        ("Wednesday 2:40 PM", "A reminder by email and text"),
        ("Thursday 2:40 PM", "Maya calls"),
    ]


def test_without_consent_no_text_is_promised() -> None:
    said = " ".join(step.what for step in wording.next_steps(call(texts=False), NOW))
    assert "A reminder by email." in said
    assert "text" not in said


def test_a_reminder_that_would_come_too_late_is_not_promised() -> None:
    soon = START - timedelta(hours=26)
    assert len(wording.next_steps(call(booked_at=soon), soon)) == 2


def test_a_call_further_ahead_is_named_by_its_date() -> None:
    far = wording.next_steps(call(start=START + timedelta(days=14)), NOW)
    assert far[-1].when == "Thursday, January 28 2:40 PM"


def test_days_are_those_of_the_visitors_zone_with_near_ones_named() -> None:
    late = datetime(2027, 1, 13, 4, 40, tzinfo=UTC)  # still January 12 in New York
    days = wording.days([late, START], "America/New_York", now=NOW)
    assert [(day.name, day.when) for day in days] == [
        ("Tuesday, January 12", "today"),
        ("Thursday, January 14", ""),
    ]
    assert [day.when for day in wording.days([late], "Europe/London", now=NOW)] == ["tomorrow"]


def test_a_full_day_shows_three_rows_and_folds_the_rest() -> None:
    starts = [START + timedelta(minutes=20 * n) for n in range(13)]
    (folded,) = wording.days(starts, "UTC", now=NOW)
    assert (len(folded.first), len(folded.rest)) == (9, 4)
    (whole,) = wording.days(starts[:12], "UTC", now=NOW)
    assert (len(whole.first), len(whole.rest)) == (12, 0)


def test_times_of_a_repeated_hour_carry_their_offset() -> None:
    first = datetime(2027, 11, 7, 5, 20, tzinfo=UTC)
    (day,) = wording.days([first, first + timedelta(hours=1)], "America/New_York", now=NOW)
    assert [f"{time.clock} {time.half} {time.offset}" for time in day.first] == [
        "1:20 AM (UTC−4)",
        "1:20 AM (UTC−5)",
    ]
    assert day.name == "Sunday, November 7"


def test_a_zone_that_is_not_listed_heads_the_choice() -> None:
    assert wording.zones("Asia/Kathmandu")[0] == ("Asia/Kathmandu", "Kathmandu Time")
    assert wording.zones("Europe/London") == list(wording.ZONES)
