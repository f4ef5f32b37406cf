"""Sets of time as sorted, disjoint, half-open spans of whole minutes.

Inside the slot rules an instant is the number of minutes since 1970-01-01T00:00Z: comparing and
subtracting integers is exact and quick, and no zone can slip in. Only the edges convert.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes from `start` up to, not including, `end`."""

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
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
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
