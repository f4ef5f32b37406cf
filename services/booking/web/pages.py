"""The pages on which someone books: choose a time, give details, and it is booked."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.booking.domain.consultant import LENGTH
from services.booking.domain.errors import (
    BookingError,
    IdempotencyMismatch,
    NotOffered,
    SlotTaken,
)
from services.booking.domain.intervals import written
from services.booking.domain.person import CONSENT_TEXT
from services.booking.queries.availability import free_consultants, taken
from services.booking.use_cases.book_consult import Booked, Once, Wanted, book_consult
from services.booking.web import limits, wording
from services.booking.web.choosing import asked_zone, choice
from services.booking.web.context import keys
from services.booking.web.schemas import BookRequest, RescheduleRequest
from shared.times import is_zone
from shared.web.access import public
from shared.web.context import now, web
from shared.web.errors import Invalid
from shared.web.limits import RateLimited
from shared.web.reading import read

pages = Blueprint("pages", __name__, url_prefix="/booking")

_FIELDS = ("start", "name", "email", "phone", "timezone", "meeting")
_TRAPPED = (
    "We could not send this. If a program filled in the form for you, type your details yourself, "
    "or call us: the number is below."
)
_TOO_OFTEN = (
    "There were several bookings from your network just now. What you typed is still here: "
    "wait a minute, then press the button again."
)
_SENT_BEFORE = (
    "This form has already booked a call, and the link to change it is in our email. "
    "To book a second call as well, press the button again."
)


@pages.get("/")
@public
def choose() -> ResponseReturnValue:
    """Choose a time."""
    return _choose_page(asked_zone(web().settings.practice_timezone))


@pages.get("/details")
@public
def details() -> ResponseReturnValue:
    """Give name, email and phone for the chosen time; nothing is booked yet."""
    tz = asked_zone(web().settings.practice_timezone)
    start = _instant(request.args.get("start", ""))
    if start is None:
        return redirect(url_for("pages.choose", tz=tz))
    try:
        with web().database.reading() as session:
            free_consultants(session, start, now=now())
    except BookingError as refused:
        return _choose_page(tz, notice=str(refused))
    values = {"start": written(start), "timezone": tz, "meeting": "phone"}
    return _details_page(values, start=start)


@pages.post("/book")
@public(personal=True)
def book() -> ResponseReturnValue:
    """Book the call, or show the form again with all that was typed."""
    form = request.form
    values = {name: form[name] for name in _FIELDS if name in form}
    try:
        asked = read(BookRequest, {**values, "sms_consent": "sms_consent" in form})
    except Invalid as wrong:
        if "start" not in values and (gone := _instant(form.get("gone", ""))):
            return _still_to_choose(values, gone)
        if {"start", "timezone"} & set(wrong.fields):
            return redirect(url_for("pages.choose"), 303)
        return _details_page(values, errors=wrong.fields, status=422)
    if form.get("website"):
        return _details_page(values, problem=_TRAPPED, status=422)
    return _try_to_book(asked, values)


def _try_to_book(asked: BookRequest, values: Mapping[str, str]) -> ResponseReturnValue:
    try:
        limits.count_booking()
        done = _booked(asked)
    except RateLimited as refused:
        page = _details_page(values, problem=_TOO_OFTEN, status=429)
        page.headers.update(refused.headers)
        return page
    except SlotTaken as gone:
        near = gone.alternatives
        return _details_page(values, refusal=str(gone), alternatives=near, status=409)
    except NotOffered as refused:
        return _still_to_choose(values, asked.start, why=str(refused))
    except IdempotencyMismatch:
        return _details_page(values, problem=_SENT_BEFORE, fresh_key=True, status=422)
    return redirect(url_for("manage.show", token=done.manage_url.rpartition("/")[2]), 303)


def _booked(asked: BookRequest) -> Booked:
    key = request.form.get("key", "")[:200]
    once = Once(f"form:{key}", asked.canonical()) if key else None
    wanted = Wanted(asked.start, asked.details(), asked.way(), "web form", once)
    at = now()
    return web().database.run(lambda s: book_consult(s, wanted, keys=keys(), now=at))


def _still_to_choose(
    values: Mapping[str, str], start: datetime, *, why: str = "Choose another time."
) -> ResponseReturnValue:
    """The form once more with what was typed, and free times near one that can't be had."""
    with web().database.reading() as session:
        near = taken(session, start, now=now()).alternatives
    again = {**values, "start": written(start)}
    return _details_page(again, refusal=why, alternatives=near, status=422)


def _choose_page(tz: str, *, notice: str = "", status: int = 200) -> Response:
    offer = choice(tz)
    page = render_template("choose.html", offer=offer, zones=wording.zones(tz), notice=notice)
    return make_response(page, status)


def _details_page(
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
    """The form with what was typed; `alternatives` take the place of a time that is refused."""
    tz = values.get("timezone", "")
    tz = tz if is_zone(tz) else web().settings.practice_timezone
    key = "" if fresh_key else request.form.get("key", "")[:200]
    page = render_template(
        "details.html",
        values=values,
        texts="sms_consent" in request.form,
        start=start or _instant(values.get("start", "")),
        length=LENGTH,
        tz=tz,
        key=key or web().entropy.token(),
        errors=dict(errors or {}),
        problem=problem,
        refusal=wording.headline(refusal),
        alternatives=wording.choices(alternatives, tz),
        consent=CONSENT_TEXT["en"].format(practice=web().settings.practice_sms_name),
    )
    return make_response(page, status)


def _instant(value: str) -> datetime | None:
    """The instant that a form or an address carries, if it is one."""
    try:
        return read(RescheduleRequest, {"start": value}).start
    except Invalid:
        return None
