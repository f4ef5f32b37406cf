"""The times on offer, remembered while nothing changes.

A page that many people open at once is answered from memory: each look asks the database, in one
small query, whether anything has changed since. It is for showing times only. Whoever books is
checked against the rows themselves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Date, Engine, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from services.booking.domain.intervals import minute_from, minute_of
from services.booking.queries.availability import offered
from services.booking.tables import ConsultantRow, ConsultDayRow, ConsultRow
from shared.db.types import UtcDateTime

_MOST = 64
"""Windows that are remembered: each zone that people come from asks for its own."""

_Asked = tuple[datetime, datetime]
_State = tuple[int, ...]
"""Counts that no change leaves as they were."""


@dataclass(slots=True)
class _Memory:
    """What was on offer in a minute, while the database stood like this."""

    minute: tuple[int, int]
    state: _State
    found: dict[_Asked, tuple[datetime, ...]]


_memories: WeakKeyDictionary[Engine | Connection, _Memory] = WeakKeyDictionary()
_lock = Lock()


def times_on_offer(
    session: Session, start: datetime, end: datetime, *, now: datetime
) -> tuple[datetime, ...]:
    """Every instant from `start` up to `end` at which some consultant is free, ascending.

    `session` must be one for reading: what a transaction has not committed is not remembered.
    Nothing is remembered beyond its minute, so that notice and horizon are those of this moment.
    """
    engine, minute = session.get_bind(), (minute_of(now), minute_from(now))
    state = _state(session, now)
    with _lock:
        memory = _memories.get(engine)
        if memory is None or (memory.minute, memory.state) != (minute, state):
            memory = _memories[engine] = _Memory(minute, state, {})
        known = memory.found.get((start, end))
    if known is None:
        known = tuple(offered(session, start, end, now=now))
        with _lock:
            if len(memory.found) < _MOST:
                memory.found[start, end] = known
    return known


def _state(session: Session, now: datetime) -> _State:
    """Numbers of which one changes with whatever is held, runs out, or is set about hours."""
    since = now.date() - timedelta(days=2)
    rows = session.execute(_COUNTS, {"since": since, "now": now})
    return tuple(int(number or 0) for row in rows for number in row)


_COUNTS = union_all(
    select(func.sum(ConsultDayRow.changes), func.count()).where(
        ConsultDayRow.day >= bindparam("since", type_=Date)
    ),
    select(func.sum(ConsultantRow.changes), func.count()).select_from(ConsultantRow),
    select(func.count(), func.count()).where(
        ConsultRow.occupies, ConsultRow.hold_expires_at <= bindparam("now", type_=UtcDateTime)
    ),
)
