"""Booking's pages and API."""

from collections.abc import Sequence

from flask import Blueprint

from services.booking.web.api import api
from services.booking.web.confirming import confirming
from services.booking.web.embed import embed
from services.booking.web.joining import joining
from services.booking.web.manage import manage
from services.booking.web.pages import pages, robots
from services.booking.web.staff import staff
from services.booking.web.staff_waitlist import staff_waitlist
from services.booking.web.submitting import submitting
from services.booking.web.waiting import waiting


def blueprints() -> Sequence[Blueprint]:
    """Everything booking serves."""
    return (
        pages,
        robots,
        embed,
        submitting,
        confirming,
        manage,
        joining,
        waiting,
        staff,
        staff_waitlist,
        api,
    )
