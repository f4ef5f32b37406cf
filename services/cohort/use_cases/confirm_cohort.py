"""Decide that a forming cohort will take place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services.cohort.domain.cohort import Stage, check_confirm
from services.cohort.store.cohorts import get_cohort, seats_of
from shared import audit


def confirm_cohort(session: Session, cohort_id: str, *, actor: str, now: datetime) -> None:
    """Confirm it with at least its smallest size. Raises `NotFound` or `WrongStage`."""
    cohort = get_cohort(session, cohort_id, lock=True)
    check_confirm(seats_of(session, cohort))
    cohort.stage = Stage.CONFIRMED.value
    session.flush()
    audit.record(
        session, actor=actor, action="cohort.confirmed", subject=f"cohort:{cohort_id}", now=now
    )
