"""Staff accounts."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.cohort.domain.errors import EmailTaken
from services.cohort.domain.staffing import Qualification
from services.cohort.queries.staff import list_staff
from services.cohort.store.staff import get_staff
from services.cohort.use_cases.add_staff import NewStaff, add_staff
from services.cohort.use_cases.issue_sign_in_link import issue_sign_in_link
from services.cohort.web.context import keys
from services.cohort.web.forms import Form
from shared.web.app import now, web
from shared.web.auth import actor, allow
from shared.web.permissions import Action, Role

pages = Blueprint("cohort_staff", __name__)
ROLES = {
    Role.COORDINATOR.value: "Coordinator: runs everything but accounts",
    Role.CONSULTANT.value: "Consultant: holds calls",
    Role.CLINICIAN.value: "Clinician: screening and medicine sessions",
    Role.ADMIN.value: "Admin: everything, accounts included",
}
QUALIFICATIONS = {
    Qualification.FACILITATOR.value: "Facilitator",
    Qualification.PRESCRIBER.value: "Prescriber",
    Qualification.MEDICAL.value: "Medical staff",
}


@pages.get("/cohort/staff/")
@allow(Action.MANAGE_STAFF)
def show() -> ResponseReturnValue:
    """Everyone on the staff, and the form to add someone."""
    return _page(Form(request.args), {})


@pages.post("/cohort/staff/")
@allow(Action.MANAGE_STAFF)
def add() -> ResponseReturnValue:
    """Open an account and show its one-time sign-in link, this once."""
    form = Form(request.form)
    new = NewStaff(
        email=form.email("email"),
        name=form.text("name", "Enter a name."),
        roles=form.many("roles", ROLES),
        qualifications=form.many("qualifications", QUALIFICATIONS),
        timezone=web().settings.practice_timezone,
        phone=form.phone("phone"),
    )
    if not new.roles and "roles" not in form.errors:
        form.errors["roles"] = "Choose at least one role."
    if form.errors:
        return _page(form, form.errors), 422
    known, who, at = keys(), actor(), now()

    def work(session: Session) -> str:
        staff_id = add_staff(session, new, keys=known, actor=who, now=at)
        return issue_sign_in_link(session, staff_id, keys=known, actor=who, now=at)

    try:
        link = web().database.run(work)
    except EmailTaken as refused:
        return _page(form, refused.fields), 409
    return render_template("cohort/staff_link.html", name=new.name, link=link)


@pages.post("/cohort/staff/<staff_id>/link")
@allow(Action.MANAGE_STAFF)
def link(staff_id: str) -> ResponseReturnValue:
    """Make a new one-time sign-in link for someone, and show it this once."""
    known, who, at = keys(), actor(), now()

    def work(session: Session) -> tuple[str, str]:
        url = issue_sign_in_link(session, staff_id, keys=known, actor=who, now=at)
        return get_staff(session, staff_id).name, url

    name, url = web().database.run(work)
    return render_template("cohort/staff_link.html", name=name, link=url)


def _page(form: Form, errors: Mapping[str, str]) -> str:
    with web().database.reading() as session:
        people = list_staff(session)
    return render_template(
        "cohort/staff.html",
        people=people,
        form=form,
        chosen=set(request.form.getlist("roles")) | set(request.form.getlist("qualifications")),
        roles=ROLES,
        qualifications=QUALIFICATIONS,
        errors=errors,
    )
