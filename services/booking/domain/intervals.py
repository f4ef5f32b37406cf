"""Sets of time as sorted, disjoint, half-open spans of whole minutes.

Inside the slot rules an instant is the number of minutes since 1970-01-01T00:00Z: comparing and
subtracting integers is exact and quick, and no zone can slip in. Only the edges convert.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Span(NamedTuple):
    """Minutes from `start` up to, not including, `end`.

    A named tuple rather than a dataclass: a page of times sorts and compares thousands of them.
    """

    start: int
    end: int


def minute_of(at: datetime) -> int:
    """The minute that holds this aware instant; seconds are cut off."""
    return (at - EPOCH) // MINUTE


def minute_from(at: datetime) -> int:
    """The first whole minute not before this aware instant."""
    return -((EPOCH - at) // MINUTE)


def instant(minute: int) -> datetime:
    """The aware UTC instant at which this minute begins."""
    return EPOCH + timedelta(minutes=minute)


def written(at: datetime) -> str:
    """An aware UTC instant as forms, addresses and JSON carry it, such as 2027-01-14T19:40:00Z."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def span_of(start: datetime, end: datetime) -> Span:
    """The smallest span of whole minutes that covers start to end."""
    return Span(minute_of(start), minute_from(end))


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same set of minutes, sorted, with touching and overlapping spans joined."""
    merged: list[Span] = []
    open_from: int | None = None
    until = 0
    for start, end in sorted(spans):
        if start >= end:
            continue
        if open_from is None:
            open_from, until = start, end
        elif start <= until:
            until = max(until, end)
        else:
            merged.append(Span(open_from, until))
            open_from, until = start, end
    if open_from is not None:
        merged.append(Span(open_from, until))
    return merged


def subtract(spans: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    """What is in `spans` and not in `holes`; both must be merged."""
    left: list[Span] = []
    first = 0
    for span in spans:
        start = span.start
        while first < len(holes) and holes[first].end <= start:
            first += 1
        at = first
        while at < len(holes) and holes[at].start < span.end:
            if start < holes[at].start:
                left.append(Span(start, holes[at].start))
            start = max(start, holes[at].end)
            at += 1
        if start < span.end:
            left.append(Span(start, span.end))
    return left
