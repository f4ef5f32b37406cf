"""Events that cohort publishes."""

from typing import ClassVar, Literal

from pydantic import Field

from shared.events.base import FactEvent, Instant, StateEvent, Value, Zone
from shared.events.booking import CallState
from shared.events.people import Contact

SessionKind = Literal["preparation", "medicine", "check_in", "integration", "measures"]


class SessionInfo(Value):
    """One dated session, as participants hear of it."""

    session_id: str
    revision: int = Field(ge=1)
    kind: SessionKind
    week: int
    starts_at: Instant
    ends_at: Instant
    venue_timezone: Zone
    place: str
    status: Literal["scheduled", "cancelled", "completed"]


class InvitationState(StateEvent):
    """One seat held for one person."""

    SUBJECT: ClassVar[str] = "invitation:invitation_id"
    invitation_id: str
    person: Contact
    cohort_label: str
    first_session_at: Instant
    expires_at: Instant
    respond_url: str
    how: Literal["sent", "accepted", "declined", "expired", "withdrawn"]


class InvitationSent(InvitationState):
    """A person was invited to a cohort."""

    TYPE: ClassVar[str] = "invitation.sent"


class InvitationClosed(InvitationState):
    """An invitation was answered or ran out."""

    TYPE: ClassVar[str] = "invitation.closed"


class EnrollmentState(StateEvent):
    """A person's place in a cohort, with all its sessions."""

    SUBJECT: ClassVar[str] = "enrollment:enrollment_id"
    enrollment_id: str
    person: Contact
    cohort_id: str
    page_url: str
    sessions: tuple[SessionInfo, ...]
    reason: str | None = None


class EnrollmentConfirmed(EnrollmentState):
    """A person has a place in a cohort."""

    TYPE: ClassVar[str] = "enrollment.confirmed"


class EnrollmentEnded(EnrollmentState):
    """A person's place in a cohort has ended."""

    TYPE: ClassVar[str] = "enrollment.ended"


class SessionState(StateEvent):
    """One session of a cohort changed."""

    SUBJECT: ClassVar[str] = "session:session_id"
    session_id: str
    cohort_id: str
    person_ids: tuple[str, ...]
    session: SessionInfo
    previous_starts_at: Instant | None = None


class SessionRescheduled(SessionState):
    """One session was moved."""

    TYPE: ClassVar[str] = "session.rescheduled"


class SessionCancelled(SessionState):
    """One session was called off."""

    TYPE: ClassVar[str] = "session.cancelled"


class AppointmentState(CallState):
    """An intake, screening or check-in appointment; the shape of a consult, with its kind."""

    SUBJECT: ClassVar[str] = "appointment:appointment_id"
    appointment_id: str
    kind: Literal["intake", "screening", "check_in"]


class AppointmentBooked(AppointmentState):
    """An appointment was booked."""

    TYPE: ClassVar[str] = "appointment.booked"


class AppointmentRescheduled(AppointmentState):
    """An appointment was moved."""

    TYPE: ClassVar[str] = "appointment.rescheduled"


class AppointmentCancelled(AppointmentState):
    """An appointment was called off."""

    TYPE: ClassVar[str] = "appointment.cancelled"


class AttendanceRecorded(FactEvent):
    """Whether a person was at a session."""

    TYPE: ClassVar[str] = "attendance.recorded"
    SUBJECT: ClassVar[str] = "session:session_id"
    session_id: str
    person_id: str
    present: bool


class AppointmentAcknowledged(FactEvent):
    """A person confirmed, or arranged a ride, on the web."""

    TYPE: ClassVar[str] = "appointment.acknowledged"
    SUBJECT: ClassVar[str] = "appointment:source_id"
    person_id: str
    source_id: str
    revision: int
    what: Literal["confirmed", "ride_arranged"]


class CohortAnnounced(FactEvent):
    """Staff wrote to a cohort; the text stays on the page."""

    TYPE: ClassVar[str] = "cohort.announced"
    SUBJECT: ClassVar[str] = "announcement:announcement_id"
    announcement_id: str
    person_ids: tuple[str, ...]
    page_url: str


class StaffChanged(StateEvent):
    """A member of staff was added or changed."""

    TYPE: ClassVar[str] = "staff.changed"
    SUBJECT: ClassVar[str] = "staff:staff_id"
    staff_id: str
    email: str
    name: str
    phone: str | None = None
    timezone: Zone
    locale: str
    roles: tuple[str, ...]
    qualifications: tuple[str, ...]
    on_call: bool = False
    escalation_order: int | None = None
    active: bool = True
    epoch: int = 1
    """Cookies of an older epoch are refused."""


class SessionRevoked(FactEvent):
    """A member of staff's sign-in session has ended."""

    TYPE: ClassVar[str] = "session.revoked"
    SUBJECT: ClassVar[str] = "staff:staff_id"
    staff_id: str
    sid: str


class BusyTime(Value):
    """A stretch of time in which somebody is not free."""

    starts_at: Instant
    ends_at: Instant


class StaffBusyChanged(StateEvent):
    """When a member of staff is taken by the program."""

    TYPE: ClassVar[str] = "staff.busy_changed"
    SUBJECT: ClassVar[str] = "staff-busy:staff_id"
    staff_id: str
    busy: tuple[BusyTime, ...]
