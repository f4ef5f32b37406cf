"""A consultant's two calendars: ours to subscribe to, and their own that keeps time free."""

from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, request
from flask import url_for as address
from flask.typing import ResponseReturnValue

from services.booking.domain.errors import UnknownLink
from services.booking.queries.feed import entries_of_feed
from services.booking.store.calendars import make_due
from services.booking.use_cases.close_feed import close_feed
from services.booking.use_cases.connect_calendar import connect_calendar
from services.booking.use_cases.disconnect_calendar import disconnect_calendar
from services.booking.use_cases.open_feed import open_feed
from services.booking.web import limits
from services.booking.web.context import keys
from services.booking.web.feed import calendar_of
from services.booking.web.staff.access import changeable
from services.booking.web.staff.availability import page_of
from services.booking.web.staff.consultant_form import web_address
from shared.web.access import public
from shared.web.auth import actor, allow
from shared.web.context import now, web
from shared.web.permissions import Action

calendars = Blueprint("calendars", __name__, url_prefix="/booking")

_STAFF = "/staff/consultants/<consultant_id>"
_HOURS = {"1": 1, "2": 2, "6": 6, "24": 24}


@calendars.get("/calendar/<feed>.ics")
@public
def show(feed: str) -> ResponseReturnValue:
    """A consultant's calls, for whoever has the secret address."""
    try:
        with web().database.reading() as session:
            entries = entries_of_feed(session, feed, keys=keys(), now=now())
    except UnknownLink:
        limits.count_guess()
        raise
    document = calendar_of(entries, base_url=web().settings.public_base_url, now=now())
    response = Response(document, mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@calendars.post(f"{_STAFF}/feed")
@allow(Action.MANAGE_AVAILABILITY)
def make(consultant_id: str) -> ResponseReturnValue:
    """Make the secret address, or a new one in its place."""
    whole, by, at = changeable(consultant_id), actor(), now()
    who = whole.schedule.consultant.id
    web().database.run(lambda s: open_feed(s, who, keys=keys(), actor=by, now=at))
    words = (
        "The address is new, and the old one no longer works."
        if whole.nonce
        else ("The address is ready. Whoever has it can see when the calls are.")
    )
    return _back(consultant_id, words)


@calendars.post(f"{_STAFF}/feed/remove")
@allow(Action.MANAGE_AVAILABILITY)
def remove(consultant_id: str) -> ResponseReturnValue:
    """Let the secret address lead nowhere."""
    who, by, at = changeable(consultant_id).schedule.consultant.id, actor(), now()
    web().database.run(lambda s: close_feed(s, who, actor=by, now=at))
    return _back(consultant_id, "The address no longer works.")


@calendars.post(f"{_STAFF}/calendar")
@allow(Action.MANAGE_AVAILABILITY)
def connect(consultant_id: str) -> ResponseReturnValue:
    """Let their own calendar keep times free, or show the page again with what is to be fixed."""
    whole, by, at = changeable(consultant_id), actor(), now()
    typed = request.form.get("calendar_url", "").strip()
    hours = _HOURS.get(request.form.get("stale_after", ""))
    errors = {} if hours else {"stale_after": "Choose one of the times shown."}
    try:
        url = web_address(_plain(typed))
    except ValueError as wrong:
        errors["calendar_url"] = str(wrong)
    if errors or hours is None:
        return page_of(whole, errors=errors)
    who, stale = whole.schedule.consultant.id, timedelta(hours=hours)
    web().database.run(lambda s: connect_calendar(s, who, url, stale_after=stale, actor=by, now=at))
    words = "The calendar will be read within a minute. Until then nothing is offered."
    return _back(consultant_id, words)


@calendars.post(f"{_STAFF}/calendar/read")
@allow(Action.MANAGE_AVAILABILITY)
def read_now(consultant_id: str) -> ResponseReturnValue:
    """Let it be read at the next opportunity."""
    who, at = changeable(consultant_id).schedule.consultant.id, now()
    web().database.run(lambda s: make_due(s, who, now=at))
    return _back(consultant_id, "The calendar will be read within a minute.")


@calendars.post(f"{_STAFF}/calendar/remove")
@allow(Action.MANAGE_AVAILABILITY)
def disconnect(consultant_id: str) -> ResponseReturnValue:
    """Let their own calendar count no more."""
    who, by, at = changeable(consultant_id).schedule.consultant.id, actor(), now()
    web().database.run(lambda s: disconnect_calendar(s, who, actor=by, now=at))
    return _back(consultant_id, "The calendar is removed. It keeps no time free any more.")


def _plain(typed: str) -> str:
    """Calendars hand out webcal: addresses, which are https ones by another name."""
    scheme, colon, rest = typed.partition(":")
    return f"https:{rest}" if colon and scheme.lower() in ("webcal", "webcals") else typed


def _back(consultant_id: str, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(address("availability.show", consultant_id=consultant_id), 303)
