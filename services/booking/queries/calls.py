"""Consults with the people in them, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, UnaryExpression, and_, func, select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Consult, Outcome, Status
from services.booking.domain.errors import UnknownConsult, UnknownLink
from services.booking.keys import Keys
from services.booking.store.consults import consult_of
from services.booking.tables import ConsultantRow, ConsultRow, PersonRow


@dataclass(frozen=True, slots=True)
class Call:
    """A consult, who comes and who holds it. `email` and `phone` are the person's."""

    consult: Consult
    person: str
    email: str | None
    phone: str | None
    possible_duplicate: bool
    consultant: str
    consultant_timezone: str
    join_url: str | None
    note: str | None
    nonce: str
    booked_at: datetime

    def waits_for_outcome(self, now: datetime) -> bool:
        """Whether it is over and nobody has said what came of it."""
        return self.consult.status is Status.BOOKED and self.consult.ends_at <= now

    @property
    def is_open_question(self) -> bool:
        """Whether it was held and is to be decided later."""
        return self.consult.outcome is Outcome.UNDECIDED


def get_call_by_token(session: Session, token: str, keys: Keys) -> Call:
    """The call of a manage link. Raises `UnknownLink`."""
    digest = keys.token_digest(token)
    row = session.execute(_calls().where(ConsultRow.token_digest == digest)).first()
    if row is None:
        raise UnknownLink
    return _call(row)


def get_call(session: Session, consult_id: str) -> Call:
    """The call with this id. Raises `UnknownConsult`."""
    row = session.execute(_calls().where(ConsultRow.id == consult_id)).first()
    if row is None:
        raise UnknownConsult
    return _call(row)


def upcoming_calls(session: Session, now: datetime, *, limit: int) -> Sequence[Call]:
    """Booked calls that are not over, soonest first."""
    is_next = (ConsultRow.status == Status.BOOKED, ConsultRow.held_until > now)
    return _some(session, *is_next, order=ConsultRow.starts_at.asc(), limit=limit)


def calls_without_outcome(session: Session, now: datetime, *, limit: int) -> Sequence[Call]:
    """Calls that are over and still marked as booked, oldest first."""
    return _some(session, _waits(now), order=ConsultRow.starts_at.asc(), limit=limit)


def earlier_calls(session: Session, *, limit: int, skip: int = 0) -> Sequence[Call]:
    """Calls that ended one way or another, latest first."""
    is_done = ConsultRow.status != Status.BOOKED
    order = ConsultRow.starts_at.desc()
    return _some(session, is_done, order=order, limit=limit, skip=skip)


def count_without_outcome(session: Session, now: datetime) -> int:
    """How many calls are over and still marked as booked."""
    query = select(func.count()).select_from(ConsultRow).where(_waits(now))
    return session.scalar(query) or 0


def _waits(now: datetime) -> ColumnElement[bool]:
    return and_(ConsultRow.status == Status.BOOKED, ConsultRow.held_until <= now)


def _calls() -> Select[ConsultRow, PersonRow, ConsultantRow]:
    return (
        select(ConsultRow, PersonRow, ConsultantRow)
        .join(PersonRow, PersonRow.id == ConsultRow.person_id)
        .join(ConsultantRow, ConsultantRow.id == ConsultRow.consultant_id)
    )


def _some(
    session: Session,
    *conditions: ColumnElement[bool],
    order: UnaryExpression[datetime],
    limit: int,
    skip: int = 0,
) -> list[Call]:
    query = _calls().where(*conditions).order_by(order, ConsultRow.id).limit(limit).offset(skip)
    return [_call(row) for row in session.execute(query)]


def _call(row: Row[ConsultRow, PersonRow, ConsultantRow]) -> Call:
    consult, person, consultant = row
    return Call(
        consult=consult_of(consult),
        person=person.name,
        email=person.email,
        phone=person.phone,
        possible_duplicate=person.possible_duplicate,
        consultant=consultant.name,
        consultant_timezone=consultant.timezone,
        join_url=consultant.join_url,
        note=consult.note,
        nonce=consult.nonce,
        booked_at=consult.booked_at,
    )
