"""How many texts a person may get: so many a day, so many in any seven days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from services.notify.domain.policy import Policy
from services.notify.domain.values import MessageKey, PlannedMessage, SentText
from services.notify.domain.walltime import local


def over_cap(
    texts: Iterable[PlannedMessage], sent: Sequence[SentText], zone: str, policy: Policy
) -> frozenset[MessageKey]:
    """The keys of counted texts that do not fit beside those sent and each other.

    Lower ranks are placed first, then earlier ones. Days are the recipient's.
    """
    days: Counter[date] = Counter(local(text.at, zone).date() for text in sent)
    placed = {text.key for text in sent}
    refused: set[MessageKey] = set()
    wanted = [text for text in texts if text.counted and text.key not in placed]
    for text in sorted(wanted, key=_order):
        day = local(text.send_at, zone).date()
        if fits(days, day, policy):
            days[day] += 1
        else:
            refused.add(text.key)
    return frozenset(refused)


def fits(days: Counter[date], day: date, policy: Policy) -> bool:
    """Whether one more text on `day` keeps both caps, given texts per day so far."""
    if days[day] >= policy.texts_per_day:
        return False
    weeks = (day - timedelta(days=shift) for shift in range(7))
    return all(
        sum(days[first + timedelta(days=step)] for step in range(7)) < policy.texts_per_week
        for first in weeks
    )


def _order(text: PlannedMessage) -> tuple[object, ...]:
    key = text.key
    return (text.rank, text.send_at, key.source, key.occasion, key.purpose)
