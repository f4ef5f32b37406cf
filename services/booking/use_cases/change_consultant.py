"""Change what is set about a consultant, all but their hours."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consultant import Consultant
from services.booking.domain.errors import StaffTaken
from services.booking.store import calendars, records
from services.booking.store.consultants import get_schedule
from services.booking.store.records import Profile
from shared import audit


def change_consultant(
    session: Session, consultant: Consultant, profile: Profile, *, actor: str, now: datetime
) -> None:
    """Keep these settings; the hours in `consultant` are not looked at. What is booked stands.

    Their own calendar counts as unread until it is read again when its zone, or how far ahead it
    must be known, is another. Raises `UnknownConsultant`, and `StaffTaken` when somebody else
    is that member of staff.
    """
    records.lock(session, consultant.id)
    if profile.staff_id:
        linked = records.find_linked(session, profile.staff_id)
        if linked not in (None, consultant.id):
            raise StaffTaken
    before = get_schedule(session, consultant.id).consultant
    records.change(session, consultant, profile)
    if consultant.zone != before.zone or consultant.horizon > before.horizon:
        calendars.make_due(session, consultant.id, now=now, forget=True)
    subject = f"consultant:{consultant.id}"
    audit.record(session, actor=actor, action="consultant.change", subject=subject, now=now)
