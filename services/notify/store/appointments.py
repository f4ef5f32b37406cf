"""Appointments and enrollments, kept at the highest revision known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.notify.domain.values import Appointment, Change, Kind, Status
from services.notify.tables import AppointmentRow, EnrollmentRow, RemarkRow
from shared.db import insert_new


def save_appointment(session: Session, values: dict[str, Any]) -> None:
    """Keep these values unless a higher revision is known; keyed by source and person."""
    if insert_new(session, AppointmentRow.__table__, [values]):
        return
    row = get_appointment(session, values["source"], values["person_id"], lock=True)
    if row is None or values["revision"] < row.revision:
        return
    if values["revision"] == row.revision:  # two events told of it: either may come first
        values = {
            **values,
            "confirmed_at": min(row.confirmed_at, values["confirmed_at"]),
            "details": {**row.details, **values["details"]},
        }
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()


def move_to(session: Session, away: str, into: str) -> None:
    """Let another person have one person's appointments, places and what was heard of them.

    Of one source that both have, the higher revision holds; who knew of a time, knows of it.
    """
    mine = AppointmentRow.person_id == away
    for row in session.scalars(select(AppointmentRow).where(mine).with_for_update()).all():
        other = get_appointment(session, row.source, into, lock=True)
        if other is None:
            row.person_id = into
            continue
        if row.revision > other.revision:
            keep, gone = row, other
        else:
            keep, gone = other, row
        keep.told_starts_at = keep.told_starts_at or gone.told_starts_at
        session.delete(gone)
        session.flush()
        keep.person_id = into
    for heard in session.scalars(select(RemarkRow).where(RemarkRow.person_id == away)).all():
        remark(session, heard.source, into, what=heard.what, revision=heard.revision)
        session.delete(heard)
    places = update(EnrollmentRow).where(EnrollmentRow.person_id == away)
    session.execute(places.values(person_id=into))
    session.flush()


def get_appointment(
    session: Session, source: str, person_id: str, *, lock: bool = False
) -> AppointmentRow | None:
    """One person's appointment from this source, if known."""
    query = select(AppointmentRow).where(
        AppointmentRow.source == source, AppointmentRow.person_id == person_id
    )
    if lock:
        query = query.with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def appointments_of(session: Session, person_id: str) -> Sequence[AppointmentRow]:
    """The person's appointments that count: sessions only while their enrollment stands."""
    cohorts = {row.cohort_id for row in standing_enrollments(session, person_id)}
    query = select(AppointmentRow).where(AppointmentRow.person_id == person_id)
    rows = session.scalars(query.order_by(AppointmentRow.source)).all()
    return [row for row in rows if row.cohort_id is None or row.cohort_id in cohorts]


def standing_enrollments(session: Session, person_id: str) -> Sequence[EnrollmentRow]:
    """The person's confirmed places."""
    query = select(EnrollmentRow).where(
        EnrollmentRow.person_id == person_id, EnrollmentRow.state == "confirmed"
    )
    return session.scalars(query.order_by(EnrollmentRow.enrollment_id)).all()


def enrollment_for(session: Session, person_id: str, cohort_id: str | None) -> EnrollmentRow | None:
    """The confirmed place that a session of this cohort belongs to."""
    found = [e for e in standing_enrollments(session, person_id) if e.cohort_id == cohort_id]
    return found[0] if found else None


def remark(
    session: Session, source: str, person_id: str, *, what: str, revision: int | None
) -> None:
    """Remember what was heard of an appointment; the highest revision stays."""
    row = {"source": source, "person_id": person_id, "what": what, "revision": revision}
    if insert_new(session, RemarkRow.__table__, [row]):
        return
    known = session.get(RemarkRow, (source, person_id, what), with_for_update=True)
    if known is not None and (revision or 0) > (known.revision or 0):
        known.revision = revision


def unsay(session: Session, source: str, person_id: str, *, what: str) -> None:
    """Forget what was heard, since it no longer holds."""
    known = session.get(RemarkRow, (source, person_id, what), with_for_update=True)
    if known is not None:
        session.delete(known)
        session.flush()


def remarks_of(session: Session, row: AppointmentRow) -> frozenset[str]:
    """What was heard of this revision of the appointment."""
    query = select(RemarkRow).where(
        RemarkRow.source == row.source, RemarkRow.person_id == row.person_id
    )
    return frozenset(
        each.what
        for each in session.scalars(query)
        if each.revision is None or each.revision == row.revision
    )


def to_domain(session: Session, row: AppointmentRow, recipient_zone: str) -> Appointment:
    """The appointment as the planner sees it; calls follow the recipient's clock."""
    heard = remarks_of(session, row)
    is_news = row.change is not None and row.change_revision == row.revision
    return Appointment(
        source=row.source,
        revision=row.revision,
        kind=Kind(row.kind),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=recipient_zone if row.kind == Kind.CONSULT else row.venue_timezone,
        status=Status(row.status),
        confirmed_at=row.confirmed_at,
        change=Change(row.change) if is_news and row.change else None,
        changed_at=row.changed_at if is_news else None,
        told_starts_at=row.told_starts_at,
        video=row.details.get("meeting") == "video",
        ride_arranged="ride_arranged" in heard,
        absent="absent" in heard,
    )
