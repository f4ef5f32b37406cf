"""Take over a contact that booking has changed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.cohort.keys import Keys
from services.cohort.store.people import remember_contact
from shared.events import Contact


def record_contact(session: Session, contact: Contact, *, keys: Keys) -> None:
    """Keep the contact when its version is above the known one; otherwise nothing changes."""
    remember_contact(session, contact, keys)
    session.flush()
