"""Staff change a call: move it, give it to another consultant, call it off."""

from typing import Any

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

from services.booking.domain.consult import Actor, Consult, Meeting
from services.booking.domain.errors import BookingError, NotChangeable, NotOffered, SlotTaken
from services.booking.domain.intervals import written
from services.booking.queries import calls
from services.booking.queries.availability import Terms, free_consultants
from services.booking.store.consults import get_consult
from services.booking.use_cases.cancel_consult import cancel_consult
from services.booking.use_cases.reschedule_consult import reschedule_consult
from services.booking.use_cases.substitute_consultant import substitute_consultant
from services.booking.web import wording
from services.booking.web.choosing import asked_zone, choice
from services.booking.web.context import keys
from services.booking.web.form import instant_in
from shared import times
from shared.web.auth import actor, allow, current_staff
from shared.web.context import now, web
from shared.web.permissions import Action

staff_changes = Blueprint(
    "staff_changes", __name__, url_prefix="/booking/staff/consults/<consult_id>"
)

TERMS = Terms(waives_notice=True)


@staff_changes.get("/move")
@allow(Action.MANAGE_CONSULTS)
def choose_time(consult_id: str) -> ResponseReturnValue:
    """Choose another time for somebody's call."""
    return _move_page(_call(consult_id))


@staff_changes.post("/move")
@allow(Action.MANAGE_CONSULTS)
def move(consult_id: str) -> ResponseReturnValue:
    """Move the call and let the person know; if the time is gone, it stays as it was."""
    call, who, at = _call(consult_id), actor(), now()
    start = instant_in(request.form.get("start", ""))
    if start is None:
        flash("Choose one of the times shown.")
        return redirect(url_for("staff_changes.choose_time", consult_id=consult_id), 303)

    def work(session: Session) -> Consult:
        consult = get_consult(session, consult_id)
        return reschedule_consult(
            session, consult, start, by=Actor.STAFF, keys=keys(), now=at, actor=who, terms=TERMS
        )

    try:
        moved = web().database.run(work)
    except (SlotTaken, NotOffered) as refused:
        status = 409 if isinstance(refused, SlotTaken) else 422
        stays = f"{wording.headline(str(refused))}. The call stays as it was."
        return _move_page(call, notice=stays, status=status)
    except NotChangeable as refused:
        return _back(consult_id, str(refused))
    when = times.full(moved.starts_at, current_staff().timezone)
    if moved.starts_at == call.consult.starts_at:
        return _back(consult_id, f"The call stays as it was: {when}.")
    return _back(consult_id, f"The call is moved to {when}. {_hears(call)}")


@staff_changes.get("/consultant")
@allow(Action.MANAGE_CONSULTS)
def choose_consultant(consult_id: str) -> ResponseReturnValue:
    """Who else is free at the time of this call."""
    return _consultant_page(_call(consult_id))


@staff_changes.post("/consultant")
@allow(Action.MANAGE_CONSULTS)
def substitute(consult_id: str) -> ResponseReturnValue:
    """Give the call to another consultant at the same time, and let the person know."""
    call, who, at = _call(consult_id), actor(), now()
    chosen = request.form.get("consultant", "")[:36]

    def work(session: Session) -> Consult:
        consult = get_consult(session, consult_id)
        return substitute_consultant(session, consult, chosen, actor=who, keys=keys(), now=at)

    try:
        web().database.run(work)
    except (SlotTaken, NotOffered):
        gone = "They are not free at that time any more. The call stays as it was."
        return _consultant_page(call, notice=gone, status=409)
    except NotChangeable as refused:
        return _back(consult_id, str(refused))
    after = _call(consult_id)
    if after.consult.revision == call.consult.revision:
        return _back(consult_id, f"The call stays with {after.consultant}.")
    return _back(consult_id, f"The call is now with {after.consultant}. {_hears_who(after)}")


@staff_changes.get("/cancel")
@allow(Action.MANAGE_CONSULTS)
def ask_to_cancel(consult_id: str) -> ResponseReturnValue:
    """A page with the button that calls it off."""
    return _shown(_call(consult_id), "staff_cancel.html")


@staff_changes.post("/cancel")
@allow(Action.MANAGE_CONSULTS)
def cancel(consult_id: str) -> ResponseReturnValue:
    """Call it off and let the person know; again changes nothing."""
    call, who, at = _call(consult_id), actor(), now()

    def work(session: Session) -> Consult:
        consult = get_consult(session, consult_id)
        return cancel_consult(session, consult, by=Actor.STAFF, keys=keys(), now=at, actor=who)

    try:
        web().database.run(work)
    except NotChangeable as refused:
        return _back(consult_id, str(refused))
    return _back(consult_id, f"The call is cancelled. {_hears(call)}")


def _call(consult_id: str) -> calls.Call:
    with web().database.reading() as session:
        return calls.get_call(session, consult_id)


def _hears(call: calls.Call) -> str:
    """Whether a message will say so, or staff have to."""
    texts = call.consult.preferences.consent.granted and call.phone and not call.texts_off
    if call.email or texts:
        return f"{call.person} is told of it."
    return f"{call.person} gets no message: call them."


def _hears_who(call: calls.Call) -> str:
    """How the person learns who calls them now: by email alone."""
    if call.email:
        return f"{call.person} is told by email."
    if call.consult.meeting is Meeting.VIDEO:
        return f"{call.person} gave no email: call them with the new link."
    return f"{call.person} gave no email, and keeps the same time."


def _back(consult_id: str, words: str) -> Response:
    flash(words)
    return make_response(redirect(url_for("staff_call.show", consult_id=consult_id), 303))


def _move_page(call: calls.Call, *, notice: str = "", status: int = 200) -> Response:
    tz = asked_zone(current_staff().timezone)
    offer = choice(tz, ignoring=call.consult.id, terms=TERMS)
    return _shown(
        call,
        "staff_move.html",
        status=status,
        offer=offer,
        zones=wording.zones(tz),
        current=written(call.consult.starts_at),
        notice=notice,
    )


def _consultant_page(call: calls.Call, *, notice: str = "", status: int = 200) -> Response:
    consult = call.consult
    try:
        with web().database.reading() as session:
            free = free_consultants(session, consult.starts_at, now=now(), terms=TERMS)
    except BookingError:
        free = []
    others = [who for who in free if who.id != consult.consultant_id]
    return _shown(
        call,
        "staff_substitute.html",
        status=status,
        others=others,
        notice=notice,
        hears_who=_hears_who(call),
    )


def _shown(call: calls.Call, template: str, *, status: int = 200, **more: Any) -> Response:
    if not call.consult.can_change(now()):
        return make_response(redirect(url_for("staff_call.show", consult_id=call.consult.id), 303))
    tz = current_staff().timezone
    page = render_template(
        template, call=call, consult=call.consult, tz=tz, hears=_hears(call), **more
    )
    return make_response(page, status)
