"""Take in a person's place in a cohort with its dates, or its end."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.notify.domain.values import Kind, Status
from services.notify.keys import Keys
from services.notify.store import appointments, people
from services.notify.tables import EnrollmentRow
from services.notify.use_cases.plan_person import plan_person
from shared.bus import Meta
from shared.events import EnrollmentConfirmed, EnrollmentState, SessionInfo

KINDS = {
    "preparation": Kind.SESSION,
    "integration": Kind.SESSION,
    "medicine": Kind.MEDICINE,
    "check_in": Kind.CHECK_IN,
}
"""Kinds of session that people come to; outcome measures have no time of day."""


def record_enrollment(session: Session, event: EnrollmentState, meta: Meta, *, keys: Keys) -> None:
    """Keep the enrollment and its sessions, and plan the person anew."""
    people.save_contact(session, event.person, at=meta.occurred_at, keys=keys)
    coming = [each for each in event.sessions if each.kind in KINDS]
    _save_enrollment(session, event, coming, meta)
    if isinstance(event, EnrollmentConfirmed):
        for each in coming:
            values = session_values(each, person_id=event.person.person_id, meta=meta)
            appointments.save_appointment(session, values | {"cohort_id": event.cohort_id})
    plan_person(session, event.person.person_id, now=meta.now)


def session_values(each: SessionInfo, *, person_id: str, meta: Meta) -> dict[str, Any]:
    """The columns of one person's session."""
    cancelled = each.status == "cancelled"
    return {
        "source": f"session/{each.session_id}",
        "person_id": person_id,
        "revision": each.revision,
        "kind": KINDS[each.kind].value,
        "status": (Status.CANCELLED if cancelled else Status.SCHEDULED).value,
        "starts_at": each.starts_at,
        "ends_at": each.ends_at,
        "venue_timezone": each.venue_timezone,
        "confirmed_at": meta.occurred_at,
        "details": {"week": each.week, "place": each.place, "kind": each.kind},
    }


def _save_enrollment(
    session: Session, event: EnrollmentState, coming: list[SessionInfo], meta: Meta
) -> None:
    row = session.get(EnrollmentRow, event.enrollment_id, with_for_update=True)
    if row is None:
        row = EnrollmentRow(enrollment_id=event.enrollment_id, confirmed_at=meta.occurred_at)
        session.add(row)
    confirmed = isinstance(event, EnrollmentConfirmed)
    row.person_id, row.cohort_id = event.person.person_id, event.cohort_id
    row.state = "confirmed" if confirmed else "ended"
    held = [each for each in coming if each.status != "cancelled"]
    row.details = {
        "page_url": event.page_url,
        "sessions": [
            each.model_dump(mode="json", include={"week", "starts_at", "ends_at", "venue_timezone"})
            for each in sorted(held, key=lambda each: each.starts_at)
        ],
    }
    session.flush()
