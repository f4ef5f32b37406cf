"""Booking's pages and API."""

from collections.abc import Sequence

from flask import Blueprint

from services.booking.web.api import api
from services.booking.web.confirming import confirming
from services.booking.web.embed import embed
from services.booking.web.joining import joining
from services.booking.web.manage import manage
from services.booking.web.pages import pages, robots
from services.booking.web.staff_availability import availability
from services.booking.web.staff_booking import staff_booking
from services.booking.web.staff_calendars import calendars
from services.booking.web.staff_call import staff_call
from services.booking.web.staff_changes import staff_changes
from services.booking.web.staff_consultants import consultants
from services.booking.web.staff_days import staff
from services.booking.web.staff_earlier import staff_earlier
from services.booking.web.staff_export import staff_export
from services.booking.web.staff_people import staff_people
from services.booking.web.staff_waitlist import staff_waitlist
from services.booking.web.staff_why import why
from services.booking.web.submitting import submitting
from services.booking.web.waiting import waiting


def blueprints() -> Sequence[Blueprint]:
    """Everything booking serves."""
    for_anyone = (pages, robots, embed, submitting, confirming, manage, joining, waiting)
    for_staff = (
        staff,
        staff_booking,
        staff_call,
        staff_changes,
        staff_earlier,
        staff_export,
        staff_people,
        staff_waitlist,
        consultants,
        availability,
        calendars,
        why,
    )
    return (*for_anyone, *for_staff, api)
