"""Make two people one, when staff found that they are the same."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.errors import CannotMerge, UnknownPerson
from services.booking.domain.person import Given, Person
from services.booking.keys import Keys
from services.booking.store import people, waitlist
from services.booking.store.consults import latest_preferences
from services.booking.use_cases.announce import contact_of
from shared import audit, events
from shared.bus import outbox

_COHORT = "cohort"


def merge_people(
    session: Session, into_id: str, away_id: str, *, actor: str, keys: Keys, now: datetime
) -> Person:
    """Let everything of `away` go on under `into`, who stays, and tell the others.

    An email or phone that only `away` has is taken over, while booking owns the contact data.
    `actor` is "staff:<id>". Raises `UnknownPerson` and `CannotMerge`.
    """
    if into_id == away_id:
        raise CannotMerge("Choose two different records.")
    waitlist.lock_waiting(session)
    found = people.lock_people(session, (into_id, away_id))
    if len(found) < 2:
        raise UnknownPerson
    into, away = found
    if people.owner_of(session, away.id) == _COHORT:
        raise CannotMerge(
            f"{away.name} is an applicant already, so that record has to stay. "
            "Keep it, and add the other one to it."
        )
    if waitlist.find_place(session, into.id) and waitlist.find_place(session, away.id):
        raise CannotMerge("Both are on the waitlist. Take one of them off it first.")
    people.merge(session, into.id, away.id)
    kept = _completed(session, into, away, keys=keys, now=now)
    outbox.add(session, events.PersonMerged(into_id=into.id, from_id=away.id), now=now)
    for person, action in ((into, "person.merge"), (away, "person.merged_away")):
        subject = f"person:{person.id}"
        audit.record(session, actor=actor, action=action, subject=subject, now=now)
    return kept


def _completed(
    session: Session, into: Person, away: Person, *, keys: Keys, now: datetime
) -> Person:
    """Who stays, with what they lacked; in doubt only while there is another one alike."""
    doubt = into.possible_duplicate or away.possible_duplicate
    alike = doubt and people.looks_like_another(session, into.id)
    kept = replace(into, possible_duplicate=alike)
    if people.owner_of(session, into.id) != _COHORT:
        kept = replace(kept, email=into.email or away.email, phone=into.phone or away.phone)
    if (kept.email, kept.phone) != (into.email, into.phone):
        kept = replace(kept, version=into.version + 1)
        contact = contact_of(
            kept,
            latest_preferences(session, kept),
            given=Given(kept.name, kept.email, kept.phone),
        )
        event = events.ContactUpdated(sequence=kept.version, person_id=kept.id, person=contact)
        outbox.add(session, event, now=now)
    people.save_person(session, kept, keys)
    return kept
