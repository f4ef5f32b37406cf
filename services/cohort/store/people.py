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
    """The person's row, locked, holding the newest contact of those known and `contact`."""
    values = _contact_values(contact, keys)
    insert_new(
        session,
        PersonRow.__table__,
        [{"person_id": contact.person_id, "sequence": 0, **values}],
    )
    row = get_person(session, contact.person_id, lock=True)
    if newer_contact(row.version, contact.version):
        for name, value in values.items():
            setattr(row, name, value)
    return row


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
