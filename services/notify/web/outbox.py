"""The outbox: what a real run would have sent, and what is planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.notify.queries import outbox as queries
from services.notify.use_cases.preview_message import Preview, preview_message
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
    """The newest kept emails and texts, then the planned ones with what they would say.

    `later`, `emails` and `texts` each begin one list elsewhere, and then it stands alone.
    """
    places = {name: _place(request.args.get(name, "")) for name in ("later", "emails", "texts")}
    only = next((name for name, place in places.items() if place is not None), None)
    with web().database.reading() as session:
        emails = queries.kept(session, "email", before=places["emails"])
        texts = queries.kept(session, "sms", before=places["texts"])
        planned = queries.planned(session, after=places["later"])
        waiting = queries.waiting(session, now=now())
        wanted = [*planned, *waiting] if only in (None, "later") else []
        return render_template(
            "notify/outbox.html",
            only=only,
            emails=emails,
            texts=texts,
            planned=planned,
            waiting=waiting,
            planned_count=queries.planned_count(session),
            previews={each.id: _preview(session, each.id) for each in wanted},
            more={
                "emails": _after(emails, queries.KEPT_PAGE),
                "texts": _after(texts, queries.KEPT_PAGE),
                "later": _after(planned, queries.PLANNED_PAGE),
            },
            tools=tools(),
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


def _preview(session: Session, message_id: str) -> Preview:
    return preview_message(session, message_id, tools().stationery, now=now())


def _after(rows: Sequence[queries.Kept] | Sequence[queries.Planned], page: int) -> str:
    """Where the next page begins, or nothing when this one is the last."""
    if len(rows) < page:
        return ""
    last = rows[-1]
    at = last.send_at if isinstance(last, queries.Planned) else last.at
    return f"{at.isoformat()}~{last.id}"


def _place(text: str) -> queries.Place | None:
    """The place that `_after` wrote; None for anything else."""
    at, _, message_id = text.partition("~")
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return None
    return queries.Place(found, message_id) if found.tzinfo is not None and message_id else None
