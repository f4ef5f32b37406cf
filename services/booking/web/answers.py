"""Times and consults as the API answers with them."""

from datetime import datetime
from functools import lru_cache

from services.booking.domain.consultant import LENGTH
from services.booking.queries.calls import Call
from services.booking.use_cases.book_consult import Booked
from services.booking.web.schemas import BookedAnswer, ConsultAnswer, Slot, Slots
from shared import times


@lru_cache(maxsize=128)
def slots(starts: tuple[datetime, ...], tz: str) -> str:
    """The times on offer as JSON, in words for this zone; written once while they are the same."""
    found = [Slot(start=at, end=at + LENGTH, label=_label(at, tz)) for at in starts]
    return Slots(slots=found).model_dump_json()


@lru_cache(maxsize=1 << 15)
def _label(start: datetime, tz: str) -> str:
    return times.full(start, tz)


def booked(done: Booked) -> BookedAnswer:
    """What somebody who booked is told."""
    return BookedAnswer(
        id=done.consult_id,
        start=done.start,
        end=done.end,
        manage_url=done.manage_url,
        status="booked" if done.held_until is None else "held",
        held_until=done.held_until,
    )


def consult(call: Call, *, manage_url: str, now: datetime) -> ConsultAnswer:
    """A consult as it stands."""
    it = call.consult
    return ConsultAnswer(
        id=it.id,
        start=it.starts_at,
        end=it.ends_at,
        manage_url=manage_url,
        status=it.standing(now).value,
        held_until=it.hold.expires_at if it.hold and it.is_held(now) else None,
        timezone=it.preferences.timezone,
        meeting=it.meeting.value,
        revision=it.revision,
        can_change=it.can_change(now),
    )
