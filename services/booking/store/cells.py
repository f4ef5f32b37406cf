"""The booking guarantee: one row per consultant and five minutes, one counter per day.

Whoever inserts a cell first has it; the key refuses everyone else, whatever any check before
said. Cells go in ascending, so that two bookings never wait for each other in a circle.
"""

from datetime import date, datetime

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.booking.domain.cells import cells_of
from services.booking.domain.consult import Status
from services.booking.domain.consultant import Consultant
from services.booking.domain.ids import ConsultId
from services.booking.domain.intervals import Span, instant
from services.booking.tables import ConsultantRow, ConsultCellRow, ConsultDayRow, ConsultRow
from shared.db import insert_new


class CellsTaken(Exception):
    """Another consult holds some of these cells, or the day is full."""

    slug = "cells-taken"


def take(
    session: Session,
    consultant: Consultant,
    consult_id: ConsultId,
    *,
    held: Span,
    day: date,
    now: datetime,
) -> None:
    """Hold these minutes for the consult, whose row exists. Raises `CellsTaken`.

    What stood there on hold, and was not taken up in time, makes room.

    When it raises, cells may have been inserted: undo them by leaving a savepoint.
    """
    _sweep(session, consultant, held=held, day=day, now=now)
    cells = cells_of(held)
    rows = [
        {"consultant_id": consultant.id, "cell_start": cell, "consult_id": consult_id}
        for cell in cells
    ]
    if insert_new(session, ConsultCellRow.__table__, rows) < len(cells):
        raise CellsTaken
    _count(session, consultant, day)


def _count(session: Session, consultant: Consultant, day: date) -> None:
    """One more on this day, whose row is locked by that. The cap is at least 1."""
    kept = ConsultDayRow
    cap = select(ConsultantRow.daily_cap).where(ConsultantRow.id == consultant.id).scalar_subquery()
    module = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = module.insert(ConsultDayRow).values(
        consultant_id=consultant.id, day=day, booked=1, changes=1
    )
    counted = session.execute(
        first.on_conflict_do_update(
            index_elements=[kept.consultant_id, kept.day],
            set_={"booked": kept.booked + 1, "changes": kept.changes + 1},
            where=or_(cap.is_(None), kept.booked < cap),
        ).returning(kept.booked)
    ).first()
    if counted is None:
        raise CellsTaken


def _sweep(
    session: Session, consultant: Consultant, *, held: Span, day: date, now: datetime
) -> None:
    overlaps = and_(
        ConsultRow.held_from < instant(held.end), ConsultRow.held_until > instant(held.start)
    )
    query = (
        select(ConsultRow)
        .where(ConsultRow.consultant_id == consultant.id, ConsultRow.occupies)
        .where(ConsultRow.hold_expires_at <= now, or_(overlaps, ConsultRow.day == day))
        .order_by(ConsultRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for row in session.scalars(query):
        release(session, row)
        row.status, row.occupies = Status.LAPSED.value, False
        row.hold_kind = row.hold_expires_at = None
    session.flush()


def release(session: Session, row: ConsultRow) -> None:
    """Give back everything this consult held."""
    consult_id, consultant_id, day = row.id, row.consultant_id, row.day
    session.execute(
        delete(ConsultCellRow)
        .where(ConsultCellRow.consult_id == consult_id)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(ConsultDayRow)
        .where(ConsultDayRow.consultant_id == consultant_id, ConsultDayRow.day == day)
        .where(ConsultDayRow.booked > 0)
        .values(booked=ConsultDayRow.booked - 1, changes=ConsultDayRow.changes + 1)
        .execution_options(synchronize_session=False)
    )


def mark_changed(session: Session, row: ConsultRow) -> None:
    """Let readers see that what this consult holds is held in another way than before."""
    session.execute(
        update(ConsultDayRow)
        .where(ConsultDayRow.consultant_id == row.consultant_id, ConsultDayRow.day == row.day)
        .values(changes=ConsultDayRow.changes + 1)
        .execution_options(synchronize_session=False)
    )
