"""What the holder of a manage link can do, for pages and API alike."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Consult
from services.booking.domain.errors import UnknownLink
from services.booking.keys import Keys
from services.booking.queries.calls import Call, get_call_by_confirm_token, get_call_by_token
from services.booking.store.consults import get_by_confirm_token, get_by_token
from services.booking.use_cases.cancel_consult import cancel_consult
from services.booking.use_cases.reschedule_consult import reschedule_consult
from services.booking.use_cases.take_up_hold import take_up_hold
from services.booking.web import limits
from services.booking.web.context import keys
from shared.web.context import now, web


def call_of(token: str) -> Call:
    """The call this link leads to. Raises `UnknownLink`, and `RateLimited` for too many guesses."""
    return _found(get_call_by_token, token)


def move(token: str, start: datetime) -> Consult:
    """Move the call. Raises what `reschedule_consult` does."""
    call_of(token)
    limits.count_change()
    at = now()

    def work(session: Session) -> Consult:
        consult = get_by_token(session, token, keys())
        return reschedule_consult(session, consult, start, by=Actor.PERSON, keys=keys(), now=at)

    return web().database.run(work)


def cancel(token: str) -> Consult:
    """Cancel the call. Raises what `cancel_consult` does."""
    call_of(token)
    limits.count_change()
    at = now()

    def work(session: Session) -> Consult:
        consult = get_by_token(session, token, keys())
        return cancel_consult(session, consult, by=Actor.PERSON, keys=keys(), now=at)

    return web().database.run(work)


def call_to_confirm(token: str) -> Call:
    """The call that an emailed link confirms. Raises `UnknownLink` and `RateLimited`."""
    return _found(get_call_by_confirm_token, token)


def confirm(token: str, start: datetime | None) -> Consult:
    """Book the call, or another time in its place. Raises what `take_up_hold` does."""
    call_to_confirm(token)
    limits.count_change()
    at = now()

    def work(session: Session) -> Consult:
        consult = get_by_confirm_token(session, token, keys())
        return take_up_hold(session, consult, start=start, keys=keys(), now=at)

    return web().database.run(work)


def _found(find: Callable[[Session, str, Keys], Call], token: str) -> Call:
    try:
        with web().database.reading() as session:
            return find(session, token, keys())
    except UnknownLink:
        limits.count_guess()
        raise
