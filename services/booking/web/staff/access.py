"""Whose availability whoever is signed in may change."""

from services.booking.queries.consultants import Whole, get_whole
from services.booking.store.schedules import Schedule
from shared.web.auth import NotAllowed, allowed, current_staff
from shared.web.context import now, web
from shared.web.permissions import Action


def may_manage_all() -> bool:
    """Whether they may add consultants, let them go, and change anyone's settings."""
    return allowed(Action.MANAGE_CONSULTS)


def may_change(schedule: Schedule) -> bool:
    """Whether they may change this consultant: anyone's, or their own."""
    mine = schedule.staff_id is not None and schedule.staff_id == current_staff().staff_id
    return may_manage_all() or mine


def must_manage_all() -> None:
    """Raise `NotAllowed` for those who may only change their own."""
    if not may_manage_all():
        raise NotAllowed("A coordinator can do this.")


def changeable(consultant_id: str) -> Whole:
    """This consultant, for whoever may change them. Raises `UnknownConsultant`, `NotAllowed`."""
    with web().database.reading() as session:
        whole = get_whole(session, consultant_id, now=now())
    if not may_change(whole.schedule):
        raise NotAllowed("You can change your own hours here. A coordinator can change these.")
    return whole
