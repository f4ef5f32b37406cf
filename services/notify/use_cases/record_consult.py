"""Take in a consult's newest state: confirm, move or drop what was planned."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.notify.domain.values import Change, Kind, Status
from services.notify.keys import Keys
from services.notify.store import appointments, people
from services.notify.tables import AppointmentRow
from services.notify.use_cases.plan_person import plan_person
from shared.bus import Meta
from shared.events import (
    ConsultBooked,
    ConsultCancelled,
    ConsultNoShow,
    ConsultRescheduled,
    ConsultState,
)

_CHANGES: dict[type[ConsultState], Change] = {
    ConsultBooked: Change.BOOKED,
    ConsultRescheduled: Change.MOVED,
    ConsultCancelled: Change.CANCELLED,
    ConsultNoShow: Change.MISSED,
}
_STATUS = {
    "booked": Status.SCHEDULED,
    "cancelled": Status.CANCELLED,
    "no_show": Status.OVER,
    "completed": Status.OVER,
}


def record_consult(session: Session, event: ConsultState, meta: Meta, *, keys: Keys) -> None:
    """Keep the snapshot and plan the person anew. The inbox has dropped older states."""
    people.save_contact(session, event.person, at=meta.occurred_at, keys=keys)
    person_id = people.standing_id(session, event.person.person_id)
    values = _values(event, person_id, meta)
    known = appointments.get_appointment(session, event.subject, person_id, lock=True)
    if known is not None and _leaves_the_time(event, known):
        values |= {"change": Change.CHANGED.value, "confirmed_at": known.confirmed_at}
        if "confirmed" in appointments.remarks_of(session, known):
            appointments.remark(
                session,
                known.source,
                known.person_id,
                what="confirmed",
                revision=event.revision,
            )
    appointments.save_appointment(session, values)
    plan_person(session, person_id, now=meta.now)


def _leaves_the_time(event: ConsultState, known: AppointmentRow) -> bool:
    """Whether it stays at the time that the person last heard of; then another one calls."""
    is_newer = isinstance(event, ConsultRescheduled) and event.revision > known.revision
    return is_newer and event.starts_at == known.told_starts_at


def _values(event: ConsultState, person_id: str, meta: Meta) -> dict[str, Any]:
    return {
        "source": event.subject,
        "person_id": person_id,
        "revision": event.revision,
        "kind": Kind.CONSULT.value,
        "status": _STATUS[event.status].value,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "venue_timezone": event.venue_timezone,
        "confirmed_at": meta.occurred_at,
        "change": _CHANGES[type(event)].value,
        "change_revision": event.revision,
        "changed_at": meta.occurred_at,
        "details": {
            "consultant": event.consultant,
            "meeting": event.meeting.kind,
            "join_url": event.meeting.join_url,
            "manage_url": event.manage_url,
            "rebook_url": event.rebook_url,
            "by": event.by,
            "others": [each.model_dump(mode="json") for each in event.others],
        },
    }
