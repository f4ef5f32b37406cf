"""Each service's own copy of who is on the staff, kept by events from cohort."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.bus import Meta
from shared.db import insert_new
from shared.db.common import revoked_session, staff_replica
from shared.events import SessionRevoked, StaffChanged

_COPIED = tuple(column.name for column in staff_replica.columns)


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff, as every service knows them."""

    staff_id: str
    name: str
    email: str
    phone: str | None
    timezone: str
    locale: str
    roles: frozenset[str]
    qualifications: frozenset[str]
    on_call: bool
    escalation_order: int | None
    active: bool
    epoch: int
    """Grows when every session of this person ends at once; a cookie must carry the current one."""


def apply_staff_changed(session: Session, event: StaffChanged, meta: Meta | None = None) -> None:
    """Replace the copy of this member of staff by the event's snapshot.

    The inbox has already dropped anything older; cohort calls it with what it has just written.
    """
    del meta
    data = event.model_dump(mode="json")
    row = {name: data[name] for name in _COPIED}
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(staff_replica).values(row)
    session.execute(
        statement.on_conflict_do_update(index_elements=[staff_replica.c.staff_id], set_=row)
    )


def apply_session_revoked(
    session: Session,
    event: SessionRevoked,
    meta: Meta | None = None,
    *,
    now: datetime | None = None,
) -> None:
    """Let no cookie of this sign-in pass any more. Cohort, which has no `meta`, passes `now`."""
    at = meta.now if meta is not None else now
    if at is None:
        raise ValueError("pass meta or now")
    row = {"sid": event.sid, "staff_id": event.staff_id, "revoked_at": at}
    insert_new(session, revoked_session, [row])


def find_staff(session: Session, staff_id: str) -> Staff | None:
    """This member of staff, active or not."""
    found = _staff(session, staff_replica.c.staff_id == staff_id)
    return found[0] if found else None


def active_staff(session: Session) -> Sequence[Staff]:
    """Everyone who works here now, by name."""
    return sorted(_staff(session, staff_replica.c.active.is_(True)), key=lambda each: each.name)


def is_revoked(session: Session, sid: str) -> bool:
    """Whether this sign-in was ended before its time."""
    query = select(revoked_session.c.sid).where(revoked_session.c.sid == sid)
    return session.execute(query).first() is not None


def _staff(session: Session, condition: ColumnElement[bool]) -> list[Staff]:
    return [_from_row(row) for row in session.execute(select(staff_replica).where(condition))]


def _from_row(row: Row[tuple[object, ...]]) -> Staff:
    return Staff(
        staff_id=row.staff_id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        timezone=row.timezone,
        locale=row.locale,
        roles=frozenset(row.roles),
        qualifications=frozenset(row.qualifications),
        on_call=row.on_call,
        escalation_order=row.escalation_order,
        active=row.active,
        epoch=row.epoch,
    )
