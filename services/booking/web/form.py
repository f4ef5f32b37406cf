"""The two pages of a booking as they are shown: times to choose from, and the form."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response, make_response, render_template, request, url_for

from services.booking.domain.consultant import LENGTH
from services.booking.domain.person import CONSENT_TEXT
from services.booking.web import wording
from services.booking.web.choosing import choice
from services.booking.web.guarding import hidden
from services.booking.web.schemas import RescheduleRequest
from shared import times
from shared.times import is_zone
from shared.web.context import web
from shared.web.errors import Invalid
from shared.web.language import gettext as _
from shared.web.language import language
from shared.web.reading import read


def choose_page(tz: str, *, notice: str = "", status: int = 200) -> Response:
    """The times on offer; one that was chosen before (`start`) is still chosen."""
    page = render_template(
        "choose.html",
        offer=choice(tz),
        zones=wording.zones(tz),
        chosen=request.args.get("start", ""),
        notice=_(notice),
    )
    return make_response(page, status)


def details_page(
    values: Mapping[str, str],
    *,
    start: datetime | None = None,
    errors: Mapping[str, str] | None = None,
    problem: str = "",
    refusal: str = "",
    alternatives: Sequence[datetime] = (),
    fresh_key: bool = False,
    status: int = 200,
) -> Response:
    """The form with what was typed; `alternatives` take the place of a time that is refused.

    Errors, problem and refusal come in English and are said in the language of the page.
    """
    tz = values.get("timezone", "")
    tz = tz if is_zone(tz) else web().settings.practice_timezone
    start = start or instant_in(values.get("start", ""))
    consent = CONSENT_TEXT[language()].format(practice=web().settings.practice_sms_name)
    page = render_template(
        "details.html",
        values=values,
        texts="sms_consent" in request.form,
        start=start,
        length=LENGTH,
        tz=tz,
        **hidden(fresh_key=fresh_key),
        errors={name: _(text) for name, text in (errors or {}).items()},
        problem=_(problem),
        refusal=wording.headline(refusal),
        alternatives=wording.choices(alternatives, tz),
        consent=consent,
        **_ways(values.get("start", ""), start, tz),
    )
    return make_response(page, status)


def _ways(chosen: str, start: datetime | None, tz: str) -> dict[str, str]:
    """Back to the day of this time, and this page as a browser can ask for it again."""
    day = "" if start is None else times.local(start, tz).date().isoformat()
    if not day:
        return {"back": url_for("pages.choose", tz=tz), "here": ""}
    known: dict[str, Any] = {"tz": tz, "start": chosen}
    shown: dict[str, Any] = {**known, "from": day}
    return {"back": url_for("pages.choose", **shown), "here": url_for("pages.details", **known)}


def instant_in(value: str) -> datetime | None:
    """The instant that a form or an address carries, if it is one."""
    try:
        return read(RescheduleRequest, {"start": value}).start
    except Invalid:
        return None
