"""Staff book a call for somebody: choose a time, then say for whom."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from services.booking.domain.consultant import LENGTH, Consultant
from services.booking.domain.errors import (
    IdempotencyMismatch,
    NotOffered,
    SlotTaken,
)
from services.booking.domain.ids import PersonId
from services.booking.domain.intervals import written
from services.booking.domain.person import CONSENT_TEXT, Person
from services.booking.queries.availability import Terms, taken
from services.booking.store import people
from services.booking.store.consultants import active_consultants
from services.booking.use_cases.book_consult import Booked, Once, Wanted, book_consult
from services.booking.web import wording
from services.booking.web.choosing import asked_zone, choice
from services.booking.web.context import keys
from services.booking.web.form import instant_in
from services.booking.web.guarding import form_key
from services.booking.web.staff.schemas import StaffBookRequest, unreachable
from shared import times
from shared.times import is_zone
from shared.web.auth import actor, allow, current_staff
from shared.web.context import now, web
from shared.web.errors import Invalid
from shared.web.permissions import Action
from shared.web.reading import read

staff_booking = Blueprint("staff_booking", __name__, url_prefix="/booking/staff/book")

METHOD = "staff"
"""How consent to texts was given: they told a member of staff."""

_FIELDS = (
    "start", "name", "email", "phone", "timezone", "locale", "meeting", "consultant", "person",
)  # fmt: skip
_SENT_BEFORE = "This form has already booked a call. To book a second one, press the button again."


@staff_booking.get("")
@allow(Action.MANAGE_CONSULTS)
def choose() -> ResponseReturnValue:
    """Choose a time that is offered, or one sooner than the notice."""
    tz = asked_zone(current_staff().timezone)
    person, consultants = _known(request.args), _consultants()
    chosen = _chosen(request.args, consultants)
    page = render_template(
        "staff_book.html",
        offer=choice(tz, terms=_terms(chosen)),
        zones=wording.zones(tz),
        options=[("", "Anyone who is free"), *((who.id, who.name) for who in consultants)],
        consultant=chosen,
        person=person,
        start=request.args.get("start", ""),
    )
    return make_response(page)


@staff_booking.get("/details")
@allow(Action.MANAGE_CONSULTS)
def details() -> ResponseReturnValue:
    """Say for whom; nothing is booked yet."""
    start = instant_in(request.args.get("start", ""))
    if start is None:
        flash("Choose one of the times shown.")
        return redirect(url_for("staff_booking.choose", **_carried(request.args)))
    person = _known(request.args)
    values = {
        "start": written(start),
        "consultant": request.args.get("consultant", ""),
        "person": "" if person is None else person.id,
        "timezone": web().settings.practice_timezone,
        "locale": "en",
        "meeting": "phone",
    }
    if person is not None:
        values["timezone"] = person.preferences.timezone
        values["locale"] = person.preferences.locale
    return _details_page(values, person=person)


@staff_booking.post("")
@allow(Action.MANAGE_CONSULTS)
def book() -> ResponseReturnValue:
    """Book the call and let the person know, or show the form again with all that was typed."""
    form = request.form
    typed = {name: form[name] for name in _FIELDS if name in form}
    person = _known(form)
    try:
        done = _book(_read(typed, person))
    except Invalid as wrong:
        return _details_page(typed, person=person, errors=wrong.fields, status=422)
    except (SlotTaken, NotOffered) as refused:
        return _still_to_choose(typed, person, refused)
    except IdempotencyMismatch:
        return _details_page(typed, person=person, problem=_SENT_BEFORE, fresh_key=True, status=422)
    when = times.full(done.start, current_staff().timezone)
    flash(f"The call is booked: {when}.")
    return redirect(url_for("staff_call.show", consult_id=done.consult_id), 303)


def _read(typed: Mapping[str, str], person: Person | None) -> StaffBookRequest:
    """What was asked for; of somebody known, how they are reached is what we know."""
    said = {name: value for name, value in typed.items() if value.strip() or name == "name"}
    if person is not None:
        ours = {"name": person.name, "email": person.email, "phone": person.phone}
        said |= {name: value for name, value in ours.items() if value}
    texts = "sms_consent" in request.form
    missing = unreachable(said, texts=texts)
    try:
        asked = read(StaffBookRequest, {**said, "sms_consent": texts})
    except Invalid as wrong:
        raise Invalid(str(wrong), fields={**wrong.fields, **missing}) from wrong
    if missing:
        raise Invalid(f"Needs fixing: {', '.join(missing)}.", fields=missing)
    return asked


def _book(asked: StaffBookRequest) -> Booked:
    key, at = form_key(), now()
    wanted = Wanted(
        asked.start,
        asked.details(),
        asked.way(),
        METHOD,
        once=Once(f"staff:{key}", asked.canonical()) if key else None,
        actor=actor(),
        terms=_terms(asked.consultant),
        person_id=None if not asked.person else PersonId(asked.person),
    )
    return web().database.run(lambda s: book_consult(s, wanted, keys=keys(), now=at))


def _still_to_choose(
    typed: Mapping[str, str], person: Person | None, refused: SlotTaken | NotOffered
) -> Response:
    terms = _terms(typed.get("consultant", ""))
    with web().database.reading() as session:
        near = taken(session, refused.start, now=now(), terms=terms).alternatives
    status = 409 if isinstance(refused, SlotTaken) else 422
    return _details_page(
        typed, person=person, refusal=str(refused), alternatives=near, status=status
    )


def _details_page(
    values: Mapping[str, str],
    *,
    person: Person | None,
    errors: Mapping[str, str] | None = None,
    problem: str = "",
    refusal: str = "",
    alternatives: Sequence[datetime] = (),
    fresh_key: bool = False,
    status: int = 200,
) -> Response:
    tz = current_staff().timezone
    start = instant_in(values.get("start", ""))
    key = "" if fresh_key else form_key()
    their = values.get("timezone", "")
    practice = web().settings.practice_sms_name
    chosen = values.get("consultant", "")
    page = render_template(
        "staff_book_details.html",
        values=values,
        person=person,
        texts="sms_consent" in request.form,
        start=start,
        length=LENGTH,
        tz=tz,
        key=key or web().entropy.token(),
        zones=wording.zones(their if is_zone(their) else web().settings.practice_timezone),
        consultant=next((who.name for who in _consultants() if who.id == chosen), ""),
        errors=errors or {},
        problem=problem,
        refusal=wording.headline(refusal),
        alternatives=wording.choices(alternatives, tz),
        consent={lang: text.format(practice=practice) for lang, text in CONSENT_TEXT.items()},
        back=url_for("staff_booking.choose", **_carried(values)),
    )
    return make_response(page, status)


def _known(said: Mapping[str, str]) -> Person | None:
    """Whom it is for, when that is somebody we know."""
    asked = said.get("person", "")[:36]
    if not asked:
        return None
    with web().database.reading() as session:
        return people.find_person(session, asked)


def _consultants() -> list[Consultant]:
    with web().database.reading() as session:
        return active_consultants(session)


def _chosen(said: Mapping[str, str], consultants: Sequence[Consultant]) -> str:
    """The consultant that was chosen, if any."""
    asked = said.get("consultant", "")
    return asked if asked in {who.id for who in consultants} else ""


def _terms(consultant_id: str) -> Terms:
    return Terms(waives_notice=True, consultant_id=consultant_id or None)


def _carried(said: Mapping[str, str]) -> dict[str, Any]:
    """What the page of times needs to show the same again."""
    return {name: said[name] for name in ("consultant", "person", "start") if said.get(name)}
