"""Times and consults as the API answers with them."""

from datetime import datetime

from services.booking.queries.calls import Call
from services.booking.use_cases.book_consult import Booked
from services.booking.web.schemas import BookedAnswer, ConsultAnswer, Slot
from shared import times


def slot(start: datetime, end: datetime, *, tz: str) -> Slot:
    """A time on offer, in words for this zone."""
    return Slot(start=start, end=end, label=times.full(start, tz))


def booked(done: Booked) -> BookedAnswer:
    """What somebody who booked is told."""
    return BookedAnswer(
        id=done.consult_id,
        start=done.start,
        end=done.end,
        manage_url=done.manage_url,
    )


def consult(call: Call, *, manage_url: str, now: datetime) -> ConsultAnswer:
    """A consult as it stands."""
    it = call.consult
    return ConsultAnswer(
        id=it.id,
        start=it.starts_at,
        end=it.ends_at,
        manage_url=manage_url,
        status=it.status.value,
        timezone=it.preferences.timezone,
        meeting=it.meeting.value,
        revision=it.revision,
        can_change=it.can_change(now),
    )
