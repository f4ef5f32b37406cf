"""Who did what about a call, from the log that nobody can change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared.db.common import audit_log
from shared.staff import find_staff

VIEWED = "consult.view"
MOST = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: when, who ("" is the person), and what as the log names it.

    Of repeated views by the same member of staff only the last is told.
    """

    at: datetime
    who: str
    action: str


def history_of(session: Session, consult_id: str, person_id: str) -> list[Entry]:
    """What was done about this call and this person, latest first."""
    subjects = (f"consult:{consult_id}", f"person:{person_id}")
    query = (
        select(audit_log.c.at, audit_log.c.actor, audit_log.c.action)
        .where(or_(*(audit_log.c.subject == each for each in subjects)))
        .order_by(audit_log.c.id.desc())
        .limit(MOST)
    )
    rows = session.execute(query).all()
    names = _names(session, {row.actor for row in rows})
    found: list[Entry] = []
    seen: set[str] = set()
    for row in rows:
        if row.action == VIEWED and row.actor in seen:
            continue
        if row.action == VIEWED:
            seen.add(row.actor)
        found.append(Entry(row.at, names[row.actor], row.action))
    return found


def _names(session: Session, actors: Iterable[str]) -> dict[str, str]:
    names = {}
    for actor in actors:
        kind, _, name = actor.partition(":")
        staff = find_staff(session, name) if kind == "staff" else None
        if staff is not None:
            names[actor] = staff.name
        else:
            names[actor] = {"person": "", "staff": "Somebody on the staff"}.get(kind, "Grip")
    return names
