"""Let a consultant's own calendar keep times free of calls."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.booking.domain.ids import ConsultantId
from services.booking.store import calendars, records
from shared import audit

STALE_AFTER = timedelta(hours=2)
"""How old a reading may be before nothing is offered, unless set otherwise."""


def connect_calendar(
    session: Session,
    consultant_id: ConsultantId,
    url: str,
    *,
    stale_after: timedelta = STALE_AFTER,
    actor: str,
    now: datetime,
) -> None:
    """Keep the calendar's address. Until it is first read, nothing of theirs is offered.

    Raises `UnknownConsultant`.
    """
    records.lock(session, consultant_id)
    calendars.connect(session, consultant_id, url, stale_after=stale_after, now=now)
    subject = f"consultant:{consultant_id}"
    audit.record(session, actor=actor, action="calendar.connect", subject=subject, now=now)
