"""The page behind an emailed link that books a call which is only held; its button does it."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.booking.domain.consult import Status
from services.booking.domain.errors import HoldLapsed, NotOffered, SlotTaken
from services.booking.queries.availability import taken
from services.booking.queries.calls import Call
from services.booking.web import links, wording
from services.booking.web.context import keys
from services.booking.web.form import instant_in
from shared.web.access import public
from shared.web.context import now, web
from shared.web.language import speak

confirming = Blueprint("confirming", __name__, url_prefix="/booking/confirm/<token>")


@confirming.get("")
@public(personal=True)
def ask(token: str) -> ResponseReturnValue:
    """The call and the button that books it; mail scanners that open links change nothing."""
    call = _call(token)
    if call.consult.standing(now()) is not Status.HELD:
        return redirect(_manage_page(call))
    return _page(call, token)


@confirming.post("")
@public(personal=True)
def confirm(token: str) -> ResponseReturnValue:
    """Book the call. When its time is gone, free times near it are offered in its place."""
    call = _call(token)
    start = instant_in(request.form.get("start", ""))
    try:
        links.confirm(token, start)
    except SlotTaken as gone:
        return _page(call, token, refusal=str(gone), near=gone.alternatives, status=409)
    except NotOffered as refused:
        with web().database.reading() as session:
            near = taken(session, refused.start, now=now()).alternatives
        return _page(call, token, refusal=str(refused), near=near, status=422)
    except HoldLapsed:
        pass  # its own page says so
    return redirect(_manage_page(call), 303)


def _call(token: str) -> Call:
    """The call, on a page that speaks the language it was asked for in."""
    call = links.call_to_confirm(token)
    speak(call.consult.preferences.locale)
    return call


def _manage_page(call: Call) -> str:
    return url_for("manage.show", token=keys().token(call.consult.id, call.nonce))


def _page(
    call: Call,
    token: str,
    *,
    refusal: str = "",
    near: Sequence[datetime] = (),
    status: int = 200,
) -> Response:
    consult = call.consult
    tz = consult.preferences.timezone
    page = render_template(
        "confirm.html",
        consult=consult,
        token=token,
        tz=tz,
        name=wording.first_name(call.given.name),
        refusal=wording.headline(refusal),
        alternatives=wording.choices(near, tz),
    )
    return make_response(page, status)
