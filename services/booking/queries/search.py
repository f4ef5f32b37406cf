"""Calls of whoever is looked for: by email or phone among all, by name among the latest.

Names are stored encrypted, so the database cannot look for one.
"""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Status
from services.booking.queries.calls import Call, some_calls
from services.booking.tables import ConsultRow, PersonRow

LOOKED_THROUGH = 1000
"""Calls, the latest, among which a name is looked for."""


def calls_of_contact(session: Session, digest: str, *, limit: int) -> list[Call]:
    """Calls of everyone with the email or phone of this digest, latest first."""
    standing = func.coalesce(PersonRow.merged_into, PersonRow.id)
    found = select(standing).where(
        or_(PersonRow.email_digest == digest, PersonRow.phone_digest == digest)
    )
    known = ConsultRow.person_id.in_(found)
    return some_calls(session, known, _IS_CALL, order=_LATEST, limit=limit)


def calls_of_name(session: Session, name: str, *, limit: int) -> list[Call]:
    """Calls of everyone whose name holds each of these words, latest first."""
    words = name.casefold().split()
    query = (
        select(ConsultRow.id, PersonRow.name)
        .join(PersonRow, PersonRow.id == ConsultRow.person_id)
        .where(_IS_CALL)
        .order_by(_LATEST)
        .limit(LOOKED_THROUGH)
    )
    found = [
        consult_id
        for consult_id, known in session.execute(query)
        if all(word in known.casefold() for word in words)
    ]
    return some_calls(session, ConsultRow.id.in_(found[:limit]), order=_LATEST, limit=limit)


_IS_CALL = ConsultRow.status.not_in((Status.HELD.value, Status.LAPSED.value))
_LATEST = ConsultRow.starts_at.desc()
