"""Take in new contact data: what is planned follows it at once."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.notify.keys import Keys
from services.notify.store import people
from services.notify.use_cases.plan_person import plan_person
from shared.bus import Meta
from shared.events import ContactUpdated


def update_contact(session: Session, event: ContactUpdated, meta: Meta, *, keys: Keys) -> None:
    """Keep the data if it is newer, and plan the person anew: zone and consent matter."""
    if people.save_contact(session, event.person, at=meta.occurred_at, keys=keys):
        plan_person(session, event.person_id, now=meta.now)
