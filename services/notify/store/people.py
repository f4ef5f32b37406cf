"""People as messages know them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.notify.domain.values import PersonId, Recipient
from services.notify.keys import Keys
from services.notify.tables import OptOutRow, PersonRow
from shared.db import insert_new
from shared.events import Contact


def save_contact(session: Session, contact: Contact, *, at: datetime, keys: Keys) -> bool:
    """Keep this contact data if it is newer than what is known; whether it was.

    The higher version is newer; within one version, what was said later. Of somebody who
    was found to be another, nothing is kept. The row stays locked until the transaction ends.
    """
    row = _row_of(contact, at=at, keys=keys)
    if insert_new(session, PersonRow.__table__, [row]):
        return True
    known = lock_person(session, contact.person_id)
    if known is None or known.merged_into is not None:
        return False
    if (known.version, known.changed_at) >= (contact.version, at):
        return False
    for name, value in row.items():
        setattr(known, name, value)
    session.flush()
    return True


def meet(session: Session, contact: Contact, *, at: datetime, keys: Keys) -> None:
    """Keep this contact data if nothing is known of the person yet."""
    insert_new(session, PersonRow.__table__, [_row_of(contact, at=at, keys=keys)])


def standing_id(session: Session, person_id: str) -> str:
    """Who gets what is meant for this person: they, or whom they were found to be."""
    row = session.get(PersonRow, person_id)
    return person_id if row is None or row.merged_into is None else row.merged_into


def place_for(session: Session, person_id: str, *, at: datetime) -> PersonRow:
    """The person's row, locked; an empty one when nothing has been heard of them yet."""
    empty = {
        "person_id": person_id,
        "version": 0,
        "contact": {"name": ""},
        "timezone": "UTC",
        "locale": "en",
        "changed_at": at,
    }
    insert_new(session, PersonRow.__table__, [empty])
    row = lock_person(session, person_id)
    if row is None:
        raise LookupError(f"the row of {person_id} is gone")
    return row


def merge(session: Session, away: PersonRow, into_id: str) -> None:
    """Let `away` be known as this person; nobody is texted or written to as `away` any more.

    While nothing has been heard of this person, the contact data of `away` stands in.
    """
    if away.version > 0:
        row = {
            "person_id": into_id,
            "version": 0,
            "contact": away.contact | {"person_id": into_id},
            "timezone": away.timezone,
            "locale": away.locale,
            "phone_hash": away.phone_hash,
            "changed_at": away.changed_at,
        }
        insert_new(session, PersonRow.__table__, [row])
    earlier = update(PersonRow).where(PersonRow.merged_into == away.person_id)
    session.execute(earlier.values(merged_into=into_id))
    away.merged_into, away.phone_hash = into_id, None
    session.flush()


def find_person(session: Session, person_id: str) -> PersonRow | None:
    """The person's row as it is, for looking only."""
    return session.get(PersonRow, person_id)


def lock_person(session: Session, person_id: str) -> PersonRow | None:
    """The person's row, locked so that plans for one person are made one at a time."""
    query = select(PersonRow).where(PersonRow.person_id == person_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def contact_of(row: PersonRow) -> Contact:
    """The contact data as it was published."""
    return Contact.model_validate(row.contact)


def recipient_of(session: Session, row: PersonRow) -> Recipient:
    """The person as the planner sees them."""
    contact = contact_of(row)
    return Recipient(
        person_id=PersonId(row.person_id),
        timezone=row.timezone,
        has_email=bool(contact.email),
        has_phone=bool(contact.phone),
        sms_consent=contact.sms_consent.granted,
        opted_out=row.phone_hash is not None and is_opted_out(session, row.phone_hash),
    )


def is_opted_out(session: Session, phone_hash: str) -> bool:
    """Whether this number asked for no texts and has not said START since."""
    query = select(OptOutRow.standing).where(OptOutRow.phone_hash == phone_hash)
    return bool(session.scalar(query))


def people_with_phone(session: Session, phone_hash: str) -> Sequence[str]:
    """The ids of everyone who gave this number: people share phones."""
    query = select(PersonRow.person_id).where(PersonRow.phone_hash == phone_hash)
    return sorted(session.scalars(query))


def _row_of(contact: Contact, *, at: datetime, keys: Keys) -> dict[str, object]:
    return {
        "person_id": contact.person_id,
        "version": contact.version,
        "contact": contact.model_dump(mode="json"),
        "timezone": contact.timezone,
        "locale": contact.locale,
        "phone_hash": keys.phone(contact.phone) if contact.phone else None,
        "changed_at": at,
    }
