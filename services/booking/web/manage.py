"""The page behind a manage link: confirmation, and moving or cancelling the call."""

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

from services.booking.domain.consult import Status
from services.booking.domain.errors import NotChangeable, NotOffered, SlotTaken
from services.booking.domain.intervals import written
from services.booking.queries.calls import Call
from services.booking.web import links, wording
from services.booking.web.calendar import ics
from services.booking.web.choosing import asked_zone, choice
from services.booking.web.context import keys
from services.booking.web.schemas import RescheduleRequest
from shared import times
from shared.web.access import public
from shared.web.context import now
from shared.web.errors import Invalid
from shared.web.language import gettext as _
from shared.web.language import language, speak
from shared.web.reading import read

manage = Blueprint("manage", __name__, url_prefix="/booking/m/<token>")


@manage.get("")
@public(personal=True)
def show(token: str) -> ResponseReturnValue:
    """The call as it stands; GET changes nothing."""
    call = _call(token)
    steps = wording.next_steps(call, now()) if call.consult.can_change(now()) else []
    return render_template("call.html", steps=steps, **_shown(call, token))


@manage.get("/move")
@public(personal=True)
def choose_time(token: str) -> ResponseReturnValue:
    """Choose another time."""
    return _move_page(_call(token), token)


@manage.post("/move")
@public(personal=True)
def move(token: str) -> ResponseReturnValue:
    """Move the call; if the time is gone, it stays as it was."""
    call = _call(token)
    try:
        start = read(RescheduleRequest, {"start": request.form.get("start", "")}).start
        moved = links.move(token, start)
    except Invalid:
        flash(_("Choose one of the times shown."))
        return redirect(url_for("manage.choose_time", token=token), 303)
    except NotChangeable as refused:
        flash(_(str(refused)))
        return redirect(url_for("manage.show", token=token), 303)
    except (SlotTaken, NotOffered) as refused:
        status = 409 if isinstance(refused, SlotTaken) else 422
        return _move_page(call, token, notice=_stays(call, str(refused)), status=status)
    tz = moved.preferences.timezone
    when = times.full(moved.starts_at, tz, language())
    if moved.starts_at == call.consult.starts_at:
        flash(_("Your call stays as it was: %(when)s.", when=when))
    else:
        flash(_("Your call is moved. It is now %(when)s.", when=when))
    return redirect(url_for("manage.show", token=token), 303)


@manage.get("/cancel")
@public(personal=True)
def ask_to_cancel(token: str) -> ResponseReturnValue:
    """A page with the button that cancels."""
    call = _call(token)
    if not call.consult.can_change(now()):
        return redirect(url_for("manage.show", token=token))
    return render_template("cancel.html", **_shown(call, token))


@manage.post("/cancel")
@public(personal=True)
def cancel(token: str) -> ResponseReturnValue:
    """Cancel the call; again changes nothing."""
    _call(token)
    try:
        links.cancel(token)
    except NotChangeable as refused:
        flash(_(str(refused)))
    return redirect(url_for("manage.show", token=token), 303)


@manage.get("/call.ics")
@public(personal=True)
def calendar_file(token: str) -> ResponseReturnValue:
    """The call for the person's own calendar; one that is not booked has no place there."""
    call = _call(token)
    if call.consult.standing(now()) in (Status.HELD, Status.LAPSED):
        return redirect(url_for("manage.show", token=token))
    url = keys().manage_url(call.consult.id, call.nonce)
    response = Response(ics(call, manage_url=url, now=now()), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="call.ics"'
    return response


def _call(token: str) -> Call:
    """The call, on a page that speaks the language it was booked in."""
    call = links.call_of(token)
    speak(call.consult.preferences.locale)
    return call


def _move_page(call: Call, token: str, *, notice: str = "", status: int = 200) -> Response:
    if not call.consult.can_change(now()):
        return make_response(redirect(url_for("manage.show", token=token), 303))
    tz = asked_zone(call.consult.preferences.timezone)
    page = render_template(
        "move.html",
        offer=choice(tz, ignoring=call.consult.id),
        zones=wording.zones(tz),
        current=written(call.consult.starts_at),
        notice=notice,
        **_shown(call, token),
    )
    return make_response(page, status)


def _stays(call: Call, refusal: str) -> str:
    at, tz = call.consult.starts_at, call.consult.preferences.timezone
    day, clock = times.weekday(at, tz, language()), times.at_time(at, tz, language())
    stays = _("Your call on %(day)s %(at)s stays as it was.", day=day, at=clock)
    return f"{wording.headline(refusal)}. {stays}"


def _shown(call: Call, token: str) -> dict[str, object]:
    consult = call.consult
    return {
        "call": call,
        "consult": consult,
        "token": token,
        "tz": consult.preferences.timezone,
        "name": wording.first_name(call.given.name),
        "whole_name": wording.whole_name(call.consultant),
        "title": wording.title(call.consultant),
        "standing": consult.standing(now()),
        "can_change": consult.can_change(now()),
        "over": consult.status is Status.BOOKED and not consult.can_change(now()),
    }
