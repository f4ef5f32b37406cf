"""The sessions of cohorts, with who is there and who is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cohort.domain.program import GROUP_KINDS, Entry, Kind, Template
from services.cohort.domain.staffing import Duty, need_of, staffing_gaps
from services.cohort.queries.cohorts import CohortLine
from services.cohort.store.cohorts import load_template
from services.cohort.tables import SessionRow, SessionStaffRow, StaffRow


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session. `gaps` says in plain words which staff are missing."""

    session_id: str
    cohort_id: str
    week: int
    kind: Kind
    day: date
    starts_at: datetime
    ends_at: datetime
    staff: tuple[str, ...]
    gaps: tuple[str, ...]
    done: bool

    @property
    def is_group(self) -> bool:
        """Whether the cohort meets for it."""
        return self.kind in GROUP_KINDS


@dataclass(frozen=True, slots=True)
class CheckInLine:
    """The days on which people book their individual check-in of a week."""

    week: int
    first_day: date
    last_day: date


def sessions_by_cohort(
    session: Session, cohorts: Sequence[CohortLine], *, now: datetime
) -> Mapping[str, list[SessionLine]]:
    """Every session of these cohorts, in order of time."""
    ids = [cohort.cohort_id for cohort in cohorts]
    query = select(SessionRow).where(SessionRow.cohort_id.in_(ids))
    rows = session.scalars(query.order_by(SessionRow.starts_at, SessionRow.week)).all()
    staff = _staff_of(session, ids)
    templates = templates_of(session, cohorts)
    by_id = {cohort.cohort_id: cohort for cohort in cohorts}
    found: dict[str, list[SessionLine]] = {cohort_id: [] for cohort_id in ids}
    for row in rows:
        cohort = by_id[row.cohort_id]
        people = staff.get(row.session_id, [])
        gaps = _gaps(templates[cohort.template], row, people=people, expected=cohort.taken)
        found[row.cohort_id].append(_line(row, people, gaps, now=now))
    return found


def templates_of(
    session: Session, cohorts: Sequence[CohortLine]
) -> dict[tuple[str, int], Template]:
    """The template versions that these cohorts follow."""
    return {key: load_template(session, *key) for key in {cohort.template for cohort in cohorts}}


def check_ins(template: Template, sessions: Sequence[SessionLine]) -> list[CheckInLine]:
    """When the individual check-ins of the template fall, given the dated sessions."""
    days = {one.week: one.day for one in sessions if one.is_group}
    return [
        CheckInLine(
            entry.week,
            days[entry.week] + timedelta(days=entry.days_after[0]),
            days[entry.week] + timedelta(days=entry.days_after[1]),
        )
        for entry in template.entries
        if entry.kind is Kind.CHECK_IN and entry.days_after and entry.week in days
    ]


def _staff_of(session: Session, cohort_ids: Sequence[str]) -> dict[str, list[tuple[str, Duty]]]:
    query = (
        select(SessionStaffRow.session_id, StaffRow.staff_id, StaffRow.name, SessionStaffRow.duty)
        .join(StaffRow, StaffRow.staff_id == SessionStaffRow.staff_id)
        .join(SessionRow, SessionRow.session_id == SessionStaffRow.session_id)
        .where(SessionRow.cohort_id.in_(cohort_ids))
        .order_by(SessionStaffRow.duty, StaffRow.created_at, StaffRow.staff_id)
    )
    found: dict[str, list[tuple[str, Duty]]] = defaultdict(list)
    for session_id, _, name, duty in session.execute(query):
        found[session_id].append((name, Duty(duty)))
    return found


def _gaps(
    template: Template, row: SessionRow, *, people: Sequence[tuple[str, Duty]], expected: int
) -> tuple[str, ...]:
    entry = _entry(template, row)
    if entry is None or entry.kind not in GROUP_KINDS:
        return ()
    need = need_of(template, entry, people=expected)
    return tuple(staffing_gaps(need, [duty for _, duty in people]))


def _entry(template: Template, row: SessionRow) -> Entry | None:
    same = (e for e in template.entries if (e.week, e.kind.value) == (row.week, row.kind))
    return next(same, None)


def _line(
    row: SessionRow, people: Sequence[tuple[str, Duty]], gaps: tuple[str, ...], *, now: datetime
) -> SessionLine:
    return SessionLine(
        session_id=row.session_id,
        cohort_id=row.cohort_id,
        week=row.week,
        kind=Kind(row.kind),
        day=row.day,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        staff=tuple(name for name, _ in people),
        gaps=gaps,
        done=row.ends_at <= now,
    )
