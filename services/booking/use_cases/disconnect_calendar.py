"""Let a consultant's own calendar count no more."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.ids import ConsultantId
from services.booking.store import calendars, records
from shared import audit


def disconnect_calendar(
    session: Session, consultant_id: ConsultantId, *, actor: str, now: datetime
) -> None:
    """Forget its address and what it said; again changes nothing. Raises `UnknownConsultant`."""
    records.lock(session, consultant_id)
    calendars.disconnect(session, consultant_id)
    subject = f"consultant:{consultant_id}"
    audit.record(session, actor=actor, action="calendar.disconnect", subject=subject, now=now)
