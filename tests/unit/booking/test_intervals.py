"""Spans behave as sets of minutes."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.booking.domain.intervals import Span, merge, subtract

spans = st.lists(
    st.builds(lambda a, n: Span(a, a + n), st.integers(0, 60), st.integers(0, 20)), max_size=8
)


def minutes(of: list[Span]) -> set[int]:
    return {minute for span in of for minute in range(span.start, span.end)}


@given(spans)
def test_merge_keeps_the_minutes_and_leaves_gaps_between_spans(some: list[Span]) -> None:
    merged = merge(some)
    assert minutes(merged) == minutes(some)
    assert all(a.end < b.start for a, b in pairwise(merged))


@given(spans, spans)
def test_subtract_is_set_difference(some: list[Span], holes: list[Span]) -> None:
    left = subtract(merge(some), merge(holes))
    assert minutes(left) == minutes(some) - minutes(holes)
    assert left == sorted(left)
