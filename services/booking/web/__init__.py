"""Booking's pages and API: those for anyone here, those for staff in `staff/`."""

from collections.abc import Sequence

from flask import Blueprint

from services.booking.web.api import api
from services.booking.web.confirming import confirming
from services.booking.web.embed import embed
from services.booking.web.joining import joining
from services.booking.web.manage import manage
from services.booking.web.pages import pages, robots
from services.booking.web.staff import staff_blueprints
from services.booking.web.submitting import submitting
from services.booking.web.waiting import waiting


def blueprints() -> Sequence[Blueprint]:
    """Everything booking serves."""
    for_anyone = (pages, robots, embed, submitting, confirming, manage, joining, waiting)
    return (*for_anyone, *staff_blueprints(), api)
