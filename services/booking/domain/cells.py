"""The 5-minute cells that a consult and its buffers occupy: the grain of the guarantee."""

from datetime import datetime, timedelta

from services.booking.domain.consultant import LENGTH, Consultant
from services.booking.domain.intervals import Span, instant, minute_from, minute_of

CELL = 5
"""Minutes. Consults start on cells because offsets of today's zones are multiples of 15."""


def held_span(consultant: Consultant, start: datetime) -> Span:
    """The consult at `start` with this consultant's buffers, widened to whole cells."""
    first = minute_of(start - timedelta(minutes=consultant.buffer_before))
    last = minute_from(start + LENGTH + timedelta(minutes=consultant.buffer_after))
    return Span(first // CELL * CELL, -(-last // CELL) * CELL)


def cells_of(span: Span) -> list[datetime]:
    """The starts of the cells that cover the span, ascending (one order for all: no deadlock)."""
    first = span.start // CELL * CELL
    return [instant(minute) for minute in range(first, span.end, CELL)]
