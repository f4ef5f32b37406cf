"""The pages behind the links of somebody who waits: their place, and a time kept for them."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.booking.domain.consultant import LENGTH
from services.booking.domain.errors import HoldLapsed, UnknownLink
from services.booking.domain.waitlist import Answer, Entry, Waiting
from services.booking.queries.waitlist import (
    Offered,
    Place,
    get_offered,
    get_place,
    get_place_to_confirm,
)
from services.booking.store.waitlist import get_entry_by_token, nonce_of
from services.booking.use_cases.answer_offer import accept_offer, decline_offer
from services.booking.use_cases.confirm_place import confirm_place
from services.booking.use_cases.leave_waitlist import leave_waitlist
from services.booking.web import limits, wishes, wording
from services.booking.web.context import keys
from shared.web.access import public
from shared.web.context import now, web
from shared.web.language import gettext as _
from shared.web.language import speak

waiting = Blueprint("waiting", __name__, url_prefix="/booking")

_Led = TypeVar("_Led", Place, Offered)


@waiting.get("/waitlist/<token>")
@public(personal=True)
def show(token: str) -> ResponseReturnValue:
    """The place as it stands; GET changes nothing."""
    return _place_page(_place(token), token)


@waiting.get("/waitlist/confirm/<token>")
@public(personal=True)
def ask(token: str) -> ResponseReturnValue:
    """What was asked for, and the button that puts it on the list; GET changes nothing."""
    place = _place_to_confirm(token)
    if place.entry.standing(now()) is not Waiting.ASKED:
        return redirect(_place_of(place.entry, place.nonce), 303)
    return _place_page(place, "", confirm=token)


@waiting.post("/waitlist/confirm/<token>")
@public(personal=True)
def confirm(token: str) -> ResponseReturnValue:
    """Put it on the list; again, or too late, changes nothing, and its page says so."""
    _place_to_confirm(token)
    limits.count_change()
    at = now()

    def work(session: Session) -> str:
        entry_id = confirm_place(session, token, keys=keys(), now=at)
        return keys().waitlist_token(entry_id, nonce_of(session, entry_id))

    return redirect(url_for("waiting.show", token=web().database.run(work)), 303)


@waiting.post("/waitlist/<token>/leave")
@public(personal=True)
def leave(token: str) -> ResponseReturnValue:
    """Leave the list; again changes nothing."""
    _place(token)
    limits.count_change()
    at = now()

    def work(session: Session) -> None:
        leave_waitlist(session, get_entry_by_token(session, token, keys()), keys=keys(), now=at)

    web().database.run(work)
    return redirect(url_for("waiting.show", token=token), 303)


@waiting.get("/offer/<token>")
@public(personal=True)
def offer(token: str) -> ResponseReturnValue:
    """The time that is kept; GET changes nothing."""
    made = _offered(token)
    if made.offer.answer is Answer.ACCEPTED:
        return redirect(_call_of(made), 303)
    return _offer_page(made, token)


@waiting.post("/offer/<token>/accept")
@public(personal=True)
def accept(token: str) -> ResponseReturnValue:
    """Book the time that is kept; again changes nothing."""
    made = _offered(token)
    limits.count_change()
    at = now()
    try:
        web().database.run(lambda s: accept_offer(s, token, keys=keys(), now=at))
    except HoldLapsed:
        return _offer_page(_offered(token), token, status=409)
    return redirect(_call_of(made), 303)


@waiting.post("/offer/<token>/decline")
@public(personal=True)
def decline(token: str) -> ResponseReturnValue:
    """Let the time go to whoever is next; again changes nothing."""
    made = _offered(token)
    limits.count_change()
    at = now()
    web().database.run(lambda s: decline_offer(s, token, keys=keys(), now=at))
    if _offered(token).offer.answer is not Answer.DECLINED:
        return redirect(url_for("waiting.offer", token=token), 303)
    flash(_("You let this time go. You are still on the list."))
    return redirect(_place_of(made.entry, made.entry_nonce), 303)


def _place(token: str) -> Place:
    return _found(lambda session: get_place(session, token, keys(), now=now()))


def _place_to_confirm(token: str) -> Place:
    return _found(lambda session: get_place_to_confirm(session, token, keys(), now=now()))


def _offered(token: str) -> Offered:
    return _found(lambda session: get_offered(session, token, keys()))


def _found(find: Callable[[Session], _Led]) -> _Led:
    """What the link leads to, on a page that speaks the language it was asked for in."""
    try:
        with web().database.reading() as session:
            found = find(session)
    except UnknownLink:
        limits.count_guess()
        raise
    speak(found.entry.preferences.locale)
    return found


def _place_page(place: Place, token: str, *, confirm: str = "") -> str:
    """The place as it stands; `confirm` is the token that only our email holds."""
    entry = place.entry
    return render_template(
        "waiting.html",
        token=token,
        confirm=confirm,
        entry=entry,
        standing=entry.standing(now()),
        offer=place.offer,
        lines=wishes.in_words(entry.windows),
        name=wording.first_name(entry.given.name),
        tz=entry.preferences.timezone,
    )


def _offer_page(made: Offered, token: str, *, status: int = 200) -> Response:
    entry = made.entry
    page = render_template(
        "offer.html",
        token=token,
        offer=made.offer,
        entry=entry,
        is_open=made.offer.is_open(now()),
        length=LENGTH,
        name=wording.first_name(entry.given.name),
        tz=entry.preferences.timezone,
        place=_place_of(entry, made.entry_nonce),
    )
    return make_response(page, status)


def _place_of(entry: Entry, nonce: str) -> str:
    token = keys().waitlist_token(entry.id, nonce)
    return url_for("waiting.show", token=token)


def _call_of(made: Offered) -> str:
    return url_for("manage.show", token=keys().token(made.consult_id, made.nonce))
