"""What staff do on somebody's behalf: book, move, give to another consultant, call off."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.booking.domain.consult import Actor, Meeting
from services.booking.domain.errors import NotChangeable, NotOffered, SlotTaken
from services.booking.domain.ids import PersonId
from services.booking.queries.availability import Terms, offered
from services.booking.tables import ConsultRow, PersonRow
from services.booking.use_cases.book_consult import Booked, Once, Wanted
from services.booking.use_cases.cancel_consult import cancel_consult
from services.booking.use_cases.reschedule_consult import reschedule_consult
from services.booking.use_cases.substitute_consultant import substitute_consultant
from shared.db import Database
from shared.db.common import audit_log
from shared.events import ConsultBooked, ConsultRescheduled
from tests.integration.booking.hearing import call_of, hear, reply, told
from tests.integration.booking.office import (
    GRID,
    KEYS,
    NOW,
    TEN,
    book,
    cells,
    details,
    employ,
    load,
    published,
    wanted,
)

WHO = "staff:s1"
SOON = NOW + 3 * GRID
STAFF = Terms(waives_notice=True)


def asked(start: Any = TEN, number: int = 1, **more: Any) -> Wanted:
    """A booking by staff."""
    known = {"terms": STAFF, "actor": WHO}
    keep = {name: more.pop(name) for name in ("terms", "person_id", "once") if name in more}
    return Wanted(start, details(number, **more), Meeting.PHONE, "staff", **(known | keep))


def substitute(database: Database, call: Booked, consultant_id: str) -> Any:
    return database.run(
        lambda s: substitute_consultant(
            s, load(s, call), consultant_id, actor=WHO, keys=KEYS, now=NOW
        )
    )


def last(database: Database) -> Any:
    with database.reading() as session:
        return published(session)[-1].event


def acts(database: Database, call: Booked) -> list[tuple[str, str]]:
    with database.reading() as session:
        query = select(audit_log.c.actor, audit_log.c.action).order_by(audit_log.c.id)
        subject = audit_log.c.subject == f"consult:{call.consult_id}"
        return [tuple(row) for row in session.execute(query.where(subject))]


def test_staff_need_no_notice_and_everything_else_holds(database: Database) -> None:
    employ(database)
    with pytest.raises(NotOffered):
        book(database, wanted(SOON))
    done = book(database, asked(SOON))
    event = last(database)
    assert isinstance(event, ConsultBooked)
    assert (event.by, event.person.sms_consent.method) == ("staff", "staff")
    assert acts(database, done) == [(WHO, "consult.book")]
    for start, refusal in ((SOON, SlotTaken), (TEN + timedelta(hours=9), NotOffered)):
        with pytest.raises(refusal):
            book(database, asked(start, 2))


def test_what_staff_are_offered_is_what_they_can_book(database: Database) -> None:
    maya = employ(database)
    tomas = employ(database, "Tomas Sampler")
    book(database, asked(TEN, terms=Terms(waives_notice=True, consultant_id=tomas)))
    for who, free in ((maya, True), (tomas, False)):
        terms = Terms(waives_notice=True, consultant_id=who)
        with database.reading() as session:
            found = offered(session, TEN, TEN + GRID, now=NOW, terms=terms)
        assert (TEN in found) is free
    with pytest.raises(SlotTaken):
        book(database, asked(TEN, 2, terms=Terms(consultant_id=tomas)))
    book(database, asked(TEN, 2, terms=Terms(consultant_id=maya)))
    with database.reading() as session:
        query = select(ConsultRow.consultant_id).order_by(ConsultRow.booked_at)
        assert set(session.scalars(query)) == {maya, tomas}


def test_an_email_or_a_phone_is_enough_and_a_known_person_stays_as_they_are(
    database: Database,
) -> None:
    employ(database)
    book(database, asked(email=None))
    with database.reading() as session:
        known = PersonId(session.scalars(select(PersonRow.id)).one())
    book(database, asked(TEN + GRID, email=None, name="Rosie", person_id=known))
    with database.reading() as session:
        (person,) = session.scalars(select(PersonRow))
        assert (person.name, person.possible_duplicate) == ("Rosa 1", False)


def test_the_same_request_by_staff_is_one_booking(database: Database) -> None:
    employ(database)
    once = Once("staff:k", "body")
    first, again = (book(database, asked(once=once)) for _ in range(2))
    assert first == again
    assert len(acts(database, first)) == 1


def test_another_consultant_takes_the_call_at_the_same_time(database: Database) -> None:
    maya = employ(database)
    call = book(database, wanted())
    tomas = employ(database, "Tomas Sampler", buffer_after=10)
    hear(database, told(reply(call.consult_id)))
    after = substitute(database, call, tomas)
    assert (after.starts_at, after.consultant_id, after.revision) == (TEN, tomas, 2)
    event = last(database)
    assert isinstance(event, ConsultRescheduled)
    assert (event.consultant, event.starts_at, event.by) == ("Tomas Sampler", TEN, "staff")
    with database.reading() as session:
        assert cells(session, call.consult_id) == 6
    assert call_of(database, call.consult_id).confirmed_at is not None
    assert acts(database, call) == [(WHO, "consult.substitute")]
    book(database, asked(TEN, 2, terms=Terms(consultant_id=maya)))  # Maya is free again
    with pytest.raises(SlotTaken):
        book(database, asked(TEN, 3, terms=Terms(consultant_id=tomas)))


def test_who_is_not_free_takes_nothing_over(database: Database) -> None:
    maya = employ(database)
    call = book(database, wanted())
    tomas = employ(database, "Tomas Sampler")
    book(database, asked(TEN, 2, terms=Terms(consultant_id=tomas)))
    with pytest.raises(SlotTaken):
        substitute(database, call, tomas)
    with pytest.raises(NotOffered):
        substitute(database, call, "nobody")
    assert substitute(database, call, maya).revision == 1
    with database.reading() as session:
        assert load(session, call).consultant_id == maya
        assert cells(session, call.consult_id) == 4


def test_two_calls_given_to_one_consultant_at_once_leave_one_with_them(
    database: Database,
) -> None:
    employ(database)
    employ(database, "Ines Example")
    calls = [book(database, wanted(TEN, number)) for number in (1, 2)]
    tomas = employ(database, "Tomas Sampler")
    refused: list[str] = []

    def give(call: Booked) -> None:
        try:
            substitute(database, call, tomas)
        except SlotTaken:
            refused.append(call.consult_id)

    racers = [threading.Thread(target=give, args=(call,)) for call in calls]
    for each in racers:
        each.start()
    for each in racers:
        each.join()
    with database.reading() as session:
        held = [load(session, call).consultant_id for call in calls]
        assert all(cells(session, call.consult_id) == 4 for call in calls)
    assert (len(refused), held.count(tomas)) == (1, 1)


def test_a_call_that_has_begun_is_given_to_nobody_else(database: Database) -> None:
    employ(database)
    call = book(database, wanted())
    tomas = employ(database, "Tomas Sampler")
    with pytest.raises(NotChangeable):
        database.run(
            lambda s: substitute_consultant(s, load(s, call), tomas, actor=WHO, keys=KEYS, now=TEN)
        )


def test_who_moved_and_cancelled_a_call_is_kept(database: Database) -> None:
    employ(database)
    call = book(database, wanted())
    database.run(
        lambda s: reschedule_consult(
            s,
            load(s, call),
            SOON,
            by=Actor.STAFF,
            keys=KEYS,
            now=NOW,
            actor=WHO,
            terms=STAFF,
        )
    )
    assert (last(database).starts_at, last(database).by) == (SOON, "staff")
    database.run(lambda s: cancel_consult(s, load(s, call), by=Actor.PERSON, keys=KEYS, now=NOW))
    with database.reading() as session:
        person = session.get_one(ConsultRow, call.consult_id).person_id
    assert acts(database, call) == [(WHO, "consult.move"), (f"person:{person}", "consult.cancel")]
