"""Take over contact data that cohort, its owner once someone is qualified, has changed."""

from sqlalchemy.orm import Session

from services.booking.domain.ids import PersonId
from services.booking.domain.person import CONSENT_VERSION, Consent, Person, Preferences
from services.booking.keys import Keys
from services.booking.store import people
from shared.events import Contact


def update_contact(session: Session, contact: Contact, *, keys: Keys) -> None:
    """Keep the contact data if newer than what is known; of people unknown here, keep nothing.

    Nor of somebody who was found to be another person: that one's contact data holds.
    """
    known = people.find_person(session, contact.person_id)
    if known is None or known.id != contact.person_id or known.version >= contact.version:
        return
    said = contact.sms_consent
    old = known.preferences.consent
    consent = Consent(
        granted=said.granted,
        text_version=said.text_version or CONSENT_VERSION,
        method=said.method or old.method,
        at=said.at or old.at,
    )
    person = Person(
        id=PersonId(contact.person_id),
        version=contact.version,
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        preferences=Preferences(
            contact.timezone, contact.locale, consent, known.preferences.contact_by
        ),
        possible_duplicate=known.possible_duplicate,
    )
    people.replace_contact(session, person, keys)
