"""Times that are remembered are those that would be found anew."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.booking.domain.consult import (
    Actor,
    Consult,
    Hold,
    HoldKind,
    Meeting,
    Status,
    taken_up,
)
from services.booking.domain.consultant import Opening
from services.booking.domain.ids import ConsultId
from services.booking.queries.availability import free_consultants, offered
from services.booking.queries.times import times_on_offer
from services.booking.store import consults, people, records
from services.booking.tables import ConsultRow
from services.booking.use_cases.cancel_consult import cancel_consult
from services.booking.use_cases.reschedule_consult import reschedule_consult
from services.booking.use_cases.retire_consultant import retire_consultant
from shared.db import Database, entropy_of
from shared.db.testing import counting
from tests.integration.booking.office import GRID, KEYS, NOW, TEN, book, employ, load, wanted

WEEK = timedelta(days=7)


def look(database: Database, now: datetime = NOW) -> tuple[datetime, ...]:
    """The times on offer, which must be those found without memory."""
    with database.reading() as session:
        seen = times_on_offer(session, NOW, NOW + WEEK, now=now)
        assert list(seen) == offered(session, NOW, NOW + WEEK, now=now)
    return seen


def hold(session: Session, *, until: datetime) -> ConsultId:
    """Somebody's hold on TEN, with the consultant in turn."""
    who = free_consultants(session, TEN, now=NOW)[0]
    details = wanted().details
    given = details.preferences(method="test", now=NOW)
    booked = session.scalars(select(ConsultRow)).first()
    assert booked is not None
    person = people.get_person(session, booked.person_id)
    consult = Consult(
        ConsultId(entropy_of(session).uuid()), person.id, who.id, TEN, Meeting.PHONE, given
    )
    held = Hold(HoldKind.WAITLIST, until)
    consults.add_consult(
        session,
        replace(consult, status=Status.HELD, hold=held),
        who,
        given=details.given(),
        nonce=entropy_of(session).token(),
        keys=KEYS,
        now=NOW,
    )
    return consult.id


def test_a_second_look_asks_the_database_one_question(database: Database) -> None:
    employ(database)
    look(database)
    with counting(database) as queries, database.reading() as session:
        times_on_offer(session, NOW, NOW + WEEK, now=NOW)
    assert len(queries) == 1


def test_what_is_booked_moved_or_cancelled_is_seen_at_once(database: Database) -> None:
    employ(database)
    assert TEN in look(database)
    booked = book(database, wanted())
    assert TEN not in look(database)

    def move(session: Session) -> None:
        consult = load(session, booked)
        reschedule_consult(session, consult, TEN + GRID, by=Actor.PERSON, keys=KEYS, now=NOW)

    database.run(move)
    assert TEN in look(database)
    assert TEN + GRID not in look(database)
    database.run(lambda s: cancel_consult(s, load(s, booked), by=Actor.PERSON, keys=KEYS, now=NOW))
    assert TEN + GRID in look(database)


def test_a_hold_runs_out_within_its_minute(database: Database) -> None:
    employ(database)
    book(database, wanted(TEN + 2 * GRID))
    end = NOW + timedelta(seconds=30)
    database.run(lambda s: hold(s, until=end))
    assert TEN not in look(database)
    assert TEN not in look(database, end - timedelta(seconds=1))
    assert TEN in look(database, end)


def test_a_hold_that_is_taken_up_does_not_run_out(database: Database) -> None:
    employ(database)
    book(database, wanted(TEN + 2 * GRID))
    end = NOW + timedelta(seconds=30)
    held = database.run(lambda s: hold(s, until=end))
    look(database, end - timedelta(seconds=20))

    def take_up(session: Session) -> None:
        consult = consults.get_consult(session, held)
        consults.save_consult(session, taken_up(consult, now=end - timedelta(seconds=15)))

    database.run(take_up)
    assert TEN not in look(database, end)


@pytest.mark.parametrize(
    "change",
    [
        lambda s, who: records.set_hours(s, who, []),
        lambda s, who: records.override(s, who, [date(2027, 1, 6)], [Opening(0, 60)]),
        lambda s, who: retire_consultant(s, who, actor="test", now=NOW),
    ],
    ids=["hours", "override", "retired"],
)
def test_what_is_set_about_hours_is_seen_at_once(
    database: Database, change: Callable[[Session, object], None]
) -> None:
    who = employ(database)
    assert TEN in look(database)
    database.run(lambda s: change(s, who))
    assert TEN not in look(database)


def test_notice_is_that_of_the_moment(database: Database) -> None:
    employ(database)
    late = TEN - timedelta(hours=12)
    assert TEN in look(database, late)
    assert TEN not in look(database, late + timedelta(microseconds=1))
