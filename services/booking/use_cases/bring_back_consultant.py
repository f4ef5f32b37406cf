"""Let someone who had stopped hold consults again."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.ids import ConsultantId
from services.booking.store import calendars, records
from shared import audit


def bring_back_consultant(
    session: Session, consultant_id: ConsultantId, *, actor: str, now: datetime
) -> None:
    """Offer their times again, with the hours they had; their calendar is read at once.

    Raises `UnknownConsultant`.
    """
    records.set_active(session, consultant_id, active=True)
    calendars.make_due(session, consultant_id, now=now)
    subject = f"consultant:{consultant_id}"
    audit.record(session, actor=actor, action="consultant.bring_back", subject=subject, now=now)
