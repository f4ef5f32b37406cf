"""Take in what was heard about an appointment: who was there, who confirmed, who has a ride."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.notify.store import appointments
from services.notify.use_cases.plan_person import plan_person
from shared.bus import Meta
from shared.events import AppointmentAcknowledged, AttendanceRecorded

_ABSENT = "absent"


def record_attendance(session: Session, event: AttendanceRecorded, meta: Meta) -> None:
    """Nobody who was absent gets a check-in; who was marked absent by mistake does."""
    source = f"session/{event.session_id}"
    if event.present:
        appointments.unsay(session, source, event.person_id, what=_ABSENT)
    else:
        appointments.remark(session, source, event.person_id, what=_ABSENT, revision=None)
    plan_person(session, event.person_id, now=meta.now)


def record_acknowledgement(session: Session, event: AppointmentAcknowledged, meta: Meta) -> None:
    """Who confirmed, or arranged a ride, on the web is not asked again by text."""
    appointments.remark(
        session, event.source_id, event.person_id, what=event.what, revision=event.revision
    )
    plan_person(session, event.person_id, now=meta.now)
