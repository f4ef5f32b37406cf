"""Give a consultant a secret address at which their calls can be subscribed to."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.ids import ConsultantId
from services.booking.keys import Keys
from services.booking.store import records
from shared import audit
from shared.db import entropy_of


def open_feed(
    session: Session, consultant_id: ConsultantId, *, keys: Keys, actor: str, now: datetime
) -> None:
    """Make a new address; an older one leads nowhere from now on. Raises `UnknownConsultant`."""
    nonce = entropy_of(session).token()
    digest = keys.token_digest(keys.feed_token(consultant_id, nonce))
    records.set_feed(session, consultant_id, nonce=nonce, digest=digest)
    subject = f"consultant:{consultant_id}"
    audit.record(session, actor=actor, action="feed.open", subject=subject, now=now)
