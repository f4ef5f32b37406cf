"""Make a person an applicant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.cohort.domain.applicant import ApplicantStatus
from services.cohort.keys import Keys
from services.cohort.store.people import get_applicant
from services.cohort.tables import ApplicantRow, EnrollmentRow
from shared import audit
from shared.db import entropy_of, insert_new


def create_applicant(
    session: Session,
    person_id: str,
    *,
    consult_id: str,
    qualified_at: datetime,
    keys: Keys,
    now: datetime,
) -> None:
    """Make the person an applicant since `qualified_at`; an earlier consult that qualified them
    takes precedence, so the order in which consults are heard of does not matter.

    Whoever had finished or left, and qualifies after that, waits again from then on.
    """
    nonce = entropy_of(session).token()
    token = keys.page_token(person_id, nonce)
    values = {
        "person_id": person_id,
        "consult_id": consult_id,
        "status": ApplicantStatus.WAITING.value,
        "qualified_at": qualified_at,
        "page_nonce": nonce,
        "page_digest": keys.links.digest(token),
    }
    if insert_new(session, ApplicantRow.__table__, [values]):
        audit.record(
            session,
            actor="service:booking",
            action="applicant.created",
            subject=f"person:{person_id}",
            now=now,
        )
        return
    row = get_applicant(session, person_id, lock=True)
    if _comes_back(session, row, qualified_at):
        row.status = ApplicantStatus.WAITING.value
        row.qualified_at, row.consult_id = qualified_at, consult_id
        session.flush()
        audit.record(
            session,
            actor="service:booking",
            action="applicant.returned",
            subject=f"person:{person_id}",
            now=now,
        )
    elif (qualified_at, consult_id) < (row.qualified_at, row.consult_id):
        row.qualified_at, row.consult_id = qualified_at, consult_id
        session.flush()


def _comes_back(session: Session, row: ApplicantRow, qualified_at: datetime) -> bool:
    """Whether this news is younger than the end of the person's last seat."""
    if row.status not in (ApplicantStatus.LEFT.value, ApplicantStatus.ALUMNUS.value):
        return False
    seats = select(func.max(EnrollmentRow.ended_at))
    ended = session.scalar(seats.where(EnrollmentRow.person_id == row.person_id))
    return ended is not None and qualified_at > ended
