"""The pages on which someone books: choose a time, then give details."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from services.booking.domain.errors import BookingError
from services.booking.domain.intervals import written
from services.booking.queries.availability import free_consultants
from services.booking.web.choosing import asked_zone
from services.booking.web.form import choose_page, details_page, instant_in
from shared.web.access import public
from shared.web.context import now, web

pages = Blueprint("pages", __name__, url_prefix="/booking")
robots = Blueprint("robots", __name__)

_ROBOTS = """\
User-agent: *
Disallow: /booking/calendar/
Disallow: /booking/confirm/
Disallow: /booking/m/
Disallow: /booking/offer/
Disallow: /booking/waitlist/
Disallow: /booking/api/
Disallow: /booking/operations/
Disallow: /booking/staff/
Disallow: /cohort/
Disallow: /notify/
Disallow: /r/
"""


@robots.get("/robots.txt")
@public
def robots_txt() -> Response:
    """Search engines may show the pages for anyone, and nothing behind a link or a sign-in."""
    return Response(_ROBOTS, mimetype="text/plain")


@pages.get("/")
@public
def choose() -> ResponseReturnValue:
    """Choose a time."""
    return choose_page(asked_zone(web().settings.practice_timezone))


@pages.get("/details")
@public
def details() -> ResponseReturnValue:
    """Give name, email and phone for the chosen time; nothing is booked yet."""
    tz = asked_zone(web().settings.practice_timezone)
    start = instant_in(request.args.get("start", ""))
    if start is None:
        return choose_page(tz, notice="Choose one of the times shown.")
    try:
        with web().database.reading() as session:
            free_consultants(session, start, now=now())
    except BookingError as refused:
        return choose_page(tz, notice=str(refused))
    values = {"start": written(start), "timezone": tz, "meeting": "phone"}
    return details_page(values, start=start)
