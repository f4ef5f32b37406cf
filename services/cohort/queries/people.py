"""Applicants in a list, one applicant, and the members of a cohort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.cohort.domain.applicant import ApplicantStatus
from services.cohort.domain.readiness import Readiness, readiness_without_clearance
from services.cohort.keys import Keys
from services.cohort.store.people import contact_of, get_applicant, get_person
from services.cohort.tables import (
    ApplicantRow,
    CohortRow,
    ConsultRow,
    EnrollmentRow,
    NoTextsRow,
    PersonRow,
    ReachRow,
    ReplyRow,
)
from shared.events import Contact

PAGE = 50


@dataclass(frozen=True, slots=True)
class ApplicantLine:
    """One applicant; `cohort` is the label of the cohort they have a seat in."""

    person_id: str
    name: str
    status: ApplicantStatus
    qualified_at: datetime
    cohort: str | None


@dataclass(frozen=True, slots=True)
class ConsultLine:
    """A consult as far as this service has heard of it."""

    starts_at: datetime | None
    consultant: str | None
    meeting_kind: str | None
    status: str | None
    outcome: str | None
    follow_up_on: date | None


@dataclass(frozen=True, slots=True)
class EnrollmentLine:
    """A seat, now or in the past."""

    enrollment_id: str
    cohort_id: str
    cohort: str
    status: str
    enrolled_at: datetime
    ended_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """What a person answered to a text."""

    intent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ApplicantPage:
    """Everything that the page of one applicant shows."""

    person_id: str
    contact: Contact
    status: ApplicantStatus
    qualified_at: datetime
    page_url: str
    consults: tuple[ConsultLine, ...]
    enrollments: tuple[EnrollmentLine, ...]
    replies: tuple[ReplyLine, ...]
    failing: tuple[str, ...]
    """Channels (sms, email) on which the latest message did not arrive."""
    no_texts: bool


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A person with a seat, and whether they may be at a medicine session."""

    enrollment_id: str
    person_id: str
    name: str
    readiness: Readiness


def list_applicants(
    session: Session, status: ApplicantStatus, *, page: int = 1, size: int = PAGE
) -> list[ApplicantLine]:
    """A page (from 1) of the applicants with this status, longest waiting first."""
    query = (
        select(ApplicantRow, PersonRow.name, CohortRow.label)
        .join(PersonRow, PersonRow.person_id == ApplicantRow.person_id)
        .outerjoin(
            EnrollmentRow,
            (EnrollmentRow.person_id == ApplicantRow.person_id)
            & (EnrollmentRow.status == "active"),
        )
        .outerjoin(CohortRow, CohortRow.cohort_id == EnrollmentRow.cohort_id)
        .where(ApplicantRow.status == status.value)
        .order_by(ApplicantRow.qualified_at, ApplicantRow.person_id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return [
        ApplicantLine(row.person_id, name, ApplicantStatus(row.status), row.qualified_at, label)
        for row, name, label in session.execute(query)
    ]


def count_applicants(session: Session) -> Mapping[ApplicantStatus, int]:
    """How many applicants there are in each status."""
    query = select(ApplicantRow.status, func.count()).group_by(ApplicantRow.status)
    found = {ApplicantStatus(status): number for status, number in session.execute(query)}
    return {status: found.get(status, 0) for status in ApplicantStatus}


def get_applicant_page(session: Session, person_id: str, *, keys: Keys) -> ApplicantPage:
    """One applicant. Raises `NotFound`."""
    applicant = get_applicant(session, person_id)
    consults = select(ConsultRow).where(ConsultRow.person_id == person_id)
    replies = select(ReplyRow).where(ReplyRow.person_id == person_id)
    failing = select(ReachRow.channel).where(
        ReachRow.person_id == person_id, ReachRow.reached.is_(False)
    )
    stopped = select(NoTextsRow.person_id).where(NoTextsRow.person_id == person_id)
    return ApplicantPage(
        person_id=person_id,
        contact=contact_of(get_person(session, person_id)),
        status=ApplicantStatus(applicant.status),
        qualified_at=applicant.qualified_at,
        page_url=keys.page_url(person_id, applicant.page_nonce),
        consults=tuple(
            _consult(row) for row in session.scalars(consults.order_by(ConsultRow.starts_at.desc()))
        ),
        enrollments=tuple(_enrollments(session, person_id)),
        replies=tuple(
            ReplyLine(row.intent, row.at)
            for row in session.scalars(replies.order_by(ReplyRow.at.desc()).limit(20))
        ),
        failing=tuple(session.scalars(failing.order_by(ReachRow.channel))),
        no_texts=session.scalars(stopped).first() is not None,
    )


def list_members(session: Session, cohort_id: str) -> list[MemberLine]:
    """Who has, or to the end had, a seat in this cohort, by seat."""
    query = (
        select(EnrollmentRow.enrollment_id, EnrollmentRow.person_id, PersonRow.name)
        .join(PersonRow, PersonRow.person_id == EnrollmentRow.person_id)
        .where(EnrollmentRow.cohort_id == cohort_id, EnrollmentRow.status != "ended")
        .order_by(EnrollmentRow.seat)
    )
    return [
        MemberLine(enrollment_id, person_id, name, readiness_without_clearance())
        for enrollment_id, person_id, name in session.execute(query)
    ]


def _enrollments(session: Session, person_id: str) -> list[EnrollmentLine]:
    query = (
        select(EnrollmentRow, CohortRow.label)
        .join(CohortRow, CohortRow.cohort_id == EnrollmentRow.cohort_id)
        .where(EnrollmentRow.person_id == person_id)
        .order_by(EnrollmentRow.enrolled_at.desc())
    )
    return [
        EnrollmentLine(
            row.enrollment_id,
            row.cohort_id,
            label,
            row.status,
            row.enrolled_at,
            row.ended_at,
            row.reason,
        )
        for row, label in session.execute(query)
    ]


def _consult(row: ConsultRow) -> ConsultLine:
    return ConsultLine(
        row.starts_at,
        row.consultant,
        row.meeting_kind,
        row.status,
        row.outcome,
        row.follow_up_on,
    )
