"""Staff's first page, today with what needs someone, and the week by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.booking.queries import calls
from services.booking.queries.calls import Call
from services.booking.store.consultants import active_consultants
from services.booking.web.staff.tasks import tasks_of
from services.booking.web.staff.zoned import date_in, midnight
from shared.web.auth import allow, current_staff
from shared.web.context import now, web
from shared.web.permissions import Action

staff = Blueprint("staff", __name__, url_prefix="/booking/staff")

TO_COME = 100
"""Calls of later days that the first page lists."""

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week, with its calls in order."""

    day: date
    calls: Sequence[Call]


@staff.get("/")
@allow(Action.VIEW_CONSULTS)
def index() -> ResponseReturnValue:
    """What needs someone first, then the calls of today and those to come.

    Today is that of whoever looks.
    """
    at, zone = now(), ZoneInfo(current_staff().timezone)
    today = at.astimezone(zone).date()
    with web().database.reading() as session:
        who = _consultant(session)
        agenda = _calls(session, today, today + _DAY, zone, who)
        tomorrow = midnight(today + _DAY, zone)
        to_come = calls.booked_calls_from(session, tomorrow, limit=TO_COME, consultant_id=who)
        tasks = tasks_of(session, today=today, consultant_id=who, now=at)
        consultants = active_consultants(session)
    return render_template(
        "staff_today.html",
        tasks=tasks,
        agenda=agenda,
        to_come=to_come,
        consultants=consultants,
        consultant=who,
        tz=zone.key,
        at=at,
    )


@staff.get("/week")
@allow(Action.VIEW_CONSULTS)
def week() -> ResponseReturnValue:
    """The week of the date `from`, Monday to Sunday, in the zone of whoever looks."""
    zone = ZoneInfo(current_staff().timezone)
    today = now().astimezone(zone).date()
    asked = date_in(request.args.get("from", "")) or today
    monday = asked - timedelta(days=asked.weekday())
    with web().database.reading() as session:
        who = _consultant(session)
        found = _calls(session, monday, monday + _WEEK, zone, who)
        consultants = active_consultants(session)
    return render_template(
        "staff_week.html",
        days=_days(found, monday, zone),
        monday=monday,
        sunday=monday + 6 * _DAY,
        earlier=monday - _WEEK,
        later=monday + _WEEK,
        today=today,
        consultants=consultants,
        consultant=who,
        tz=zone.key,
        at=now(),
    )


def _consultant(session: Session) -> str:
    """The consultant in the query, if there is such a one."""
    asked = request.args.get("consultant", "")
    return asked if asked in {who.id for who in active_consultants(session)} else ""


def _calls(
    session: Session, first: date, after: date, zone: ZoneInfo, consultant_id: str
) -> list[Call]:
    start, end = midnight(first, zone), midnight(after, zone)
    return calls.calls_between(session, start, end, consultant_id=consultant_id)


def _days(found: Sequence[Call], monday: date, zone: ZoneInfo) -> list[Day]:
    """Each day of the week, but for a weekend day without calls."""
    by_day: dict[date, list[Call]] = {monday + n * _DAY: [] for n in range(7)}
    for call in found:
        by_day[_date(call.consult.starts_at, zone)].append(call)
    return [Day(day, its) for day, its in by_day.items() if its or day.weekday() not in _WEEKEND]


def _date(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
