"""Names for pages: people in care, and staff behind "staff:<id>"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notify.tables import PersonRow
from shared.staff import find_staff


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a message is for."""

    name: str = "Unknown"
    timezone: str = "UTC"


def people_by_id(session: Session, ids: Iterable[str]) -> defaultdict[str, Person]:
    """Each id with its person; unknown ones are named so."""
    wanted = set(ids)
    found: defaultdict[str, Person] = defaultdict(Person)
    query = select(PersonRow).where(PersonRow.person_id.in_(wanted))
    for row in session.scalars(query):
        found[row.person_id] = Person(row.contact["name"], row.timezone)
    for each in wanted:
        kind, _, staff_id = each.partition(":")
        staff = find_staff(session, staff_id) if kind == "staff" and staff_id else None
        if staff is not None:
            found[each] = Person(staff.name, staff.timezone)
    return found


def ids_by_name(session: Session, part: str) -> list[str]:
    """The ids of people whose name holds `part`. Names are sealed, so all are looked through."""
    wanted = part.strip().casefold()
    rows = session.scalars(select(PersonRow))
    return [row.person_id for row in rows if wanted in row.contact["name"].casefold()]
