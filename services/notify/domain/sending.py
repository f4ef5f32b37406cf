"""The last look before a message leaves: is it still right, allowed and useful now?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notify.domain.admission import refusal
from services.notify.domain.caps import fits
from services.notify.domain.policy import Policy
from services.notify.domain.quiet import next_allowed
from services.notify.domain.values import Channel, Reason, Recipient, SentText, State
from services.notify.domain.walltime import local


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed message as this look sees it. `current` is false once its revision is not."""

    channel: Channel
    expires_at: datetime
    counted: bool
    any_hour: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """PLANNED with `again_at` waits, CALLING goes; anything else ends it, with the reason."""

    state: State
    reason: Reason | None = None
    again_at: datetime | None = None


GO = Verdict(State.CALLING)


def last_look(
    due: Due, recipient: Recipient | None, sent: Sequence[SentText], policy: Policy, now: datetime
) -> Verdict:
    """Whether a claimed message may leave at `now`. `recipient` is None for staff alerts."""
    if not due.current:
        return Verdict(State.DROPPED, Reason.SUPERSEDED)
    if due.expires_at <= now:
        return Verdict(State.EXPIRED, Reason.TOO_LATE)
    if recipient is None:
        return GO
    refused = refusal(due.channel, recipient)
    if refused is not None:
        kept_back = refused in (Reason.OPTED_OUT, Reason.NO_CONSENT)
        return Verdict(State.SUPPRESSED if kept_back else State.DROPPED, refused)
    if due.channel is Channel.EMAIL:
        return GO
    return _when(due, recipient, sent, policy, now)


def _when(
    due: Due, recipient: Recipient, sent: Sequence[SentText], policy: Policy, now: datetime
) -> Verdict:
    allowed_at = now if due.any_hour else next_allowed(now, recipient.timezone, policy)
    if allowed_at > now:
        if allowed_at < due.expires_at:
            return Verdict(State.PLANNED, Reason.QUIET_HOURS, allowed_at)
        return Verdict(State.EXPIRED, Reason.QUIET_HOURS)
    if due.counted:
        days = Counter(local(text.at, recipient.timezone).date() for text in sent)
        if not fits(days, local(now, recipient.timezone).date(), policy):
            return Verdict(State.DROPPED, Reason.OVER_CAP)
    return GO


def validity(expires_at: datetime, now: datetime) -> timedelta:
    """How long the provider may keep trying: until the message is of no use.

    Twilio takes 1 to 36,000 seconds (twilio.com/docs/api/errors/90007).
    """
    seconds = int((expires_at - now).total_seconds())
    return timedelta(seconds=max(1, min(36_000, seconds)))
