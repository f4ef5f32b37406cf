"""All calls of a span, a page at a time, however many there are."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, or_

from services.booking.domain.consult import Status
from services.booking.queries.calls import Call, some_calls
from services.booking.tables import ConsultRow
from shared.db import Database

PAGE = 500


def calls_in_turn(database: Database, start: datetime, end: datetime) -> Iterator[Call]:
    """Calls from `start` up to `end` in order, cancelled ones too; none that is only held."""
    is_call = ConsultRow.status.not_in((Status.HELD.value, Status.LAPSED.value))
    inside = ConsultRow.starts_at >= start
    while True:
        with database.reading() as session:
            page = some_calls(session, is_call, inside, ConsultRow.starts_at < end, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1].consult
        same = and_(ConsultRow.starts_at == last.starts_at, ConsultRow.id > last.id)
        inside = or_(ConsultRow.starts_at > last.starts_at, same)
