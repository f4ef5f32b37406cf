"""Let other hours than usual, or none, hold on some dates."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from services.booking.domain.consultant import Opening
from services.booking.domain.ids import ConsultantId
from services.booking.store import records
from shared import audit


def override_days(
    session: Session,
    consultant_id: ConsultantId,
    days: Iterable[date],
    *,
    hours: Iterable[Opening],
    actor: str,
    now: datetime,
) -> None:
    """Let these hours hold on these dates (none: days off), in place of what was set before.

    Calls that are booked then stand. Raises `UnknownConsultant`.
    """
    records.override(session, consultant_id, days, hours)
    subject = f"consultant:{consultant_id}"
    audit.record(session, actor=actor, action="consultant.override", subject=subject, now=now)
