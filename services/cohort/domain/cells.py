"""Five-minute cells: the primary key that keeps one resource out of two sessions at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.cohort.domain.ids import PersonId, RoomId, StaffId

CELL = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Five minutes of one resource, `resource` being for example "room:<id>"; `start` is UTC."""

    resource: str
    start: datetime


def cell_starts(starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """The starts (UTC, ascending) of all cells that touch [starts_at, ends_at)."""
    start = starts_at.astimezone(UTC)
    first = start - (start - _EPOCH) % CELL
    count = -(-(ends_at - first) // CELL)
    return [first + CELL * step for step in range(count)]


def cells_for(resources: Iterable[str], *, starts_at: datetime, ends_at: datetime) -> list[Cell]:
    """The cells of every resource over a span, in the one order that avoids deadlocks."""
    starts = cell_starts(starts_at, ends_at)
    return sorted(Cell(resource, start) for resource in resources for start in starts)


def room_resource(room_id: RoomId) -> str:
    """The cell key of a room."""
    return f"room:{room_id}"


def staff_resource(staff_id: StaffId) -> str:
    """The cell key of a staff member."""
    return f"staff:{staff_id}"


def person_resource(person_id: PersonId) -> str:
    """The cell key of a participant."""
    return f"person:{person_id}"
