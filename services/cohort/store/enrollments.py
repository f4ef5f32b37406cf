"""Enrollments as other services hear of them."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy.orm import Session

from services.cohort.keys import Keys
from services.cohort.store.cohorts import (
    get_cohort,
    group_sessions,
    place_of,
    session_info,
    sessions_of,
)
from services.cohort.store.people import contact_of, get_applicant, get_person
from services.cohort.tables import EnrollmentRow
from shared.events import EnrollmentConfirmed, EnrollmentEnded

E = TypeVar("E", EnrollmentConfirmed, EnrollmentEnded)


def enrollment_event(session: Session, row: EnrollmentRow, kind: type[E], *, keys: Keys) -> E:
    """The enrollment's snapshot, with the group sessions; what people book later, and measures,
    have no time to be reminded of and come as events of their own.
    """
    cohort = get_cohort(session, row.cohort_id)
    applicant = get_applicant(session, row.person_id)
    place = place_of(session, cohort)
    meetings = group_sessions(sessions_of(session, row.cohort_id))
    return kind(
        enrollment_id=row.enrollment_id,
        person=contact_of(get_person(session, row.person_id)),
        cohort_id=row.cohort_id,
        page_url=keys.page_url(row.person_id, applicant.page_nonce),
        sessions=tuple(session_info(meeting, cohort, place) for meeting in meetings),
        reason=row.reason,
        sequence=row.sequence,
    )
