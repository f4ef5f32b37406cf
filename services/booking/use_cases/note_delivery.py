"""Keep whether a message about a call reached the person, so that staff can call instead."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.ids import consult_in
from services.booking.domain.trouble import Trouble
from services.booking.store.hearsay import keep_delivery
from shared.events import MessageDelivered, MessageFailed


def note_delivery(
    session: Session, outcome: MessageDelivered | MessageFailed, *, at: datetime
) -> None:
    """Keep the latest news of this purpose and channel; of anything but a consult, nothing."""
    consult_id = consult_in(outcome.source_id)
    if consult_id is None or outcome.revision is None:
        return
    delivered = isinstance(outcome, MessageDelivered)
    keep_delivery(
        session,
        consult_id,
        Trouble(outcome.channel, "" if delivered else (outcome.reason or "")[:80]),
        purpose=outcome.purpose[:40],
        revision=outcome.revision,
        delivered=delivered,
        at=at,
    )
