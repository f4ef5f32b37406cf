"""Give an applicant a seat in a cohort."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cohort.domain.applicant import ApplicantStatus
from services.cohort.domain.cells import person_resource
from services.cohort.domain.cohort import check_join, lowest_free_seat
from services.cohort.domain.ids import EnrollmentId, PersonId
from services.cohort.keys import Keys
from services.cohort.store.cells import take_cells
from services.cohort.store.cohorts import (
    active_enrollments,
    get_cohort,
    group_sessions,
    seats_of,
    sessions_of,
)
from services.cohort.store.enrollments import enrollment_event
from services.cohort.store.people import get_applicant
from services.cohort.tables import CohortRow, EnrollmentRow
from shared import audit
from shared.bus import outbox
from shared.db import entropy_of
from shared.events import EnrollmentConfirmed


def enroll_applicant(
    session: Session,
    cohort_id: str,
    person_id: str,
    *,
    keys: Keys,
    actor: str,
    now: datetime,
) -> EnrollmentId:
    """Take a seat and the person's time in every session, and publish the enrollment.

    The applicant and the cohort are locked, in this order, so seats go one at a time; unique
    indexes refuse a second seat of a person, or of a seat number, whatever this code does.
    Raises `NotFound`, `JoiningClosed`, `AlreadyEnrolled`, `CohortFull` or `Clash`.
    """
    applicant = get_applicant(session, person_id, lock=True)
    cohort = get_cohort(session, cohort_id, lock=True)
    elsewhere = _has_seat(session, person_id)
    check_join(seats_of(session, cohort), enrolled_elsewhere=elsewhere, now=now)
    row = _take_seat(session, cohort, person_id, now=now)
    applicant.status = ApplicantStatus.ENROLLED.value
    session.flush()
    outbox.add(session, enrollment_event(session, row, EnrollmentConfirmed, keys=keys), now=now)
    subject = f"person:{person_id}"
    audit.record(session, actor=actor, action="enrollment.confirmed", subject=subject, now=now)
    return EnrollmentId(row.enrollment_id)


def _take_seat(
    session: Session, cohort: CohortRow, person_id: str, *, now: datetime
) -> EnrollmentRow:
    """The lowest free seat, and the person's cells in every session."""
    taken = frozenset(row.seat for row in active_enrollments(session, cohort.cohort_id))
    row = EnrollmentRow(
        enrollment_id=entropy_of(session).uuid(),
        cohort_id=cohort.cohort_id,
        person_id=person_id,
        seat=lowest_free_seat(taken, cohort.max_size),
        status="active",
        sequence=1,
        enrolled_at=now,
    )
    session.add(row)
    session.flush()
    resource = person_resource(PersonId(person_id))
    meetings = group_sessions(sessions_of(session, cohort.cohort_id))
    take_cells(session, [(meeting, [resource]) for meeting in meetings])
    return row


def _has_seat(session: Session, person_id: str) -> bool:
    query = select(EnrollmentRow.enrollment_id).where(
        EnrollmentRow.person_id == person_id, EnrollmentRow.status == "active"
    )
    return session.scalars(query).first() is not None
