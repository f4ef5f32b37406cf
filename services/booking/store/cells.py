"""The booking guarantee: one row per consultant and five minutes, one counter per day.

Whoever inserts a cell first has it; the key refuses everyone else, whatever any check before
said. Cells go in ascending, so that two bookings never wait for each other in a circle.
"""

from datetime import date

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from services.booking.domain.cells import cells_of
from services.booking.domain.consultant import Consultant
from services.booking.domain.ids import ConsultId
from services.booking.domain.intervals import Span
from services.booking.tables import ConsultantRow, ConsultCellRow, ConsultDayRow
from shared.db import insert_new


class CellsTaken(Exception):
    """Another consult holds some of these cells, or the day is full."""

    slug = "cells-taken"


def take(
    session: Session, consultant: Consultant, consult_id: ConsultId, *, held: Span, day: date
) -> None:
    """Hold these minutes for the consult, whose row exists. Raises `CellsTaken`.

    When it raises, cells may have been inserted: undo them by leaving a savepoint.
    """
    cells = cells_of(held)
    rows = [
        {"consultant_id": consultant.id, "cell_start": cell, "consult_id": consult_id}
        for cell in cells
    ]
    if insert_new(session, ConsultCellRow.__table__, rows) < len(cells):
        raise CellsTaken
    _count(session, consultant, day)


def _count(session: Session, consultant: Consultant, day: date) -> None:
    row = {"consultant_id": consultant.id, "day": day, "booked": 0}
    insert_new(session, ConsultDayRow.__table__, [row])
    cap = select(ConsultantRow.daily_cap).where(ConsultantRow.id == consultant.id).scalar_subquery()
    counted = session.execute(
        update(ConsultDayRow)
        .where(ConsultDayRow.consultant_id == consultant.id, ConsultDayRow.day == day)
        .where(or_(cap.is_(None), ConsultDayRow.booked < cap))
        .values(booked=ConsultDayRow.booked + 1)
        .returning(ConsultDayRow.booked)
        .execution_options(synchronize_session=False)
    ).first()
    if counted is None:
        raise CellsTaken


def release(session: Session, consult_id: ConsultId, *, consultant_id: str, day: date) -> None:
    """Give back everything this consult held."""
    session.execute(
        delete(ConsultCellRow)
        .where(ConsultCellRow.consult_id == consult_id)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(ConsultDayRow)
        .where(ConsultDayRow.consultant_id == consultant_id, ConsultDayRow.day == day)
        .where(ConsultDayRow.booked > 0)
        .values(booked=ConsultDayRow.booked - 1)
        .execution_options(synchronize_session=False)
    )
