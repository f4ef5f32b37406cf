"""The times that a page offers to choose from, a few days at a time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import request

from services.booking.domain.ids import ConsultId
from services.booking.queries.availability import offered
from services.booking.web import wording
from shared.times import is_zone
from shared.web.context import now, web

DAYS_SHOWN = 3
_AHEAD = timedelta(days=366)
_STEP = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Choice:
    """Some days with times, and the dates at which the days before and after them begin."""

    days: list[wording.Day]
    tz: str
    earlier: str | None
    later: str | None


def asked_zone(default: str) -> str:
    """The zone in the query, if it is one."""
    tz = request.args.get("tz", "")
    return tz if is_zone(tz) else default


def choice(tz: str, *, ignoring: ConsultId | None = None) -> Choice:
    """The first days with times from the query's `from` on, in this zone."""
    zone = ZoneInfo(tz)
    today = now().astimezone(zone).date()
    first = max(_asked_day(today), today)
    found = _from(first, zone, ignoring=ignoring)
    dates = [day for day, _ in groupby(found, key=lambda at: at.astimezone(zone).date())]
    later = dates[DAYS_SHOWN] if len(dates) > DAYS_SHOWN else None
    shown = [at for at in found if later is None or at.astimezone(zone).date() < later]
    return Choice(
        days=wording.days(shown, tz, now=now()),
        tz=tz,
        earlier=None if first == today else today.isoformat(),
        later=None if later is None else later.isoformat(),
    )


def _from(first: date, zone: ZoneInfo, *, ignoring: ConsultId | None) -> list[datetime]:
    """Starts from this date on: of two weeks, or of all that is offered when those are few."""
    start = datetime.combine(first, time(), zone)
    with web().database.reading() as session:
        for span in (_STEP, _AHEAD):
            found = offered(session, start, start + span, now=now(), ignoring=ignoring)
            dates = {at.astimezone(zone).date() for at in found}
            if len(dates) > DAYS_SHOWN:
                break
    return found


def _asked_day(today: date) -> date:
    try:
        asked = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return today
    return min(asked, today + _AHEAD)
