"""Consults: loaded locked for a change, saved whole."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.booking.domain.cells import held_span
from services.booking.domain.consult import Consult, Hold, HoldKind, Meeting, Outcome, Status
from services.booking.domain.consultant import Consultant
from services.booking.domain.errors import UnknownConsult, UnknownLink
from services.booking.domain.ids import ConsultantId, ConsultId, PersonId
from services.booking.domain.intervals import instant
from services.booking.domain.person import Given, Person, Preferences
from services.booking.domain.zones import local_date
from services.booking.keys import Keys
from services.booking.store import cells
from services.booking.store.preferences import fill_preferences, preferences_of
from services.booking.tables import ConsultRow, PersonRow

_TOLD = 5
"""Calls that one email names beside its own."""


def get_consult(session: Session, consult_id: str) -> Consult:
    """The consult, locked until the transaction ends. Raises `UnknownConsult`."""
    row = _locked(session, ConsultRow.id == consult_id)
    if row is None:
        raise UnknownConsult
    return consult_of(row)


def get_by_token(session: Session, token: str, keys: Keys) -> Consult:
    """The consult of a manage link, locked until the transaction ends. Raises `UnknownLink`."""
    row = _locked(session, ConsultRow.token_digest == keys.token_digest(token))
    if row is None:
        raise UnknownLink
    return consult_of(row)


def get_by_confirm_token(session: Session, token: str, keys: Keys) -> Consult:
    """The consult that this link confirms, locked. Raises `UnknownLink`."""
    row = _locked(session, ConsultRow.confirm_digest == keys.token_digest(token))
    if row is None:
        raise UnknownLink
    return consult_of(row)


def nonce_of(session: Session, consult_id: ConsultId) -> str:
    """The nonce of a consult's manage link."""
    return session.get_one(ConsultRow, consult_id).nonce


def asked_to_confirm_at(session: Session, consult_id: ConsultId) -> datetime | None:
    """When its person was asked to confirm it by email; None for a booking that was not."""
    row = session.get_one(ConsultRow, consult_id)
    return None if row.confirm_digest is None else row.booked_at


def add_consult(
    session: Session,
    consult: Consult,
    consultant: Consultant,
    *,
    given: Given,
    nonce: str,
    keys: Keys,
    now: datetime,
) -> None:
    """Keep a new consult and take its minutes, both or neither.

    Raises `cells.CellsTaken`; the transaction is then as it was before.
    """
    token = keys.token(consult.id, nonce)
    row = ConsultRow(
        id=consult.id,
        given=asdict(given),
        nonce=nonce,
        booked_at=now,
        token_digest=keys.token_digest(token),
    )
    if consult.hold is not None and consult.hold.kind is HoldKind.UNCONFIRMED:
        row.confirm_digest = keys.token_digest(keys.confirm_token(consult.id, nonce))
    _fill(row, consult, consultant)
    with session.begin_nested():
        session.add(row)
        session.flush()
        if consult.occupies:
            _take(session, consult, consultant, now=now)


def move_consult(
    session: Session, consult: Consult, consultant: Consultant, *, now: datetime
) -> None:
    """Take the consult's new minutes, having given back the old, and save it; both or neither.

    Raises `cells.CellsTaken`; the transaction is then as it was before.
    """
    row = session.get_one(ConsultRow, consult.id)
    with session.begin_nested():
        if row.occupies:
            cells.release(session, row)
        _take(session, consult, consultant, now=now)
    _fill(row, consult, consultant)
    session.flush()


def save_consult(session: Session, consult: Consult) -> None:
    """Save a change of state that leaves time and consultant as they are.

    A consult that no longer occupies its minutes gives them back.
    """
    row = session.get_one(ConsultRow, consult.id)
    if row.occupies and not consult.occupies:
        cells.release(session, row)
    elif row.hold_expires_at is not None:
        cells.mark_changed(session, row)
    _fill_state(row, consult)
    session.flush()


def ahead_under_email(
    session: Session, email: str, keys: Keys, *, but: ConsultId, now: datetime
) -> list[tuple[datetime, ConsultId, str]]:
    """Start, id and nonce of booked consults to come whose person has this email, soonest first.

    Whoever those people are: one may have booked under two phone numbers.
    """
    query = (
        select(ConsultRow.starts_at, ConsultRow.id, ConsultRow.nonce)
        .join(PersonRow, PersonRow.id == ConsultRow.person_id)
        .where(PersonRow.email_digest == keys.email(email), ConsultRow.id != but)
        .where(ConsultRow.status == Status.BOOKED, ConsultRow.starts_at > now)
        .order_by(ConsultRow.starts_at, ConsultRow.id)
        .limit(_TOLD)
    )
    found = session.execute(query)
    return [(starts_at, ConsultId(consult_id), nonce) for starts_at, consult_id, nonce in found]


