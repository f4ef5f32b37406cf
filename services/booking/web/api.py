"""The JSON API of booking, as docs and embeds use it. It knows no cookie and no session."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from services.booking.queries.calls import Call
from services.booking.queries.times import times_on_offer
from services.booking.use_cases.book_consult import Once, Wanted, book_consult
from services.booking.web import answers, links, suspects
from services.booking.web.context import keys
from services.booking.web.schemas import (
    BookedAnswer,
    BookRequest,
    ConsultAnswer,
    Keyed,
    NotOfferedProblem,
    RescheduleRequest,
    Slots,
    SlotsQuery,
    SlotTakenProblem,
)
from shared.web.access import public
from shared.web.context import now, web
from shared.web.errors import Invalid
from shared.web.openapi import Api, Problem

api = Blueprint("api", __name__, url_prefix="/booking/api/v1")
described = Api(
    "booking",
    title="Booking",
    description="Free 20-minute consults: what is offered, and booking, moving and cancelling.",
)

LONGEST_LOOK = 62
"""Days that one request for slots may span."""

_TAGS = ("booking",)
_ASKED_TIME: Mapping[int, type[Problem]] = {409: SlotTakenProblem, 422: NotOfferedProblem}
_LINK: Mapping[int, type[Problem]] = {404: Problem, 429: Problem}


@api.get("/slots")
@public
@described.operation(query=SlotsQuery, answers={200: Slots}, tags=_TAGS)
def slots(query: SlotsQuery) -> Response:
    """Times on offer between two dates of a zone."""
    zone = ZoneInfo(query.tz)
    start, end = (datetime.combine(day, time(), zone) for day in (query.from_, query.to))
    span = query.to - query.from_
    if not timedelta(0) <= span <= timedelta(days=LONGEST_LOOK):
        wrong = f"Ask for at most {LONGEST_LOOK} days, and put `to` after `from`."
        raise Invalid(wrong, fields={"to": wrong})
    with web().database.reading() as session:
        found = times_on_offer(session, start, end, now=now())
    return Response(answers.slots(found, query.tz), mimetype="application/json")


@api.post("/consults")
@public
@described.operation(
    body=BookRequest,
    headers=Keyed,
    answers={201: BookedAnswer},
    refusals={**_ASKED_TIME, 429: Problem},
    tags=_TAGS,
)
def book(body: BookRequest, headers: Keyed) -> tuple[BookedAnswer, int]:
    """Book a consult. The same Idempotency-Key and body again give the same answer.

    When bookings come in faster than people send them, it is only held until its person confirms
    it by a link that we email to them: `status` is then "held", and `held_until` says how long.
    """
    hold = suspects.look(body)
    once = None if headers.key is None else Once(headers.key, body.canonical())
    wanted = Wanted(body.start, body.details(), body.way(), "api", once)
    at = now()
    done = web().database.run(lambda s: book_consult(s, wanted, keys=keys(), now=at, hold=hold))
    return answers.booked(done), 201


@api.get("/consults/<token>")
@public(personal=True)
@described.operation(answers={200: ConsultAnswer}, refusals=_LINK, tags=_TAGS)
def show(token: str) -> ConsultAnswer:
    """A consult as it stands."""
    return _consult(links.call_of(token))


@api.post("/consults/<token>/reschedule")
@public(personal=True)
@described.operation(
    body=RescheduleRequest,
    answers={200: ConsultAnswer},
    refusals={**_LINK, **_ASKED_TIME},
    tags=_TAGS,
)
def reschedule(token: str, body: RescheduleRequest) -> ConsultAnswer:
    """Move a consult. When the new time is taken, the old one stands."""
    links.move(token, body.start)
    return _consult(links.call_of(token))


@api.post("/consults/<token>/cancel")
@public(personal=True)
@described.operation(
    answers={200: ConsultAnswer},
    refusals={**_LINK, 409: Problem, 413: Problem},
    tags=_TAGS,
)
def cancel(token: str) -> ConsultAnswer:
    """Cancel a consult; again changes nothing."""
    links.cancel(token)
    return _consult(links.call_of(token))


described.attach(api)


@api.after_request
def _let_sites_read_slots(response: Response) -> Response:
    """Sites that may show the times may also read them by script (CORS); no cookie is allowed."""
    sites = web().settings.embed_origins
    if sites and request.endpoint == "api.slots":
        response.vary.add("Origin")
        if (origin := request.headers.get("Origin")) in sites:
            response.headers["Access-Control-Allow-Origin"] = origin
    return response


def _consult(call: Call) -> ConsultAnswer:
    url = keys().manage_url(call.consult.id, call.nonce)
    return answers.consult(call, manage_url=url, now=now())
