"""What is kept about consultants: written here, read in `schedules`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from services.booking.domain.consultant import Consultant, Hours, Opening
from services.booking.domain.errors import UnknownConsultant
from services.booking.domain.ids import ConsultantId
from services.booking.tables import (
    ConsultantRow,
    OverrideDayRow,
    OverrideHoursRow,
    WeeklyHoursRow,
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the slot rules need not know of a consultant."""

    join_url: str | None = None
    """The address of their video room."""
    region: str | None = None
    """Whose public holidays they keep."""
    staff_id: str | None = None
    """Who they are among staff."""


def add(session: Session, consultant: Consultant, profile: Profile, *, now: datetime) -> None:
    """Keep a new consultant and their weekly hours."""
    row = ConsultantRow(id=consultant.id, active=True, created_at=now, changes=0)
    _fill(row, consultant, profile)
    session.add(row)
    session.flush()
    set_hours(session, consultant.id, consultant.hours)


def change(session: Session, consultant: Consultant, profile: Profile) -> None:
    """Replace all but the hours. Raises `UnknownConsultant`."""
    _fill(_locked(session, consultant.id), consultant, profile)
    session.flush()


def set_active(session: Session, consultant_id: ConsultantId, *, active: bool) -> None:
    """Whether this consultant's times are offered. Raises `UnknownConsultant`."""
    _locked(session, consultant_id).active = active
    session.flush()


def set_hours(session: Session, consultant_id: ConsultantId, hours: Iterable[Hours]) -> None:
    """Replace the weekly hours. Raises `UnknownConsultant`."""
    _locked(session, consultant_id)
    _forget(session, WeeklyHoursRow, consultant_id)
    session.add_all(
        WeeklyHoursRow(
            consultant_id=consultant_id, weekday=each.weekday, opens=each.opens, closes=each.closes
        )
        for each in hours
    )
    session.flush()


def override(
    session: Session, consultant_id: ConsultantId, days: Iterable[date], hours: Iterable[Opening]
) -> None:
    """Let these hours, or none at all, hold on these dates, whatever was set for them before."""
    days, hours = list(days), list(hours)
    remove_overrides(session, consultant_id, days)
    session.add_all(OverrideDayRow(consultant_id=consultant_id, day=day) for day in days)
    session.add_all(
        OverrideHoursRow(consultant_id=consultant_id, day=day, opens=each.opens, closes=each.closes)
        for day in days
        for each in hours
    )
    session.flush()


def remove_overrides(session: Session, consultant_id: ConsultantId, days: Iterable[date]) -> None:
    """Let the usual week hold on these dates again. Raises `UnknownConsultant`."""
    _locked(session, consultant_id)
    days = list(days)
    _forget(session, OverrideHoursRow, consultant_id, OverrideHoursRow.day.in_(days))
    _forget(session, OverrideDayRow, consultant_id, OverrideDayRow.day.in_(days))


def find_linked(session: Session, staff_id: str) -> ConsultantId | None:
    """The consultant who is this member of staff, if anybody is."""
    found = session.scalar(select(ConsultantRow.id).where(ConsultantRow.staff_id == staff_id))
    return None if found is None else ConsultantId(found)


def linked_staff(session: Session) -> frozenset[str]:
    """The members of staff whom some consultant is."""
    query = select(ConsultantRow.staff_id).where(ConsultantRow.staff_id.is_not(None))
    return frozenset(session.scalars(query))


def set_feed(
    session: Session, consultant_id: ConsultantId, *, nonce: str | None, digest: str | None
) -> None:
    """The token of their secret calendar, or none. Raises `UnknownConsultant`."""
    row = _locked(session, consultant_id)
    row.feed_nonce, row.feed_digest = nonce, digest
    session.flush()


def lock(session: Session, consultant_id: ConsultantId) -> None:
    """Let others who change this consultant wait, and readers see that something changes.

    For whatever else decides when they take calls, such as busy times. Raises `UnknownConsultant`.
    """
    _locked(session, consultant_id)


def _locked(session: Session, consultant_id: ConsultantId) -> ConsultantRow:
    query = select(ConsultantRow).where(ConsultantRow.id == consultant_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise UnknownConsultant
    row.changes += 1
    session.flush()
    return row


def _fill(row: ConsultantRow, consultant: Consultant, profile: Profile) -> None:
    row.name = consultant.name
    row.timezone = consultant.zone.key
    row.buffer_before = consultant.buffer_before
    row.buffer_after = consultant.buffer_after
    row.notice = int(consultant.notice.total_seconds()) // 60
    row.horizon_days = consultant.horizon.days
    row.daily_cap = consultant.daily_cap
    row.join_url = profile.join_url
    row.holiday_region = profile.region
    row.staff_id = profile.staff_id


def _forget(
    session: Session, rows: Any, consultant_id: ConsultantId, *conditions: ColumnElement[bool]
) -> None:
    session.execute(
        delete(rows)
        .where(rows.consultant_id == consultant_id, *conditions)
        .execution_options(synchronize_session=False)
    )
