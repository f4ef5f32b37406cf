"""Refusals with a stable slug and a sentence that staff can act on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import ClassVar


class Refusal(Exception):
    """A rule said no. `str(error)` is public; `fields` names the inputs it concerns."""

    slug: ClassVar[str] = "conflict"

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields: dict[str, str] = dict(fields or {})


class NotFound(Refusal):
    """The thing asked for is not here (or not any more)."""

    slug = "not-found"


class Invalid(Refusal):
    """Input that cannot be right, whatever the state."""

    slug = "invalid"


class NonexistentTime(Refusal):
    """A weekly wall-clock time falls into the hour that a clock change skips."""

    slug = "time-does-not-exist"

    def __init__(self, day: date, at: time, zone: str) -> None:
        super().__init__(
            f"On {day:%A, %B} {day.day}, {day.year} the clocks change and {at:%H:%M} does not "
            f"exist in {zone}. Choose another time, or close that date."
        )
        self.day, self.at, self.zone = day, at, zone


class NoOpenWeek(Refusal):
    """Closed dates push the series further than a program may stretch."""

    slug = "no-open-week"


class Clash(Refusal):
    """A person, a staff member or a room would be in two sessions at once."""

    slug = "clash"


class CohortFull(Refusal):
    """Every seat of the cohort is taken."""

    slug = "cohort-full"


class JoiningClosed(Refusal):
    """The first preparation session has started, or the cohort is no longer forming."""

    slug = "joining-closed"


class AlreadyEnrolled(Refusal):
    """The person already has a seat in a cohort."""

    slug = "already-enrolled"


class WrongStage(Refusal):
    """The cohort's stage does not allow this step."""

    slug = "wrong-stage"


class LinkNotValid(Refusal):
    """A one-time or personal link that is unknown, used or expired; which one is not said."""

    slug = "link-not-valid"


class WrongPassword(Refusal):
    """Email and password do not belong together; which one is wrong is not said."""

    slug = "wrong-password"


class EmailTaken(Refusal):
    """Another staff account already has this email."""

    slug = "email-taken"
