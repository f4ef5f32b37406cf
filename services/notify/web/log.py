"""The message log and one message's story."""

from __future__ import annotations

from datetime import datetime, time

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.notify.queries import log as queries
from services.notify.queries.story import Story, find_story
from services.notify.queries.words import KINDS, STATUSES
from services.notify.use_cases.preview_message import Preview, preview_message
from services.notify.web.context import tools
from shared import audit
from shared.times import local, resolve_local
from shared.web.access import allow
from shared.web.auth import actor, current_staff
from shared.web.context import now, web
from shared.web.errors import NotFound
from shared.web.permissions import Action

pages = Blueprint("messages", __name__, url_prefix="/notify/messages")


@pages.get("/")
@allow(Action.VIEW_MESSAGES)
def index() -> ResponseReturnValue:
    """The log, newest first."""
    return _page(None)


@pages.get("/<message_id>")
@allow(Action.VIEW_MESSAGES)
def story(message_id: str) -> ResponseReturnValue:
    """One message's story beside the log. That it was opened is recorded."""
    with web().database.reading() as session:
        found = find_story(session, message_id)
        preview = None
        if found is not None and found.waits:
            preview = preview_message(session, message_id, tools().stationery, now=now())
    if found is None:
        raise NotFound("There is no such message.")
    who, at = actor(), now()
    web().database.run(
        lambda session: audit.record(
            session, actor=who, action="message.read", subject=f"message:{message_id}", now=at
        )
    )
    return _page(found, preview)


def _page(found: Story | None, preview: Preview | None = None) -> ResponseReturnValue:
    filters = _filters()
    zone = current_staff().timezone
    with web().database.reading() as session:
        lines = queries.log(session, filters)
        totals = queries.totals(session, since=_midnight(zone), now=now())
    return render_template(
        "notify/messages.html",
        lines=lines,
        totals=totals,
        filters=filters,
        kinds=list(KINDS),
        statuses=list(STATUSES),
        story=found,
        preview=preview,
        zone=zone,
        today=local(now(), zone).date(),
        older=lines[-1].at.isoformat() if len(lines) == queries.PAGE else None,
    )


def _filters() -> queries.Filters:
    asked = request.args
    return queries.Filters(
        person=asked.get("person", "")[:80],
        kind=asked.get("kind", "") if asked.get("kind") in KINDS else "",
        status=asked.get("status", "") if asked.get("status") in STATUSES else "",
        before=_instant(asked.get("before", "")),
    )


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _midnight(zone: str) -> datetime:
    """The instant at which today began in `zone`, an hour later where midnight is skipped."""
    today = local(now(), zone).date()
    return resolve_local(today, time(0), zone) or resolve_local(today, time(1), zone) or now()
