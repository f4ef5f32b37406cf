"""Random consultants, days and bookings around clock changes, for the slot rules."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from services.booking.domain.cells import held_span
from services.booking.domain.consultant import Consultant, Hours
from services.booking.domain.ids import ConsultantId
from services.booking.domain.slots import Agenda

ZONES = (
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Sao_Paulo",
    "Europe/London",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "UTC",
)

# Within days of clock changes in these zones, and a quiet time.
MOMENTS = (
    datetime(2027, 3, 13, tzinfo=UTC),
    datetime(2027, 3, 27, tzinfo=UTC),
    datetime(2027, 4, 3, tzinfo=UTC),
    datetime(2027, 9, 4, tzinfo=UTC),
    datetime(2027, 10, 2, tzinfo=UTC),
    datetime(2027, 10, 30, tzinfo=UTC),
    datetime(2027, 11, 6, tzinfo=UTC),
    datetime(2027, 2, 6, tzinfo=UTC),
    datetime(2027, 6, 15, tzinfo=UTC),
)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    opens = draw(st.integers(0, 24 * 12 - 1)) * 5
    closes = draw(st.integers(opens // 5 + 1, 24 * 12)) * 5
    return Hours(draw(st.integers(0, 6)), opens, closes)


@st.composite
def consultants(draw: st.DrawFn) -> Consultant:
    return Consultant(
        id=ConsultantId("c"),
        name="Cleo",
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        hours=tuple(draw(st.lists(hours(), max_size=10))),
        buffer_before=draw(st.sampled_from((0, 5, 10, 25))),
        buffer_after=draw(st.sampled_from((0, 5, 10, 25))),
        daily_cap=draw(st.sampled_from((None, None, 1, 2))),
        notice=timedelta(hours=draw(st.sampled_from((0, 12)))),
        horizon=timedelta(days=draw(st.sampled_from((2, 60)))),
    )


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    base = draw(st.sampled_from(MOMENTS))
    return base + timedelta(minutes=draw(st.integers(0, 2 * 24 * 60)))


@st.composite
def agendas(draw: st.DrawFn, around: datetime) -> Agenda:
    who = draw(consultants())
    shifts = draw(st.lists(st.integers(0, 4 * 24 * 12), max_size=8))
    base = around.replace(minute=0, second=0, microsecond=0)
    held = tuple(held_span(who, base + timedelta(minutes=5 * shift)) for shift in shifts)
    days = (around.astimezone(who.zone) + timedelta(days=n) for n in range(4))
    booked_on = {day.date(): draw(st.integers(0, 3)) for day in days}
    return Agenda(who, held, booked_on)
