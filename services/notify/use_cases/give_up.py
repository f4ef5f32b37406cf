"""Put aside one message that could not even be looked at, so that the others go on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services.notify.domain.values import State
from services.notify.store import messages, people
from services.notify.use_cases.announce_outcome import announce_failed, raise_alert

_REASON = "cannot-write"


def give_up(session: Session, message_id: str, lease: str, *, now: datetime) -> None:
    """Fail a claimed message that was never called, and call staff to it.

    Does nothing to one that is not held on this lease any more.
    """
    found = messages.find_message(session, message_id)
    if found is None:
        return
    people.lock_person(session, found.person_id)
    row = messages.lock_message(session, message_id)
    if row.state != State.CLAIMED or row.lease != lease:
        return
    messages.settle(row, State.FAILED, now=now, reason=_REASON)
    messages.tell(session, row.id, "failed", now=now, detail=_REASON)
    announce_failed(session, row, reason=_REASON, now=now)
    raise_alert(session, row, "A message could not be written", now=now)
