"""Earlier calls, and looking for somebody's."""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.booking.queries import calls, search
from services.booking.queries.calls import Call
from services.booking.web.context import keys
from services.booking.web.schemas import email_in, phone_in
from shared import times
from shared.web.auth import allow, current_staff
from shared.web.context import now, web
from shared.web.permissions import Action

staff_earlier = Blueprint("staff_earlier", __name__, url_prefix="/booking/staff")

PAGE = 50


@staff_earlier.get("/earlier")
@allow(Action.VIEW_CONSULTS)
def index() -> ResponseReturnValue:
    """Calls that are over or called off, latest first; or those of whom `q` means."""
    tz, at = current_staff().timezone, now()
    today = times.local(at, tz).date()
    words = request.args.get("q", "").strip()[:254]
    skip = min(max(0, request.args.get("skip", 0, type=int)), 10**6)
    with web().database.reading() as session:
        if words:
            found, skip = _found(words), 0
        else:
            found = calls.earlier_calls(session, at, limit=PAGE + 1, skip=skip)
    return render_template(
        "staff_earlier.html",
        calls=found[:PAGE],
        words=words,
        looked_through=search.LOOKED_THROUGH,
        older=skip + PAGE if len(found) > PAGE and not words else None,
        newer=max(0, skip - PAGE) if skip else None,
        more=len(found) > PAGE,
        first=today - timedelta(days=30),
        last=today,
        tz=tz,
        at=at,
    )


def _found(words: str) -> list[Call]:
    """An email or phone is looked for among all calls, anything else as a name."""
    email, phone = email_in(words), phone_in(words)
    with web().database.reading() as session:
        if email is not None:
            return search.calls_of_contact(session, keys().email(email), limit=PAGE + 1)
        if phone is not None:
            return search.calls_of_contact(session, keys().phone(phone), limit=PAGE + 1)
        return search.calls_of_name(session, words, limit=PAGE + 1)
