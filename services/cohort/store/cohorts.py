"""Cohorts, their sessions and staff, rooms, templates and enrollments."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.cohort.domain.cohort import Seats, Stage
from services.cohort.domain.errors import NotFound
from services.cohort.domain.program import (
    DEFAULT_TEMPLATE,
    GROUP_KINDS,
    Kind,
    Template,
    template_from_data,
    template_to_data,
)
from services.cohort.tables import (
    CohortRow,
    EnrollmentRow,
    RoomRow,
    SessionRow,
    TemplateRow,
)
from shared.db import entropy_of, insert_new
from shared.events import SessionInfo


def get_cohort(session: Session, cohort_id: str, *, lock: bool = False) -> CohortRow:
    """The cohort; locked when asked, so that joining happens one at a time. Raises `NotFound`."""
    row = session.get(CohortRow, cohort_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise NotFound("This cohort is not here.")
    return row


def sessions_of(session: Session, cohort_id: str) -> list[SessionRow]:
    """A cohort's sessions in order of time."""
    query = select(SessionRow).where(SessionRow.cohort_id == cohort_id)
    return list(session.scalars(query.order_by(SessionRow.starts_at, SessionRow.week)))


def group_sessions(rows: Sequence[SessionRow]) -> list[SessionRow]:
    """Those that people attend together."""
    return [row for row in rows if Kind(row.kind) in GROUP_KINDS]


def active_enrollments(session: Session, cohort_id: str) -> list[EnrollmentRow]:
    """Who has a seat, by seat number."""
    query = select(EnrollmentRow).where(
        EnrollmentRow.cohort_id == cohort_id, EnrollmentRow.status == "active"
    )
    return list(session.scalars(query.order_by(EnrollmentRow.seat)))


def get_enrollment(session: Session, enrollment_id: str, *, lock: bool = False) -> EnrollmentRow:
    """The enrollment; locked when asked. Raises `NotFound`."""
    row = session.get(EnrollmentRow, enrollment_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise NotFound("This enrollment is not here.")
    return row


def seats_of(session: Session, cohort: CohortRow) -> Seats:
    """What decides about joining this cohort."""
    taken = session.scalar(
        select(func.count())
        .select_from(EnrollmentRow)
        .where(EnrollmentRow.cohort_id == cohort.cohort_id, EnrollmentRow.status == "active")
    )
    return Seats(
        stage=Stage(cohort.stage),
        min_size=cohort.min_size,
        max_size=cohort.max_size,
        taken=taken or 0,
        first_session_at=cohort.first_session_at,
        last_ends_at=cohort.last_ends_at,
    )


def load_template(session: Session, template_id: str, version: int) -> Template:
    """One stored version of a program. Raises `NotFound`."""
    row = session.get(TemplateRow, (template_id, version))
    if row is None:
        raise NotFound("This program template is not here.")
    return template_from_data(row.template_id, row.version, row.data)


def latest_template(session: Session) -> Template:
    """The newest version of the default program. Raises `NotFound` before the first seed."""
    query = select(TemplateRow).where(TemplateRow.template_id == DEFAULT_TEMPLATE.template_id)
    row = session.scalars(query.order_by(TemplateRow.version.desc()).limit(1)).first()
    if row is None:
        raise NotFound("There is no program template yet.")
    return template_from_data(row.template_id, row.version, row.data)


def save_template(session: Session, template: Template) -> None:
    """Keep a version; a version that is kept already stays as it is."""
    values = {
        "template_id": template.template_id,
        "version": template.version,
        "data": template_to_data(template),
    }
    insert_new(session, TemplateRow.__table__, [values])


def room_named(session: Session, name: str, *, zone: str) -> RoomRow:
    """The room of this name, made when there is none; case and spacing do not tell rooms apart."""
    words = " ".join(name.split())
    values = {
        "room_id": entropy_of(session).uuid(),
        "name": words,
        "name_key": _room_key(name),
        "timezone": zone,
    }
    insert_new(session, RoomRow.__table__, [values])
    return session.scalars(select(RoomRow).where(RoomRow.name_key == _room_key(name))).one()


def find_room(session: Session, name: str) -> RoomRow | None:
    """The room of this name, if there is one."""
    return session.scalar(select(RoomRow).where(RoomRow.name_key == _room_key(name)))


def _room_key(name: str) -> str:
    """As long as its column takes: without case a name may grow to three times its length."""
    return " ".join(name.split()).casefold()[:120]


def session_info(row: SessionRow, cohort: CohortRow, place: str) -> SessionInfo:
    """A session as participants hear of it."""
    return SessionInfo.model_validate(
        {
            "session_id": row.session_id,
            "revision": row.revision,
            "kind": row.kind,
            "week": row.week,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "venue_timezone": cohort.timezone,
            "place": place,
            "status": row.status,
        }
    )


def place_of(session: Session, cohort: CohortRow) -> str:
    """Where the cohort meets, in words that a message may hold."""
    if cohort.room_id is None:
        return "Online"
    return session.get_one(RoomRow, cohort.room_id).name
