"""Change how a person is reached; from *qualified* on this service owns that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.cohort.domain.errors import Invalid
from services.cohort.keys import Keys
from services.cohort.store.people import (
    contact_of,
    get_applicant,
    get_person,
    write_contact,
)
from services.cohort.store.reach import forget_reach
from shared import audit
from shared.bus import outbox
from shared.events import Contact, ContactUpdated, SmsConsent
from shared.times import is_zone


@dataclass(frozen=True, slots=True)
class ContactChange:
    """The new values; `phone` in E.164, `timezone` an IANA name."""

    name: str
    email: str | None
    phone: str | None
    timezone: str


def update_contact(
    session: Session,
    person_id: str,
    change: ContactChange,
    *,
    keys: Keys,
    actor: str,
    now: datetime,
) -> None:
    """Save the change as the contact's next version and tell the other services.

    Consent to texts stays with the number it was given for: a new number starts without.
    Raises `NotFound` unless the person is an applicant, `Invalid` for an unknown zone.
    """
    get_applicant(session, person_id)
    if not is_zone(change.timezone):
        raise Invalid("Choose a time zone.", fields={"timezone": "Choose a time zone."})
    row = get_person(session, person_id, lock=True)
    old = contact_of(row)
    new = _next_version(old, change)
    if new.phone != old.phone:
        forget_reach(session, person_id, "sms")
    if new.email != old.email:
        forget_reach(session, person_id, "email")
    write_contact(row, new, keys)
    row.sequence += 1
    session.flush()
    event = ContactUpdated(person_id=person_id, person=new, sequence=row.sequence)
    outbox.add(session, event, now=now)
    subject = f"person:{person_id}"
    audit.record(session, actor=actor, action="contact.updated", subject=subject, now=now)


def _next_version(old: Contact, change: ContactChange) -> Contact:
    same_number = change.phone == old.phone
    return old.model_copy(
        update={
            "version": old.version + 1,
            "name": change.name,
            "email": change.email,
            "phone": change.phone,
            "timezone": change.timezone,
            "sms_consent": old.sms_consent if same_number else SmsConsent(granted=False),
        }
    )
