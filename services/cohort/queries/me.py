"""What a person's own page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cohort.domain.applicant import ApplicantStatus
from services.cohort.keys import Keys
from services.cohort.queries.cohorts import CohortLine, find_cohort_line
from services.cohort.queries.sessions import SessionLine, sessions_by_cohort
from services.cohort.store.people import get_applicant_by_page, get_person
from services.cohort.tables import EnrollmentRow


@dataclass(frozen=True, slots=True)
class MyPage:
    """A person's dates; `cohort` is None while they have no seat. `left`: they wait for none."""

    name: str
    left: bool
    cohort: CohortLine | None
    sessions: tuple[SessionLine, ...]
    coming: SessionLine | None


def get_my_page(session: Session, token: str, *, keys: Keys, now: datetime) -> MyPage:
    """The page that `token` opens. Raises `LinkNotValid`."""
    applicant = get_applicant_by_page(session, token, keys)
    name = get_person(session, applicant.person_id).name
    left = applicant.status == ApplicantStatus.LEFT.value
    query = select(EnrollmentRow.cohort_id).where(
        EnrollmentRow.person_id == applicant.person_id, EnrollmentRow.status != "ended"
    )
    newest = session.scalars(query.order_by(EnrollmentRow.enrolled_at.desc())).first()
    cohort = find_cohort_line(session, newest) if newest else None
    if cohort is None:
        return MyPage(name, left, None, (), None)
    lines = sessions_by_cohort(session, [cohort], now=now)[cohort.cohort_id]
    meetings = tuple(line for line in lines if line.is_group)
    coming = next((line for line in meetings if not line.done), None)
    return MyPage(name, left, cohort, meetings, coming)
