"""What staff see and do about calls, under /booking/staff/."""

from collections.abc import Sequence

from flask import Blueprint

from services.booking.web.staff.availability import availability
from services.booking.web.staff.booking import staff_booking
from services.booking.web.staff.calendars import calendars
from services.booking.web.staff.call import staff_call
from services.booking.web.staff.changes import staff_changes
from services.booking.web.staff.consultants import consultants
from services.booking.web.staff.days import staff
from services.booking.web.staff.earlier import staff_earlier
from services.booking.web.staff.export import staff_export
from services.booking.web.staff.people import staff_people
from services.booking.web.staff.waitlist import staff_waitlist
from services.booking.web.staff.why import why


def staff_blueprints() -> Sequence[Blueprint]:
    """All of it."""
    return (
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
