"""Cells of rooms, staff and people: taken by inserting them, freed by deleting them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.cohort.domain.cells import Cell, cells_for
from services.cohort.domain.errors import Clash
from services.cohort.tables import (
    CohortRow,
    PersonRow,
    RoomRow,
    SessionCellRow,
    SessionRow,
    StaffRow,
)
from shared.db import insert_new
from shared.times import day_words, local, span

INSERT_ROWS = 5000
"""Rows in one statement, below the 32,766 parameters that SQLite takes."""


def take_cells(session: Session, wanted: Iterable[tuple[SessionRow, Sequence[str]]]) -> None:
    """Take each session's cells for its resources, or raise `Clash` naming what is in the way.

    All cells go in one ascending order, so two transactions that want the same ones wait for each
    other instead of locking up.
    """
    owned: list[tuple[Cell, str]] = sorted(
        (cell, row.session_id)
        for row, resources in wanted
        for cell in cells_for(resources, starts_at=row.starts_at, ends_at=row.ends_at)
    )
    rows = [
        {"resource": cell.resource, "cell_start": cell.start, "session_id": session_id}
        for cell, session_id in owned
    ]
    for start in range(0, len(rows), INSERT_ROWS):
        batch = rows[start : start + INSERT_ROWS]
        if insert_new(session, SessionCellRow.__table__, batch) < len(batch):
            raise _clash(session, owned)


def free_person_cells(session: Session, resource: str, session_ids: Sequence[str]) -> None:
    """Free one resource's cells in the given sessions."""
    session.execute(
        delete(SessionCellRow).where(
            SessionCellRow.resource == resource, SessionCellRow.session_id.in_(session_ids)
        )
    )


def _clash(session: Session, owned: Sequence[tuple[Cell, str]]) -> Clash:
    """The first cell that belongs to another session, in words."""
    mine = {(cell.resource, cell.start): session_id for cell, session_id in owned}
    starts = [cell.start for cell, _ in owned]
    taken = (
        select(SessionCellRow)
        .where(
            SessionCellRow.resource.in_({cell.resource for cell, _ in owned}),
            SessionCellRow.cell_start.between(min(starts), max(starts)),
        )
        .order_by(SessionCellRow.cell_start, SessionCellRow.resource)
    )
    for held in session.scalars(taken):
        if mine.get((held.resource, held.cell_start), held.session_id) != held.session_id:
            return Clash(_clash_words(session, held))
    return Clash("Someone or something would be in two of this cohort's sessions at once.")


def _clash_words(session: Session, held: SessionCellRow) -> str:
    other = session.get_one(SessionRow, held.session_id)
    cohort = session.get_one(CohortRow, other.cohort_id)
    day = day_words(local(other.starts_at, cohort.timezone).date())
    times = span(other.starts_at, other.ends_at, cohort.timezone)
    return (
        f"{_resource_name(session, held.resource)} is taken on {day}, {times}, "
        f"by cohort {cohort.label}, week {other.week}."
    )


def _resource_name(session: Session, resource: str) -> str:
    kind, _, key = resource.partition(":")
    if kind == "room":
        return session.get_one(RoomRow, key).name
    if kind == "staff":
        return session.get_one(StaffRow, key).name
    return session.get_one(PersonRow, key).name
