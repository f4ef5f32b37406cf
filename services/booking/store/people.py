"""People who booked: found by email and phone together, made when new."""

from collections.abc import Iterable

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import ForUpdateArg

from services.booking.domain.consult import Outcome
from services.booking.domain.errors import UnknownPerson
from services.booking.domain.ids import PersonId
from services.booking.domain.person import Details, Person
from services.booking.keys import Keys
from services.booking.store.preferences import fill_preferences, preferences_of
from services.booking.tables import ConsultRow, PersonMatchRow, PersonRow, WaitlistEntryRow
from shared.db import insert_new


def get_person(session: Session, person_id: str) -> Person:
    """The person with this id, which a row refers to."""
    return _person(session.get_one(PersonRow, person_id))


def standing_person(session: Session, person_id: str) -> Person:
    """Who goes on under this id, and stays so until the transaction ends. Raises `UnknownPerson`.

    Of two people found to be one it is the one that was kept.
    """
    row = session.get(PersonRow, person_id, with_for_update=_KEPT, populate_existing=True)
    if row is None:
        raise UnknownPerson
    return _standing(session, row)


def find_match(session: Session, details: Details, keys: Keys) -> Person | None:
    """The person whose email and phone are both these."""
    if details.email is None or details.phone is None:
        return None
    digest = keys.contact(details.email, details.phone)
    query = (
        select(PersonRow)
        .join(PersonMatchRow, PersonMatchRow.person_id == PersonRow.id)
        .where(PersonMatchRow.contact_digest == digest)
        .with_for_update(of=PersonRow, read=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    row = session.scalars(query).first()
    return None if row is None else _standing(session, row)


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
    return standing_person(session, first.person_id)


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
    """Who goes on under this id, if booking knows anybody by it."""
    row = session.get(PersonRow, person_id)
    return None if row is None else _standing(session, row)


def owner_of(session: Session, person_id: PersonId) -> str:
    """Who may change this person's contact data: "booking" or "cohort"."""
    return session.get_one(PersonRow, person_id).owner


def lock_people(session: Session, ids: Iterable[str]) -> list[Person]:
    """These people, in this order, locked; those who are someone else now are left out."""
    ids = list(ids)
    query = select(PersonRow).where(PersonRow.id.in_(ids), PersonRow.merged_into.is_(None))
    query = query.order_by(PersonRow.id).with_for_update()
    rows = session.scalars(query.execution_options(populate_existing=True))
    found = {row.id: _person(row) for row in rows}
    return [found[each] for each in ids if each in found]


def looks_like_another(session: Session, person_id: PersonId) -> bool:
    """Whether anybody else has an email or a phone of this person, or of whom they were, too."""
    mine = or_(PersonRow.id == person_id, PersonRow.merged_into == person_id)
    its = session.execute(select(PersonRow.email_digest, PersonRow.phone_digest).where(mine)).all()
    marks = {mark for row in its for mark in row if mark is not None}
    alike = or_(PersonRow.email_digest.in_(marks), PersonRow.phone_digest.in_(marks))
    query = select(PersonRow.id).where(alike, PersonRow.merged_into.is_(None))
    return session.scalars(query.where(PersonRow.id != person_id).limit(1)).first() is not None


def save_person(session: Session, person: Person, keys: Keys) -> None:
    """Save what booking itself has changed of somebody."""
    _fill(session.get_one(PersonRow, person.id), person, keys)
    session.flush()
    if person.email is not None and person.phone is not None:
        match = {"contact_digest": keys.contact(person.email, person.phone), "person_id": person.id}
        insert_new(session, PersonMatchRow.__table__, [match])


def merge(session: Session, into: PersonId, away: PersonId) -> None:
    """Let everything of `away` go on under `into`, later bookings with its contact data too."""
    for rows in (ConsultRow, WaitlistEntryRow, PersonMatchRow):
        session.execute(update(rows).where(rows.person_id == away).values(person_id=into))
    earlier = update(PersonRow).where(PersonRow.merged_into == away)
    session.execute(earlier.values(merged_into=into))
    row = session.get_one(PersonRow, away)
    row.merged_into, row.possible_duplicate = into, False
    session.flush()


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


_KEPT = ForUpdateArg(read=True, key_share=True)
"""Others may read and change the row, but not end it or merge it away."""


def _standing(session: Session, row: PersonRow) -> Person:
    return _person(row) if row.merged_into is None else get_person(session, row.merged_into)


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
