"""Places on the waitlist: who waits, for what, in the order in which they joined."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Meeting, Status
from services.booking.domain.consultant import Hours
from services.booking.domain.errors import UnknownLink, UnknownPlace
from services.booking.domain.ids import EntryId, PersonId
from services.booking.domain.person import Given
from services.booking.domain.waitlist import ASKED_FOR, Entry, Waiting, is_over
from services.booking.keys import Keys
from services.booking.store.preferences import fill_preferences, preferences_of
from services.booking.tables import ConsultRow, WaitlistEntryRow

IN_ORDER = (WaitlistEntryRow.joined_at, WaitlistEntryRow.id)
OPEN = tuple(each.value for each in Waiting if each.is_open)


def add_entry(session: Session, entry: Entry, *, nonce: str, keys: Keys) -> None:
    """Keep a new place, at the end of the list."""
    token = keys.waitlist_token(entry.id, nonce)
    row = WaitlistEntryRow(
        id=entry.id,
        person_id=entry.person_id,
        nonce=nonce,
        token_digest=keys.token_digest(token),
    )
    if entry.status is Waiting.ASKED:
        row.confirm_digest = keys.token_digest(keys.waitlist_confirm_token(entry.id, nonce))
    _fill(row, entry)
    session.add(row)
    session.flush()


def save_entry(session: Session, entry: Entry) -> None:
    """Save what somebody wants, and where and since when their place stands."""
    _fill(session.get_one(WaitlistEntryRow, entry.id), entry)
    session.flush()


def set_status(session: Session, entry_id: EntryId, status: Waiting) -> None:
    """Where a place stands from now on."""
    session.get_one(WaitlistEntryRow, entry_id).status = status.value
    session.flush()


def open_places(session: Session, person_id: PersonId) -> list[Entry]:
    """The place that somebody has on the list, and those they asked for, in order, locked."""
    query = (
        select(WaitlistEntryRow)
        .where(WaitlistEntryRow.person_id == person_id, WaitlistEntryRow.status.in_(OPEN))
        .order_by(*IN_ORDER)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [entry_of(row) for row in session.scalars(query)]


def find_place(session: Session, person_id: PersonId) -> Entry | None:
    """The place that somebody has on the list, locked; what is only asked for is none."""
    places = open_places(session, person_id)
    return next((each for each in places if each.status is not Waiting.ASKED), None)


def get_entry(session: Session, entry_id: str) -> Entry:
    """A place, locked until the transaction ends. Raises `UnknownPlace`."""
    row = _locked(session, WaitlistEntryRow.id == entry_id)
    if row is None:
        raise UnknownPlace
    return entry_of(row)


def get_entry_by_token(session: Session, token: str, keys: Keys) -> Entry:
    """The place of a link, locked until the transaction ends. Raises `UnknownLink`."""
    row = _locked(session, WaitlistEntryRow.token_digest == keys.token_digest(token))
    if row is None:
        raise UnknownLink
    return entry_of(row)


def get_entry_to_confirm(session: Session, token: str, keys: Keys) -> Entry:
    """The place of an emailed link, locked until the transaction ends. Raises `UnknownLink`."""
    row = _locked(session, WaitlistEntryRow.confirm_digest == keys.token_digest(token))
    if row is None:
        raise UnknownLink
    return entry_of(row)


def nonce_of(session: Session, entry_id: EntryId) -> str:
    """The nonce of the link to a place."""
    return session.get_one(WaitlistEntryRow, entry_id).nonce


def lock_waiting(session: Session) -> None:
    """Let others who give out times wait, until the transaction ends.

    Whoever gives out or frees times takes this lock before any minutes, so that two of them never
    wait for each other in a circle, and each sees what the other kept.
    """
    query = select(WaitlistEntryRow.id).where(WaitlistEntryRow.status == Waiting.WAITING)
    session.execute(query.order_by(*IN_ORDER).with_for_update()).all()


def waiting(session: Session, now: datetime) -> list[Entry]:
    """Everyone who may be offered a time, in order: not who has a call already."""
    has_call = exists().where(
        ConsultRow.person_id == WaitlistEntryRow.person_id,
        ConsultRow.status == Status.BOOKED,
        ConsultRow.starts_at > now,
    )
    query = select(WaitlistEntryRow).where(WaitlistEntryRow.status == Waiting.WAITING, ~has_call)
    return [entry_of(row) for row in session.scalars(query.order_by(*IN_ORDER))]


def over(session: Session, now: datetime, *, limit: int) -> list[Entry]:
    """Those who wait although their last day is past, and those who did not confirm in time."""
    row = WaitlistEntryRow
    waited = and_(row.status == Waiting.WAITING, row.until <= now.date())
    asked = and_(row.status == Waiting.ASKED, row.joined_at <= now - ASKED_FOR)
    query = select(row).where(or_(waited, asked)).order_by(*IN_ORDER)
    found = session.scalars(query.limit(limit))
    return [entry for entry in map(entry_of, found) if is_over(entry, now)]


def entry_of(row: WaitlistEntryRow) -> Entry:
    """The value a row holds."""
    said = row.given
    return Entry(
        id=EntryId(row.id),
        person_id=PersonId(row.person_id),
        windows=tuple(Hours(**each) for each in row.windows),
        until=row.until,
        meeting=Meeting(row.meeting),
        preferences=preferences_of(row),
        given=Given(said["name"] or "", said["email"], said["phone"]),
        joined_at=row.joined_at,
        status=Waiting(row.status),
    )


def _locked(session: Session, *conditions: ColumnElement[bool]) -> WaitlistEntryRow | None:
    query = select(WaitlistEntryRow).where(*conditions).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def _fill(row: WaitlistEntryRow, entry: Entry) -> None:
    row.status = entry.status.value
    row.joined_at = entry.joined_at
    row.meeting = entry.meeting.value
    row.windows = [asdict(each) for each in entry.windows]
    row.until = entry.until
    row.given = asdict(entry.given)
    fill_preferences(row, entry.preferences)
