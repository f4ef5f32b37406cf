"""When a calendar says busy."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.booking.adapters.ics import busy_spans
from services.booking.domain.intervals import instant
from services.booking.ports import CalendarRequest, CalendarUnreadable

START = datetime(2027, 3, 8, tzinfo=UTC)
END = datetime(2027, 3, 22, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")  # clocks go forward on Sunday, March 14


def calendar(*components: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *components, "END:VCALENDAR"]
    return "\r\n".join(line for each in lines for line in each.splitlines()).encode() + b"\r\n"


def event(*lines: str, uid: str = "one") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"])


def busy(*components: str, zone: ZoneInfo = NEW_YORK) -> list[str]:
    """The busy times as "8 10:00-11:00", days of March 2027 in UTC."""
    wanted = CalendarRequest("https://example.org/c", zone, START, END)
    return [
        f"{instant(a):%-d %H:%M}-{instant(b):%H:%M}"
        for a, b in busy_spans(calendar(*components), wanted)
    ]


def test_an_empty_calendar_is_never_busy() -> None:
    assert busy() == []


def test_a_time_in_utc_is_taken_as_it_is() -> None:
    one = event("DTSTART:20270309T100000Z", "DTEND:20270309T113000Z")
    assert busy(one) == ["9 10:00-11:30"]


def test_a_time_without_zone_is_by_the_consultants_clock() -> None:
    one = event("DTSTART:20270309T100000", "DURATION:PT45M")
    assert busy(one) == ["9 15:00-15:45"]
    assert busy(one, zone=ZoneInfo("Europe/Berlin")) == ["9 09:00-09:45"]


def test_a_time_with_a_zone_keeps_it_whatever_the_consultants_is() -> None:
    one = event(
        "DTSTART;TZID=America/Los_Angeles:20270309T100000",
        "DTEND;TZID=America/Los_Angeles:20270309T110000",
    )
    assert busy(one) == ["9 18:00-19:00"]


def test_a_zone_that_the_calendar_explains_itself_is_used() -> None:
    zone = """BEGIN:VTIMEZONE
