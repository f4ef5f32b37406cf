"""Consults with the people in them, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, UnaryExpression, and_, func, select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Consult, Outcome, Status
from services.booking.domain.errors import UnknownConsult, UnknownLink
from services.booking.domain.person import Given
from services.booking.domain.trouble import Trouble
from services.booking.keys import Keys
from services.booking.store.consults import consult_of, given_of
from services.booking.store.hearsay import troubles_of
from services.booking.tables import (
    ConfirmationRow,
    ConsultantRow,
    ConsultRow,
    PersonRow,
    TextsOffRow,
)

_Found = Row[ConsultRow, PersonRow, ConsultantRow, ConfirmationRow | None, TextsOffRow | None]


@dataclass(frozen=True, slots=True)
class Call:
    """A consult, who comes and who holds it.

    `person`, `email` and `phone` are for staff; `given` is what the booking itself said, which is
    all that its own page shows.
    `confirmed_at` is when the person confirmed this very time, `troubles` what did not reach them
    about it; `texts_off` says that their number wants no texts.
    """

    consult: Consult
    given: Given
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
    confirmed_at: datetime | None = None
    texts_off: bool = False
    troubles: tuple[Trouble, ...] = ()

    def waits_for_outcome(self, now: datetime) -> bool:
        """Whether it is over and nobody has said what came of it."""
        return self.consult.status is Status.BOOKED and self.consult.ends_at <= now

    @property
    def is_open_question(self) -> bool:
        """Whether it was held and is to be decided later."""
        return self.consult.outcome is Outcome.UNDECIDED


def get_call_by_token(session: Session, token: str, keys: Keys) -> Call:
    """The call of a manage link. Raises `UnknownLink`."""
    return _by_link(session, ConsultRow.token_digest == keys.token_digest(token))


def get_call_by_confirm_token(session: Session, token: str, keys: Keys) -> Call:
    """The call that an emailed link confirms, held or not. Raises `UnknownLink`."""
    return _by_link(session, ConsultRow.confirm_digest == keys.token_digest(token))


def _by_link(session: Session, condition: ColumnElement[bool]) -> Call:
    row = session.execute(_calls().where(condition)).first()
    if row is None:
        raise UnknownLink
    return _with_troubles(session, [row])[0]


def get_call(session: Session, consult_id: str) -> Call:
    """The call with this id. Raises `UnknownConsult`."""
    row = session.execute(_calls().where(ConsultRow.id == consult_id)).first()
    if row is None:
        raise UnknownConsult
    return _with_troubles(session, [row])[0]


def upcoming_calls(session: Session, now: datetime, *, limit: int) -> Sequence[Call]:
    """Booked calls that are not over, soonest first."""
    is_next = (ConsultRow.status == Status.BOOKED, ConsultRow.held_until > now)
    return _some(session, *is_next, order=ConsultRow.starts_at.asc(), limit=limit)


def calls_without_outcome(session: Session, now: datetime, *, limit: int) -> Sequence[Call]:
    """Calls that are over and still marked as booked, oldest first."""
    return _some(session, _waits(now), order=ConsultRow.starts_at.asc(), limit=limit)


def earlier_calls(session: Session, *, limit: int, skip: int = 0) -> Sequence[Call]:
    """Calls that ended one way or another, latest first."""
    is_done = ConsultRow.status.in_((Status.CANCELLED, Status.NO_SHOW, Status.COMPLETED))
    order = ConsultRow.starts_at.desc()
    return _some(session, is_done, order=order, limit=limit, skip=skip)


def count_without_outcome(session: Session, now: datetime) -> int:
    """How many calls are over and still marked as booked."""
    query = select(func.count()).select_from(ConsultRow).where(_waits(now))
    return session.scalar(query) or 0


def _waits(now: datetime) -> ColumnElement[bool]:
    return and_(ConsultRow.status == Status.BOOKED, ConsultRow.held_until <= now)


def _calls() -> Select[
    ConsultRow, PersonRow, ConsultantRow, ConfirmationRow | None, TextsOffRow | None
]:
    return (
        select(ConsultRow, PersonRow, ConsultantRow, ConfirmationRow, TextsOffRow)
        .join(PersonRow, PersonRow.id == ConsultRow.person_id)
        .join(ConsultantRow, ConsultantRow.id == ConsultRow.consultant_id)
        .outerjoin(
            ConfirmationRow,
            and_(
                ConfirmationRow.consult_id == ConsultRow.id,
                ConfirmationRow.revision == ConsultRow.revision,
            ),
        )
        .outerjoin(TextsOffRow, TextsOffRow.phone_digest == PersonRow.phone_digest)
    )


def _some(
    session: Session,
    *conditions: ColumnElement[bool],
    order: UnaryExpression[datetime],
    limit: int,
    skip: int = 0,
) -> list[Call]:
    query = _calls().where(*conditions).order_by(order, ConsultRow.id).limit(limit).offset(skip)
    return _with_troubles(session, session.execute(query).all())


def _with_troubles(session: Session, rows: Sequence[_Found]) -> list[Call]:
    calls = [_call(row) for row in rows]
    troubles = troubles_of(session, [call.consult.id for call in calls])
    return [replace(call, troubles=troubles.get(call.consult.id, ())) for call in calls]


def _call(row: _Found) -> Call:
    consult, person, consultant, confirmation, texts_off = row
    return Call(
        consult=consult_of(consult),
        given=given_of(consult),
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
        confirmed_at=None if confirmation is None else confirmation.at,
        texts_off=texts_off is not None,
    )
