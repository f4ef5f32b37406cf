"""Staff's pages of consultants: the list, adding one, their settings, letting go and back."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask import url_for as address
from flask.typing import ResponseReturnValue

from services.booking.domain.errors import StaffTaken
from services.booking.domain.hours import say_week
from services.booking.domain.ids import ConsultantId
from services.booking.queries.conflicts import conflicts
from services.booking.queries.consultants import Whole, list_consultants
from services.booking.store.holidays import regions_of
from services.booking.store.records import linked_staff
from services.booking.use_cases.add_consultant import add_consultant
from services.booking.use_cases.bring_back_consultant import bring_back_consultant
from services.booking.use_cases.change_consultant import change_consultant
from services.booking.use_cases.retire_consultant import retire_consultant
from services.booking.web import wording
from services.booking.web.staff.access import (
    changeable,
    may_change,
    may_manage_all,
    must_manage_all,
)
from services.booking.web.staff.consultant_form import FIELDS, ConsultantForm, blank, filled
from services.booking.web.staff.reasons import STANDS_AGAINST
from shared.staff import active_staff, find_staff
from shared.web.auth import actor, allow, current_staff
from shared.web.context import now, web
from shared.web.errors import Invalid
from shared.web.permissions import Action
from shared.web.reading import read

consultants = Blueprint("consultants", __name__, url_prefix="/booking/staff/consultants")

_NEW = ConsultantId("")


@consultants.get("/")
@allow(Action.MANAGE_AVAILABILITY)
def index() -> ResponseReturnValue:
    """Everyone who takes calls or did, and the calls that stand against something."""
    with web().database.reading() as session:
        lines = list_consultants(session, now=now())
        found = conflicts(session, now=now())
    return render_template(
        "consultants.html",
        lines=lines,
        conflicts=found,
        stands_against=STANDS_AGAINST,
        say_week=say_week,
        may_add=may_manage_all(),
        may_change=may_change,
        tz=current_staff().timezone,
    )


@consultants.get("/new")
@allow(Action.MANAGE_CONSULTS)
def new() -> ResponseReturnValue:
    """The form for someone new."""
    return _form(blank(web().settings.practice_timezone))


@consultants.post("/new")
@allow(Action.MANAGE_CONSULTS)
def add() -> ResponseReturnValue:
    """Add them, without hours so far; or show the form again with what is to be fixed."""
    try:
        form = read(ConsultantForm, _typed())
        staff_id = _chosen(form, None)
        who, at = form.consultant(_NEW, ()), now()
        profile, by = form.profile(staff_id), actor()
        consultant_id = web().database.run(
            lambda s: add_consultant(s, who, profile=profile, actor=by, now=at)
        )
    except (Invalid, StaffTaken) as refused:
        return _form(_typed(), errors=refused.fields)
    flash(f"{form.name} is added. Nothing is offered until there are hours.")
    return redirect(address("availability.show", consultant_id=consultant_id), 303)


@consultants.get("/<consultant_id>/edit")
@allow(Action.MANAGE_AVAILABILITY)
def edit(consultant_id: str) -> ResponseReturnValue:
    """The settings of one consultant."""
    whole = changeable(consultant_id)
    return _form(filled(whole.schedule), whole=whole)


@consultants.post("/<consultant_id>/edit")
@allow(Action.MANAGE_AVAILABILITY)
def change(consultant_id: str) -> ResponseReturnValue:
    """Keep the settings, or show them again with what is to be fixed."""
    whole = changeable(consultant_id)
    try:
        form = read(ConsultantForm, _typed(whole))
        staff_id = _chosen(form, whole)
        who = form.consultant(whole.schedule.consultant.id, ())
        profile, by, at = form.profile(staff_id), actor(), now()
        web().database.run(lambda s: change_consultant(s, who, profile, actor=by, now=at))
    except (Invalid, StaffTaken) as refused:
        return _form(_typed(whole), whole=whole, errors=refused.fields)
    flash("The settings are saved.")
    return redirect(address("availability.show", consultant_id=consultant_id), 303)


@consultants.post("/<consultant_id>/retire")
@allow(Action.MANAGE_CONSULTS)
def retire(consultant_id: str) -> ResponseReturnValue:
    """Offer their times no more; what is booked stands."""
    whole, by, at = changeable(consultant_id), actor(), now()
    who = whole.schedule.consultant
    web().database.run(lambda s: retire_consultant(s, who.id, actor=by, now=at))
    flash(f"{who.name} takes no calls from now on. What is booked stands.")
    return redirect(address("availability.show", consultant_id=consultant_id), 303)


@consultants.post("/<consultant_id>/bring-back")
@allow(Action.MANAGE_CONSULTS)
def bring_back(consultant_id: str) -> ResponseReturnValue:
    """Offer their times again."""
    whole, by, at = changeable(consultant_id), actor(), now()
    who = whole.schedule.consultant
    web().database.run(lambda s: bring_back_consultant(s, who.id, actor=by, now=at))
    flash(f"{who.name} takes calls again.")
    return redirect(address("availability.show", consultant_id=consultant_id), 303)


def _typed(whole: Whole | None = None) -> Mapping[str, str]:
    """What was sent. Who they are among staff is not for those to change who only change theirs."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    if whole is not None and not may_manage_all():
        typed["staff_id"] = whole.schedule.staff_id or ""
    return typed


def _chosen(form: ConsultantForm, whole: Whole | None) -> str | None:
    """Who they are among staff. Raises `Invalid` for nobody who works here."""
    before = None if whole is None else whole.schedule.staff_id
    if not form.staff_id or form.staff_id == before:
        return form.staff_id or None
    must_manage_all()
    with web().database.reading() as session:
        found = find_staff(session, form.staff_id[:36])
    if found is None or not found.active:
        wrong = "Choose someone from the list."
        raise Invalid(wrong, fields={"staff_id": wrong})
    return found.staff_id


def _form(
    values: Mapping[str, str],
    *,
    whole: Whole | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    """The form; with errors it answers 422."""
    schedule = None if whole is None else whole.schedule
    with web().database.reading() as session:
        taken = linked_staff(session)
        people = [
            (each.staff_id, each.name)
            for each in active_staff(session)
            if each.staff_id not in taken or each.staff_id == values["staff_id"]
        ]
    if schedule and schedule.staff_id and schedule.staff_id not in dict(people):
        people.append((schedule.staff_id, whole.staff if whole and whole.staff else "Unknown"))
    page = render_template(
        "consultant_form.html",
        schedule=schedule,
        values=values,
        errors=errors or {},
        zones=wording.zones(values["timezone"] or web().settings.practice_timezone),
        people=[("", "Nobody"), *people],
        regions=regions_of("US"),
        may_link=may_manage_all(),
    )
    return make_response(page, 422 if errors else 200)
