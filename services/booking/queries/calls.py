"""Consults with the people in them, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    UnaryExpression,
    and_,
    exists,
    or_,
    select,
    true,
)
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
    DeliveryRow,
    PersonRow,
    TextsOffRow,
)

MOST = 1000
"""Calls that any list holds at most."""

_IN_TIME = ConsultRow.starts_at.asc()
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


def calls_between(
    session: Session, start: datetime, end: datetime, *, consultant_id: str = ""
) -> list[Call]:
    """Calls from `start` up to `end` that were not called off, in order; of one consultant or all.

    Times that are only held are no calls yet.
    """
    is_call = ConsultRow.status.in_((Status.BOOKED, Status.NO_SHOW, Status.COMPLETED))
    inside = (ConsultRow.starts_at >= start, ConsultRow.starts_at < end)
    return some_calls(session, is_call, *inside, _with(consultant_id))


def booked_calls_from(
    session: Session, start: datetime, *, limit: int, consultant_id: str = ""
) -> list[Call]:
    """Booked calls that begin at `start` or later, soonest first."""
    ahead = (ConsultRow.status == Status.BOOKED, ConsultRow.starts_at >= start)
    return some_calls(session, *ahead, _with(consultant_id), limit=limit)


def calls_without_outcome(
    session: Session, now: datetime, *, limit: int, consultant_id: str = ""
) -> list[Call]:
    """Calls that are over and still marked as booked, oldest first."""
    waits = (ConsultRow.status == Status.BOOKED, ConsultRow.held_until <= now)
    return some_calls(session, *waits, _with(consultant_id), limit=limit)


def undecided_calls(
    session: Session, day: date, *, limit: int, consultant_id: str = ""
) -> list[Call]:
    """Calls to be decided by this day, those with the oldest day first."""
    due = (ConsultRow.outcome == Outcome.UNDECIDED, ConsultRow.follow_up_on <= day)
    order = ConsultRow.follow_up_on.asc()
    return some_calls(session, *due, _with(consultant_id), order=order, limit=limit)


def troubled_calls(
    session: Session, now: datetime, *, limit: int, consultant_id: str = ""
) -> list[Call]:
    """Calls to come of which a message did not reach the person, soonest first."""
    trouble = exists().where(
        DeliveryRow.consult_id == ConsultRow.id,
        DeliveryRow.revision == ConsultRow.revision,
        DeliveryRow.delivered.is_(False),
    )
    ahead = (ConsultRow.status == Status.BOOKED, ConsultRow.held_until > now)
    return some_calls(session, trouble, *ahead, _with(consultant_id), limit=limit)


def earlier_calls(session: Session, now: datetime, *, limit: int, skip: int = 0) -> list[Call]:
    """Calls that are over or were called off, latest first."""
    is_call = ConsultRow.status.not_in((Status.HELD, Status.LAPSED))
    is_done = or_(ConsultRow.status != Status.BOOKED, ConsultRow.held_until <= now)
    order = ConsultRow.starts_at.desc()
    return some_calls(session, is_call, is_done, order=order, limit=limit, skip=skip)


def _with(consultant_id: str) -> ColumnElement[bool]:
    return ConsultRow.consultant_id == consultant_id if consultant_id else true()


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


def some_calls(
    session: Session,
    *conditions: ColumnElement[bool],
    order: UnaryExpression[Any] = _IN_TIME,
    limit: int = MOST,
    skip: int = 0,
) -> list[Call]:
    """The calls of which all these conditions hold."""
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
        phone=person.phone or consult.given["phone"],
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
