"""What looks like a program's booking, and how much of the offer such bookings may keep."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.domain.cells import held_span
from services.booking.domain.slots import Agenda, starts
from services.booking.domain.suspicion import (
    FILL_TIME,
    HELD_FOR,
    KEPT,
    held_until,
    is_flood,
    is_hurried,
    may_keep,
    starts_kept,
)
from services.booking.domain.zones import local_date
from services.booking.keys import Keys
from shared.crypto import Blind
from shared.links import LinkSigner
from tests.unit.booking.strategies import consultants, moments

NOW = datetime(2027, 1, 4, 15, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)
KEYS = Keys(Blind("b"), LinkSigner("links"), "https://hh.example")
OTHERS = Keys(Blind("b"), LinkSigner("other"), "https://hh.example")


def test_a_form_sent_within_two_seconds_is_hurried_and_so_is_one_that_does_not_say() -> None:
    assert is_hurried(NOW, now=NOW + FILL_TIME - MOMENT)
    assert not is_hurried(NOW, now=NOW + FILL_TIME)
    assert not is_hurried(NOW - timedelta(days=30), now=NOW)
    assert is_hurried(None, now=NOW)
    assert is_hurried(NOW + timedelta(hours=1), now=NOW)


@pytest.mark.parametrize(
    ("offered", "usual"), [(0, 3), (100, 3), (600, 3), (800, 4), (1032, 5), (10_000, 50)]
)
def test_a_flood_is_more_than_three_and_more_than_half_a_percent_of_the_offer(
    offered: int, usual: int
) -> None:
    assert not is_flood(usual, offered=offered, scale=1)
    assert is_flood(usual + 1, offered=offered, scale=1)
    assert not is_flood(usual + 1, offered=offered, scale=2)


@given(st.integers(0, 500), st.integers(1, 50), st.integers(0, 20_000))
def test_what_is_unconfirmed_stays_below_one_percent(kept: int, more: int, offered: int) -> None:
    assert may_keep(more, kept=kept, offered=offered) == ((kept + more) / 1 < KEPT * offered)
    if offered <= 100:
        assert not may_keep(more, kept=0, offered=offered)


def test_a_hold_lasts_fifteen_minutes_and_ends_before_the_call_begins() -> None:
    assert held_until(NOW, NOW + timedelta(days=2)) == NOW + HELD_FOR
    assert held_until(NOW, NOW + timedelta(minutes=5)) == NOW + timedelta(minutes=5)


@settings(max_examples=150)
@given(st.data())
def test_no_booking_takes_more_starts_from_the_offer_than_is_reckoned(data: st.DataObject) -> None:
    who = data.draw(consultants())
    now = data.draw(moments())
    end = now + timedelta(days=4)
    empty = Agenda(who)
    before = starts(empty, now, end, now=now)
    if not before:
        return
    start = data.draw(st.sampled_from(before))
    day = local_date(start, who.zone)
    after = starts(Agenda(who, (held_span(who, start),), {day: 1}), now, end, now=now)
    assert 1 <= len(before) - len(after) <= starts_kept(who) + 3  # of a day of 25 hours


keys_of_forms = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)


@given(keys_of_forms, st.integers(0, 7_000_000_000_000))
def test_a_stamp_says_when_its_own_form_was_shown(key: str, millisecond: int) -> None:
    shown = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millisecond)
    stamp = KEYS.stamp(key, shown)
    assert KEYS.stamped_at(key, stamp) == shown
    assert KEYS.stamped_at(key + "x", stamp) is None
    assert OTHERS.stamped_at(key, stamp) is None


@given(st.text(max_size=60))
def test_no_other_text_is_a_stamp(text: str) -> None:
    assert KEYS.stamped_at("key", text) is None


@given(st.data())
def test_a_stamp_that_was_tampered_with_says_nothing(data: st.DataObject) -> None:
    stamp = KEYS.stamp("key", NOW)
    at = data.draw(st.integers(0, len(stamp) - 1))
    other = data.draw(st.characters(exclude_characters=stamp[at], exclude_categories=("Cs",)))
    forged = stamp[:at] + other + stamp[at + 1 :]
    assert KEYS.stamped_at("key", forged) is None
    assert KEYS.stamped_at("key", stamp + other) is None
