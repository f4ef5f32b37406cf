"""People who may be the same: somebody in doubt, and whoever has their email or phone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Status
from services.booking.domain.likeness import groups
from services.booking.tables import ConsultRow, PersonRow

MOST = 100
"""People in doubt who are looked at at once."""


@dataclass(frozen=True, slots=True)
class Record:
    """One of them. `calls` are the starts of their calls; an applicant is owned by cohort."""

    id: str
    name: str
    email: str | None
    phone: str | None
    known_since: datetime
    applicant: bool
    calls: tuple[datetime, ...]


def possible_duplicates(session: Session) -> list[list[Record]]:
    """Groups of people who share an email or a phone and were not told apart; oldest first."""
    doubtful = session.scalars(
        select(PersonRow)
        .where(PersonRow.possible_duplicate, PersonRow.merged_into.is_(None))
        .order_by(PersonRow.created_at, PersonRow.id)
        .limit(MOST)
    ).all()
    if not doubtful:
        return []
    rows, marks = _alike(session, doubtful)
    calls = _calls(session, rows)
    ordered = sorted(marks, key=lambda each: (rows[each].created_at, each))
    found = groups({each: marks[each] for each in ordered})
    in_doubt = {row.id for row in doubtful}
    return [
        [_record(rows[each], calls[each]) for each in group]
        for group in found
        if in_doubt.intersection(group)
    ]


def _alike(
    session: Session, doubtful: Iterable[PersonRow]
) -> tuple[Mapping[str, PersonRow], Mapping[str, set[str]]]:
    """Those in doubt and all who share a digest with them, and the digests of each.

    What somebody was known by who was merged away is a mark of whoever stays.
    """
    wanted = {mark for row in doubtful for mark in _marks(row)}
    query = select(PersonRow).where(
        or_(PersonRow.email_digest.in_(wanted), PersonRow.phone_digest.in_(wanted))
    )
    marks: dict[str, set[str]] = defaultdict(set)
    for row in session.scalars(query):
        marks[row.merged_into or row.id] |= _marks(row)
    standing = select(PersonRow).where(PersonRow.id.in_(marks))
    rows = {row.id: row for row in session.scalars(standing)}
    return rows, {each: marks[each] for each in rows}


def _marks(row: PersonRow) -> set[str]:
    return {mark for mark in (row.email_digest, row.phone_digest) if mark is not None}


def _calls(session: Session, ids: Iterable[str]) -> Mapping[str, list[datetime]]:
    query = select(ConsultRow.person_id, ConsultRow.starts_at).where(
        ConsultRow.person_id.in_(list(ids)),
        ConsultRow.status.in_((Status.BOOKED, Status.NO_SHOW, Status.COMPLETED)),
    )
    found: dict[str, list[datetime]] = defaultdict(list)
    for person_id, start in session.execute(query.order_by(ConsultRow.starts_at)):
        found[person_id].append(start)
    return found


def _record(row: PersonRow, calls: Iterable[datetime]) -> Record:
    return Record(
        id=row.id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        known_since=row.created_at,
        applicant=row.owner == "cohort",
        calls=tuple(calls),
    )
