"""What makes a booking look like a program's, and how much such bookings may keep from others.

Nothing here refuses anybody. What is suspected is only held, for as long as it takes to open an
email and press a button; and all that nobody has confirmed by email may together keep so little
of the offer that a person still finds a time, whoever sends however much.
"""

from datetime import datetime, timedelta

from services.booking.domain.consultant import GRID, LENGTH, Consultant

FILL_TIME = timedelta(seconds=2)
"""Sooner than a person can fill in the form."""

USUAL_A_DAY = 3
"""Submissions with one email, or with one phone, in a day; more are suspected."""

LATELY = timedelta(minutes=10)
"""The time over which all submissions together are counted."""

FEW = 3
"""Submissions of everybody in that time which are never a flood, however little is offered."""

FLOOD = 0.005
"""More submissions in that time than this share of the starts on offer are a flood."""

KEPT = 0.01
"""What is unconfirmed keeps less than this share of the starts on offer."""

HELD_FOR = timedelta(minutes=15)
"""Time to open an email and press its button."""

_LENGTH = int(LENGTH.total_seconds()) // 60


def is_hurried(shown_at: datetime | None, *, now: datetime) -> bool:
    """Whether a form was sent sooner than it can be filled in; unknown counts as that."""
    return shown_at is None or now - shown_at < FILL_TIME


def is_flood(submissions: int, *, offered: int, scale: float) -> bool:
    """Whether these submissions of everybody, lately, are more than people would send."""
    return submissions > max(FEW, FLOOD * offered) * scale


def held_until(asked_at: datetime, starts_at: datetime) -> datetime:
    """Until when a suspected booking can be confirmed; never past its own start."""
    return min(asked_at + HELD_FOR, starts_at)


def starts_kept(consultant: Consultant) -> int:
    """How many starts on offer one consult with them takes away, at most.

    Its own, and those that the pauses around it reach. With a daily cap it may be the one that
    closes the day, so the longest day of their week counts too.
    """
    reach = _LENGTH + consultant.buffer_before + consultant.buffer_after
    around = 2 * -(-reach // GRID) - 1
    if consultant.daily_cap is None:
        return around
    open_on = [0] * 7
    for hours in consultant.hours:
        open_on[hours.weekday] += hours.closes - hours.opens
    return around + max(open_on) // GRID


def may_keep(more: int, *, kept: int, offered: int) -> bool:
    """Whether one more unconfirmed booking may take `more` starts from the offer.

    Others `kept` so many, and `offered` are left.
    """
    return kept + more < KEPT * offered
