"""What staff recorded of a call can be taken back until others are told, and not after."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.booking.domain.consult import Outcome, Status
from services.booking.domain.errors import FollowUpNeeded, NotChangeable, TooLateToUndo
from services.booking.jobs import jobs
from services.booking.tables import PersonRow, UndoRow
from services.booking.use_cases.book_consult import Booked
from services.booking.use_cases.record_outcome import record_no_show, record_outcome
from services.booking.use_cases.undo_outcome import undo_outcome
from shared.bus.memory import MemoryBus
from shared.bus.messages import Topology
from shared.bus.relay import Relay
from shared.db import Database
from shared.db.common import outbox
from shared.events import ConsultCompleted, ConsultNoShow
from tests.integration.booking.office import (
    GRID,
    KEYS,
    TEN,
    NoCalendars,
    book,
    employ,
    load,
    published,
    wanted,
)

MINUTE = timedelta(minutes=1)
AFTER = TEN + GRID
WHO = "staff:s1"


@pytest.fixture
def call(database: Database) -> Booked:
    employ(database)
    return book(database, wanted())


def decide(
    database: Database,
    call: Booked,
    outcome: Outcome,
    now: datetime = AFTER,
    day: date | None = None,
    undo: timedelta = MINUTE,
) -> Any:
    return database.run(
        lambda s: record_outcome(
            s, load(s, call), outcome, follow_up_on=day, actor=WHO, now=now, undo=undo
        )
    )


def miss(database: Database, call: Booked, now: datetime = AFTER) -> Any:
    return database.run(
        lambda s: record_no_show(s, load(s, call), actor=WHO, keys=KEYS, now=now, undo=MINUTE)
    )


def undo(database: Database, call: Booked, now: datetime) -> Any:
    return database.run(lambda s: undo_outcome(s, load(s, call), actor=WHO, now=now))


def told(database: Database) -> list[Any]:
    """The events about the call's end, in the outbox."""
    with database.reading() as session:
        return [each.event for each in published(session)][1:]


def owner(database: Database) -> str | None:
    with database.reading() as session:
        return session.scalar(select(PersonRow.owner))


def relay(database: Database, now: datetime) -> None:
    bus = MemoryBus()
    bus.declare(Topology({"cohort": frozenset({"consult.completed", "consult.no_show"})}))
    Relay(database, bus).step(now)


def test_an_outcome_is_kept_at_once_and_told_a_minute_later(
    database: Database, call: Booked
) -> None:
    assert decide(database, call, Outcome.QUALIFIED).outcome is Outcome.QUALIFIED
    with database.reading() as session:
        due = session.scalar(select(outbox.c.available_at).order_by(outbox.c.id.desc()))
    assert due == AFTER + MINUTE


def test_what_is_taken_back_in_time_was_never_there(database: Database, call: Booked) -> None:
    decide(database, call, Outcome.QUALIFIED)
    assert owner(database) == "cohort"
    before = undo(database, call, AFTER + MINUTE / 2)
    assert (before.status, before.outcome, before.revision) == (Status.BOOKED, None, 1)
    assert told(database) == []
    assert owner(database) == "booking"


def test_an_outcome_that_was_told_stands(database: Database, call: Booked) -> None:
    decide(database, call, Outcome.NOT_A_FIT)
    with pytest.raises(TooLateToUndo):
        undo(database, call, AFTER + MINUTE)
    relay(database, AFTER + MINUTE)
    with pytest.raises(TooLateToUndo):  # on a clock that is slow
        undo(database, call, AFTER)
    with database.reading() as session:
        assert load(session, call).outcome is Outcome.NOT_A_FIT


def test_nothing_recorded_is_nothing_to_take_back(database: Database, call: Booked) -> None:
    with pytest.raises(TooLateToUndo):
        undo(database, call, AFTER)
    decide(database, call, Outcome.QUALIFIED)
    undo(database, call, AFTER)
    with pytest.raises(TooLateToUndo):
        undo(database, call, AFTER)


