"""Keep that people who look alike are not the same."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.keys import Keys
from services.booking.store import people
from shared import audit


def tell_apart(
    session: Session, ids: Iterable[str], *, actor: str, keys: Keys, now: datetime
) -> None:
    """Mark none of them as a possible duplicate any more; whoever is new and alike will be."""
    for person in people.lock_people(session, ids):
        if person.possible_duplicate:
            people.save_person(session, replace(person, possible_duplicate=False), keys)
        subject = f"person:{person.id}"
        audit.record(session, actor=actor, action="person.tell_apart", subject=subject, now=now)
