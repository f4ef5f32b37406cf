"""One call's page: who, when, what came of it, and taking that back for a minute."""

from datetime import date, datetime, timedelta

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.booking.domain.consult import Outcome
from services.booking.domain.errors import BookingError, FollowUpNeeded, TooLateToUndo
from services.booking.queries import calls
from services.booking.queries.history import VIEWED, history_of
from services.booking.store import undos
from services.booking.store.consults import get_consult
from services.booking.use_cases.note_consult import note_consult
from services.booking.use_cases.record_outcome import record_no_show, record_outcome
from services.booking.use_cases.undo_outcome import undo_outcome
from services.booking.web.context import keys
from services.booking.web.schemas import NOTE_LIMIT
from services.booking.web.staff.history import said
from shared import audit, times
from shared.web.auth import actor, allow, current_staff
from shared.web.context import now, web
from shared.web.errors import Invalid
from shared.web.permissions import Action

staff_call = Blueprint("staff_call", __name__, url_prefix="/booking/staff/consults/<consult_id>")

LATEST_FOLLOW_UP = timedelta(days=366)
_MARKED = {
    "qualified": "{name} is marked as qualified.",
    "not_a_fit": "{name} is marked as not a fit.",
    "undecided": "{name} is marked as undecided.",
    "no_show": "{name} is marked as a no-show.",
    "note": "The note is saved.",
}


@staff_call.get("")
@allow(Action.VIEW_CONSULTS)
def show(consult_id: str) -> ResponseReturnValue:
    """One call: who, when, what came of it. That it was opened is recorded."""
    at = now()
    with web().database.reading() as session:
        call = calls.get_call(session, consult_id)
    subject = f"consult:{call.consult.id}"
    web().database.run(
        lambda s: audit.record(s, actor=actor(), action=VIEWED, subject=subject, now=at)
    )
    return _page(call)


@staff_call.post("")
@allow(Action.RECORD_OUTCOME)
def record(consult_id: str) -> ResponseReturnValue:
    """Record an outcome and the note, or show the page again with what is to be fixed."""
    act = request.form.get("outcome", "")
    with web().database.reading() as session:
        call = calls.get_call(session, consult_id)
    try:
        if act not in _MARKED:
            raise Invalid("Choose what came of the call.", fields={"outcome": "Choose one."})
        note, day = _note(), _day() if act == Outcome.UNDECIDED else None
        web().database.run(
            lambda s: _record(s, consult_id, act, note=note, known=call.note or "", day=day)
        )
    except (BookingError, Invalid) as refused:
        known = ("note", "follow_up_on")
        errors = {name: text for name, text in refused.fields.items() if name in known}
        status = 422 if isinstance(refused, Invalid | FollowUpNeeded) else 409
        return _page(call, errors=errors, problem="" if errors else str(refused), status=status)
    flash(_MARKED[act].format(name=call.person))
    return redirect(url_for("staff_call.show", consult_id=consult_id), 303)


@staff_call.post("/undo")
@allow(Action.RECORD_OUTCOME)
def undo(consult_id: str) -> ResponseReturnValue:
    """Take back what was recorded last, while nobody has been told."""
    at, who = now(), actor()
    try:
        web().database.run(lambda s: undo_outcome(s, get_consult(s, consult_id), actor=who, now=at))
        flash("That is taken back, and nobody was told of it. The note stays.")
    except TooLateToUndo as refused:
        flash(str(refused))
    return redirect(url_for("staff_call.show", consult_id=consult_id), 303)


def _record(
    session: Session, consult_id: str, act: str, *, note: str, known: str, day: date | None
) -> None:
    at, who, wait = now(), actor(), timedelta(seconds=web().settings.undo_s)
    consult = get_consult(session, consult_id)
    if act == "no_show":
        record_no_show(session, consult, actor=who, keys=keys(), now=at, undo=wait)
    elif act != "note":
        outcome = Outcome(act)
        record_outcome(session, consult, outcome, follow_up_on=day, actor=who, now=at, undo=wait)
    if note.strip() != known:
        note_consult(session, consult, note, actor=who, now=at)


def _note() -> str:
    note = request.form.get("note", "")
    if len(note) > NOTE_LIMIT:
        wrong = f"Use at most {NOTE_LIMIT} characters."
        raise Invalid(wrong, fields={"note": wrong})
    return note


def _day() -> date | None:
    typed = request.form.get("follow_up_on", "").strip()
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise _wrong_day("Enter the day as a date.") from None
    today = times.local(now(), current_staff().timezone).date()
    if not today <= day <= today + LATEST_FOLLOW_UP:
        raise _wrong_day("Choose a day from today on, within a year.")
    return day


def _wrong_day(wrong: str) -> Invalid:
    return Invalid(wrong, fields={"follow_up_on": wrong})


def _page(
    call: calls.Call, *, errors: dict[str, str] | None = None, problem: str = "", status: int = 200
) -> Response:
    typed = request.form if request.method == "POST" else {}
    consult, at = call.consult, now()
    with web().database.reading() as session:
        history = history_of(session, consult.id, consult.person_id)
        until = _undo_until(session, call, at)
    page = render_template(
        "staff_call.html",
        call=call,
        consult=consult,
        tz=current_staff().timezone,
        note=typed.get("note", call.note or ""),
        follow_up_on=typed.get("follow_up_on", consult.follow_up_on or ""),
        errors=errors or {},
        problem=problem,
        history=history,
        said=said,
        undo_until=until,
        can_undo=web().settings.undo_s > 0,
        marked=_MARKED.get(consult.outcome or consult.status.value, "").format(name=call.person),
        rebook_url=keys().rebook_url(),
        at=at,
    )
    return make_response(page, status)


def _undo_until(session: Session, call: calls.Call, at: datetime) -> datetime | None:
    undo = undos.find(session, call.consult.id)
    return undo.until if undo is not None and at < undo.until else None
