"""Applicants: the list and one person."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.cohort.domain.applicant import ApplicantStatus
from services.cohort.queries.cohorts import list_cohorts
from services.cohort.queries.people import (
    PAGE,
    ApplicantPage,
    count_applicants,
    get_applicant_page,
    list_applicants,
)
from services.cohort.use_cases.update_contact import ContactChange, update_contact
from services.cohort.web import words
from services.cohort.web.context import keys
from services.cohort.web.forms import Form
from services.cohort.web.trail import note_read
from shared.times import is_zone
from shared.web.app import now, web
from shared.web.auth import actor, allow
from shared.web.permissions import Action

pages = Blueprint("cohort_applicants", __name__)
STATUSES = {
    ApplicantStatus.WAITING: ("Waiting", "Waiting for a cohort"),
    ApplicantStatus.ENROLLED: ("Enrolled", "In a cohort"),
    ApplicantStatus.ALUMNUS: ("Alumni", "Finished"),
    ApplicantStatus.LEFT: ("Left", "Left the program"),
}

ANSWERS = {
    "confirm": "Confirmed by text",
    "ride_arranged": "Said by text that the ride home is arranged",
    "opt_out": "Asked by text for no more texts",
    "other": "Answered a text; the words are under Messages",
}


@pages.get("/cohort/applicants/")
@allow(Action.VIEW_APPLICANTS)
def show() -> ResponseReturnValue:
    """Those of one status, longest waiting first."""
    asked = request.args.get("status", "")
    status = ApplicantStatus(asked) if asked in list(ApplicantStatus) else ApplicantStatus.WAITING
    with web().database.reading() as session:
        counts = count_applicants(session)
        last = max(1, -(-counts[status] // PAGE))
        page = min(_page_number(request.args.get("page", "")), last)
        lines = list_applicants(session, status, page=page)
    return render_template(
        "cohort/applicants.html",
        lines=lines,
        counts=counts,
        status=status,
        statuses=STATUSES,
        page=page,
        pages=last,
        words=words,
    )


@pages.get("/cohort/applicants/<person_id>")
@allow(Action.VIEW_APPLICANTS)
def show_one(person_id: str) -> ResponseReturnValue:
    """Everything about one person; that it was read is noted."""
    with web().database.reading() as session:
        person = get_applicant_page(session, person_id, keys=keys())
        cohorts = [one for one in list_cohorts(session) if one.joinable(now())]
    note_read(person_id)
    return render_template(
        "cohort/applicant.html",
        person=person,
        cohorts=cohorts,
        answers=ANSWERS,
        statuses=STATUSES,
        words=words,
    )


@pages.get("/cohort/applicants/<person_id>/contact")
@allow(Action.MANAGE_APPLICANTS)
def edit_contact(person_id: str) -> ResponseReturnValue:
    """The form for how a person is reached."""
    with web().database.reading() as session:
        person = get_applicant_page(session, person_id, keys=keys())
    note_read(person_id)
    return _contact_form(person, Form(request.args))


@pages.post("/cohort/applicants/<person_id>/contact")
@allow(Action.MANAGE_APPLICANTS)
def change_contact(person_id: str) -> ResponseReturnValue:
    """Save how a person is reached; the other services hear of it."""
    form = Form(request.form)
    change = ContactChange(
        name=form.text("name", "Enter a name.", most=100),
        email=form.email("email") if form.typed("email") else None,
        phone=form.phone("phone"),
        timezone=form.typed("timezone"),
    )
    if not is_zone(change.timezone):
        form.errors["timezone"] = "Enter a zone such as America/New_York."
    if not form.typed("email") and not form.typed("phone"):
        form.errors["email"] = "Leave an email or a phone number, so that they can be reached."
    with web().database.reading() as session:
        person = get_applicant_page(session, person_id, keys=keys())
    if form.errors:
        return _contact_form(person, form), 422
    known, who, at = keys(), actor(), now()
    web().database.run(
        lambda session: update_contact(session, person_id, change, keys=known, actor=who, now=at)
    )
    flash(f"Contact details of {change.name} are saved.")
    return redirect(f"/cohort/applicants/{person_id}")


def _page_number(typed: str) -> int:
    """The page that an address asks for, from 1; anything strange is the first."""
    return max(1, int(typed[:6])) if typed.isascii() and typed.isdecimal() else 1


def _contact_form(person: ApplicantPage, form: Form) -> str:
    known = person.contact
    stored = {
        "name": known.name,
        "email": known.email or "",
        "phone": known.phone or "",
        "timezone": known.timezone,
    }
    posted = request.method == "POST"
    values = {name: form.typed(name) if posted else value for name, value in stored.items()}
    return render_template("cohort/contact.html", person=person, values=values, errors=form.errors)
