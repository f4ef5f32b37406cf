"""Cohorts in a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.cohort.domain.cohort import JOINABLE, Stage
from services.cohort.domain.errors import NotFound
from services.cohort.tables import CohortRow, EnrollmentRow, RoomRow

NOW_STAGES = (Stage.FORMING, Stage.CONFIRMED, Stage.RUNNING)


@dataclass(frozen=True, slots=True)
class CohortLine:
    """One cohort. `start_time` is wall clock HH:MM in `timezone`; `room` is empty online."""

    cohort_id: str
    label: str
    stage: Stage
    weekday: int
    start_time: str
    timezone: str
    room: str
    format: str
    language: str
    taken: int
    min_size: int
    max_size: int
    start_date: date
    first_session_at: datetime
    last_ends_at: datetime
    meeting_url: str | None
    holiday_region: str
    template: tuple[str, int]

    def joinable(self, now: datetime) -> bool:
        """Whether somebody could take a seat at `now`."""
        return self.stage in JOINABLE and now < self.first_session_at and self.taken < self.max_size


def list_cohorts(session: Session, *, stages: Sequence[Stage] = NOW_STAGES) -> list[CohortLine]:
    """Cohorts in these stages, by first session."""
    names = [stage.value for stage in stages]
    query = _lines().where(CohortRow.stage.in_(names)).order_by(CohortRow.first_session_at)
    return [_line(row, room, taken) for row, room, taken in session.execute(query)]


def find_cohort_line(session: Session, cohort_id: str) -> CohortLine | None:
    """One cohort, if it is here."""
    found = session.execute(_lines().where(CohortRow.cohort_id == cohort_id)).first()
    return _line(*found) if found else None


def get_cohort_line(session: Session, cohort_id: str) -> CohortLine:
    """One cohort. Raises `NotFound`."""
    cohort = find_cohort_line(session, cohort_id)
    if cohort is None:
        raise NotFound("This cohort is not here.")
    return cohort


def room_names(session: Session) -> list[str]:
    """The known rooms, by name."""
    return list(session.scalars(select(RoomRow.name).order_by(RoomRow.name_key)))


def _lines() -> Select[CohortRow, str | None, int]:
    taken = (
        select(func.count())
        .where(EnrollmentRow.cohort_id == CohortRow.cohort_id, EnrollmentRow.status != "ended")
        .correlate(CohortRow)
        .scalar_subquery()
    )
    return select(CohortRow, RoomRow.name, taken).outerjoin(
        RoomRow, RoomRow.room_id == CohortRow.room_id
    )


def _line(row: CohortRow, room: str | None, taken: int) -> CohortLine:
    return CohortLine(
        cohort_id=row.cohort_id,
        label=row.label,
        stage=Stage(row.stage),
        weekday=row.weekday,
        start_time=row.start_time,
        timezone=row.timezone,
        room=room or "",
        format=row.format,
        language=row.language,
        taken=taken,
        min_size=row.min_size,
        max_size=row.max_size,
        start_date=row.start_date,
        first_session_at=row.first_session_at,
        last_ends_at=row.last_ends_at,
        meeting_url=row.meeting_url,
        holiday_region=row.holiday_region,
        template=(row.template_id, row.template_version),
    )
