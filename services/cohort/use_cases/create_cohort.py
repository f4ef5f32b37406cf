"""Make a cohort with all its sessions, and take its room and staff for them."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from services.cohort.domain.calendar import PlannedSession, instant_of
from services.cohort.domain.cells import room_resource, staff_resource
from services.cohort.domain.cohort import Format, Stage, check_move, check_size
from services.cohort.domain.errors import Invalid, NonexistentTime
from services.cohort.domain.ids import CohortId, RoomId, StaffId
from services.cohort.domain.program import GROUP_KINDS, Kind
from services.cohort.domain.request import CohortRequest
from services.cohort.domain.staffing import Duty
from services.cohort.store.cells import take_cells
from services.cohort.store.cohorts import room_named
from services.cohort.store.staff import get_staff
from services.cohort.tables import CohortRow, SessionRow, SessionStaffRow
from services.cohort.use_cases.plan_sessions import Plan, plan_sessions
from shared import audit
from shared.db import entropy_of


def create_cohort(
    session: Session, request: CohortRequest, *, actor: str, now: datetime
) -> CohortId:
    """Make the cohort, open for joining, and say its id.

    Raises `Invalid` (past start, sizes, unknown region or staff), `NonexistentTime`,
    `NoOpenWeek`, and `Clash` when the room or a staff member is in another session by then.
    """
    check_size(min_size=request.min_size, max_size=request.max_size)
    plan = plan_sessions(session, request)
    rows = _session_rows(session, request, plan)
    _check_ahead(rows, now)
    check_move(Stage.DRAFT, Stage.FORMING)
    cohort = _cohort_row(session, request, plan, rows=rows, now=now)
    session.add(cohort)
    session.flush()
    for row in rows:
        row.cohort_id, row.room_id = cohort.cohort_id, cohort.room_id
    session.add_all(rows)
    session.flush()
    _assign(session, request, rows)
    subject = f"cohort:{cohort.cohort_id}"
    audit.record(session, actor=actor, action="cohort.created", subject=subject, now=now)
    return CohortId(cohort.cohort_id)


def _check_ahead(rows: list[SessionRow], now: datetime) -> None:
    if min(row.starts_at for row in rows) <= now:
        text = "The first session would be in the past. Choose a later start."
        raise Invalid(text, fields={"start_date": text})


def _assign(session: Session, request: CohortRequest, rows: list[SessionRow]) -> None:
    """Put the staff on each session, and take their cells and the room's."""
    duties = {row.session_id: _duties(session, request, row) for row in rows}
    session.add_all(
        SessionStaffRow(session_id=session_id, staff_id=staff_id, duty=duty.value)
        for session_id, people in duties.items()
        for staff_id, duty in people.items()
    )
    session.flush()
    take_cells(session, [(row, _resources(row, list(duties[row.session_id]))) for row in rows])


def _session_rows(session: Session, request: CohortRequest, plan: Plan) -> list[SessionRow]:
    return [_session_row(session, request, one) for one in plan.sessions if not one.booked_later]


def _session_row(session: Session, request: CohortRequest, one: PlannedSession) -> SessionRow:
    """What has no meeting of its own (measures) stands at the window's time, without length."""
    starts_at = one.starts_at or _moment(one.day, request)
    return SessionRow(
        session_id=entropy_of(session).uuid(),
        week=one.week,
        kind=one.kind.value,
        day=one.day,
        starts_at=starts_at,
        ends_at=one.ends_at or starts_at,
        revision=1,
        status="scheduled",
    )


def _moment(day: date, request: CohortRequest) -> datetime:
    """The window's time on a day without a meeting; noon when the clocks skip it."""
    try:
        return instant_of(day, request.window.start, request.zone)
    except NonexistentTime:
        return instant_of(day, time(12), request.zone)


def _cohort_row(
    session: Session,
    request: CohortRequest,
    plan: Plan,
    *,
    rows: list[SessionRow],
    now: datetime,
) -> CohortRow:
    in_person = request.format is Format.IN_PERSON
    room = room_named(session, request.room, zone=request.zone) if in_person else None
    return CohortRow(
        cohort_id=entropy_of(session).uuid(),
        label=request.label,
        stage=Stage.FORMING.value,
        template_id=plan.template.template_id,
        template_version=plan.template.version,
        start_date=request.start_date,
        weekday=request.window.weekday,
        start_time=f"{request.window.start:%H:%M}",
        timezone=request.zone,
        holiday_region=request.holiday_region,
        room_id=room.room_id if room else None,
        meeting_url=None if in_person else request.meeting_url,
        format=request.format.value,
        language=request.language,
        min_size=request.min_size,
        max_size=request.max_size,
        first_session_at=min(row.starts_at for row in rows),
        last_ends_at=max(row.ends_at for row in rows),
        created_at=now,
    )


def _duties(session: Session, request: CohortRequest, row: SessionRow) -> dict[StaffId, Duty]:
    """Who is at a session: facilitators at every meeting, medical staff where there is medicine."""
    kind = Kind(row.kind)
    if kind not in GROUP_KINDS:
        return {}
    duties = dict.fromkeys(request.facilitators, Duty.FACILITATOR)
    if kind is Kind.MEDICINE:
        duties = dict.fromkeys(request.medical, Duty.MEDICAL) | duties
    for staff_id in duties:
        if not get_staff(session, staff_id).active:
            raise Invalid("Choose people who work here.", fields={"facilitators": "Choose again."})
    return duties


def _resources(row: SessionRow, staff: list[StaffId]) -> list[str]:
    room = [room_resource(RoomId(row.room_id))] if row.room_id else []
    return room + [staff_resource(staff_id) for staff_id in staff]
