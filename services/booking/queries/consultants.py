"""Consultants as staff's pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.booking.domain.hours import Run, runs
from services.booking.queries.conflicts import Conflict, conflicts
from services.booking.store.calendars import Feed, feeds, find_feed
from services.booking.store.consultants import get_schedule
from services.booking.store.holidays import holidays_between
from services.booking.store.schedules import Schedule, all_schedules
from services.booking.tables import ConsultantRow
from shared.staff import find_staff

_YEAR = timedelta(days=365)
HOLIDAYS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A consultant in the list; `is_unread` says that their own calendar keeps all closed."""

    schedule: Schedule
    is_unread: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """All that is set about one consultant. `today` is their date."""

    schedule: Schedule
    today: date
    overrides: Sequence[Run]
    holidays: Sequence[tuple[date, str]]
    """The next ones of their region."""
    conflicts: Sequence[Conflict]
    feed: Feed | None
    """Their own calendar."""
    nonce: str | None
    """Of the secret address of their calls; None when there is none."""
    staff: str | None
    """The name of the member of staff they are."""


def list_consultants(session: Session, *, now: datetime) -> list[Line]:
    """Everyone, by name; those who take no calls any more last."""
    known = feeds(session)
    lines = [_line(each, known.get(each.consultant.id), now=now) for each in all_schedules(session)]
    return sorted(lines, key=lambda line: not line.schedule.active)


def _line(schedule: Schedule, feed: Feed | None, *, now: datetime) -> Line:
    return Line(schedule, feed is not None and feed.is_stale(now))


def get_whole(session: Session, consultant_id: str, *, now: datetime) -> Whole:
    """One consultant, active or not. Raises `UnknownConsultant`."""
    schedule = get_schedule(session, consultant_id)
    today = now.astimezone(schedule.consultant.zone).date()
    ahead = {day: hours for day, hours in schedule.overrides.items() if day >= today}
    nonce = select(ConsultantRow.feed_nonce).where(ConsultantRow.id == consultant_id)
    staff = find_staff(session, schedule.staff_id) if schedule.staff_id else None
    holidays = holidays_between(schedule.region, today, today + _YEAR)
    return Whole(
        schedule=schedule,
        today=today,
        overrides=runs(ahead),
        holidays=list(holidays.items())[:HOLIDAYS_SHOWN],
        conflicts=conflicts(session, now=now, consultant_id=consultant_id),
        feed=find_feed(session, consultant_id),
        nonce=session.scalar(nonce),
        staff=None if staff is None else staff.name,
    )
