"""Set the weekly hours in which a consultant takes calls."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consultant import Hours
from services.booking.domain.ids import ConsultantId
from services.booking.store import records
from shared import audit


def set_hours(
    session: Session,
    consultant_id: ConsultantId,
    hours: Iterable[Hours],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Let these hours hold from now on; calls outside them stand. Raises `UnknownConsultant`."""
    records.set_hours(session, consultant_id, hours)
    subject = f"consultant:{consultant_id}"
    audit.record(session, actor=actor, action="consultant.hours", subject=subject, now=now)
