"""What a page of times and a booking ask of the database does not grow with the office."""

from datetime import timedelta

import pytest

from services.booking.queries.availability import offered
from shared.db import Database
from shared.db.testing import counting
from tests.integration.booking.office import GRID, NOW, TEN, book, employ, wanted

FAR = timedelta(days=60)


def fill(database: Database, *, consultants: int, calls: int) -> None:
    for number in range(consultants):
        employ(database, f"Consultant {number}")
    for number in range(calls):
        day, slot = divmod(number, 5)
        book(database, wanted(TEN + timedelta(days=7 * (day % 8)) + slot * GRID, 100 + number))


def asked_for_times(database: Database) -> int:
    with counting(database) as queries, database.reading() as session:
        assert offered(session, NOW, NOW + FAR, now=NOW)
    return len(queries)


def asked_for_a_booking(database: Database) -> int:
    with counting(database) as queries:
        book(database, wanted(TEN + 10 * GRID))
    return len(queries)


@pytest.mark.parametrize(("consultants", "calls"), [(1, 1), (6, 40)])
def test_times_on_offer_take_at_most_five_queries(
    database: Database, consultants: int, calls: int
) -> None:
    fill(database, consultants=consultants, calls=calls)
    assert asked_for_times(database) <= 5


@pytest.mark.parametrize(("consultants", "calls"), [(1, 1), (6, 40)])
def test_a_booking_takes_at_most_nineteen_queries(
    database: Database, consultants: int, calls: int
) -> None:
    fill(database, consultants=consultants, calls=calls)
    assert asked_for_a_booking(database) <= 19
