"""Let someone hold no more consults."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.ids import ConsultantId
from services.booking.store import records
from shared import audit


def retire_consultant(
    session: Session, consultant_id: ConsultantId, *, actor: str, now: datetime
) -> None:
    """Offer their times no more; what is booked with them stands. Raises `UnknownConsultant`."""
    records.set_active(session, consultant_id, active=False)
    subject = f"consultant:{consultant_id}"
    audit.record(session, actor=actor, action="consultant.retire", subject=subject, now=now)
