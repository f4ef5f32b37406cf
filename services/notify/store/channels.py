"""How fast a channel may go, held across workers, and whether it is halted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notify.domain.values import Channel
from services.notify.tables import ChannelRow
from shared.db import insert_new

_CLOCKS_APART = timedelta(seconds=5)
"""More than two workers' clocks differ by."""
_FULL = 1e9  # cut to a second's worth when it is first asked for


def lock_channel(session: Session, channel: Channel, *, now: datetime) -> ChannelRow:
    """The channel's row, locked; a new one begins with all that its pace allows."""
    row = {"channel": channel.value, "tokens": _FULL, "filled_at": now}
    insert_new(session, ChannelRow.__table__, [row])
    query = select(ChannelRow).where(ChannelRow.channel == channel.value).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def is_halted(session: Session, channel: Channel, *, now: datetime) -> bool:
    """Whether a configuration error has stopped this channel for now."""
    query = select(ChannelRow.halted_until).where(ChannelRow.channel == channel.value)
    until = session.scalar(query)
    return until is not None and until > now


def allowance(row: ChannelRow, *, per_second: float, now: datetime) -> int:
    """How many may go now at this pace; what was saved up is at most a second's."""
    if row.filled_at - now > _CLOCKS_APART:  # the clock was set back
        row.filled_at = now
    passed = max(0.0, (now - row.filled_at).total_seconds())
    row.tokens = min(max(1.0, per_second), row.tokens + passed * per_second)
    row.filled_at = max(now, row.filled_at)
    return int(row.tokens + 1e-6)


def spend(row: ChannelRow, messages: int) -> None:
    """Take this many messages from the allowance."""
    row.tokens -= messages


def halt(row: ChannelRow, reason: str, *, now: datetime, for_: timedelta) -> bool:
    """Stop the channel for a while; whether this is news."""
    news = row.halted_until is None or row.halted_until <= now
    row.halted_until, row.halt_reason = now + for_, reason
    return news
