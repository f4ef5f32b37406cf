"""Keep that a person confirmed their call by answering a text."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.ids import consult_in
from services.booking.store.hearsay import keep_confirmation
from shared.events import ReplyReceived


def confirm_consult(session: Session, reply: ReplyReceived, *, at: datetime) -> None:
    """Keep which revision of which consult was confirmed; any other reply changes nothing.

    It counts only while that revision is the consult's: a move asks again.
    """
    consult_id = consult_in(reply.source_id)
    if reply.intent != "confirm" or consult_id is None or reply.revision is None:
        return
    keep_confirmation(session, consult_id, revision=reply.revision, at=at)
