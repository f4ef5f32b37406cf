"""Whether a cohort is here already, to the last detail: the trace of a form sent twice."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cohort.domain.request import CohortRequest
from services.cohort.queries.cohorts import NOW_STAGES
from services.cohort.store.cohorts import find_room
from services.cohort.tables import CohortRow, SessionRow, SessionStaffRow


def find_same_cohort(session: Session, asked: CohortRequest) -> str | None:
    """The id of a present cohort that was made from an equal request.

    There is at most one: its staff could not be in a second one at the same time.
    """
    room = find_room(session, asked.room) if asked.room else None
    if asked.room and room is None:
        return None
    alike = select(CohortRow).where(
        CohortRow.stage.in_([stage.value for stage in NOW_STAGES]),
        CohortRow.label == asked.label,
        CohortRow.start_date == asked.start_date,
        CohortRow.weekday == asked.window.weekday,
        CohortRow.start_time == f"{asked.window.start:%H:%M}",
        CohortRow.timezone == asked.zone,
        CohortRow.format == asked.format.value,
        CohortRow.language == asked.language,
        CohortRow.min_size == asked.min_size,
        CohortRow.max_size == asked.max_size,
        CohortRow.holiday_region == asked.holiday_region,
        CohortRow.room_id == (room.room_id if room else None),
    )
    for row in session.scalars(alike):
        same_staff = _staff(session, row.cohort_id) == {*asked.facilitators, *asked.medical}
        if same_staff and row.meeting_url == asked.meeting_url:
            return row.cohort_id
    return None


def _staff(session: Session, cohort_id: str) -> set[str]:
    query = (
        select(SessionStaffRow.staff_id)
        .join(SessionRow, SessionRow.session_id == SessionStaffRow.session_id)
        .where(SessionRow.cohort_id == cohort_id)
    )
    return set(session.scalars(query))
