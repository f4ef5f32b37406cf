"""Today: what needs someone, the day, where people are, and the seats that are taken."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from services.cohort.queries.today import get_today
from services.cohort.web import words
from services.cohort.web.seats import seats_taken
from services.cohort.web.tasks import agenda, tasks
from shared.web.app import now, web
from shared.web.auth import allow, allowed
from shared.web.permissions import Action

pages = Blueprint("cohort_today", __name__)


@pages.get("/cohort/")
@allow(Action.VIEW_TODAY)
def show() -> ResponseReturnValue:
    """The first page of staff, in the practice's zone."""
    zone = web().settings.practice_timezone
    day = now().astimezone(ZoneInfo(zone)).date()
    starts, ends = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    with web().database.reading() as session:
        state = get_today(session, day=day, day_starts=starts, day_ends=ends, now=now())
    found = tasks(state, day=day, zone=zone, now=now())
    listed = agenda(state, zone=zone, start=starts, end=ends)
    return render_template(
        "cohort/today.html",
        state=state,
        tasks=[task for task in found if allowed(task.needs)],
        agenda=[item for item in listed if allowed(item.needs)],
        seats=seats_taken(state, day=day),
        zone=zone,
        words=words,
    )


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(zone))
