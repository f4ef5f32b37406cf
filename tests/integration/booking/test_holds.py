"""Times that are only held: out of the offer while they are, and free again by themselves."""

from datetime import timedelta

import pytest

from services.booking.domain.consult import Hold, HoldKind, Status
from services.booking.domain.errors import SlotTaken
from services.booking.queries.availability import offered
from services.booking.tables import ConsultDayRow
from services.booking.use_cases.lapse_holds import lapse_holds
from shared.db import Database
from tests.integration.booking.office import (
    GRID,
    NOW,
    TEN,
    book,
    cells,
    employ,
    hold,
    published,
    rows,
    wanted,
)

UNTIL = NOW + timedelta(minutes=15)
MOMENT = timedelta(seconds=1)
KINDS = list(HoldKind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_held_time_is_nobody_elses_until_the_hold_is_over(
    database: Database, kind: HoldKind
) -> None:
    employ(database, daily_cap=1)
    hold(database, Hold(kind, UNTIL))
    with database.reading() as session:
        assert offered(session, TEN, TEN + GRID, now=UNTIL - MOMENT) == []
        assert offered(session, TEN, TEN + GRID, now=UNTIL) == [TEN]
    with pytest.raises(SlotTaken):
        book(database, wanted(number=2), now=UNTIL - MOMENT)
    book(database, wanted(number=2), now=UNTIL)
    with database.reading() as session:
        assert sorted(row.status for row in rows(session)) == ["booked", "lapsed"]


@pytest.mark.parametrize("kind", KINDS)
def test_holds_that_are_over_lapse_once_and_give_everything_back(
    database: Database, kind: HoldKind
) -> None:
    employ(database, daily_cap=1)
    over = hold(database, Hold(kind, UNTIL))
    asked = hold(database, Hold(kind, UNTIL, occupies=False), TEN + GRID, 2)
    later = hold(database, Hold(kind, UNTIL + MOMENT, occupies=False), TEN + 2 * GRID, 3)
    assert not database.run(lambda s: lapse_holds(s, now=UNTIL - MOMENT))
    with database.reading() as session:
        assert {row.status for row in rows(session)} == {Status.HELD}
    for _ in range(2):
        assert not database.run(lambda s: lapse_holds(s, now=UNTIL))
    with database.reading() as session:
        known = {row.id: (row.status, row.occupies) for row in rows(session)}
        assert known == {
            over: (Status.LAPSED, False),
            asked: (Status.LAPSED, False),
            later: (Status.HELD, False),
        }
        assert cells(session, over) == 0
        assert [row.booked for row in session.query(ConsultDayRow)] == [0]
        assert published(session) == []


def test_a_hold_that_takes_no_minutes_keeps_nobody_out(database: Database) -> None:
    employ(database)
    hold(database, Hold(HoldKind.UNCONFIRMED, UNTIL, occupies=False))
    with database.reading() as session:
        assert offered(session, TEN, TEN + GRID, now=NOW) == [TEN]
    assert book(database, wanted(number=2)).start == TEN


def test_more_holds_than_one_batch_say_that_more_wait(database: Database) -> None:
    employ(database)
    for number in range(3):
        hold(database, Hold(HoldKind.UNCONFIRMED, UNTIL), TEN + number * GRID, number)
    assert database.run(lambda s: lapse_holds(s, now=UNTIL, limit=2))
    assert not database.run(lambda s: lapse_holds(s, now=UNTIL, limit=2))
    with database.reading() as session:
        assert {row.status for row in rows(session)} == {Status.LAPSED}
