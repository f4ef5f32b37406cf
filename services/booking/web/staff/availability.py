"""One consultant's page: weekly hours, dates that differ, and what stands against them."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask import url_for as address
from flask.typing import ResponseReturnValue

from services.booking.domain.consultant import Hours, Opening
from services.booking.domain.hours import BadHours, read_hours, say_hours
from services.booking.queries.conflicts import conflicts
from services.booking.queries.consultants import Whole
from services.booking.store.holidays import holidays_between
from services.booking.use_cases.override_days import override_days
from services.booking.use_cases.restore_days import restore_days
from services.booking.use_cases.set_hours import set_hours
from services.booking.web.context import keys
from services.booking.web.staff.access import changeable, may_manage_all
from services.booking.web.staff.reasons import STANDS_AGAINST, booked_then, lasting
from shared import times
from shared.web.auth import actor, allow, current_staff
from shared.web.context import now, web
from shared.web.permissions import Action

availability = Blueprint("availability", __name__, url_prefix="/booking/staff/consultants")

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FARTHEST = timedelta(days=730)
LONGEST = 366
"""Days that one form may set."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@availability.get("/<consultant_id>")
@allow(Action.MANAGE_AVAILABILITY)
def show(consultant_id: str) -> ResponseReturnValue:
    """All about when they take calls."""
    return page_of(changeable(consultant_id))


@availability.post("/<consultant_id>/hours")
@allow(Action.MANAGE_AVAILABILITY)
def week(consultant_id: str) -> ResponseReturnValue:
    """Keep the weekly hours, or show the page again with what is to be fixed."""
    whole = changeable(consultant_id)
    hours: list[Hours] = []
    errors: dict[str, str] = {}
    for weekday, name in enumerate(WEEK):
        try:
            openings = read_hours(request.form.get(f"hours-{weekday}", ""))
        except BadHours as wrong:
            errors[f"hours-{weekday}"] = f"{name}: {wrong}"
        else:
            hours += [Hours(weekday, each.opens, each.closes) for each in openings]
    if errors:
        return page_of(whole, errors=errors)
    who, by, at = whole.schedule.consultant, actor(), now()
    web().database.run(lambda s: set_hours(s, who.id, hours, actor=by, now=at))
    return _done(whole, "The weekly hours are saved.")


@availability.post("/<consultant_id>/dates")
@allow(Action.MANAGE_AVAILABILITY)
def set_dates(consultant_id: str) -> ResponseReturnValue:
    """Let other hours, or none, hold on a date or a range of dates."""
    whole = changeable(consultant_id)
    errors: dict[str, str] = {}
    first = _date("first", whole, errors)
    last = _date("last", whole, errors) if request.form.get("last", "").strip() else first
    hours: tuple[Opening, ...] = ()
    try:
        hours = read_hours(request.form.get("hours", ""))
    except BadHours as wrong:
        errors["hours"] = str(wrong)
    if first and last and not 0 <= (last - first).days < LONGEST:
        errors["last"] = f"Choose a day from the first on, at most {LONGEST} days in all."
    if errors or first is None or last is None:
        return page_of(whole, errors=errors)
    days = _days(whole, first, last, hours)
    if not days:
        usual = "None of these days usually has hours. Tick the box to open them all the same."
        return page_of(whole, errors={"hours": usual})
    who, by, at = whole.schedule.consultant, actor(), now()
    web().database.run(lambda s: override_days(s, who.id, days, hours=hours, actor=by, now=at))
    return _done(whole, f"{_said(first, last)}: {say_hours(hours) or 'off'}. This is saved.")


@availability.post("/<consultant_id>/dates/remove")
@allow(Action.MANAGE_AVAILABILITY)
def remove_dates(consultant_id: str) -> ResponseReturnValue:
    """Let the usual week hold on these dates again."""
    whole = changeable(consultant_id)
    errors: dict[str, str] = {}
    first, last = _date("first", whole, errors), _date("last", whole, errors)
    if first is None or last is None:
        flash("Choose one of the dates shown.")
        return redirect(address("availability.show", consultant_id=consultant_id), 303)
    who, by, at = whole.schedule.consultant, actor(), now()
    days = [day for day in whole.schedule.overrides if first <= day <= last]
    web().database.run(lambda s: restore_days(s, who.id, days, actor=by, now=at))
    return _done(whole, f"{_said(first, last)}: the usual week holds again.")


def page_of(whole: Whole, *, errors: Mapping[str, str] | None = None) -> Response:
    """The consultant's page; with errors it answers 422 and keeps what was typed."""
    schedule = whole.schedule
    usual = {
        f"hours-{weekday}": say_hours(
            Opening(each.opens, each.closes)
            for each in schedule.consultant.hours
            if each.weekday == weekday
        )
        for weekday in range(7)
    }
    page = render_template(
        "consultant.html",
        whole=whole,
        schedule=schedule,
        who=schedule.consultant,
        week=WEEK,
        typed={**usual, **(request.form.to_dict() if errors else {})},
        errors=errors or {},
        say_hours=say_hours,
        said=_said,
        lasting=lasting,
        masked=urlsplit(whole.feed.url).hostname if whole.feed else "",
        stands_against=STANDS_AGAINST,
        feed_url=whole.nonce and keys().feed_url(schedule.consultant.id, whole.nonce),
        manages_all=may_manage_all(),
        tz=current_staff().timezone,
        at=now(),
    )
    return make_response(page, 422 if errors else 200)


def _done(whole: Whole, words: str) -> ResponseReturnValue:
    """Back to the page, which lists what now stands against the hours."""
    who = whole.schedule.consultant
    with web().database.reading() as session:
        found = conflicts(session, now=now(), consultant_id=who.id)
    known = {each.consult_id for each in whole.conflicts}
    fresh = [each for each in found if each.consult_id not in known]
    flash(f"{words} {booked_then(len(fresh))}" if fresh else words)
    return redirect(address("availability.show", consultant_id=who.id), 303)


def _days(whole: Whole, first: date, last: date, hours: tuple[Opening, ...]) -> list[date]:
    """The dates to set. A range with hours leaves out days that are usually closed, unless told."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if not hours or len(days) == 1 or request.form.get("closed_too"):
        return days
    open_on = {each.weekday for each in whole.schedule.consultant.hours}
    holidays = holidays_between(whole.schedule.region, first, last)
    return [day for day in days if day.weekday() in open_on and day not in holidays]


def _date(name: str, whole: Whole, errors: dict[str, str]) -> date | None:
    typed = request.form.get(name, "").strip()
    latest = whole.today + FARTHEST
    try:
        day = date.fromisoformat(typed if _DATE.fullmatch(typed) else "")
    except ValueError:
        errors[name] = "Enter a date."
        return None
    if not whole.today <= day <= latest:
        errors[name] = "Choose a day from today on, within two years."
        return None
    return day


def _said(first: date, last: date) -> str:
    """The dates in words; with the year where it is not plain."""
    years = {first.year, last.year, now().year}
    words = [
        times.day_words(day) + (f", {day.year}" if len(years) > 1 else "") for day in (first, last)
    ]
    return words[0] if first == last else " to ".join(words)
