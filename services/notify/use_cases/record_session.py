"""Take in that one session was moved or cancelled: each person hears of it once."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.notify.domain.values import Change
from services.notify.store import appointments
from services.notify.use_cases.plan_person import plan_person
from services.notify.use_cases.record_enrollment import KINDS, session_values
from shared.bus import Meta
from shared.events import SessionCancelled, SessionRescheduled


def record_session(
    session: Session, event: SessionRescheduled | SessionCancelled, meta: Meta
) -> None:
    """Keep the session's newest state for everyone in it, and plan each anew.

    Also for people whose enrollment has not been heard of yet: it plans when it comes.
    """
    if event.session.kind not in KINDS:
        return
    change = Change.MOVED if isinstance(event, SessionRescheduled) else Change.CANCELLED
    previous = event.previous_starts_at
    for person_id in sorted(event.person_ids):
        values = session_values(event.session, person_id=person_id, meta=meta)
        details = values["details"] | {
            "previous_starts_at": previous.isoformat() if previous else None
        }
        news = {
            "cohort_id": event.cohort_id,
            "change": change.value,
            "change_revision": event.session.revision,
            "changed_at": meta.occurred_at,
            "told_starts_at": previous,
            "details": details,
        }
        appointments.save_appointment(session, values | news)
        plan_person(session, person_id, now=meta.now)
