"""What the outcome of a consult makes of a person, in whatever order news arrives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How a consult ended."""

    QUALIFIED = "qualified"
    NOT_A_FIT = "not_a_fit"
    UNDECIDED = "undecided"


class ApplicantStatus(StrEnum):
    """Where an applicant stands in this service."""

    WAITING = "waiting"
    ENROLLED = "enrolled"
    LEFT = "left"
    ALUMNUS = "alumnus"


@dataclass(frozen=True, slots=True)
class ConsultOutcome:
    """One consult's outcome; `at` is the instant (UTC) at which staff recorded it."""

    outcome: Outcome
    follow_up_on: date | None
    at: datetime


def later(known: ConsultOutcome | None, heard: ConsultOutcome) -> ConsultOutcome:
    """Of two outcomes of one consult, the one recorded last; equal instants have a fixed order."""
    if known is None:
        return heard
    return max(known, heard, key=lambda one: (one.at, one.outcome.value))


def newer_contact(known_version: int | None, heard_version: int) -> bool:
    """True when a contact just heard of replaces the one held (versions only grow)."""
    return known_version is None or heard_version > known_version
