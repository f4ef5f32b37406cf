"""A phone number wants no texts, or wants them again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services.notify.domain.values import Reason, State
from services.notify.store import messages, people
from services.notify.tables import OptOutRow
from services.notify.use_cases.plan_person import plan_person
from shared.bus import outbox
from shared.db import insert_new
from shared.events import ContactOptedIn, ContactOptedOut


def set_opt_out(
    session: Session, phone_hash: str, *, standing: bool, method: str, now: datetime
) -> bool:
    """Record it, tell the others, and suppress (or plan anew) what is scheduled, at once.

    The number decides for everyone who shares it. False when it stood so already.
    """
    owners = people.people_with_phone(session, phone_hash)
    for person_id in owners:
        people.lock_person(session, person_id)
    row = _locked(session, phone_hash, now=now)
    if row.standing is standing:
        return False
    row.standing, row.sequence, row.method, row.at = standing, row.sequence + 1, method, now
    event = ContactOptedOut if standing else ContactOptedIn
    news = event(
        sequence=row.sequence, phone_hash=phone_hash, person_ids=tuple(owners), channel="sms"
    )
    outbox.add(session, news, now=now)
    if standing:
        for text in messages.unsent_texts_of(session, owners):
            messages.settle(text, State.SUPPRESSED, now=now, reason=Reason.OPTED_OUT)
            messages.tell(session, text.id, "suppressed", now=now, detail=Reason.OPTED_OUT)
    session.flush()
    for person_id in owners:
        plan_person(session, person_id, now=now)
    return True


def _locked(session: Session, phone_hash: str, *, now: datetime) -> OptOutRow:
    fresh = {
        "phone_hash": phone_hash,
        "standing": False,
        "sequence": 0,
        "method": "none",
        "at": now,
    }
    insert_new(session, OptOutRow.__table__, [fresh])
    row = session.get(OptOutRow, phone_hash, with_for_update=True, populate_existing=True)
    if row is None:
        raise LookupError("the opt-out row is gone")
    return row
