"""Nobody is ever booked twice, on either database, with and without the application's checks."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Status
from services.booking.domain.consultant import Consultant
from services.booking.domain.errors import IdempotencyMismatch, NotOffered, SlotTaken
from services.booking.domain.slots import Reason
from services.booking.queries.availability import offered
from services.booking.store import consultants
from services.booking.tables import PersonRow
from services.booking.use_cases.book_consult import Booked, Once, book_consult
from services.booking.use_cases.cancel_consult import cancel_consult
from services.booking.use_cases.reschedule_consult import reschedule_consult
from shared.db import Database
from tests.integration.booking.office import (
    GRID,
    KEYS,
    NOW,
    TEN,
    book,
    cells,
    employ,
    load,
    published,
    rows,
    wanted,
)


def all_at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """What each of `count` threads got back, or the error it met."""

    def attempt(number: int) -> object:
        try:
            return act(number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(attempt, range(count)))


def everyone(session: Session, start: datetime, *, now: datetime) -> list[Consultant]:
    """Candidates with every check switched off."""
    return consultants.active_consultants(session)


def overlaps(session: Session) -> int:
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for row in rows(session):
        if row.status != Status.CANCELLED:
            spans.setdefault(row.consultant_id, []).append((row.held_from, row.held_until))
    return sum(
        a[1] > b[0]
        for held in spans.values()
        for a, b in zip(sorted(held), sorted(held)[1:], strict=False)
    )


def test_of_fifty_at_once_exactly_one_is_booked(database: Database) -> None:
    employ(database)
    got = all_at_once(50, lambda n: book(database, wanted(number=n)))
    assert Counter(type(each) for each in got) == {Booked: 1, SlotTaken: 49}
    losers = [each for each in got if isinstance(each, SlotTaken)]
    assert all(len(each.alternatives) == 3 for each in losers)
    with database.reading() as session:
        assert len(rows(session)) == 1
        assert len(published(session)) == 1


def test_with_checks_off_the_database_still_refuses_overlaps(database: Database) -> None:
    employ(database, buffer_after=10)

    def act(n: int) -> Booked:
        start = TEN + timedelta(minutes=5 * (n % 8))  # off the grid, overlapping
        want = wanted(start, n)
        return database.run(
            lambda s: book_consult(s, want, keys=KEYS, now=NOW, candidates=everyone)
        )

    got = all_at_once(32, act)
    assert {type(each) for each in got} == {Booked, SlotTaken}
    with database.reading() as session:
        booked = rows(session)
        assert 1 <= len(booked) <= 2
        assert overlaps(session) == 0
        assert all(cells(session, row.id) == 6 for row in booked)


def test_the_loser_of_one_consultant_gets_the_next_free_one(database: Database) -> None:
    for name in ("Ada", "Ben", "Cleo"):
        employ(database, name)
    got = all_at_once(5, lambda n: book(database, wanted(number=n)))
    assert Counter(type(each) for each in got) == {Booked: 3, SlotTaken: 2}
    with database.reading() as session:
        assert len({row.consultant_id for row in rows(session)}) == 3


def test_a_mix_of_bookings_and_moves_never_overlaps(database: Database) -> None:
    employ(database, "Ada", buffer_before=5)
    employ(database, "Ben", buffer_after=10)
    first = [book(database, wanted(TEN + n * 3 * GRID, n)) for n in range(6)]

    def act(n: int) -> object:
        start = TEN + timedelta(minutes=20 * (n % 9))
        if n % 2:
            return book(database, wanted(start, 20 + n))
        return database.run(
            lambda s: reschedule_consult(
                s, load(s, first[n % 6]), start, by=Actor.PERSON, keys=KEYS, now=NOW
            )
        )

    got = all_at_once(40, act)
    assert {type(each).__name__ for each in got} <= {"Booked", "Consult", "SlotTaken"}
    with database.reading() as session:
        assert overlaps(session) == 0
        for row in rows(session):
            minutes = (row.held_until - row.held_from) / timedelta(minutes=1)
            assert cells(session, row.id) == minutes / 5


def test_the_daily_cap_holds_for_all_at_once(database: Database) -> None:
    employ(database, daily_cap=2)
    got = all_at_once(12, lambda n: book(database, wanted(TEN + n * GRID, n)))
    assert Counter(type(each) for each in got) == {Booked: 2, SlotTaken: 10}


def test_the_daily_cap_holds_with_checks_off(database: Database) -> None:
    employ(database, daily_cap=1)

    def act(n: int) -> Booked:
        want = wanted(TEN + n * GRID, n)
        return database.run(
            lambda s: book_consult(s, want, keys=KEYS, now=NOW, candidates=everyone)
        )

    assert Counter(type(each) for each in all_at_once(6, act)) == {Booked: 1, SlotTaken: 5}


def test_cancelling_frees_the_time_and_the_day(database: Database) -> None:
    employ(database, daily_cap=1)
    first = book(database, wanted())
    database.run(lambda s: cancel_consult(s, load(s, first), by=Actor.PERSON, keys=KEYS, now=NOW))
    book(database, wanted(number=2))
    with database.reading() as session:
        assert cells(session, first.consult_id) == 0


def test_a_lost_move_leaves_the_old_booking_as_it_was(database: Database) -> None:
    employ(database)
    mine = book(database, wanted(TEN))
    rivals = [book(database, wanted(TEN + (2 + n) * GRID, 2 + n)) for n in range(2)]
    target = TEN + 4 * GRID

    def move(n: int) -> object:
        booked = (mine, *rivals)[n]
        return database.run(
            lambda s: reschedule_consult(
                s, load(s, booked), target, by=Actor.PERSON, keys=KEYS, now=NOW
            )
        )

    got = all_at_once(3, move)
    assert Counter(type(each).__name__ for each in got) == {"Consult": 1, "SlotTaken": 2}
    with database.reading() as session:
        for row, outcome in zip((mine, *rivals), got, strict=True):
            kept = load(session, row)
            moved = not isinstance(outcome, SlotTaken)
            assert kept.starts_at == (target if moved else row.start)
            assert kept.revision == (2 if moved else 1)
            assert cells(session, row.consult_id) == 4


def test_a_call_can_move_within_its_own_time(database: Database) -> None:
    employ(database, buffer_after=30, daily_cap=1)
    mine = book(database, wanted())
    with database.reading() as session:
        near = offered(session, TEN, TEN + 2 * GRID, now=NOW, ignoring=load(session, mine).id)
        assert near == [TEN, TEN + GRID]
    after = database.run(
        lambda s: reschedule_consult(
            s, load(s, mine), TEN + GRID, by=Actor.PERSON, keys=KEYS, now=NOW
        )
    )
    assert (after.starts_at, after.revision) == (TEN + GRID, 2)


def test_the_same_submission_at_once_is_one_booking(database: Database) -> None:
    employ(database)
    employ(database, "Ben")
    once = Once("key-1", "body")
    got = all_at_once(12, lambda _: book(database, wanted(once=once)))
    assert {type(each) for each in got} == {Booked}
    assert len({(each.consult_id, each.manage_url) for each in got}) == 1  # type: ignore[attr-defined]
    with database.reading() as session:
        assert len(rows(session)) == 1
        assert len(published(session)) == 1


def test_a_repeated_answer_is_the_first_even_after_a_move(database: Database) -> None:
    employ(database)
    once = Once("key-1", "body")
    first = book(database, wanted(once=once))
    database.run(
        lambda s: reschedule_consult(
            s, load(s, first), TEN + GRID, by=Actor.PERSON, keys=KEYS, now=NOW
        )
    )
    assert book(database, wanted(once=once)) == first


def test_one_person_booking_twice_at_once_stays_one_person(database: Database) -> None:
    employ(database)
    got = all_at_once(8, lambda n: book(database, wanted(TEN + n * GRID)))
    assert {type(each) for each in got} == {Booked}
    with database.reading() as session:
        assert len({row.person_id for row in rows(session)}) == 1
        people = list(session.scalars(select(PersonRow)))
        assert [each.possible_duplicate for each in people] == [False]


def test_a_key_used_for_another_body_is_refused(database: Database) -> None:
    employ(database)
    book(database, wanted(once=Once("key-1", "body")))
    with pytest.raises(IdempotencyMismatch):
        book(database, wanted(TEN + GRID, once=Once("key-1", "another")))


def test_a_key_whose_booking_failed_can_be_used_again(database: Database) -> None:
    employ(database)
    book(database, wanted())
    with pytest.raises(SlotTaken):
        book(database, wanted(number=2, once=Once("key-2", "body")))
    again = book(database, wanted(TEN + GRID, number=2, once=Once("key-2", "other")))
    assert again.start == TEN + GRID


def test_the_longest_buffers_are_seen_by_the_offer_too(database: Database) -> None:
    employ(database, buffer_before=60, buffer_after=60)
    book(database, wanted(TEN))
    with database.reading() as session:
        free = offered(session, TEN - 3 * GRID, TEN + 12 * GRID, now=NOW)
        assert free[0] == TEN + 7 * GRID
        assert offered(session, free[0], free[0] + GRID, now=NOW) == [free[0]]
        assert offered(session, TEN + 6 * GRID, free[0], now=NOW) == []
    with pytest.raises(SlotTaken):
        book(database, wanted(TEN + 6 * GRID, 2))
    book(database, wanted(free[0], 3))


def test_what_is_not_offered_is_refused_with_the_reason(database: Database) -> None:
    employ(database)
    for start, reason in (
        (NOW - GRID, Reason.PAST),
        (NOW + GRID, Reason.TOO_SOON),
        (TEN + timedelta(days=70), Reason.BEYOND_HORIZON),
        (TEN + timedelta(minutes=3), Reason.OFF_GRID),
        (TEN + timedelta(hours=9), Reason.OUTSIDE_HOURS),
    ):
        with pytest.raises(NotOffered) as refused:
            book(database, wanted(start))
        assert refused.value.reason is reason


def test_a_booking_succeeds_exactly_when_it_was_offered(database: Database) -> None:
    employ(database, buffer_after=10, daily_cap=7)
    for number in range(4):
        book(database, wanted(TEN + number * 4 * GRID, number))
    with database.reading() as session:
        free = set(offered(session, TEN, TEN + timedelta(hours=3), now=NOW))
    for number in range(18):
        start = TEN + timedelta(minutes=10 * number)
        with database.reading() as session:
            free = set(offered(session, TEN, TEN + timedelta(hours=3), now=NOW))
        try:
            book(database, wanted(start, 50 + number))
        except (SlotTaken, NotOffered):
            assert start not in free
        else:
            assert start in free
