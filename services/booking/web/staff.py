"""Staff's pages: the calls to come, those that need an outcome, and each one by itself."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

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
from services.booking.domain.errors import BookingError, FollowUpNeeded
from services.booking.queries import calls
from services.booking.store.consults import get_consult
from services.booking.use_cases.note_consult import note_consult
from services.booking.use_cases.record_outcome import record_no_show, record_outcome
from services.booking.web.context import keys
from services.booking.web.schemas import NOTE_LIMIT
from shared import audit
from shared.web.auth import actor, allow, current_staff
from shared.web.context import now, web
from shared.web.errors import Invalid
from shared.web.permissions import Action

staff = Blueprint("staff", __name__, url_prefix="/booking/staff")

UPCOMING, EARLIER = 200, 50
LATEST_FOLLOW_UP = timedelta(days=366)
_WORDS = {
    "qualified": "{name} is marked as qualified, and is now among the applicants.",
    "not_a_fit": "{name} is marked as not a fit.",
    "undecided": "{name} is marked as undecided.",
    "no_show": "{name} is marked as a no-show.",
    "note": "The note is saved.",
}


@staff.get("/")
@allow(Action.VIEW_CONSULTS)
def index() -> ResponseReturnValue:
    """Calls that need an outcome, calls to come, and earlier ones."""
    at, skip = now(), max(0, request.args.get("skip", 0, type=int))
    with web().database.reading() as session:
        upcoming = calls.upcoming_calls(session, at, limit=UPCOMING)
        earlier = calls.earlier_calls(session, limit=EARLIER + 1, skip=min(skip, 10**6))
        waiting = calls.calls_without_outcome(session, at, limit=UPCOMING)
        count = calls.count_without_outcome(session, at)
    return render_template(
        "calls.html",
        upcoming=upcoming,
        earlier=earlier[:EARLIER],
        waiting=waiting,
        count=count,
        older=skip + EARLIER if len(earlier) > EARLIER else None,
        newer=max(0, skip - EARLIER) if skip else None,
        tz=current_staff().timezone,
        at=at,
    )


@staff.get("/consults/<consult_id>")
@allow(Action.VIEW_CONSULTS)
def show(consult_id: str) -> ResponseReturnValue:
    """One call: who, when, what came of it. That it was opened is recorded."""
    at = now()
    with web().database.reading() as session:
        call = calls.get_call(session, consult_id)
    subject = f"consult:{call.consult.id}"
    web().database.run(
        lambda s: audit.record(s, actor=actor(), action="consult.view", subject=subject, now=at)
    )
    return _page(call)


@staff.post("/consults/<consult_id>")
@allow(Action.RECORD_OUTCOME)
def record(consult_id: str) -> ResponseReturnValue:
    """Record an outcome and the note, or show the page again with what is to be fixed."""
    act = request.form.get("outcome", "")
    with web().database.reading() as session:
        call = calls.get_call(session, consult_id)
    try:
        if act not in _WORDS:
            raise Invalid("Choose what came of the call.", fields={"outcome": "Choose one."})
        note, day = _note(), _day() if act == Outcome.UNDECIDED else None
        web().database.run(lambda s: _record(s, consult_id, act, note=note, day=day))
    except (BookingError, Invalid) as refused:
        known = ("note", "follow_up_on")
        errors = {name: text for name, text in refused.fields.items() if name in known}
        status = 422 if isinstance(refused, Invalid | FollowUpNeeded) else 409
        return _page(call, errors=errors, problem="" if errors else str(refused), status=status)
    flash(_WORDS[act].format(name=call.person))
    return redirect(url_for("staff.show", consult_id=consult_id), 303)


def _record(session: Session, consult_id: str, act: str, *, note: str, day: date | None) -> None:
    at, who = now(), actor()
    consult = get_consult(session, consult_id)
    if act == "no_show":
        record_no_show(session, consult, actor=who, keys=keys(), now=at)
    elif act != "note":
        record_outcome(session, consult, Outcome(act), follow_up_on=day, actor=who, now=at)
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
    today = now().astimezone(ZoneInfo(current_staff().timezone)).date()
    if not today <= day <= today + LATEST_FOLLOW_UP:
        raise _wrong_day("Choose a day from today on, within a year.")
    return day


def _wrong_day(wrong: str) -> Invalid:
    return Invalid(wrong, fields={"follow_up_on": wrong})


def _page(
    call: calls.Call, *, errors: dict[str, str] | None = None, problem: str = "", status: int = 200
) -> Response:
    typed = request.form if request.method == "POST" else {}
    page = render_template(
        "staff_call.html",
        call=call,
        consult=call.consult,
        tz=current_staff().timezone,
        note=typed.get("note", call.note or ""),
        follow_up_on=typed.get("follow_up_on", call.consult.follow_up_on or ""),
        errors=errors or {},
        problem=problem,
        at=now(),
    )
    return make_response(page, status)