def test_a_second_outcome_replaces_the_first_and_one_is_told(
    database: Database, call: Booked
) -> None:
    decide(database, call, Outcome.QUALIFIED)
    decide(database, call, Outcome.NOT_A_FIT, AFTER + MINUTE / 2)
    assert [each.outcome for each in told(database)] == ["not_a_fit"]
    assert owner(database) == "booking"
    before = undo(database, call, AFTER + MINUTE)
    assert (before.status, before.outcome) == (Status.BOOKED, None)
    assert told(database) == []


def test_the_same_outcome_again_gives_no_second_minute(database: Database, call: Booked) -> None:
    decide(database, call, Outcome.QUALIFIED)
    decide(database, call, Outcome.QUALIFIED, AFTER + MINUTE / 2)
    assert len(told(database)) == 1
    with pytest.raises(TooLateToUndo):
        undo(database, call, AFTER + MINUTE)


def test_a_refused_outcome_leaves_the_one_before_as_it_was(
    database: Database, call: Booked
) -> None:
    decide(database, call, Outcome.QUALIFIED)
    with pytest.raises(FollowUpNeeded):
        decide(database, call, Outcome.UNDECIDED, AFTER + MINUTE / 2)
    assert [each.outcome for each in told(database)] == ["qualified"]
    assert undo(database, call, AFTER + MINUTE / 2).outcome is None


def test_after_the_minute_a_decided_call_is_not_decided_otherwise(
    database: Database, call: Booked
) -> None:
    decide(database, call, Outcome.QUALIFIED)
    with pytest.raises(NotChangeable):
        decide(database, call, Outcome.NOT_A_FIT, AFTER + MINUTE)
    with pytest.raises(NotChangeable):
        miss(database, call, AFTER + MINUTE)


def test_undecided_comes_back_when_what_followed_is_taken_back(
    database: Database, call: Booked
) -> None:
    day, later = date(2027, 1, 20), AFTER + timedelta(days=14)
    decide(database, call, Outcome.UNDECIDED, day=day)
    decide(database, call, Outcome.QUALIFIED, later)
    before = undo(database, call, later)
    assert (before.status, before.outcome, before.follow_up_on) == (
        Status.COMPLETED,
        Outcome.UNDECIDED,
        day,
    )
    assert [each.outcome for each in told(database)] == ["undecided"]


def test_a_no_show_that_was_taken_back_uses_its_revision_again(
    database: Database, call: Booked
) -> None:
    assert miss(database, call).revision == 2
    assert undo(database, call, AFTER).revision == 1
    assert miss(database, call, AFTER + MINUTE).revision == 2
    with database.reading() as session:
        last = published(session)[-1]
    assert isinstance(last.event, ConsultNoShow)
    assert last.sequence == 2


def test_a_no_show_can_become_an_outcome_within_the_minute(
    database: Database, call: Booked
) -> None:
    miss(database, call)
    after = decide(database, call, Outcome.QUALIFIED)
    assert (after.status, after.revision) == (Status.COMPLETED, 1)
    assert [type(each) for each in told(database)] == [ConsultCompleted]


def test_who_qualified_by_another_call_stays_with_cohort(database: Database, call: Booked) -> None:
    again = book(database, wanted(TEN + 3 * GRID))
    decide(database, call, Outcome.QUALIFIED)
    decide(database, again, Outcome.QUALIFIED)
    undo(database, call, AFTER)
    assert owner(database) == "cohort"
    undo(database, again, AFTER)
    assert owner(database) == "booking"


def test_without_a_minute_it_is_told_at_once(database: Database, call: Booked) -> None:
    decide(database, call, Outcome.QUALIFIED, undo=timedelta(0))
    with database.reading() as session:
        assert session.scalars(select(UndoRow)).all() == []
        assert session.scalar(select(outbox.c.id).where(outbox.c.available_at > AFTER)) is None
    with pytest.raises(TooLateToUndo):
        undo(database, call, AFTER)


def test_what_can_no_longer_be_taken_back_is_forgotten(database: Database, call: Booked) -> None:
    decide(database, call, Outcome.QUALIFIED)
    job = next(each for each in jobs(database, KEYS, NoCalendars()) if each.name == "forget-undos")
    for now, left in ((AFTER + timedelta(hours=1), 1), (AFTER + timedelta(days=2), 0)):
        job.step(now)
        with database.reading() as session:
            assert len(session.scalars(select(UndoRow)).all()) == left
