"""Consults as a table for other programs (CSV), without notes."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from services.booking.queries.calls import Call
from services.booking.queries.export import calls_in_turn
from services.booking.web.staff.zoned import date_in, midnight
from shared import audit
from shared.web.auth import actor, allow, current_staff
from shared.web.context import now, web
from shared.web.errors import Invalid
from shared.web.permissions import Action

staff_export = Blueprint("staff_export", __name__, url_prefix="/booking/staff")

LONGEST = timedelta(days=3 * 366)
HEADER = (
    "date", "start", "end", "time_zone", "person", "email", "phone", "consultant", "by", "status",
    "outcome", "decide_on", "confirmed_at", "booked_at", "texts_agreed", "possible_duplicate", "id",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@staff_export.get("/consults.csv")
@allow(Action.MANAGE_CONSULTS)
def consults() -> ResponseReturnValue:
    """Calls of the dates `from` to `to`, both included, in the zone of whoever asks.

    That it was taken is recorded. Cells that a spreadsheet would run as a formula begin with '.
    """
    first, last = (date_in(request.args.get(name, "")) for name in ("from", "to"))
    if first is None or last is None or not timedelta(0) <= last - first <= LONGEST:
        wrong = "Give two dates, the first not after the last, at most three years apart."
        raise Invalid(wrong, fields={"from": wrong})
    zone = ZoneInfo(current_staff().timezone)
    start, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    subject, who, at = f"consults:{first}..{last}", actor(), now()
    web().database.run(
        lambda s: audit.record(s, actor=who, action="consults.export", subject=subject, now=at)
    )
    found = calls_in_turn(web().database, start, end)
    lines = stream_with_context(_lines(found, zone))
    response = Response(lines, mimetype="text/csv", content_type="text/csv; charset=utf-8")
    name = f'attachment; filename="consults-{first}-to-{last}.csv"'
    response.headers["Content-Disposition"] = name
    return response


def _lines(calls: Iterator[Call], zone: ZoneInfo) -> Iterator[str]:
    yield _line(HEADER)
    for call in calls:
        yield _line(_cells(call, zone))


def _cells(call: Call, zone: ZoneInfo) -> tuple[str, ...]:
    consult = call.consult
    start, end = (at.astimezone(zone) for at in (consult.starts_at, consult.ends_at))
    confirmed = call.confirmed_at
    return (
        start.date().isoformat(),
        start.strftime("%H:%M"),
        end.strftime("%H:%M"),
        zone.key,
        call.person,
        call.email or "",
        call.phone or "",
        call.consultant,
        consult.meeting.value,
        consult.status.value,
        "" if consult.outcome is None else consult.outcome.value,
        "" if consult.follow_up_on is None else consult.follow_up_on.isoformat(),
        "" if confirmed is None else confirmed.astimezone(zone).isoformat(timespec="minutes"),
        call.booked_at.astimezone(zone).isoformat(timespec="minutes"),
        "yes" if consult.preferences.consent.granted else "no",
        "yes" if call.possible_duplicate else "no",
        consult.id,
    )


def _line(cells: tuple[str, ...]) -> str:
    out = StringIO()
    csv.writer(out).writerow([_harmless(cell) for cell in cells])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """The cell, quoted when a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
