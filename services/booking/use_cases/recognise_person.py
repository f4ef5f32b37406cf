"""Who a public form means: somebody known by email and phone together, else somebody new."""

from dataclasses import replace

from sqlalchemy.orm import Session

from services.booking.domain.ids import PersonId
from services.booking.domain.person import Details, Person, Preferences, newcomer
from services.booking.keys import Keys
from services.booking.store import people
from shared.db import entropy_of


def recognise_person(
    session: Session, details: Details, preferences: Preferences, *, keys: Keys
) -> Person:
    """The person who has both this email and this phone, unchanged; else a new one.

    A public form never changes somebody known. Who is new and shares an email or a phone with
    somebody is marked as a possible duplicate, for staff alone.
    """
    known = people.find_match(session, details, keys)
    if known is not None:
        return known
    person = newcomer(PersonId(entropy_of(session).uuid()), details, preferences)
    alike = people.resembles_someone(session, details, keys)
    return people.add_person(session, replace(person, possible_duplicate=alike), keys)
