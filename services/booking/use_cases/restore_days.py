"""Let the usual week hold on dates that differed from it."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from services.booking.domain.ids import ConsultantId
from services.booking.store import records
from shared import audit


def restore_days(
    session: Session,
    consultant_id: ConsultantId,
    days: Iterable[date],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Forget what was set for these dates; again changes nothing. Raises `UnknownConsultant`."""
    records.remove_overrides(session, consultant_id, days)
    subject = f"consultant:{consultant_id}"
    audit.record(session, actor=actor, action="consultant.restore", subject=subject, now=now)
