"""Quiet hours: when a text may be sent, and where one moves that may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.notify.domain.policy import Policy
from services.notify.domain.walltime import instant, local


def allowed(at: datetime, zone: str, policy: Policy) -> bool:
    """Whether a text may leave at `at`, on the recipient's wall clock."""
    return policy.texts_from <= local(at, zone).time() < policy.texts_until


def closes_at(at: datetime, zone: str, policy: Policy) -> datetime:
    """When quiet hours begin after the allowed instant `at`."""
    return instant(local(at, zone).date(), policy.texts_until, zone)


def nearest_allowed(
    at: datetime, zone: str, policy: Policy, *, not_before: datetime, before: datetime
) -> datetime | None:
    """The allowed instant nearest to `at` within [not_before, before), or None.

    The evening before is left `policy.last_call` early, so that a text due then has
    left before quiet hours begin. Of two equally near, the earlier.
    """
    if allowed(at, zone, policy):
        return at if at < before else None
    candidates = [
        moved
        for moved in _edges(at, zone, policy)
        if not_before <= moved < before and allowed(moved, zone, policy)
    ]
    return min(candidates, key=lambda moved: (abs(moved - at), moved), default=None)


def next_allowed(at: datetime, zone: str, policy: Policy) -> datetime:
    """The first allowed instant at or after `at`."""
    if allowed(at, zone, policy):
        return at
    later = [edge for edge in _edges(at, zone, policy) if edge >= at]
    return min(edge for edge in later if allowed(edge, zone, policy))


def _edges(at: datetime, zone: str, policy: Policy) -> list[datetime]:
    """First and last instants for texts on the days around `at`.

    Two days each way, since a zone may skip a whole date.
    """
    day = local(at, zone).date()
    edges: list[datetime] = []
    for shift in (-2, -1, 0, 1, 2):
        date = day + timedelta(days=shift)
        edges.append(instant(date, policy.texts_from, zone))
        edges.append(instant(date, policy.texts_until, zone) - policy.last_call)
    return [edge.astimezone(UTC) for edge in edges]
