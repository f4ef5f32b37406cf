"""People who booked: found by email and phone together, made when new."""

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Outcome
from services.booking.domain.ids import PersonId
from services.booking.domain.person import Details, Person
from services.booking.keys import Keys
from services.booking.store.preferences import fill_preferences, preferences_of
from services.booking.tables import ConsultRow, PersonMatchRow, PersonRow
from shared.db import insert_new


def get_person(session: Session, person_id: str) -> Person:
    """The person with this id, which a row refers to."""
    return _person(session.get_one(PersonRow, person_id))


def find_match(session: Session, details: Details, keys: Keys) -> Person | None:
    """The person whose email and phone are both these."""
    if details.email is None or details.phone is None:
        return None
    digest = keys.contact(details.email, details.phone)
    query = (
        select(PersonRow)
        .join(PersonMatchRow, PersonMatchRow.person_id == PersonRow.id)
        .where(PersonMatchRow.contact_digest == digest)
    )
    row = session.scalars(query).first()
    return None if row is None else _person(row)


def resembles_someone(session: Session, details: Details, keys: Keys) -> bool:
    """Whether anybody has this email or this phone."""
    either = []
    if details.email is not None:
        either.append(PersonRow.email_digest == keys.email(details.email))
    if details.phone is not None:
        either.append(PersonRow.phone_digest == keys.phone(details.phone))
    if not either:
        return False
    return session.scalars(select(PersonRow.id).where(or_(*either)).limit(1)).first() is not None


def add_person(session: Session, person: Person, keys: Keys) -> Person:
    """Keep a new person; who gets there first with this email and phone is the one returned."""
    row = PersonRow(id=person.id, owner="booking", created_at=person.preferences.consent.at)
    _fill(row, person, keys)
    session.add(row)
    session.flush()
    if person.email is None or person.phone is None:
        return person
    digest = keys.contact(person.email, person.phone)
    match = {"contact_digest": digest, "person_id": person.id}
    if insert_new(session, PersonMatchRow.__table__, [match]):
        return person
    session.delete(row)
    session.flush()
    first = session.get_one(PersonMatchRow, digest)
    return get_person(session, first.person_id)


def replace_contact(session: Session, person: Person, keys: Keys) -> None:
    """Take over a newer version of a person's contact data, kept by cohort from now on."""
    row = session.get_one(PersonRow, person.id)
    row.owner = "cohort"
    _fill(row, person, keys)
    session.execute(delete(PersonMatchRow).where(PersonMatchRow.person_id == person.id))
    session.flush()
    if person.email is not None and person.phone is not None:
        digest = keys.contact(person.email, person.phone)
        match = {"contact_digest": digest, "person_id": person.id}
        insert_new(session, PersonMatchRow.__table__, [match])


def find_person(session: Session, person_id: str) -> Person | None:
    """The person with this id, if booking knows one."""
    row = session.get(PersonRow, person_id)
    return None if row is None else _person(row)


def lock_person(session: Session, person_id: PersonId) -> None:
    """Let others who change what belongs to this person wait, until the transaction ends."""
    session.execute(select(PersonRow.id).where(PersonRow.id == person_id).with_for_update()).all()


def hand_over(session: Session, person_id: PersonId) -> str:
    """From now on cohort owns this person's contact data; who owned it before."""
    row = _locked(session, person_id)
    before, row.owner = row.owner, "cohort"
    return before


def hand_back(session: Session, person_id: PersonId) -> None:
    """Booking owns this person's contact data again, unless another call of theirs qualified."""
    row = _locked(session, person_id)
    others = select(ConsultRow.id).where(
        ConsultRow.person_id == person_id, ConsultRow.outcome == Outcome.QUALIFIED.value
    )
    if session.scalars(others.limit(1)).first() is None:
        row.owner = "booking"


def _locked(session: Session, person_id: str) -> PersonRow:
    return session.get_one(PersonRow, person_id, with_for_update=True, populate_existing=True)


def _fill(row: PersonRow, person: Person, keys: Keys) -> None:
    row.version = person.version
    row.name = person.name
    row.email = person.email
    row.phone = person.phone
    row.email_digest = None if person.email is None else keys.email(person.email)
    row.phone_digest = None if person.phone is None else keys.phone(person.phone)
    fill_preferences(row, person.preferences)
    row.possible_duplicate = person.possible_duplicate


def _person(row: PersonRow) -> Person:
    return Person(
        id=PersonId(row.id),
        version=row.version,
        name=row.name,
        email=row.email,
        phone=row.phone,
        preferences=preferences_of(row),
        possible_duplicate=row.possible_duplicate,
    )
