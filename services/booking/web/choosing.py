"""The times that a page offers to choose from, a few days at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import request

from services.booking.domain.ids import ConsultId
from services.booking.queries.availability import PUBLIC, Terms, offered
from services.booking.queries.times import times_on_offer
from services.booking.web import wording
from shared.times import is_zone
from shared.web.context import now, web

DAYS_SHOWN = 3
_AHEAD = timedelta(days=366)
_STEP = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Choice:
    """Some days with times, and the dates from which the days before and after them are shown."""

    days: list[wording.Day]
    tz: str
    first: str
    """The date from which these days are shown."""
    earlier: str | None
    later: str | None


def asked_zone(default: str) -> str:
    """The zone in the query, if it is one."""
    tz = request.args.get("tz", "")
    return tz if is_zone(tz) else default


def choice(tz: str, *, ignoring: ConsultId | None = None, terms: Terms = PUBLIC) -> Choice:
    """The first days with times from the query's `from` on, in this zone."""
    zone = ZoneInfo(tz)
    today = now().astimezone(zone).date()
    first = max(_asked_day(today), today)
    found = _around(first, today, zone, ignoring=ignoring, terms=terms)
    dates = sorted(found)
    before = [day for day in dates if day < first][-DAYS_SHOWN:]
    after = [day for day in dates if day >= first]
    return Choice(
        days=wording.days([at for day in after[:DAYS_SHOWN] for at in found[day]], tz, now=now()),
        tz=tz,
        first=first.isoformat(),
        earlier=before[0].isoformat() if before else None,
        later=after[DAYS_SHOWN].isoformat() if len(after) > DAYS_SHOWN else None,
    )


def _around(
    first: date, today: date, zone: ZoneInfo, *, ignoring: ConsultId | None, terms: Terms
) -> dict[date, list[datetime]]:
    """Starts by date: of two weeks either side, or of all that is offered when those are few."""
    found: dict[date, list[datetime]] = {}
    with web().database.reading() as session:
        for span in (_STEP, _AHEAD):
            begin, end = max(today, first - span), first + span
            window = (_midnight(begin, zone), _midnight(end, zone))
            if ignoring is None and terms == PUBLIC:
                starts: Sequence[datetime] = times_on_offer(session, *window, now=now())
            else:
                starts = offered(session, *window, now=now(), ignoring=ignoring, terms=terms)
            found = {
                day: list(group)
                for day, group in groupby(starts, key=lambda at: at.astimezone(zone).date())
            }
            before = sum(day < first for day in found)
            if len(found) - before > DAYS_SHOWN and (before >= DAYS_SHOWN or begin == today):
                break
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _asked_day(today: date) -> date:
    try:
        asked = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return today
    return min(asked, today + _AHEAD)
