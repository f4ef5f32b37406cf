"""The life of a cohort and who may join it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.cohort.domain.errors import (
    AlreadyEnrolled,
    CohortFull,
    Invalid,
    JoiningClosed,
    WrongStage,
)

SMALLEST_MAX, LARGEST_MAX = 1, 20
"""Bounds for a cohort's size; the program's own default is 6 to 10 people."""
DEFAULT_MIN, DEFAULT_MAX = 6, 10


class Stage(StrEnum):
    """Where a cohort is in its life."""

    DRAFT = "draft"
    FORMING = "forming"
    CONFIRMED = "confirmed"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Format(StrEnum):
    """Where a cohort meets."""

    IN_PERSON = "in_person"
    ONLINE = "online"


NEXT: dict[Stage, frozenset[Stage]] = {
    Stage.DRAFT: frozenset({Stage.FORMING, Stage.CANCELLED}),
    Stage.FORMING: frozenset({Stage.CONFIRMED, Stage.CANCELLED}),
    Stage.CONFIRMED: frozenset({Stage.RUNNING, Stage.CANCELLED}),
    Stage.RUNNING: frozenset({Stage.COMPLETED, Stage.CANCELLED}),
    Stage.COMPLETED: frozenset(),
    Stage.CANCELLED: frozenset(),
}
JOINABLE = frozenset({Stage.FORMING, Stage.CONFIRMED})


@dataclass(frozen=True, slots=True)
class Seats:
    """What decides about joining; instants are UTC."""

    stage: Stage
    min_size: int
    max_size: int
    taken: int
    first_session_at: datetime
    last_ends_at: datetime


def check_size(*, min_size: int, max_size: int) -> None:
    """Raises `Invalid` unless 1 ≤ min ≤ max ≤ LARGEST_MAX."""
    if not SMALLEST_MAX <= max_size <= LARGEST_MAX:
        text = f"Enter a number from {SMALLEST_MAX} to {LARGEST_MAX}."
        raise Invalid(text, fields={"max_size": text})
    if not 1 <= min_size <= max_size:
        text = "Enter a number from 1 up to the largest size."
        raise Invalid(text, fields={"min_size": text})


def check_move(old: Stage, new: Stage) -> None:
    """Raises `WrongStage` when a cohort cannot go from `old` to `new`."""
    if new not in NEXT[old]:
        raise WrongStage(f"A cohort that is {old.value} cannot become {new.value}.")


def check_confirm(seats: Seats) -> None:
    """A cohort is confirmed with at least its smallest size. Raises `WrongStage`."""
    check_move(seats.stage, Stage.CONFIRMED)
    if seats.taken < seats.min_size:
        raise WrongStage(
            f"{seats.taken} of at least {seats.min_size} people are enrolled. "
            "Enroll more, or lower the smallest size."
        )


def check_join(seats: Seats, *, enrolled_elsewhere: bool, now: datetime) -> None:
    """Raises the reason why one more person cannot take a seat at `now`.

    Joining is possible until the first preparation session starts, while a seat is free, for a
    person who has no other active enrollment.
    """
    if seats.stage not in JOINABLE:
        raise JoiningClosed(f"This cohort is {seats.stage.value}; nobody can join it.")
    if now >= seats.first_session_at:
        raise JoiningClosed("The first session has started, so nobody can join any more.")
    if enrolled_elsewhere:
        raise AlreadyEnrolled("This person already has a seat in a cohort.")
    if seats.taken >= seats.max_size:
        raise CohortFull(f"All {seats.max_size} seats are taken.")


def due_stage(seats: Seats, now: datetime) -> Stage:
    """The stage that time alone brings: a confirmed cohort runs, a running one completes."""
    if seats.stage is Stage.CONFIRMED and now >= seats.first_session_at:
        return Stage.RUNNING
    if seats.stage is Stage.RUNNING and now >= seats.last_ends_at:
        return Stage.COMPLETED
    return seats.stage


def lowest_free_seat(taken: frozenset[int], max_size: int) -> int:
    """The lowest seat number from 1 that nobody has. Raises `CohortFull`."""
    for seat in range(1, max_size + 1):
        if seat not in taken:
            return seat
    raise CohortFull(f"All {max_size} seats are taken.")
