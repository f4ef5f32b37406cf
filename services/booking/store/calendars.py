"""Consultants' own calendars, when those say they are busy, and when cohort says so."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from services.booking.domain.ids import ConsultantId
from services.booking.domain.intervals import Span, instant, merge, span_of
from services.booking.store.schedules import Calendar
from services.booking.tables import BusyFeedRow, CalendarBusyRow, ConsultantRow, StaffBusyRow

LEASE = timedelta(minutes=5)
"""How long one reader has a calendar to itself; longer than any reading takes."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What is known of a consultant's own calendar; its address is a secret."""

    consultant_id: ConsultantId
    url: str = field(repr=False)
    stale_after: timedelta
    added_at: datetime
    read_at: datetime | None
    next_at: datetime
    failures: int
    trouble: str | None

    def is_stale(self, now: datetime) -> bool:
        """Whether what it says now is unknown, so that nothing is offered."""
        return Calendar(self.read_at, self.stale_after).is_stale(now)


@dataclass(frozen=True, slots=True)
class Claim:
    """A calendar to be read now, by whoever holds this claim and no other."""

    consultant_id: ConsultantId
    url: str = field(repr=False)
    zone: ZoneInfo
    horizon: timedelta
    until: datetime


def connect(
    session: Session,
    consultant_id: ConsultantId,
    url: str,
    *,
    stale_after: timedelta,
    now: datetime,
) -> None:
    """Keep this address, unread so far, in place of any before."""
    _forget_busy(session, consultant_id)
    row = _locked(session, consultant_id) or BusyFeedRow(consultant_id=consultant_id)
    row.url = url
    row.stale_after = int(stale_after.total_seconds()) // 60
    row.added_at = row.next_at = now
    row.read_at, row.failures, row.trouble = None, 0, None
    session.add(row)
    session.flush()


def disconnect(session: Session, consultant_id: ConsultantId) -> None:
    """Forget the address and what it said."""
    _forget_busy(session, consultant_id)
    row = _locked(session, consultant_id)
    if row is not None:
        session.delete(row)
        session.flush()


def find_feed(session: Session, consultant_id: str) -> Feed | None:
    """The consultant's own calendar, if they gave one."""
    row = session.get(BusyFeedRow, consultant_id)
    return None if row is None else _feed(row)


def feeds(session: Session) -> dict[str, Feed]:
    """The calendars of everyone who takes calls, by consultant; one query."""
    query = (
        select(BusyFeedRow)
        .join(ConsultantRow, ConsultantRow.id == BusyFeedRow.consultant_id)
        .where(ConsultantRow.active)
    )
    return {row.consultant_id: _feed(row) for row in session.scalars(query)}


def make_due(
    session: Session, consultant_id: ConsultantId, *, now: datetime, forget: bool = False
) -> None:
    """Let the calendar be read at the next opportunity; a reading under way counts for nothing.

    `forget` makes it unread until then: what was read does not fit any more.
    """
    row = _locked(session, consultant_id)
    if row is None:
        return
    row.next_at = now
    if forget:
        row.read_at = None
    session.flush()


def any_due(session: Session, *, now: datetime) -> bool:
    """Whether there is a calendar to be read now."""
    return session.execute(_due(now)).first() is not None


def claim_due(session: Session, *, now: datetime) -> Claim | None:
    """The calendar that has waited longest to be read, if any is due; for five minutes ours.

    Calendars of those who take no calls are left alone.
    """
    query = _due(now).with_for_update(of=BusyFeedRow, skip_locked=True)
    found = session.execute(query).first()
    if found is None:
        return None
    row, consultant = found
    row.next_at = now + LEASE
    session.flush()
    return Claim(
        consultant_id=ConsultantId(row.consultant_id),
        url=row.url,
        zone=ZoneInfo(consultant.timezone),
        horizon=timedelta(days=consultant.horizon_days),
        until=row.next_at,
    )


def _due(now: datetime) -> Select[BusyFeedRow, ConsultantRow]:
    return (
        select(BusyFeedRow, ConsultantRow)
        .join(ConsultantRow, ConsultantRow.id == BusyFeedRow.consultant_id)
        .where(BusyFeedRow.next_at <= now, ConsultantRow.active)
        .order_by(BusyFeedRow.next_at, BusyFeedRow.consultant_id)
        .limit(1)
    )


def keep_reading(
    session: Session, claim: Claim, busy: Iterable[Span], *, now: datetime, next_at: datetime
) -> bool:
    """What the calendar said, read at `now`; False, and nothing kept, when the claim is void."""
    row = _claimed(session, claim)
    if row is None:
        return False
    _replace(session, claim.consultant_id, busy)
    row.read_at, row.next_at, row.failures, row.trouble = now, next_at, 0, None
    session.flush()
    return True


def keep_failure(session: Session, claim: Claim, trouble: str, *, next_at: datetime) -> bool:
    """That it could not be read, and why; what was read before stays. False as above."""
    row = _claimed(session, claim)
    if row is None:
        return False
    row.failures += 1
    row.trouble, row.next_at = trouble[:200], next_at
    session.flush()
    return True


def replace_staff_busy(
    session: Session, staff_id: str, busy: Iterable[tuple[datetime, datetime]]
) -> None:
    """When cohort needs this member of staff, in place of what it said before."""
    session.execute(
        delete(StaffBusyRow)
        .where(StaffBusyRow.staff_id == staff_id)
        .execution_options(synchronize_session=False)
    )
    rows = [
        {"staff_id": staff_id, "starts_at": instant(each.start), "ends_at": instant(each.end)}
        for each in merge(span_of(start, end) for start, end in busy if start < end)
    ]
    if rows:
        session.execute(insert(StaffBusyRow), rows)


def _replace(session: Session, consultant_id: ConsultantId, busy: Iterable[Span]) -> None:
    """Write only when something differs: most readings say what the last one did."""
    kept = CalendarBusyRow
    query = select(kept.starts_at, kept.ends_at).where(kept.consultant_id == consultant_id)
    known = {span_of(start, end) for start, end in session.execute(query)}
    wanted = set(busy)
    if wanted == known:
        return
    _forget_busy(session, consultant_id)
    rows = [
        {"consultant_id": consultant_id, "starts_at": instant(start), "ends_at": instant(end)}
        for start, end in sorted(wanted)
    ]
    if rows:
        session.execute(insert(kept), rows)


def _forget_busy(session: Session, consultant_id: ConsultantId) -> None:
    session.execute(
        delete(CalendarBusyRow)
        .where(CalendarBusyRow.consultant_id == consultant_id)
        .execution_options(synchronize_session=False)
    )


def _claimed(session: Session, claim: Claim) -> BusyFeedRow | None:
    row = _locked(session, claim.consultant_id)
    return row if row is not None and row.next_at == claim.until else None


def _locked(session: Session, consultant_id: ConsultantId) -> BusyFeedRow | None:
    query = select(BusyFeedRow).where(BusyFeedRow.consultant_id == consultant_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def _feed(row: BusyFeedRow) -> Feed:
    return Feed(
        consultant_id=ConsultantId(row.consultant_id),
        url=row.url,
        stale_after=timedelta(minutes=row.stale_after),
        added_at=row.added_at,
        read_at=row.read_at,
        next_at=row.next_at,
        failures=row.failures,
        trouble=row.trouble,
    )
