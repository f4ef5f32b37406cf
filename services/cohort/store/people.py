"""People, their consults and applicants."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cohort.domain.applicant import newer_contact
from services.cohort.domain.errors import LinkNotValid, NotFound
from services.cohort.keys import Keys
from services.cohort.tables import ApplicantRow, ConsultRow, PersonRow
from shared.db import insert_new
from shared.events import Contact, SmsConsent


def remember_contact(session: Session, contact: Contact, keys: Keys) -> PersonRow:
    """The person's row, locked, holding the newest contact of those known and `contact`.

    Of somebody who was found to be another it is that one's row, whose own contact holds.
    """
    values = _contact_values(contact, keys)
    insert_new(
        session,
        PersonRow.__table__,
        [{"person_id": contact.person_id, "sequence": 0, **values}],
    )
    row = get_person(session, contact.person_id, lock=True)
    if row.merged_into is not None:
        return stand_in(session, row, row.merged_into)
    if newer_contact(row.version, contact.version):
        for name, value in values.items():
            setattr(row, name, value)
    return row


def stand_in(session: Session, row: PersonRow, person_id: str) -> PersonRow:
    """The row of this person, locked; while not heard of, with the contact of `row` for now."""
    columns = {column.name for column in PersonRow.__table__.columns}
    values = {name: getattr(row, name) for name in columns}
    values |= {"person_id": person_id, "version": 0, "sequence": 0, "merged_into": None}
    insert_new(session, PersonRow.__table__, [values])
    return get_person(session, person_id, lock=True)


def place_for(session: Session, person_id: str) -> PersonRow:
    """The person's row, locked; an empty one when nothing has been heard of them yet."""
    empty = {
        "person_id": person_id,
        "version": 0,
        "name": "",
        "timezone": "UTC",
        "locale": "en",
        "sms_consent": {"granted": False},
        "sequence": 0,
    }
    insert_new(session, PersonRow.__table__, [empty])
    return get_person(session, person_id, lock=True)


def standing_id(session: Session, person_id: str) -> str:
    """The id under which somebody goes on: their own, or that of whom they were found to be."""
    row = session.get(PersonRow, person_id)
    return person_id if row is None or row.merged_into is None else row.merged_into


def get_person(session: Session, person_id: str, *, lock: bool = False) -> PersonRow:
    """The person; locked for the rest of the transaction when asked. Raises `NotFound`."""
    row = session.get(PersonRow, person_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise NotFound("This person is not here.")
    return row


def contact_of(row: PersonRow) -> Contact:
    """The contact as other services hear it."""
    return Contact(
        person_id=row.person_id,
        version=row.version,
        name=row.name,
        email=row.email,
        phone=row.phone,
        timezone=row.timezone,
        locale=row.locale,
        sms_consent=SmsConsent.model_validate(row.sms_consent),
    )


def write_contact(row: PersonRow, contact: Contact, keys: Keys) -> None:
    """Put `contact` into the row as it is."""
    for name, value in _contact_values(contact, keys).items():
        setattr(row, name, value)


def lock_consult(session: Session, consult_id: str, person_id: str) -> ConsultRow:
    """The row of a consult, locked; made empty when it was not known."""
    insert_new(session, ConsultRow.__table__, [{"consult_id": consult_id, "person_id": person_id}])
    row = session.get(ConsultRow, consult_id, with_for_update=True, populate_existing=True)
    return cast("ConsultRow", row)


def get_applicant(session: Session, person_id: str, *, lock: bool = False) -> ApplicantRow:
    """The applicant; locked when asked. Raises `NotFound`."""
    row = session.get(ApplicantRow, person_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise NotFound("This applicant is not here.")
    return row


def get_applicant_by_page(session: Session, token: str, keys: Keys) -> ApplicantRow:
    """Whose page a token opens. Raises `LinkNotValid`."""
    digest = keys.links.digest(token)
    row = session.scalar(select(ApplicantRow).where(ApplicantRow.page_digest == digest))
    if row is None:
        raise LinkNotValid("This link no longer works.")
    return row


def _contact_values(contact: Contact, keys: Keys) -> dict[str, Any]:
    return {
        "version": contact.version,
        "name": contact.name,
        "email": contact.email,
        "email_digest": keys.email_digest(contact.email) if contact.email else None,
        "phone": contact.phone,
        "phone_digest": keys.phone_digest(contact.phone) if contact.phone else None,
        "timezone": contact.timezone,
        "locale": contact.locale,
        "sms_consent": contact.sms_consent.model_dump(mode="json"),
    }
