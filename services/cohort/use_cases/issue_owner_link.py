"""Make a one-time sign-in link for whoever runs the practice's Grip."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cohort.domain.errors import NotFound
from services.cohort.keys import Keys
from services.cohort.tables import StaffRow
from services.cohort.use_cases.issue_sign_in_link import issue_sign_in_link


def issue_owner_link(session: Session, *, keys: Keys, now: datetime) -> str:
    """A link for the longest-standing active administrator. Raises `NotFound` without one.

    For the terminal that starts Grip: whoever can read it can read the databases too.
    """
    active = select(StaffRow).where(StaffRow.active).order_by(StaffRow.created_at)
    for staff in session.scalars(active):
        if "admin" in staff.roles:
            return issue_sign_in_link(
                session, staff.staff_id, keys=keys, actor="service:console", now=now
            )
    raise NotFound("There is no active administrator: add one with grip staff add.")
