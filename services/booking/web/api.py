"""The JSON API of booking, as docs and embeds use it. It knows no cookie and no session."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel
from spectree import Response as Answers

from services.booking.domain.consultant import LENGTH
from services.booking.queries.availability import offered
from services.booking.queries.calls import Call
from services.booking.use_cases.book_consult import Once, Wanted, book_consult
from services.booking.web import answers, limits, links
from services.booking.web.context import keys
from services.booking.web.openapi import document, spec
from services.booking.web.reading import read_json, read_query
from services.booking.web.schemas import (
    BookedAnswer,
    BookRequest,
    ConsultAnswer,
    Key,
    NotOfferedProblem,
    Problem,
    RescheduleRequest,
    Slots,
    SlotsQuery,
    SlotTakenProblem,
)
from shared.web.access import public
from shared.web.context import now, web
from shared.web.errors import Invalid

api = Blueprint("api", __name__, url_prefix="/booking/api/v1")

LONGEST_LOOK = 62
"""Days that one request for slots may span."""


@api.get("/openapi.json")
@public
def openapi() -> Response:
    """This description."""
    return jsonify(document())


@api.get("/slots")
@public
@spec.validate(
    query=SlotsQuery,
    resp=Answers(HTTP_200=Slots, HTTP_400=Problem, HTTP_422=Problem),
    skip_validation=True,
    tags=["booking"],
)
def slots() -> Response:
    """Times on offer between two dates of a zone."""
    query = read_query(SlotsQuery)
    zone = ZoneInfo(query.tz)
    start, end = (datetime.combine(day, time(), zone) for day in (query.from_, query.to))
    span = query.to - query.from_
    if not timedelta(0) <= span <= timedelta(days=LONGEST_LOOK):
        wrong = f"Ask for at most {LONGEST_LOOK} days, and put `to` after `from`."
        raise Invalid(wrong, fields={"to": wrong})
    with web().database.reading() as session:
        found = offered(session, start, end, now=now())
    listed = [answers.slot(at, at + LENGTH, tz=query.tz) for at in found]
    return _json(Slots(slots=listed))


@api.post("/consults")
@public
@spec.validate(
    json=BookRequest,
    headers=Key,
    resp=Answers(
        HTTP_201=BookedAnswer,
        HTTP_400=Problem,
        HTTP_409=SlotTakenProblem,
        HTTP_413=Problem,
        HTTP_415=Problem,
        HTTP_422=NotOfferedProblem,
        HTTP_429=Problem,
    ),
    skip_validation=True,
    tags=["booking"],
)
def book() -> Response:
    """Book a consult. The same Idempotency-Key and body again give the same answer."""
    asked = read_json(BookRequest)
    key = _key()
    limits.count_booking()
    once = None if key is None else Once(key, asked.canonical())
    wanted = Wanted(asked.start, asked.details(), asked.way(), "api", once)
    at = now()
    done = web().database.run(lambda s: book_consult(s, wanted, keys=keys(), now=at))
    return _json(answers.booked(done), 201)


@api.get("/consults/<token>")
@public(personal=True)
@spec.validate(
    resp=Answers(HTTP_200=ConsultAnswer, HTTP_400=Problem, HTTP_404=Problem, HTTP_429=Problem),
    skip_validation=True,
    tags=["booking"],
)
def show(token: str) -> Response:
    """A consult as it stands."""
    return _consult(links.call_of(token))


@api.post("/consults/<token>/reschedule")
@public(personal=True)
@spec.validate(
    json=RescheduleRequest,
    resp=Answers(
        HTTP_200=ConsultAnswer,
        HTTP_400=Problem,
        HTTP_404=Problem,
        HTTP_409=SlotTakenProblem,
        HTTP_413=Problem,
        HTTP_415=Problem,
        HTTP_422=NotOfferedProblem,
        HTTP_429=Problem,
    ),
    skip_validation=True,
    tags=["booking"],
)
def reschedule(token: str) -> Response:
    """Move a consult. When the new time is taken, the old one stands."""
    links.move(token, read_json(RescheduleRequest).start)
    return _consult(links.call_of(token))


@api.post("/consults/<token>/cancel")
@public(personal=True)
@spec.validate(
    resp=Answers(
        HTTP_200=ConsultAnswer,
        HTTP_400=Problem,
        HTTP_404=Problem,
        HTTP_409=Problem,
        HTTP_413=Problem,
        HTTP_429=Problem,
    ),
    skip_validation=True,
    tags=["booking"],
)
def cancel(token: str) -> Response:
    """Cancel a consult; again changes nothing."""
    links.cancel(token)
    return _consult(links.call_of(token))


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= 200 or not key.isascii() or not key.isprintable():
        wrong = "Use 1 to 200 plain characters, such as a UUID."
        raise Invalid(wrong, fields={"Idempotency-Key": wrong})
    return key


def _consult(call: Call) -> Response:
    url = keys().manage_url(call.consult.id, call.nonce)
    return _json(answers.consult(call, manage_url=url, now=now()))


def _json(answer: BaseModel, status: int = 200) -> Response:
    return Response(answer.model_dump_json(), status=status, mimetype="application/json")
