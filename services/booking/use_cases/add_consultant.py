"""Add someone who holds consults."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consultant import Consultant
from services.booking.domain.errors import StaffTaken
from services.booking.domain.ids import ConsultantId
from services.booking.store import records
from services.booking.store.records import Profile
from shared import audit
from shared.db import entropy_of


def add_consultant(
    session: Session,
    consultant: Consultant,
    *,
    actor: str,
    now: datetime,
    profile: Profile | None = None,
) -> ConsultantId:
    """Keep a new consultant under a fresh id (the one given is ignored); their times are offered.

    `actor` is "staff:<id>" or "service:<name>". Raises `StaffTaken` when somebody else is that
    member of staff.
    """
    profile = profile or Profile()
    fresh = replace(consultant, id=ConsultantId(entropy_of(session).uuid()))
    if profile.staff_id and records.find_linked(session, profile.staff_id):
        raise StaffTaken
    records.add(session, fresh, profile, now=now)
    subject = f"consultant:{fresh.id}"
    audit.record(session, actor=actor, action="consultant.add", subject=subject, now=now)
    return fresh.id
