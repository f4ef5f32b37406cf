"""Whether what comes in looks like a program's: then it is only held, or only asked for.

Nobody is refused for it and nobody has to solve anything. See `domain.suspicion` for the rules.
"""

import threading
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, current_app
from sqlalchemy.orm import Session

from services.booking.domain.consult import Hold, HoldKind
from services.booking.domain.consultant import Consultant
from services.booking.domain.suspicion import (
    FEW,
    USUAL_A_DAY,
    held_until,
    is_flood,
    may_keep,
)
from services.booking.queries.crowding import Offer, kept_unconfirmed, whole_offer
from services.booking.use_cases.book_consult import Holding
from services.booking.web import limits
from services.booking.web.schemas import BookRequest
from shared.web.context import now, web
from shared.web.limits import scaled

MEASURED_FOR = timedelta(minutes=1)
"""How long a process goes by the same measure of the offer."""

FULL_FOR = timedelta(seconds=10)
"""How long it does not look again once the unconfirmed keep all that they may."""


class Watch:
    """What one process remembers, so that a flood of bookings is not a flood of sums."""

    def __init__(self) -> None:
        self._measuring = threading.Lock()
        self._measured: tuple[datetime, Offer] | None = None
        self._full: datetime | None = None

    def offer(self, at: datetime) -> Offer:
        """How much is on offer, measured within the last minute."""
        with self._measuring:
            if self._measured is None or not _within(self._measured[0], at, MEASURED_FOR):
                with web().database.reading() as session:
                    self._measured = (at, whole_offer(session, now=at))
            return self._measured[1]

    def takes_minutes(
        self, session: Session, consultant: Consultant, offer: Offer, *, at: datetime
    ) -> bool:
        """Whether an unconfirmed booking may keep others from its time until it is confirmed."""
        if self._full is not None and _within(self._full, at, FULL_FOR):
            return False
        limits.one_at_a_time(session)
        kept = kept_unconfirmed(session, offer, now=at)
        fits = may_keep(offer.taken_by(consultant.id), kept=kept, offered=offer.starts)
        self._full = None if fits else at
        return fits


def install_watch(app: Flask) -> None:
    """Let the app's views keep watch."""
    app.extensions["grip_booking_watch"] = Watch()


def look(asked: BookRequest, *, hurried: bool = False) -> Holding | None:
    """Count this submission; how its time is to be held, or None when it is simply booked.

    `hurried` says that its form was filled in faster than a person can. Raises `RateLimited`.
    """
    if not is_suspect(asked.email, asked.phone, hurried=hurried):
        return None
    at = now()
    watch, until = _watch(), held_until(at, asked.start)
    offer = watch.offer(at)

    def hold(session: Session, consultant: Consultant) -> Hold:
        occupies = watch.takes_minutes(session, consultant, offer, at=at)
        return Hold(HoldKind.UNCONFIRMED, until, occupies=occupies)

    return hold


def is_suspect(email: str, phone: str, *, hurried: bool) -> bool:
    """Count this submission; whether its person is to confirm it. Raises `RateLimited`."""
    counted = limits.count_submission(email, phone)
    if web().settings.spam_check == "off":
        return False
    return hurried or _is_too_much(counted, now())


def _is_too_much(counted: limits.Submissions, at: datetime) -> bool:
    if counted.by_contact > scaled(USUAL_A_DAY):
        return True
    scale = web().settings.rate_limit_scale
    if counted.lately <= FEW * scale:
        return False  # most of the time, and nothing had to be measured for it
    return is_flood(counted.lately, offered=_watch().offer(at).starts, scale=scale)


def _watch() -> Watch:
    return cast("Watch", current_app.extensions["grip_booking_watch"])


def _within(then: datetime, at: datetime, span: timedelta) -> bool:
    return abs(at - then) < span
