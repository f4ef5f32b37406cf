"""Staff accounts in a list, and who can be chosen for sessions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cohort.domain.ids import StaffId
from services.cohort.domain.staffing import MEDICAL_QUALIFICATIONS, Qualification
from services.cohort.tables import StaffRow


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One account."""

    staff_id: StaffId
    name: str
    email: str
    roles: tuple[str, ...]
    qualifications: tuple[str, ...]
    active: bool
    has_password: bool

    def can(self, wanted: Collection[Qualification]) -> bool:
        """Whether the person works here and has any of these qualifications."""
        return self.active and bool(set(self.qualifications) & {one.value for one in wanted})


def list_staff(session: Session) -> list[StaffLine]:
    """Every account, by name."""
    found = [
        StaffLine(
            StaffId(row.staff_id),
            row.name,
            row.email,
            tuple(row.roles),
            tuple(row.qualifications),
            row.active,
            row.password_hash is not None,
        )
        for row in session.scalars(select(StaffRow))
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.staff_id))


def facilitators(staff: Collection[StaffLine]) -> list[StaffLine]:
    """Who can facilitate."""
    return [one for one in staff if one.can({Qualification.FACILITATOR})]


def medical(staff: Collection[StaffLine]) -> list[StaffLine]:
    """Who can be the medical staff of a medicine session."""
    return [one for one in staff if one.can(MEDICAL_QUALIFICATIONS)]
