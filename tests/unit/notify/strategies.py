"""Appointments and recipients for property tests: many zones, both clock changes."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from services.notify.domain.values import (
    Appointment,
    Change,
    Kind,
    PersonId,
    Recipient,
    Status,
)

ZONES = (
    "America/New_York", "America/Los_Angeles", "America/Phoenix", "America/St_Johns",
    "Europe/London", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
    "Pacific/Chatham", "Pacific/Kiritimati", "America/Sao_Paulo", "Africa/Casablanca", "UTC",
)  # fmt: skip

# Around the changes of 2027 in North America and Europe, and ordinary weeks.
_WEEKS = (
    datetime(2027, 3, 12, tzinfo=UTC),
    datetime(2027, 3, 26, tzinfo=UTC),
    datetime(2027, 10, 29, tzinfo=UTC),
    datetime(2027, 11, 5, tzinfo=UTC),
    datetime(2027, 7, 1, tzinfo=UTC),
)
instants = st.builds(
    lambda week, minutes: week + timedelta(minutes=minutes),
    st.sampled_from(_WEEKS),
    st.integers(0, 6 * 24 * 60),
)


@st.composite
def appointments(draw, *, source="consult/1", recipient_zone=None):
    """An appointment at some revision, booked or moved up to five days before it starts."""
    starts = draw(instants)
    confirmed = starts - timedelta(minutes=draw(st.integers(1, 8 * 24 * 60)))
    change = draw(st.sampled_from([Change.BOOKED, Change.MOVED, Change.CANCELLED]))
    kind = draw(st.sampled_from([Kind.CONSULT, Kind.SESSION, Kind.MEDICINE]))
    zone = recipient_zone if kind is Kind.CONSULT and recipient_zone else None
    return Appointment(
        source=source,
        revision=draw(st.integers(1, 5)),
        kind=kind,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=20),
        zone=zone or draw(st.sampled_from(ZONES)),
        status=Status.CANCELLED if change is Change.CANCELLED else Status.SCHEDULED,
        confirmed_at=confirmed,
        change=change,
        changed_at=confirmed,
        told_starts_at=draw(st.none() | st.just(starts + timedelta(hours=3))),
        video=draw(st.booleans()),
    )


recipients = st.builds(
    Recipient,
    person_id=st.just(PersonId("p1")),
    timezone=st.sampled_from(ZONES),
    has_email=st.booleans(),
    has_phone=st.booleans(),
    sms_consent=st.booleans(),
    opted_out=st.booleans(),
)
