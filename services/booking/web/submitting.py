"""The form comes in: it is booked, or shown again with all that was typed."""

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from services.booking.domain.errors import IdempotencyMismatch, NotOffered, SlotTaken
from services.booking.domain.intervals import written
from services.booking.queries.availability import taken
from services.booking.use_cases.book_consult import Booked, Holding, Once, Wanted, book_consult
from services.booking.web import guarding, suspects
from services.booking.web.context import keys
from services.booking.web.form import details_page, instant_in
from services.booking.web.schemas import BookRequest
from shared.web.access import public
from shared.web.context import now, web
from shared.web.errors import Invalid
from shared.web.limits import RateLimited
from shared.web.reading import read

submitting = Blueprint("submitting", __name__, url_prefix="/booking")

_FIELDS = ("start", "name", "email", "phone", "timezone", "meeting", "contact_by", "locale")
_SENT_BEFORE = (
    "This form has already booked a call, and the link to change it is in our email. "
    "To book a second call as well, press the button again."
)


@submitting.post("/book")
@public(personal=True)
def book() -> ResponseReturnValue:
    """Book the call, or show the form again with all that was typed."""
    form = request.form
    values = {name: form[name] for name in _FIELDS if name in form}
    try:
        asked = read(BookRequest, {**values, "sms_consent": "sms_consent" in form})
    except Invalid as wrong:
        if "start" not in values and (gone := instant_in(form.get("gone", ""))):
            return _still_to_choose(values, gone)
        if {"start", "timezone", "locale"} & set(wrong.fields):
            return redirect(url_for("pages.choose"), 303)
        return details_page(values, errors=wrong.fields, status=422)
    if guarding.is_trapped():
        return details_page(values, problem=guarding.TRAPPED, status=422)
    return _try_to_book(asked, values)


def _try_to_book(asked: BookRequest, values: Mapping[str, str]) -> ResponseReturnValue:
    try:
        hold = suspects.look(asked, hurried=guarding.was_hurried())
        done = _booked(asked, hold)
    except RateLimited as refused:
        page = details_page(values, problem=guarding.too_often(refused), status=429)
        page.headers.update(refused.headers)
        return page
    except SlotTaken as gone:
        near = gone.alternatives
        return details_page(values, refusal=str(gone), alternatives=near, status=409)
    except NotOffered as refused:
        return _still_to_choose(values, asked.start, why=str(refused))
    except IdempotencyMismatch:
        return details_page(values, problem=_SENT_BEFORE, fresh_key=True, status=422)
    return redirect(url_for("manage.show", token=done.manage_url.rpartition("/")[2]), 303)


def _booked(asked: BookRequest, hold: Holding | None) -> Booked:
    key = guarding.form_key()
    once = Once(f"form:{key}", asked.canonical()) if key else None
    wanted = Wanted(asked.start, asked.details(), asked.way(), "web form", once)
    at = now()
    return web().database.run(lambda s: book_consult(s, wanted, keys=keys(), now=at, hold=hold))


def _still_to_choose(
    values: Mapping[str, str], start: datetime, *, why: str = "Choose another time."
) -> ResponseReturnValue:
    """The form once more with what was typed, and free times near one that can't be had."""
    with web().database.reading() as session:
        near = taken(session, start, now=now()).alternatives
    again = {**values, "start": written(start)}
    return details_page(again, refusal=why, alternatives=near, status=422)
