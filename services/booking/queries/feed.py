"""A consultant's calls as their own calendar shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Status
from services.booking.domain.consultant import LENGTH
from services.booking.domain.errors import UnknownLink
from services.booking.domain.ids import ConsultId
from services.booking.keys import Keys
from services.booking.tables import ConsultantRow, ConsultRow, PersonRow

BACK = timedelta(days=30)
"""How far back the calendar goes."""
MOST = 2000
_GONE = (Status.CANCELLED, Status.LAPSED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One call, or a time that is only held: then nobody is named."""

    consult_id: ConsultId
    revision: int
    starts_at: datetime
    ends_at: datetime
    person: str | None


def entries_of_feed(session: Session, token: str, *, keys: Keys, now: datetime) -> Sequence[Entry]:
    """The calls behind a secret address, from 30 days back on. Raises `UnknownLink`."""
    digest = keys.token_digest(token)
    consultant_id = session.scalar(
        select(ConsultantRow.id).where(ConsultantRow.feed_digest == digest)
    )
    if consultant_id is None:
        raise UnknownLink
    query = (
        select(ConsultRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == ConsultRow.person_id)
        .where(ConsultRow.consultant_id == consultant_id, ConsultRow.occupies)
        .where(ConsultRow.starts_at > now - BACK, ConsultRow.status.not_in(_GONE))
        .where(or_(ConsultRow.hold_expires_at.is_(None), ConsultRow.hold_expires_at > now))
        .order_by(ConsultRow.starts_at, ConsultRow.id)
        .limit(MOST)
    )
    return [_entry(row, name) for row, name in session.execute(query)]


def _entry(row: ConsultRow, name: str) -> Entry:
    return Entry(
        consult_id=ConsultId(row.id),
        revision=row.revision,
        starts_at=row.starts_at,
        ends_at=row.starts_at + LENGTH,
        person=None if row.status == Status.HELD else name,
    )
