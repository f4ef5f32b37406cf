"""What a provider's answer means, as one table, and how late news changes a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.notify.domain.values import State


class Outcome(StrEnum):
    """The kinds of answer; each has one treatment."""

    ACCEPTED = "accepted"
    PERMANENT = "permanent"
    OPTED_OUT = "opted_out"
    CONFIGURATION = "configuration"
    TOO_LATE = "too_late"
    RETRY = "retry"
    RETRY_LATER = "retry_later"
    AMBIGUOUS = "ambiguous"
    UNKNOWN_ERROR = "unknown_error"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call. `code` is the provider's, `sid` its id of the message."""

    outcome: Outcome
    sid: str | None = None
    code: int | None = None
    detail: str = ""
    retry_after: timedelta | None = None


# Twilio's codes (twilio.com/docs/api/errors) by treatment.
CODES: dict[int, Outcome] = {
    **dict.fromkeys((21211, 21612, 21614, 21617, 30004, 30005, 30006, 30007), Outcome.PERMANENT),
    21610: Outcome.OPTED_OUT,
    **dict.fromkeys((20003, 21408, 30002, 30034), Outcome.CONFIGURATION),
    30036: Outcome.TOO_LATE,
    **dict.fromkeys((429, 20429), Outcome.RETRY),
    **dict.fromkeys((30001, 30003, 30008, 30500), Outcome.RETRY_LATER),
}

ALERTING_CODES = frozenset({30007})
"""Permanent for the message, and staff should know: carriers filter the sender."""


def outcome_of(code: int | None, status: int | None) -> Outcome:
    """The treatment of a Twilio error `code` answered with HTTP `status`.

    5xx may have been accepted; an unlisted 4xx was refused but nobody knows why.
    """
    if code is not None and code in CODES:
        return CODES[code]
    if status == 429:
        return Outcome.RETRY
    if status is not None and status >= 500:
        return Outcome.AMBIGUOUS
    if status == 401:
        return Outcome.CONFIGURATION
    return Outcome.UNKNOWN_ERROR


FIRST_RETRY = timedelta(seconds=2)
MAX_RETRY = timedelta(minutes=5)
LATER_RETRY = timedelta(minutes=10)


def retry_delay(attempt: int, spread: float) -> timedelta:
    """The wait after the `attempt`-th safe failure: about 2, 4, 8 s … 5 min.

    `spread` is between 0.8 and 1.2; the first wait stays under 5 s.
    """
    wait = FIRST_RETRY * int(2 ** min(attempt - 1, 10))
    return min(wait, MAX_RETRY) * spread


# A receipt's word to a state, and how far along it is. Receipts come in any order
# and repeatedly: only one that is further along changes anything.
RECEIPTS: dict[str, State] = {
    "accepted": State.ACCEPTED,
    "scheduled": State.ACCEPTED,
    "queued": State.ACCEPTED,
    "sending": State.ACCEPTED,
    "sent": State.ACCEPTED,
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "undelivered": State.FAILED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}
_OPEN = frozenset({State.CALLING, State.UNKNOWN, State.ACCEPTED})


def after_receipt(state: State, status: str) -> State:
    """The state of a message after a receipt; unchanged when it brings nothing new.

    Delivered and failed are final; delivered wins over failed, since a phone that
    has the text cannot lose it.
    """
    news = RECEIPTS.get(status)
    if news is None or news is state:
        return state
    if state in _OPEN:
        return news
    if state is State.FAILED and news is State.DELIVERED:
        return news
    return state


UNKNOWN_PATIENCE = timedelta(minutes=10)
"""How long an unknown message waits for its receipt before staff are told."""


def calling_lapsed(called_at: datetime, now: datetime, timeout: timedelta) -> bool:
    """Whether a call that was begun and never recorded must be taken as unknown."""
    return now - called_at > timeout + timedelta(seconds=20)
