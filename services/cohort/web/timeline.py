"""The drawing of a cohort's weeks: where each mark, band and word goes, across and down.

Numbers are SVG user units. Across, time runs on x from 56 to 1056 in a box of 1120 × 190; down,
on y, in a box 350 wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from services.cohort.domain.program import Kind
from services.cohort.queries.sessions import CheckInLine, SessionLine
from services.cohort.web.words import SHORT_KINDS, month_day

FIRST_X, LAST_X = 56.0, 1056.0
FIRST_Y, STEP_Y, PAUSE_Y, TODAY_Y = 24.0, 58.0, 36.0, 20.0
PAUSE_SHARE, GAP_SHARE = 0.8, 0.25
"""How much longer a step is for a pause, and for a week in which nothing is planned."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One session. `state` is done, next or empty; `at` is its place along the line."""

    at: float
    week: int
    day: str
    kind: Kind
    words: str
    state: str
    flag: str
    check_in: bool


@dataclass(frozen=True, slots=True)
class Band:
    """A pause, centred on `at`; `words` are its two lines."""

    at: float
    words: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One of the two pictures; `today` is None when it is outside the series."""

    marks: tuple[Mark, ...]
    bands: tuple[Band, ...]
    today: float | None
    length: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """Both pictures and the sentence that says the gist."""

    title: str
    across: Drawing
    down: Drawing


def draw(
    label: str,
    sessions: Sequence[SessionLine],
    check_ins: Sequence[CheckInLine],
    *,
    flags: dict[int, str],
    today: date,
) -> Timeline:
    """The timeline of one cohort. `flags` are warnings (two words) by week; `today` is local."""
    return Timeline(
        title=_title(label, sessions),
        across=_drawing(sessions, check_ins, _across(sessions), flags=flags, today=today),
        down=_drawing(sessions, check_ins, _down(sessions, today), flags=flags, today=today),
    )


def _title(label: str, sessions: Sequence[SessionLine]) -> str:
    done = sum(1 for one in sessions if one.done and one.is_group)
    coming = next((one for one in sessions if not one.done and one.is_group), None)
    said = f"{done} of {sum(one.is_group for one in sessions)} sessions are done."
    if coming is not None:
        said += f" Week {coming.week} is next, on {month_day(coming.day)}."
    return f"Eight weeks of cohort {label}. {said} Every session is in the table below."


def _paused_weeks(before: SessionLine, after: SessionLine) -> int:
    return (after.day - before.day).days // 7 - (after.week - before.week)


def _pairs(sessions: Sequence[SessionLine]) -> list[tuple[SessionLine, SessionLine]]:
    return list(pairwise(sessions))


def _across(sessions: Sequence[SessionLine]) -> list[float]:
    shares = [
        1 + PAUSE_SHARE * (_paused_weeks(a, b) > 0) + GAP_SHARE * (b.week - a.week - 1)
        for a, b in _pairs(sessions)
    ]
    unit = (LAST_X - FIRST_X) / (sum(shares) or 1)
    return [FIRST_X + unit * sum(shares[:index]) for index in range(len(sessions))]


def _down(sessions: Sequence[SessionLine], today: date) -> list[float]:
    places = [FIRST_Y]
    for before, after in _pairs(sessions):
        step = STEP_Y + PAUSE_Y * (_paused_weeks(before, after) > 0)
        places.append(places[-1] + step + TODAY_Y * (before.day <= today < after.day))
    return places


def _drawing(
    sessions: Sequence[SessionLine],
    check_ins: Sequence[CheckInLine],
    places: list[float],
    *,
    flags: dict[int, str],
    today: date,
) -> Drawing:
    coming = next((one for one in sessions if not one.done and one.is_group), None)
    weeks_with_check_in = {one.week for one in check_ins}
    marks = tuple(
        Mark(
            at=round(at, 1),
            week=one.week,
            day=month_day(one.day),
            kind=one.kind,
            words=SHORT_KINDS[one.kind],
            state="done" if one.done else "next" if one is coming else "",
            flag=flags.get(one.week, ""),
            check_in=one.kind is Kind.MEDICINE and one.week in weeks_with_check_in,
        )
        for one, at in zip(sessions, places, strict=True)
    )
    return Drawing(
        marks=marks,
        bands=tuple(_bands(sessions, places)),
        today=_today(sessions, places, today),
        length=places[-1] if places else 0,
    )


def _bands(sessions: Sequence[SessionLine], places: list[float]) -> list[Band]:
    bands = []
    for (before, after), at, then in zip(_pairs(sessions), places, places[1:], strict=False):
        weeks = _paused_weeks(before, after)
        if weeks > 0:
            words = f"{weeks} week{'' if weeks == 1 else 's'}"
            bands.append(Band(round((at + then) / 2, 1), ("Closed,", words)))
    return bands


def _today(sessions: Sequence[SessionLine], places: list[float], today: date) -> float | None:
    """Half way between the sessions around today, or beside the pause between them: never where
    it would cross words.
    """
    for (before, after), at, then in zip(_pairs(sessions), places, places[1:], strict=False):
        if before.day <= today < after.day:
            late = today - before.day > (after.day - before.day) / 2
            beside = 0.75 if late else 0.25
            share = beside if _paused_weeks(before, after) > 0 else 0.5
            return round(at + (then - at) * share, 1)
    return None
