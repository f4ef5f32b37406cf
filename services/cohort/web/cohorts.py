"""Cohorts: the list, and making one with a look at its dates first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from services.cohort.domain.calendar import Window
from services.cohort.domain.cohort import DEFAULT_MAX, DEFAULT_MIN, LARGEST_MAX, Format, Stage
from services.cohort.domain.errors import Refusal
from services.cohort.domain.ids import StaffId
from services.cohort.domain.request import CohortRequest
from services.cohort.queries.cohorts import NOW_STAGES, list_cohorts, room_names
from services.cohort.queries.same_cohort import find_same_cohort
from services.cohort.queries.staff import StaffLine, facilitators, list_staff, medical
from services.cohort.store.closures import regions
from services.cohort.use_cases.create_cohort import create_cohort
from services.cohort.use_cases.plan_sessions import Plan, plan_sessions
from services.cohort.web import words
from services.cohort.web.forms import Form
from shared.times import local
from shared.web.app import now, web
from shared.web.auth import actor, allow
from shared.web.errors import problem_of
from shared.web.permissions import Action

pages = Blueprint("cohort_cohorts", __name__)
FARTHEST = timedelta(days=730)
_WEEKDAYS = tuple("0123456")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers."""

    rooms: list[str]
    facilitators: list[StaffLine]
    medical: list[StaffLine]


@pages.get("/cohort/cohorts/")
@allow(Action.VIEW_COHORTS)
def show() -> ResponseReturnValue:
    """Cohorts that form or run; those that are over with ?past=1."""
    past = request.args.get("past") == "1"
    stages = (Stage.COMPLETED, Stage.CANCELLED) if past else NOW_STAGES
    with web().database.reading() as session:
        cohorts = list_cohorts(session, stages=stages)
    return render_template("cohort/cohorts.html", cohorts=cohorts, past=past, words=words)


@pages.get("/cohort/cohorts/new")
@allow(Action.MANAGE_COHORTS)
def new() -> ResponseReturnValue:
    """The form, filled in with the program's usual values."""
    usual = MultiDict(
        {
            "min_size": str(DEFAULT_MIN),
            "max_size": str(DEFAULT_MAX),
            "format": Format.IN_PERSON.value,
            "language": "en",
            "region": "US",
        }
    )
    return _page(usual, {}, None)


@pages.post("/cohort/cohorts/new")
@allow(Action.MANAGE_COHORTS)
def make() -> ResponseReturnValue:
    """Show the dates that the form would make, or make the cohort."""
    form = Form(request.form)
    asked = _request(form)
    if form.errors:
        return _page(request.form, form.errors, None), 422
    try:
        with web().database.reading() as session:
            plan = plan_sessions(session, asked)
        if request.form.get("step") != "create":
            return _page(request.form, {}, plan, seen=_digest(asked, plan))
        if request.form.get("seen", _digest(asked, plan)) != _digest(asked, plan):
            flash("Something changed since you saw the dates. Look at them once more.")
            return _page(request.form, {}, plan, seen=_digest(asked, plan))
        who, at = actor(), now()
        cohort_id = web().database.run(
            lambda session: create_cohort(session, asked, actor=who, now=at)
        )
    except Refusal as refused:
        made = _made_already(asked)
        if made is not None:
            flash(f"Cohort {asked.label} is made already.")
            return redirect(f"/cohort/cohorts/{made}")
        errors = refused.fields or {_FIELD_OF.get(refused.slug, "start_date"): str(refused)}
        return _page(request.form, errors, None), problem_of(refused).status
    flash(f"Cohort {asked.label} is made. Nobody is enrolled yet.")
    return redirect(f"/cohort/cohorts/{cohort_id}")


_FIELD_OF = {"clash": "start_time", "time-does-not-exist": "start_time"}


def _digest(asked: CohortRequest, plan: Plan) -> str:
    """Differs when anything asked for, or any date, differs."""
    return sha256(repr((asked, plan.sessions)).encode()).hexdigest()[:32]


def _made_already(asked: CohortRequest) -> str | None:
    """The cohort that the same form has made, when it is sent again."""
    with web().database.reading() as session:
        return find_same_cohort(session, asked)


def _request(form: Form) -> CohortRequest:
    choices = _choices()
    today = local(now(), web().settings.practice_timezone).date()
    fmt = Format(form.choice("format", list(Format)) or Format.IN_PERSON)
    online = fmt is Format.ONLINE
    request_ = CohortRequest(
        label=form.text("label", "Give the cohort a name.", most=40),
        start_date=form.day("start_date", earliest=today, latest=today + FARTHEST),
        window=Window(int(form.choice("weekday", _WEEKDAYS) or 0), form.clock("start_time")),
        zone=web().settings.practice_timezone,
        room="" if online else form.text("room", "Enter a room, known or new.", most=80),
        facilitators=_people(form, "facilitators", choices.facilitators),
        medical=_people(form, "medical", choices.medical),
        format=fmt,
        language=form.choice("language", words.LANGUAGES),
        meeting_url=form.url("meeting_url") if online else None,
        min_size=form.number("min_size", low=1, high=LARGEST_MAX),
        max_size=form.number("max_size", low=1, high=LARGEST_MAX),
        holiday_region=form.choice("region", regions(), optional=True),
    )
    sized = not {"min_size", "max_size"} & form.errors.keys()
    if sized and request_.min_size > request_.max_size:
        form.errors["min_size"] = "The smallest size is above the largest."
    if not request_.facilitators and "facilitators" not in form.errors:
        form.errors["facilitators"] = "Choose at least one facilitator."
    if set(request_.facilitators) & set(request_.medical):
        form.errors["medical"] = "Nobody can facilitate and be the medical staff at once."
    return request_


def _people(form: Form, name: str, offered: list[StaffLine]) -> tuple[StaffId, ...]:
    chosen = form.many(name, {one.staff_id for one in offered})
    return tuple(StaffId(staff_id) for staff_id in chosen)


def _choices() -> Choices:
    with web().database.reading() as session:
        staff = list_staff(session)
        return Choices(room_names(session), facilitators(staff), medical(staff))


def _page(
    values: MultiDict[str, str], errors: dict[str, str], plan: Plan | None, *, seen: str = ""
) -> str:
    return render_template(
        "cohort/cohort_new.html",
        values=values,
        chosen=set(values.getlist("facilitators")),
        chosen_medical=set(values.getlist("medical")),
        choices=_choices(),
        regions=regions(),
        weekdays=[("", "Choose"), *((str(n), name) for n, name in enumerate(words.WEEKDAYS))],
        errors=errors,
        plan=plan,
        seen=seen,
        zone=web().settings.practice_timezone,
        moved=_moved(plan, values.get("start_date", "")) if plan else [],
        words=words,
    )


def _moved(plan: Plan, asked: str) -> list[str]:
    """The closed dates on or after the day asked for on which a session would have been."""
    days = {one.day for one in plan.sessions if one.starts_at is not None}
    first, last = date.fromisoformat(asked.strip()), max(days)
    weekday = last.weekday()
    return [
        f"{words.short_day(day)}: {reason}"
        for day, reason in sorted(plan.closed.items())
        if first <= day <= last and day.weekday() == weekday
    ]
