"""The program as data: which session stands in which week, how long, and who must be there.

The shape of the default is the table in the practice's program description, merged from published
group protocols (Robison 2023; Dames 2025, doi 10.3389/fpsyt.2025.1568017). Figures are for a
clinician to confirm; they live in the template, so a new version can change them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from services.cohort.domain.errors import Invalid


class Kind(StrEnum):
    """What a template entry is."""

    PREPARATION = "preparation"
    MEDICINE = "medicine"
    INTEGRATION = "integration"
    CHECK_IN = "check_in"
    MEASURES = "measures"


GROUP_KINDS = frozenset({Kind.PREPARATION, Kind.MEDICINE, Kind.INTEGRATION})
"""Kinds that a cohort attends together, at the weekly window, in a room, with staff."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a template.

    `week` counts from 1. `minutes` are elapsed minutes (0 for what has no meeting). A check-in is
    booked by the person between `days_after` days after that week's session.
    """

    week: int
    kind: Kind
    minutes: int
    facilitators: int = 0
    medical: int = 0
    days_after: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """One version of a program; a cohort keeps the version it was made from."""

    template_id: str
    version: int
    name: str
    entries: tuple[Entry, ...]
    people_per_facilitator: int = 4
    """At a medicine session: one facilitator for at most this many people."""

    def __post_init__(self) -> None:
        group_weeks = [entry.week for entry in self.entries if entry.kind in GROUP_KINDS]
        if not group_weeks or min(entry.week for entry in self.entries) < 1:
            raise Invalid("A program needs a group session, and weeks count from 1.")
        if len(group_weeks) != len(set(group_weeks)):
            raise Invalid("A program has at most one group session in a week.")
        if any(e.minutes <= 0 for e in self.entries if e.kind != Kind.MEASURES):
            raise Invalid("A session lasts at least a minute.")


def _preparation(week: int) -> Entry:
    return Entry(week, Kind.PREPARATION, 90, facilitators=2)


def _medicine(week: int) -> tuple[Entry, Entry]:
    return (
        Entry(week, Kind.MEDICINE, 210, facilitators=2, medical=1),
        Entry(week, Kind.CHECK_IN, 20, facilitators=1, days_after=(1, 3)),
    )


def _integration(week: int) -> Entry:
    return Entry(week, Kind.INTEGRATION, 90, facilitators=2)


DEFAULT_TEMPLATE = Template(
    template_id="eight-weeks",
    version=1,
    name="Eight weeks",
    entries=(
        _preparation(1),
        _preparation(2),
        *_medicine(3),
        _integration(4),
        *_medicine(5),
        _integration(6),
        *_medicine(7),
        _integration(8),
        Entry(10, Kind.MEASURES, 0),
    ),
)


def template_to_data(template: Template) -> dict[str, object]:
    """The template as JSON-ready data, the form in which a version is stored."""
    return {
        "name": template.name,
        "people_per_facilitator": template.people_per_facilitator,
        "entries": [_entry_to_data(entry) for entry in template.entries],
    }


def template_from_data(template_id: str, version: int, data: Mapping[str, object]) -> Template:
    """The inverse of `template_to_data`. Raises `Invalid`, `KeyError` or `ValueError`."""
    entries = cast("Sequence[Mapping[str, object]]", data["entries"])
    return Template(
        template_id=template_id,
        version=version,
        name=str(data["name"]),
        entries=tuple(_entry_from_data(entry) for entry in entries),
        people_per_facilitator=cast("int", data["people_per_facilitator"]),
    )


def _entry_to_data(entry: Entry) -> dict[str, object]:
    return {
        "week": entry.week,
        "kind": entry.kind.value,
        "minutes": entry.minutes,
        "facilitators": entry.facilitators,
        "medical": entry.medical,
        "days_after": list(entry.days_after) if entry.days_after else None,
    }


def _entry_from_data(data: Mapping[str, object]) -> Entry:
    days = cast("Sequence[int] | None", data["days_after"])
    return Entry(
        week=cast("int", data["week"]),
        kind=Kind(cast("str", data["kind"])),
        minutes=cast("int", data["minutes"]),
        facilitators=cast("int", data["facilitators"]),
        medical=cast("int", data["medical"]),
        days_after=(days[0], days[1]) if days else None,
    )
