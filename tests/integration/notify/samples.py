"""Events as other services publish them; people, dates and numbers are invented."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.events import (
    ConsultBooked,
    ConsultCancelled,
    ConsultRescheduled,
    ConsultState,
    Contact,
    EnrollmentConfirmed,
    EnrollmentEnded,
    Meeting,
    SessionCancelled,
    SessionInfo,
    SessionRescheduled,
    SmsConsent,
    StaffChanged,
)

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2027, 1, 8, 15, 0, tzinfo=UTC)  # Friday, 10:00 in New York
BASE = "http://127.0.0.1:8000"


def ny(*args: int) -> datetime:
    return datetime(*args, tzinfo=NEW_YORK).astimezone(UTC)


def contact(person_id: str = "rosa", **changes: object) -> Contact:
    values: dict = {
        "person_id": person_id,
        "version": 1,
        "name": "Rosa Castellano",
        "email": f"{person_id}@example.org",
        "phone": "+12075550176",
        "timezone": "America/New_York",
        "locale": "en",
        "sms_consent": SmsConsent(granted=True, text_version="3", method="web form", at=NOW),
    }
    return Contact(**(values | changes))


def consult(
    event: type[ConsultState] = ConsultBooked,
    revision: int = 1,
    starts: datetime | None = None,
    *,
    consult_id: str = "c1",
    person: Contact | None = None,
    video: bool = False,
) -> ConsultState:
    start = starts or ny(2027, 1, 14, 14, 40)
    status = "cancelled" if event is ConsultCancelled else "booked"
    return event(
        sequence=revision,
        consult_id=consult_id,
        person=person or contact(),
        consultant_id="nora",
        consultant="Nora Whitfield",
        starts_at=start,
        ends_at=start + timedelta(minutes=20),
        venue_timezone="America/New_York",
        meeting=Meeting(
            kind="video" if video else "phone",
            join_url="https://video.example/room" if video else None,
        ),
        manage_url=f"{BASE}/booking/m/AAAAAAAAAAAAAAAAAAAAAA",
        rebook_url=f"{BASE}/booking/",
        status=status,
        by="person",
        revision=revision,
    )


def moved(revision: int = 2, starts: datetime | None = None) -> ConsultState:
    return consult(ConsultRescheduled, revision, starts or ny(2027, 1, 13, 10, 20))


def cancelled(revision: int = 3, starts: datetime | None = None) -> ConsultState:
    return consult(ConsultCancelled, revision, starts or ny(2027, 1, 13, 10, 20))


def session_info(
    number: int, starts: datetime, *, kind: str = "preparation", revision: int = 1, **changes
) -> SessionInfo:
    values = {
        "session_id": f"s{number}",
        "revision": revision,
        "kind": kind,
        "week": number,
        "starts_at": starts,
        "ends_at": starts + timedelta(minutes=90),
        "venue_timezone": "America/New_York",
        "place": "Main room",
        "status": "scheduled",
    }
    return SessionInfo(**(values | changes))


SESSIONS = (
    session_info(1, ny(2027, 2, 4, 18, 0)),
    session_info(2, ny(2027, 2, 11, 18, 0)),
    session_info(3, ny(2027, 2, 18, 13, 0), kind="medicine"),
)


def enrollment(
    event: type = EnrollmentConfirmed,
    *,
    sequence: int = 1,
    person: Contact | None = None,
    sessions: tuple[SessionInfo, ...] = SESSIONS,
) -> EnrollmentConfirmed | EnrollmentEnded:
    return event(
        sequence=sequence,
        enrollment_id="e1",
        person=person or contact(),
        cohort_id="k1",
        page_url=f"{BASE}/cohort/me/BBBBBBBBBBBBBBBBBBBBBB",
        sessions=sessions,
    )


def session_moved(number: int, starts: datetime, *, revision: int = 2, people=("rosa",), **changes):
    info = session_info(number, starts, revision=revision, **changes)
    previous = next(s.starts_at for s in SESSIONS if s.session_id == info.session_id)
    return SessionRescheduled(
        sequence=revision,
        session_id=info.session_id,
        cohort_id="k1",
        person_ids=people,
        session=info,
        previous_starts_at=previous,
    )


def session_cancelled(number: int, *, revision: int = 2, people=("rosa",)):
    old = next(s for s in SESSIONS if s.session_id == f"s{number}")
    info = old.model_copy(update={"revision": revision, "status": "cancelled"})
    return SessionCancelled(
        sequence=revision,
        session_id=info.session_id,
        cohort_id="k1",
        person_ids=people,
        session=info,
    )


def staff(staff_id: str = "nora", **changes: object) -> StaffChanged:
    values: dict = {
        "sequence": 1,
        "staff_id": staff_id,
        "email": f"{staff_id}@example.org",
        "name": "Nora Whitfield",
        "phone": "+12075550101",
        "timezone": "America/New_York",
        "locale": "en",
        "roles": ("admin", "coordinator"),
        "qualifications": (),
    }
    return StaffChanged(**(values | changes))
