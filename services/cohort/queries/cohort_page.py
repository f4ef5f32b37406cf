"""What the page of one cohort shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cohort.domain.applicant import ApplicantStatus
from services.cohort.domain.errors import NotFound
from services.cohort.domain.program import Kind
from services.cohort.queries.cohorts import CohortLine, get_cohort_line
from services.cohort.queries.people import (
    ApplicantLine,
    MemberLine,
    list_applicants,
    list_members,
)
from services.cohort.queries.sessions import (
    CheckInLine,
    SessionLine,
    check_ins,
    sessions_by_cohort,
    templates_of,
)
from services.cohort.tables import CohortRow, EnrollmentRow, PersonRow

MOST_CHOICES = 200


@dataclass(frozen=True, slots=True)
class CohortPage:
    """`medicine` is the next medicine session; `waiting` are those who could join, or empty."""

    cohort: CohortLine
    sessions: tuple[SessionLine, ...]
    check_ins: tuple[CheckInLine, ...]
    members: tuple[MemberLine, ...]
    waiting: tuple[ApplicantLine, ...]
    medicine: SessionLine | None
    joinable: bool

    @property
    def more_wait(self) -> bool:
        """Whether more people wait than `waiting` holds."""
        return len(self.waiting) == MOST_CHOICES

    @property
    def ready(self) -> int:
        """How many people are ready for the next medicine session."""
        return sum(one.readiness.ready for one in self.members)


@dataclass(frozen=True, slots=True)
class Seat:
    """One person's seat in one cohort."""

    enrollment_id: str
    name: str
    cohort: str
    status: str


def get_cohort_page(session: Session, cohort_id: str, *, now: datetime) -> CohortPage:
    """One cohort. Raises `NotFound`."""
    cohort = get_cohort_line(session, cohort_id)
    sessions = sessions_by_cohort(session, [cohort], now=now)[cohort_id]
    template = templates_of(session, [cohort])[cohort.template]
    coming = (one for one in sessions if one.kind is Kind.MEDICINE and not one.done)
    joinable = cohort.joinable(now)
    waiting = (
        list_applicants(session, ApplicantStatus.WAITING, size=MOST_CHOICES) if joinable else []
    )
    return CohortPage(
        cohort=cohort,
        sessions=tuple(sessions),
        check_ins=tuple(check_ins(template, sessions)),
        members=tuple(list_members(session, cohort_id)),
        waiting=tuple(waiting),
        medicine=next(coming, None),
        joinable=joinable,
    )


def get_seat(session: Session, cohort_id: str, enrollment_id: str) -> Seat:
    """A seat of this cohort; one of another cohort is not found here. Raises `NotFound`."""
    query = (
        select(EnrollmentRow, PersonRow.name, CohortRow.label)
        .join(PersonRow, PersonRow.person_id == EnrollmentRow.person_id)
        .join(CohortRow, CohortRow.cohort_id == EnrollmentRow.cohort_id)
        .where(EnrollmentRow.enrollment_id == enrollment_id, EnrollmentRow.cohort_id == cohort_id)
    )
    found = session.execute(query).first()
    if found is None:
        raise NotFound("This seat is not here.")
    row, name, label = found
    return Seat(row.enrollment_id, name, label, row.status)
