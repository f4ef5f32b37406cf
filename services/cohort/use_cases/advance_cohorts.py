"""Let time move cohorts: confirmed ones start, running ones complete."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from services.cohort.domain.applicant import ApplicantStatus
from services.cohort.domain.cohort import Stage, check_move, due_stage
from services.cohort.store.cohorts import active_enrollments, get_cohort, seats_of
from services.cohort.tables import ApplicantRow, CohortRow
from shared import audit

BATCH = 20


def advance_cohorts(session: Session, *, now: datetime) -> bool:
    """Move up to `BATCH` cohorts one stage; True when more may wait."""
    starts = (CohortRow.stage == Stage.CONFIRMED.value) & (CohortRow.first_session_at <= now)
    ends = (CohortRow.stage == Stage.RUNNING.value) & (CohortRow.last_ends_at <= now)
    due = select(CohortRow.cohort_id).where(or_(starts, ends)).order_by(CohortRow.cohort_id)
    found = list(session.scalars(due.limit(BATCH)))
    for cohort_id in found:
        _advance(session, cohort_id, now=now)
    return bool(found)


def _advance(session: Session, cohort_id: str, *, now: datetime) -> None:
    cohort = get_cohort(session, cohort_id, lock=True)
    old, new = Stage(cohort.stage), due_stage(seats_of(session, cohort), now)
    if old is new:
        return
    check_move(old, new)
    cohort.stage = new.value
    if new is Stage.COMPLETED:
        _complete_enrollments(session, cohort_id, now=now)
    session.flush()
    audit.record(
        session,
        actor="service:cohort",
        action=f"cohort.{new.value}",
        subject=f"cohort:{cohort_id}",
        now=now,
    )


def _complete_enrollments(session: Session, cohort_id: str, *, now: datetime) -> None:
    rows = active_enrollments(session, cohort_id)
    for row in rows:
        row.status, row.ended_at = "completed", now
    session.execute(
        update(ApplicantRow)
        .where(ApplicantRow.person_id.in_([row.person_id for row in rows]))
        .values(status=ApplicantStatus.ALUMNUS.value)
    )