TZID:Office
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:-0300
TZOFFSETTO:-0300
TZNAME:X
END:STANDARD
END:VTIMEZONE"""
    one = event("DTSTART;TZID=Office:20270309T100000", "DTEND;TZID=Office:20270309T110000")
    assert busy(zone, one) == ["9 13:00-14:00"]


def test_a_zone_that_nobody_knows_makes_the_calendar_unreadable() -> None:
    with pytest.raises(CalendarUnreadable, match="time zone unknown"):
        busy(event("DTSTART;TZID=Moon/Sea:20270309T100000", "DURATION:PT1H"))


def test_a_repeated_event_keeps_its_wall_clock_when_clocks_change() -> None:
    weekly = event(
        "DTSTART;TZID=America/New_York:20270104T090000",
        "DTEND;TZID=America/New_York:20270104T100000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
    )
    assert busy(weekly) == ["8 14:00-15:00", "15 13:00-14:00"]


def test_a_repetition_without_zone_follows_the_consultants_clock_too() -> None:
    weekly = event("DTSTART:20270104T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY")
    assert busy(weekly) == ["8 14:00-15:00", "15 13:00-14:00"]


def test_dates_are_left_out_of_a_repetition_added_to_it_and_changed() -> None:
    series = event(
        "DTSTART:20270308T100000Z",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=4",
        "EXDATE:20270309T100000Z",
        "RDATE:20270318T120000Z",
    )
    moved = event("RECURRENCE-ID:20270310T100000Z", "DTSTART:20270310T160000Z", "DURATION:PT30M")
    off = event(
        "RECURRENCE-ID:20270311T100000Z", "DTSTART:20270311T100000Z", "DURATION:PT1H",
        "STATUS:CANCELLED",
    )  # fmt: skip
    assert busy(series, moved, off) == ["8 10:00-11:00", "10 16:00-16:30", "18 12:00-13:00"]


def test_an_event_moved_into_sight_from_beyond_counts() -> None:
    series = event("DTSTART:20270401T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    moved = event("RECURRENCE-ID:20270402T100000Z", "DTSTART:20270312T100000Z", "DURATION:PT1H")
    assert busy(series, moved) == ["12 10:00-11:00"]


def test_a_whole_day_is_the_consultants_day() -> None:
    """23 hours on the day that clocks go forward."""
    assert busy(event("DTSTART;VALUE=DATE:20270309")) == ["9 05:00-05:00"]
    two = event("DTSTART;VALUE=DATE:20270313", "DTEND;VALUE=DATE:20270315")
    assert busy(two) == ["13 05:00-04:00"]
    wanted = CalendarRequest("x", NEW_YORK, START, END)
    assert [b - a for a, b in busy_spans(calendar(two), wanted)] == [47 * 60]


def test_what_is_free_cancelled_or_our_own_call_does_not_count() -> None:
    times = ("DTSTART:20270309T100000Z", "DURATION:PT1H")
    ours = "consult-1b4e28ba-2fa1-4d3b-8a9d-0242ac130003@hh.example"
    assert busy(
        event(*times, "TRANSP:TRANSPARENT", uid="free"),
        event(*times, "STATUS:CANCELLED", uid="off"),
        event(*times, uid=ours),
    ) == []  # fmt: skip
    maybe = event(*times, "STATUS:TENTATIVE", "TRANSP:OPAQUE", uid="consult-of-mine@x")
    assert busy(maybe) == ["9 10:00-11:00"]


def test_times_that_overlap_or_touch_are_one_and_are_cut_to_what_was_asked() -> None:
    assert busy(
        event("DTSTART:20270309T100000Z", "DTEND:20270309T110000Z", uid="a"),
        event("DTSTART:20270309T103000Z", "DTEND:20270309T120000Z", uid="b"),
        event("DTSTART:20270101T000000Z", "DTEND:20270308T010000Z", uid="c"),
        event("DTSTART:20270321T230000Z", "DTEND:20280101T000000Z", uid="d"),
        event("DTSTART:20260101T000000Z", "DTEND:20260101T010000Z", uid="e"),
        event("DTSTART:20270310T000000Z", uid="no length"),
    ) == ["8 00:00-01:00", "9 10:00-12:00", "21 23:00-00:00"]  # fmt: skip


def test_a_calendar_of_free_and_busy_only_is_understood() -> None:
    only = """BEGIN:VFREEBUSY
UID:f
DTSTAMP:20270101T000000Z
FREEBUSY:20270309T100000Z/PT1H,20270310T100000Z/20270310T103000Z
FREEBUSY;FBTYPE=FREE:20270311T100000Z/PT1H
FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270312T100000Z/PT1H
END:VFREEBUSY"""
    assert busy(only) == ["9 10:00-11:00", "10 10:00-10:30", "12 10:00-11:00"]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"", "not a calendar"),
        (b"<!doctype html><title>Sign in</title>", "not a calendar"),
        (b"\x00\xff\xfe" * 40, "not a calendar"),
        (event("DTSTART:20270309T100000Z").encode(), "not a calendar"),
        (calendar(event("DTSTART:20270309T100000Z"))[:-20], "breaks off"),
        (calendar(event("DTSTART:tomorrow")), "can't be understood"),
        (calendar(event("DTSTART:20270309T100000Z", "DTEND:later")), "can't be understood"),
        (
            calendar(event("DTSTART:20270309T100000Z", "RRULE:FREQ=SOMETIMES")),
            "can't be understood",
        ),
        (calendar(event("SUMMARY:never")), "can't be understood"),
        (calendar("BEGIN:VEVENT"), "not a calendar"),
    ],
)
def test_what_is_not_understood_makes_it_unreadable(document: bytes, says: str) -> None:
    with pytest.raises(CalendarUnreadable, match=says):
        busy_spans(document, CalendarRequest("x", NEW_YORK, START, END))


def test_a_calendar_may_begin_with_a_byte_order_mark() -> None:
    one = b"\xef\xbb\xbf" + calendar(event("DTSTART:20270309T100000Z", "DURATION:PT1H"))
    assert len(busy_spans(one, CalendarRequest("x", NEW_YORK, START, END))) == 1