def overdue_holds(session: Session, now: datetime, *, limit: int) -> list[Consult]:
    """Consults held until now or earlier, locked; those that somebody else works on left out."""
    query = (
        select(ConsultRow)
        .where(ConsultRow.hold_expires_at <= now)
        .order_by(ConsultRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [consult_of(row) for row in session.scalars(query)]


def cancelled_starts(
    session: Session, people: Iterable[PersonId], *, after: datetime
) -> Mapping[PersonId, set[datetime]]:
    """The times to come that each of these people had and gave up; for most, none."""
    found: dict[PersonId, set[datetime]] = defaultdict(set)
    query = select(ConsultRow.person_id, ConsultRow.starts_at).where(
        ConsultRow.person_id.in_(list(people)),
        ConsultRow.status == Status.CANCELLED,
        ConsultRow.starts_at > after,
    )
    for person_id, start in session.execute(query):
        found[PersonId(person_id)].add(start)
    return found


def latest_preferences(session: Session, person: Person) -> Preferences:
    """What the person chose when they last booked; consent only if it was for this number."""
    query = select(ConsultRow).where(ConsultRow.person_id == person.id)
    rows = session.scalars(query.order_by(ConsultRow.booked_at.desc(), ConsultRow.id)).all()
    with_number = [row for row in rows if person.phone and given_of(row).phone == person.phone]
    chosen = preferences_of((with_number or rows)[0]) if rows else person.preferences
    if with_number or not chosen.consent.granted:
        return chosen
    return replace(chosen, consent=replace(chosen.consent, granted=False))


def set_note(session: Session, consult_id: ConsultId, note: str | None) -> None:
    """Keep staff's private note on a consult."""
    session.get_one(ConsultRow, consult_id).note = note or None


def consult_of(row: ConsultRow) -> Consult:
    """The value a row holds."""
    return Consult(
        id=ConsultId(row.id),
        person_id=PersonId(row.person_id),
        consultant_id=ConsultantId(row.consultant_id),
        starts_at=row.starts_at,
        meeting=Meeting(row.meeting),
        preferences=preferences_of(row),
        status=Status(row.status),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        follow_up_on=row.follow_up_on,
        revision=row.revision,
        hold=_hold(row),
    )


def _hold(row: ConsultRow) -> Hold | None:
    if row.hold_kind is None or row.hold_expires_at is None:
        return None
    return Hold(HoldKind(row.hold_kind), row.hold_expires_at, row.occupies)


def given_by(session: Session, consult_id: ConsultId) -> Given:
    """What the booking of this consult said of who comes."""
    return given_of(session.get_one(ConsultRow, consult_id))


def given_of(row: ConsultRow) -> Given:
    """What the booking itself said of who comes."""
    said = row.given
    return Given(said["name"] or "", said["email"], said["phone"])


def _locked(session: Session, condition: ColumnElement[bool]) -> ConsultRow | None:
    query = select(ConsultRow).where(condition).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def _take(session: Session, consult: Consult, consultant: Consultant, *, now: datetime) -> None:
    held = held_span(consultant, consult.starts_at)
    day = local_date(consult.starts_at, consultant.zone)
    cells.take(session, consultant, consult.id, held=held, day=day, now=now)


def _fill(row: ConsultRow, consult: Consult, consultant: Consultant) -> None:
    held = held_span(consultant, consult.starts_at)
    row.person_id = consult.person_id
    row.consultant_id = consult.consultant_id
    row.starts_at = consult.starts_at
    row.held_from = instant(held.start)
    row.held_until = instant(held.end)
    row.day = local_date(consult.starts_at, consultant.zone)
    row.meeting = consult.meeting.value
    fill_preferences(row, consult.preferences)
    _fill_state(row, consult)


def _fill_state(row: ConsultRow, consult: Consult) -> None:
    row.status = consult.status.value
    row.outcome = None if consult.outcome is None else consult.outcome.value
    row.follow_up_on = consult.follow_up_on
    row.revision = consult.revision
    row.hold_kind = None if consult.hold is None else consult.hold.kind.value
    row.hold_expires_at = None if consult.hold is None else consult.hold.expires_at
    row.occupies = consult.occupies
