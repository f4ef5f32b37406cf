"""Take back the secret address of a consultant's calls."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.ids import ConsultantId
from services.booking.store import records
from shared import audit


def close_feed(session: Session, consultant_id: ConsultantId, *, actor: str, now: datetime) -> None:
    """Let the address lead nowhere; again changes nothing. Raises `UnknownConsultant`."""
    records.set_feed(session, consultant_id, nonce=None, digest=None)
    subject = f"consultant:{consultant_id}"
    audit.record(session, actor=actor, action="feed.close", subject=subject, now=now)
