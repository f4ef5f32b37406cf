"""Why isn't 10:00 offered? A page that answers for any consultant and instant."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from services.booking.domain.zones import instants_at
from services.booking.queries.why import Answer, answers
from services.booking.store.schedules import Schedule, all_schedules
from services.booking.web import wording
from services.booking.web.staff.access import may_change
from services.booking.web.staff.reasons import explain
from shared.times import is_zone
from shared.web.auth import allow
from shared.web.context import now, web
from shared.web.permissions import Action

why = Blueprint("why", __name__, url_prefix="/booking/staff/why")

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked. `wall` is by the clock in `tz`."""

    schedules: list[Schedule]
    wall: datetime
    tz: str


@why.get("")
@allow(Action.VIEW_CONSULTS)
def show() -> ResponseReturnValue:
    """The question as a form, and the answers beneath; GET only, to be bookmarked."""
    with web().database.reading() as session:
        everyone = all_schedules(session)
        errors: dict[str, str] = {}
        asked = _asked(everyone, errors) if request.args.get("day") is not None else None
        found = (
            [
                (start, answers(session, asked.schedules, start, now=now()))
                for start in instants_at(asked.wall, ZoneInfo(asked.tz))
            ]
            if asked and not errors
            else []
        )
    page = render_template(
        "why.html",
        everyone=everyone,
        values=request.args.to_dict(),
        asked=asked if not errors else None,
        found=found,
        errors=errors,
        zones=[("", "The consultant’s zone"), *wording.ZONES],
        explain=lambda answer: explain(answer, now=now()),
        offered=_offered,
        may_change=may_change,
    )
    return make_response(page, 422 if errors else 200)


def _offered(answer: Answer) -> bool:
    return answer.schedule.active and answer.reason is None and not answer.stray


def _asked(everyone: list[Schedule], errors: dict[str, str]) -> Asked | None:
    who = request.args.get("who", "")
    chosen = [each for each in everyone if each.consultant.id == who]
    if who and not chosen:
        errors["who"] = "Choose someone from the list."
    tz = request.args.get("tz", "")
    if tz and not is_zone(tz):
        errors["tz"] = "Choose a time zone from the list."
    wall = _wall(errors)
    if errors or wall is None:
        return None
    own = chosen[0].consultant.zone.key if chosen else web().settings.practice_timezone
    return Asked(chosen or [each for each in everyone if each.active], wall, tz or own)


def _wall(errors: dict[str, str]) -> datetime | None:
    typed = request.args.get("day", "").strip()
    try:
        day = date.fromisoformat(typed if _DATE.fullmatch(typed) else "")
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year < 2200:
        errors["day"] = "Enter a date."
    at = _TIME.fullmatch(request.args.get("time", "").strip())
    if at is None:
        errors["time"] = "Enter a time, such as 10:00."
    if day is None or at is None:
        return None
    return datetime.combine(day, time(int(at[1]), int(at[2])))
