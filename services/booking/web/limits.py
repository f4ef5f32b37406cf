"""How often one network address may do what the public pages offer."""

from datetime import timedelta

from shared.web.hosts import client_address
from shared.web.limits import throttle

BOOKINGS_A_MINUTE = 3
CHANGES_A_MINUTE = 10
GUESSES_A_MINUTE = 20
_MINUTE = timedelta(minutes=1)


def count_booking() -> None:
    """Count a booking that is about to be tried. Raises `RateLimited`."""
    throttle("book", client_address(), limit=BOOKINGS_A_MINUTE, per=_MINUTE)


def count_change() -> None:
    """Count a move or a cancellation. Raises `RateLimited`."""
    throttle("change", client_address(), limit=CHANGES_A_MINUTE, per=_MINUTE)


def count_guess() -> None:
    """Count a link that leads nowhere. Raises `RateLimited` after too many."""
    throttle("guess", client_address(), limit=GUESSES_A_MINUTE, per=_MINUTE)
