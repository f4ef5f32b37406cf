"""The outbox: what a real run would have sent, and what is planned."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from services.notify.queries import outbox as queries
from services.notify.web.context import tools
from shared.web.access import allow
from shared.web.context import now, web
from shared.web.errors import NotFound
from shared.web.hosts import on_own_machine
from shared.web.permissions import Action

pages = Blueprint("outbox", __name__, url_prefix="/notify/outbox")


@pages.get("/")
@pages.get("", strict_slashes=False)
@allow(Action.VIEW_OUTBOX, unless=on_own_machine)
def index() -> ResponseReturnValue:
    """Kept emails and texts, and the planned ones with their times."""
    with web().database.reading() as session:
        planned = queries.planned(session)
        return render_template(
            "notify/outbox.html",
            planned=planned,
            planned_count=queries.planned_count(session),
            emails=queries.kept(session, "email"),
            texts=queries.kept(session, "sms"),
            tools=tools(),
            at=now(),
        )


@pages.get("/<message_id>")
@allow(Action.VIEW_OUTBOX, unless=on_own_machine)
def email(message_id: str) -> ResponseReturnValue:
    """One kept email in full."""
    return render_template("notify/kept_email.html", kept=_get(message_id))


@pages.get("/<message_id>/call.ics")
@allow(Action.VIEW_OUTBOX, unless=on_own_machine)
def calendar(message_id: str) -> ResponseReturnValue:
    """The calendar file of a kept email."""
    kept = _get(message_id)
    if not kept.calendar:
        raise NotFound("This email has no calendar file.")
    response = Response(kept.calendar, mimetype="text/calendar")
    response.headers["Content-Type"] = f"text/calendar; charset=utf-8; method={kept.method}"
    response.headers["Content-Disposition"] = 'attachment; filename="call.ics"'
    return response


def _get(message_id: str) -> queries.Kept:
    with web().database.reading() as session:
        kept = queries.find_kept(session, message_id)
    if kept is None:
        raise NotFound("There is no such message.")
    return kept
