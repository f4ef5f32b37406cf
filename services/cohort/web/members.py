"""One cohort: its weeks, sessions and people; enrolling and removing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.cohort.domain.errors import NotFound, Refusal
from services.cohort.queries.cohort_page import CohortPage, get_cohort_page, get_seat
from services.cohort.queries.cohorts import get_cohort_line
from services.cohort.queries.people import get_applicant_page
from services.cohort.store.cohorts import active_enrollments
from services.cohort.use_cases.confirm_cohort import confirm_cohort
from services.cohort.use_cases.end_enrollment import EndReason, end_enrollment
from services.cohort.use_cases.enroll_applicant import enroll_applicant
from services.cohort.web import words
from services.cohort.web.context import keys
from services.cohort.web.timeline import Timeline, draw
from services.cohort.web.trail import note_read
from shared.web.app import now, web
from shared.web.auth import actor, allow
from shared.web.permissions import Action

pages = Blueprint("cohort_members", __name__)
REASONS = (
    (EndReason.BACK_TO_WAITING.value, "They wait for another cohort"),
    (EndReason.LEFT.value, "They have left the program"),
)


@pages.get("/cohort/cohorts/<cohort_id>")
@allow(Action.VIEW_COHORTS)
def show(cohort_id: str) -> ResponseReturnValue:
    """The eight weeks, who is ready, and the sessions."""
    return _page(cohort_id)


@pages.post("/cohort/cohorts/<cohort_id>/confirm")
@allow(Action.MANAGE_COHORTS)
def confirm(cohort_id: str) -> ResponseReturnValue:
    """Decide that the cohort takes place."""
    who, at = actor(), now()
    try:
        web().database.run(lambda session: confirm_cohort(session, cohort_id, actor=who, now=at))
    except NotFound:
        raise
    except Refusal as refused:
        return _page(cohort_id, problem=str(refused)), 409
    flash("The cohort is confirmed. It starts by itself with its first session.")
    return redirect(f"/cohort/cohorts/{cohort_id}")


@pages.get("/cohort/cohorts/<cohort_id>/enroll")
@allow(Action.ENROLL)
def ask_enroll(cohort_id: str) -> ResponseReturnValue:
    """Whom, into what, and what they will be sent: asked before it happens."""
    person_id = request.args.get("person", "")
    if not person_id:
        return _page(cohort_id, errors={"person": "Choose who joins."}), 422
    with web().database.reading() as session:
        cohort = get_cohort_line(session, cohort_id)
        person = get_applicant_page(session, person_id, keys=keys())
    note_read(person_id)
    free = cohort.joinable(now())
    return render_template(
        "cohort/enroll.html", cohort=cohort, joinable=free, person=person, words=words
    )


@pages.post("/cohort/cohorts/<cohort_id>/enroll")
@allow(Action.ENROLL)
def enroll(cohort_id: str) -> ResponseReturnValue:
    """Give the applicant a seat."""
    person_id = request.form.get("person", "")
    known, who, at = keys(), actor(), now()
    try:
        web().database.run(
            lambda session: enroll_applicant(
                session, cohort_id, person_id, keys=known, actor=who, now=at
            )
        )
    except NotFound:
        raise
    except Refusal as refused:
        if not _sits_here(cohort_id, person_id):
            return _page(cohort_id, errors={"person": str(refused)}), 409
        flash("They have a seat here already. Nothing is sent again.")
        return redirect(f"/cohort/cohorts/{cohort_id}")
    flash("Enrolled. They are sent a message with their dates and a link to their page.")
    return redirect(f"/cohort/cohorts/{cohort_id}")


@pages.get("/cohort/cohorts/<cohort_id>/people/<enrollment_id>/remove")
@allow(Action.ENROLL)
def ask_remove(cohort_id: str, enrollment_id: str) -> ResponseReturnValue:
    """Why, and what follows: asked before it happens."""
    return _remove_page(cohort_id, enrollment_id, {})


@pages.post("/cohort/cohorts/<cohort_id>/people/<enrollment_id>/remove")
@allow(Action.ENROLL)
def remove(cohort_id: str, enrollment_id: str) -> ResponseReturnValue:
    """Take the person out of the cohort."""
    reason = request.form.get("reason", "")
    if reason not in list(EndReason):
        return _remove_page(cohort_id, enrollment_id, {"reason": "Choose one of the two."}), 422
    with web().database.reading() as session:
        seat = get_seat(session, cohort_id, enrollment_id)
    known, who, at = keys(), actor(), now()
    try:
        web().database.run(
            lambda session: end_enrollment(
                session,
                enrollment_id,
                reason=EndReason(reason),
                keys=known,
                actor=who,
                now=at,
            )
        )
    except NotFound:
        raise
    except Refusal as refused:
        return _page(cohort_id, problem=str(refused)), 409
    flash(f"{seat.name} no longer has a seat here. They are sent one message.")
    return redirect(f"/cohort/cohorts/{cohort_id}")


def _sits_here(cohort_id: str, person_id: str) -> bool:
    """Whether the refused form was only sent a second time."""
    with web().database.reading() as session:
        return any(one.person_id == person_id for one in active_enrollments(session, cohort_id))


def _remove_page(cohort_id: str, enrollment_id: str, errors: dict[str, str]) -> str:
    with web().database.reading() as session:
        seat = get_seat(session, cohort_id, enrollment_id)
    return render_template(
        "cohort/remove.html", seat=seat, cohort_id=cohort_id, reasons=REASONS, errors=errors
    )


def _page(cohort_id: str, *, problem: str = "", errors: dict[str, str] | None = None) -> str:
    with web().database.reading() as session:
        page = get_cohort_page(session, cohort_id, now=now())
    if errors and not (page.joinable and page.waiting):  # there is no field to point at
        problem, errors = " ".join(errors.values()), None
    return render_template(
        "cohort/cohort.html",
        page=page,
        timeline=_timeline(page),
        waiting_choices=[("", "Choose"), *((one.person_id, one.name) for one in page.waiting)],
        problem=problem,
        errors=errors or {},
        words=words,
    )


def _timeline(page: CohortPage) -> Timeline:
    """With a warning where staff is missing, and at the next medicine session who is ready."""
    flags = {one.week: "Understaffed" for one in page.sessions if one.gaps and not one.done}
    if page.medicine is not None and page.members:
        flags[page.medicine.week] = f"{page.ready} of {len(page.members)} ready"
    today = now().astimezone(ZoneInfo(page.cohort.timezone)).date()
    return draw(page.cohort.label, page.sessions, page.check_ins, flags=flags, today=today)
