"""What the first page of staff shows: what its tasks, its day and its tables are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from services.cohort.domain.applicant import ApplicantStatus
from services.cohort.queries.cohorts import CohortLine, list_cohorts
from services.cohort.queries.people import ApplicantLine, list_applicants
from services.cohort.queries.sessions import SessionLine, sessions_by_cohort
from services.cohort.tables import ApplicantRow, ConsultRow, EnrollmentRow, PersonRow, ReachRow


@dataclass(frozen=True, slots=True)
class Call:
    """A consult that stands in the calendar."""

    name: str
    consultant: str
    meeting_kind: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A person whose consult was undecided and who should hear from somebody by `day`."""

    name: str
    day: date


@dataclass(frozen=True, slots=True)
class Unreached:
    """A person whose latest message on a channel did not arrive."""

    person_id: str
    name: str
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stage:
    """How many people are at one stage, and since when the first of them is (UTC)."""

    words: str
    people: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Today:
    """Everything the page needs."""

    cohorts: tuple[CohortLine, ...]
    sessions: dict[str, list[SessionLine]]
    longest_waiting: ApplicantLine | None
    waiting: int
    follow_ups: tuple[FollowUp, ...]
    unreached: tuple[Unreached, ...]
    calls: tuple[Call, ...]
    stages: tuple[Stage, ...]


def get_today(
    session: Session, *, day: date, day_starts: datetime, day_ends: datetime, now: datetime
) -> Today:
    """The state at `now`; `day` is the practice's date, from `day_starts` to `day_ends` (UTC)."""
    cohorts = list_cohorts(session)
    stages = _stages(session, now=now)
    first = list_applicants(session, ApplicantStatus.WAITING, size=1)
    return Today(
        cohorts=tuple(cohorts),
        sessions=dict(sessions_by_cohort(session, cohorts, now=now)),
        longest_waiting=first[0] if first else None,
        waiting=stages[1].people,
        follow_ups=_follow_ups(session, day),
        unreached=_unreached(session),
        calls=_calls(session, day_starts, day_ends),
        stages=stages,
    )


def _follow_ups(session: Session, day: date) -> tuple[FollowUp, ...]:
    """Of those who did not qualify since; a later call of theirs, held or booked, ends it too."""
    decided = select(ApplicantRow.person_id)
    later = aliased(ConsultRow)
    called_again = exists().where(
        later.person_id == ConsultRow.person_id,
        later.starts_at > ConsultRow.starts_at,
        or_(later.status == "booked", later.outcome.is_not(None)),
    )
    query = (
        select(PersonRow.name, ConsultRow.follow_up_on)
        .join(PersonRow, PersonRow.person_id == ConsultRow.person_id)
        .where(
            ConsultRow.outcome == "undecided",
            ConsultRow.follow_up_on <= day + timedelta(days=1),
            ConsultRow.person_id.not_in(decided),
            ~called_again,
        )
        .order_by(ConsultRow.follow_up_on)
        .limit(10)
    )
    return tuple(FollowUp(name, on) for name, on in session.execute(query) if on is not None)


def _unreached(session: Session) -> tuple[Unreached, ...]:
    query = (
        select(ReachRow.person_id, PersonRow.name, ReachRow.channel, ReachRow.at)
        .join(PersonRow, PersonRow.person_id == ReachRow.person_id)
        .join(ApplicantRow, ApplicantRow.person_id == ReachRow.person_id)
        .where(ReachRow.reached.is_(False), ApplicantRow.status.in_(["waiting", "enrolled"]))
        .order_by(ReachRow.at, ReachRow.person_id)
        .limit(10)
    )
    return tuple(Unreached(*row) for row in session.execute(query))


def _calls(session: Session, start: datetime, end: datetime) -> tuple[Call, ...]:
    query = (
        select(ConsultRow, PersonRow.name)
        .join(PersonRow, PersonRow.person_id == ConsultRow.person_id)
        .where(
            ConsultRow.status == "booked", ConsultRow.starts_at >= start, ConsultRow.starts_at < end
        )
        .order_by(ConsultRow.starts_at)
    )
    return tuple(
        Call(name, row.consultant or "", row.meeting_kind or "", row.starts_at)
        for row, name in session.execute(query)
        if row.starts_at is not None
    )


def _stages(session: Session, *, now: datetime) -> tuple[Stage, ...]:
    booked = session.execute(
        select(func.count(ConsultRow.person_id.distinct())).where(
            ConsultRow.status == "booked", ConsultRow.starts_at > now
        )
    ).scalar_one()
    seats = (EnrollmentRow.person_id == ApplicantRow.person_id) & (EnrollmentRow.status == "active")
    rows = session.execute(
        select(
            ApplicantRow.status,
            func.count(),
            func.min(ApplicantRow.qualified_at),
            func.min(EnrollmentRow.enrolled_at),
        )
        .outerjoin(EnrollmentRow, seats)
        .group_by(ApplicantRow.status)
    )
    found = {status: (number, since, seated) for status, number, since, seated in rows}
    nobody = (0, None, None)
    waiting, enrolled = found.get("waiting", nobody), found.get("enrolled", nobody)
    return (
        Stage("Booked a call", booked, None),
        Stage("Applicant", waiting[0], waiting[1]),
        Stage("In a cohort", enrolled[0], enrolled[2]),
        Stage("Alumni", found.get("alumnus", nobody)[0], None),
    )
