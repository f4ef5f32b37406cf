"""How often somebody may do what the public pages offer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.booking.domain.suspicion import LATELY
from shared.web.context import now, web
from shared.web.hosts import client_address
from shared.web.limits import (
    Counter,
    RateLimited,
    refuse_above,
    scaled,
    tallied,
    tally,
    throttle,
    until_next,
)

BOOKINGS_A_MINUTE = 3
BOOKINGS_A_DAY = 10
"""With one email, or with one phone, booked or not."""
CHANGES_A_MINUTE = 10
GUESSES_A_MINUTE = 20
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_WINDOWS = LATELY // _MINUTE
_EVERYBODY = Counter("submission", "everybody", _MINUTE)
_HOLDING = Counter("hold", "everybody", _DAY)


class TooManyToday(RateLimited):
    """With this email or phone, by whoever that was."""


@dataclass(frozen=True, slots=True)
class Submissions:
    """How many there were, this one included.

    From this network address in this minute; with this email or this phone (whichever is more)
    today; and of everybody lately. What is refused for one counts for none that comes after.
    """

    by_network: int
    by_contact: int = 0
    lately: int = 0


def count_submission(email: str, phone: str) -> Submissions:
    """Count a booking that is about to be tried. Raises `RateLimited` and `TooManyToday`."""
    at = now()
    tried = web().database.run(lambda session: _tally(session, email, phone, at))
    refuse_above(BOOKINGS_A_MINUTE, tried.by_network, per=_MINUTE, now=at)
    if tried.by_contact > scaled(BOOKINGS_A_DAY):
        tomorrow = until_next(_DAY, at)
        raise TooManyToday(
            tomorrow, detail="This email or phone was used for too many bookings today."
        )
    return tried


def count_change() -> None:
    """Count a move, a cancellation or a confirmation. Raises `RateLimited`."""
    throttle("change", client_address(), limit=CHANGES_A_MINUTE, per=_MINUTE)


def count_guess() -> None:
    """Count a link that leads nowhere. Raises `RateLimited` after too many."""
    throttle("guess", client_address(), limit=GUESSES_A_MINUTE, per=_MINUTE)


def one_at_a_time(session: Session) -> None:
    """Let everybody else who calls this wait until the session's transaction ends."""
    tally(session, _HOLDING, now=now())


def _tally(session: Session, email: str, phone: str, at: datetime) -> Submissions:
    """One look and one count, so that nobody waits longer than it takes to commit."""
    network = Counter("book", client_address(), _MINUTE)
    contact = (Counter("email", email, _DAY), Counter("phone", phone, _DAY))
    known = tallied(session, network, *contact, _EVERYBODY, windows=_WINDOWS - 1, now=at)
    (by_network, _), *by_contact, (_, earlier) = known
    if by_network >= scaled(BOOKINGS_A_MINUTE):
        return Submissions(*tally(session, network, now=at))
    if max(present for present, _ in by_contact) >= scaled(BOOKINGS_A_DAY):
        here, *there = tally(session, network, *contact, now=at)
        return Submissions(here, max(there))
    here, *there, lately = tally(session, network, *contact, _EVERYBODY, now=at)
    return Submissions(here, max(there), earlier + lately)
