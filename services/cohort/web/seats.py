"""The table of seats taken: weekly windows by the coming eight weeks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from services.cohort.queries.today import Today
from services.cohort.web.words import WEEKDAYS, hour_words

WEEKS = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """Seats in one week; `shade` is h1 to h4, empty for none."""

    seats: int
    shade: str


@dataclass(frozen=True, slots=True)
class Row:
    """One weekly window, such as "Wed 1 PM"."""

    window: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Seats:
    """The Mondays of the weeks, and a row for each window in use."""

    weeks: tuple[date, ...]
    rows: tuple[Row, ...]


def seats_taken(state: Today, *, day: date) -> Seats:
    """Seats of cohorts that meet, by window and week, from the week of `day`."""
    monday = day - timedelta(days=day.weekday())
    taken: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0] * WEEKS)
    for cohort in state.cohorts:
        row = taken[cohort.weekday, cohort.start_time]
        for one in state.sessions[cohort.cohort_id]:
            week = (one.day - monday).days // 7
            if one.is_group and 0 <= week < WEEKS:
                row[week] += cohort.taken
    return Seats(
        weeks=tuple(monday + timedelta(weeks=week) for week in range(WEEKS)),
        rows=tuple(
            Row(_window(weekday, start), tuple(Cell(seats, _shade(seats)) for seats in row))
            for (weekday, start), row in sorted(taken.items())
        ),
    )


def _window(weekday: int, start: str) -> str:
    return f"{WEEKDAYS[weekday][:3]} {hour_words(start).replace(':00', '')}"


def _shade(seats: int) -> str:
    for least, shade in ((8, "h4"), (6, "h3"), (3, "h2"), (1, "h1")):
        if seats >= least:
            return shade
    return ""
