"""Who must be at a session, and what is missing, in words for staff."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from services.cohort.domain.program import Entry, Kind, Template


class Duty(StrEnum):
    """What a staff member does at one session."""

    FACILITATOR = "facilitator"
    MEDICAL = "medical"


class Qualification(StrEnum):
    """What a staff member is qualified for."""

    FACILITATOR = "facilitator"
    PRESCRIBER = "prescriber"
    MEDICAL = "medical"


MEDICAL_QUALIFICATIONS = frozenset({Qualification.MEDICAL, Qualification.PRESCRIBER})


@dataclass(frozen=True, slots=True)
class Need:
    """How many of each duty a session needs."""

    facilitators: int
    medical: int


def need_of(template: Template, entry: Entry, *, people: int) -> Need:
    """The staff that an entry needs with so many people expected.

    At a medicine session there is at least one facilitator for `people_per_facilitator` people.
    """
    facilitators = entry.facilitators
    if entry.kind is Kind.MEDICINE:
        facilitators = max(facilitators, -(-people // template.people_per_facilitator))
    return Need(facilitators, entry.medical)


def staffing_gaps(need: Need, duties: Collection[Duty]) -> list[str]:
    """What is missing, in plain words; empty when the session is staffed."""
    gaps = []
    facilitators = sum(1 for duty in duties if duty is Duty.FACILITATOR)
    medical = sum(1 for duty in duties if duty is Duty.MEDICAL)
    if facilitators < need.facilitators:
        gaps.append(f"{facilitators} of {need.facilitators} facilitators")
    if medical < need.medical:
        gaps.append("no medical staff" if not medical else f"{medical} of {need.medical} medical")
    return gaps
