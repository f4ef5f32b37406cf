"""Keep what came of reading a consultant's own calendar."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.booking.domain.intervals import Span
from services.booking.store import calendars, records
from services.booking.store.calendars import Claim

EVERY = timedelta(minutes=15)
"""How often a calendar is read while all is well."""

_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(minutes=30)


def keep_calendar(session: Session, claim: Claim, busy: Iterable[Span], *, now: datetime) -> bool:
    """Let these times be busy, as read at `now`; False when the claim is void by now."""
    records.lock(session, claim.consultant_id)
    return calendars.keep_reading(session, claim, busy, now=now, next_at=now + EVERY)


def keep_trouble(session: Session, claim: Claim, trouble: str, *, now: datetime) -> bool:
    """Note why it could not be read, and try again ever more rarely; False as above.

    What it said before counts until it is stale.
    """
    feed = calendars.find_feed(session, claim.consultant_id)
    failures = 0 if feed is None else feed.failures
    wait = min(_FIRST_RETRY * 2 ** min(failures, 10), _LONGEST_WAIT)
    return calendars.keep_failure(session, claim, trouble, next_at=now + wait)
