"""The form for people whom no time suits: when they are free, and how to reach them."""

from collections.abc import Mapping

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.booking.domain.person import WAITLIST_CONSENT_TEXT
from services.booking.domain.waitlist import WEEKS
from services.booking.store.waitlist import nonce_of
from services.booking.use_cases.join_waitlist import join_waitlist
from services.booking.web import guarding, suspects, wishes, wording
from services.booking.web.choosing import asked_zone
from services.booking.web.context import keys
from services.booking.web.wishes import JoinRequest
from shared.times import is_zone
from shared.web.access import public
from shared.web.context import now, web
from shared.web.errors import Invalid
from shared.web.language import gettext as _
from shared.web.language import language
from shared.web.limits import RateLimited
from shared.web.reading import read

joining = Blueprint("joining", __name__, url_prefix="/booking")

_FIELDS = ("weeks", "name", "email", "phone", "timezone", "meeting", "locale")


@joining.get("/waitlist")
@public
def form() -> ResponseReturnValue:
    """Say when you are free."""
    return _page({"timezone": asked_zone(web().settings.practice_timezone)})


@joining.post("/waitlist")
@public(personal=True)
def join() -> ResponseReturnValue:
    """Take a place on the waitlist, or show the form again with all that was typed."""
    sent = request.form
    values = {name: sent[name] for name in _FIELDS if name in sent}
    wanted = {"windows": sent.getlist("window"), "sms_consent": "sms_consent" in sent}
    try:
        asked = read(JoinRequest, {**values, **wanted})
    except Invalid as wrong:
        return _page(values, errors=wrong.fields, status=422)
    if guarding.is_trapped():
        return _page(values, problem=guarding.TRAPPED, status=422)
    try:
        suspected = suspects.is_suspect(asked.email, asked.phone, hurried=guarding.was_hurried())
    except RateLimited as refused:
        page = _page(values, problem=guarding.too_often(refused), status=429)
        page.headers.update(refused.headers)
        return page
    return redirect(url_for("waiting.show", token=_joined(asked, suspected=suspected)), 303)


def _joined(asked: JoinRequest, *, suspected: bool) -> str:
    """The token of the place."""
    at = now()

    def work(session: Session) -> str:
        entry_id = join_waitlist(session, asked.wish(), keys=keys(), now=at, suspected=suspected)
        return keys().waitlist_token(entry_id, nonce_of(session, entry_id))

    return web().database.run(work)


def _page(
    values: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    """The form with what was typed. Errors and problem come in English."""
    tz = values.get("timezone", "")
    tz = tz if is_zone(tz) else web().settings.practice_timezone
    consent = WAITLIST_CONSENT_TEXT[language()].format(practice=web().settings.practice_sms_name)
    page = render_template(
        "waitlist.html",
        values=values,
        **guarding.hidden(),
        week=wishes.week(request.form.getlist("window")),
        heads=wishes.heads(),
        weeks=[(str(each), _("%(number)d weeks", number=each)) for each in WEEKS],
        texts="sms_consent" in request.form,
        tz=tz,
        zones=wording.zones(tz),
        errors={name.partition(".")[0]: _(text) for name, text in (errors or {}).items()},
        problem=_(problem),
        consent=consent,
        here=url_for("joining.form", tz=tz),
    )
    return make_response(page, status)
