"""Take a batch of due messages on a lease, at the channel's pace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.notify.domain.values import Channel, MessageId
from services.notify.store import channels, due
from shared.db import entropy_of

LEASE = timedelta(seconds=60)
"""Longer than a batch may take; what is claimed and never called is free after it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Claimed messages in the order of their due times, and the lease that holds them."""

    lease: str
    messages: tuple[MessageId, ...]


def claim_due(
    session: Session, channel: Channel, *, limit: int, per_second: float | None, now: datetime
) -> Batch:
    """Claim up to `limit` messages, fewer where the pace (None: none) allows fewer."""
    lease = entropy_of(session).uuid()
    if channels.is_halted(session, channel, now=now):
        return Batch(lease, ())
    if per_second is None:
        return Batch(lease, _claim(session, channel, lease, limit=limit, now=now))
    row = channels.lock_channel(session, channel, now=now)
    allowed = min(limit, channels.allowance(row, per_second=per_second, now=now))
    if allowed < 1:
        return Batch(lease, ())
    claimed = _claim(session, channel, lease, limit=allowed, now=now)
    channels.spend(row, len(claimed))
    return Batch(lease, claimed)


def _claim(
    session: Session, channel: Channel, lease: str, *, limit: int, now: datetime
) -> tuple[MessageId, ...]:
    return tuple(
        due.claim(session, channel=channel, lease=lease, now=now, until=now + LEASE, limit=limit)
    )
