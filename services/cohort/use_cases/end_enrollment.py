"""Take a person out of a cohort."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from services.cohort.domain.applicant import ApplicantStatus
from services.cohort.domain.cells import person_resource
from services.cohort.domain.errors import WrongStage
from services.cohort.domain.ids import PersonId
from services.cohort.keys import Keys
from services.cohort.store.cells import free_person_cells
from services.cohort.store.cohorts import get_cohort, get_enrollment, sessions_of
from services.cohort.store.enrollments import enrollment_event
from services.cohort.store.people import get_applicant
from shared import audit
from shared.bus import outbox
from shared.events import EnrollmentEnded


class EndReason(StrEnum):
    """Why a seat is given up: the person waits for another cohort, or has left the program."""

    BACK_TO_WAITING = "back_to_waiting"
    LEFT = "left"


def end_enrollment(
    session: Session,
    enrollment_id: str,
    *,
    reason: EndReason,
    keys: Keys,
    actor: str,
    now: datetime,
) -> None:
    """Free the seat and the person's coming time, and publish the end.

    Raises `NotFound`, and `WrongStage` when the enrollment has ended already.
    """
    row = get_enrollment(session, enrollment_id)
    applicant = get_applicant(session, row.person_id, lock=True)
    get_cohort(session, row.cohort_id, lock=True)
    row = get_enrollment(session, enrollment_id, lock=True)
    if row.status != "active":
        raise WrongStage("This person no longer has a seat here.")
    row.status, row.ended_at, row.reason = "ended", now, reason.value
    row.sequence += 1
    left = reason is EndReason.LEFT
    applicant.status = (ApplicantStatus.LEFT if left else ApplicantStatus.WAITING).value
    session.flush()
    coming = [one.session_id for one in sessions_of(session, row.cohort_id) if one.starts_at > now]
    free_person_cells(session, person_resource(PersonId(row.person_id)), coming)
    outbox.add(session, enrollment_event(session, row, EnrollmentEnded, keys=keys), now=now)
    audit.record(
        session,
        actor=actor,
        action="enrollment.ended",
        subject=f"person:{row.person_id}",
        now=now,
    )
