"""Two people found to be one: everything of the one goes on under the other."""

import threading
from typing import Any

import pytest
from sqlalchemy import select

from services.booking.domain.consult import Actor, Outcome
from services.booking.domain.errors import CannotMerge, UnknownPerson
from services.booking.domain.likeness import groups
from services.booking.store import people
from services.booking.tables import ConsultRow, PersonRow
from services.booking.use_cases.book_consult import Booked
from services.booking.use_cases.cancel_consult import cancel_consult
from services.booking.use_cases.merge_people import merge_people
from services.booking.use_cases.record_outcome import record_outcome
from services.booking.use_cases.reschedule_consult import reschedule_consult
from services.booking.use_cases.tell_apart import tell_apart
from shared.db import Database
from shared.db.common import audit_log
from shared.events import ConsultCancelled, ContactUpdated, PersonMerged
from tests.integration.booking.hearing import hear, told
from tests.integration.booking.office import (
    GRID,
    KEYS,
    NOW,
    TEN,
    book,
    details,
    employ,
    load,
    published,
    wanted,
)

WHO = "staff:s1"


@pytest.fixture
def office(database: Database) -> Database:
    employ(database)
    return database


def person_of(database: Database, call: Booked) -> str:
    with database.reading() as session:
        return session.get_one(ConsultRow, call.consult_id).person_id


def two(office: Database, **second: Any) -> tuple[Booked, Booked]:
    """Two calls under one phone number, of people who look alike."""
    first = book(office, wanted())
    known = {"phone": details(1).phone, "email": "rosa@work.example"} | second
    return first, book(office, wanted(TEN + GRID, 2, **known))


def merge(database: Database, into: Booked, away: Booked) -> Any:
    ids = person_of(database, into), person_of(database, away)
    return database.run(lambda s: merge_people(s, *ids, actor=WHO, keys=KEYS, now=NOW))


def events(database: Database, *kinds: type) -> list[Any]:
    with database.reading() as session:
        return [each.event for each in published(session) if isinstance(each.event, kinds)]


def flags(database: Database) -> list[bool]:
    with database.reading() as session:
        query = select(PersonRow.possible_duplicate).order_by(PersonRow.created_at, PersonRow.id)
        return list(session.scalars(query))


def test_consent_to_texts_is_for_the_number_it_was_given_for(office: Database) -> None:
    quiet = book(office, wanted(sms_consent=False))
    agreed = book(office, wanted(TEN + GRID, 2, email=details(1).email, sms_consent=True))
    merge(office, quiet, agreed)
    office.run(lambda s: cancel_consult(s, load(s, agreed), by=Actor.STAFF, keys=KEYS, now=NOW))
    (said,) = [each.person for each in events(office, ConsultCancelled)]
    assert said.phone == details(1).phone
    assert not said.sms_consent.granted


def test_who_was_completed_by_a_merge_is_known_by_both(office: Database) -> None:
    by_phone = book(office, wanted(email=None))
    by_email = book(office, wanted(TEN + GRID, 2, phone=None))
    merge(office, by_phone, by_email)
    again = book(office, wanted(TEN + 2 * GRID, email=details(2).email))
    assert person_of(office, again) == person_of(office, by_phone)


def test_calls_go_on_under_who_stays_and_the_others_are_told(office: Database) -> None:
    first, second = two(office)
    into, away = person_of(office, first), person_of(office, second)
    merge(office, first, second)
    assert person_of(office, second) == into
    (event,) = events(office, PersonMerged)
    assert (event.into_id, event.from_id) == (into, away)
    assert flags(office) == [False, False]
    with office.reading() as session:
        acts = session.execute(select(audit_log.c.action, audit_log.c.subject)).all()
        assert people.get_person(session, into).email == "rosa1@example.org"
    assert ("person.merge", f"person:{into}") in acts
    assert ("person.merged_away", f"person:{away}") in acts


def test_a_later_booking_with_the_other_details_is_theirs(office: Database) -> None:
    first, second = two(office)
    merge(office, first, second)
    known = {"phone": details(1).phone, "email": "rosa@work.example"}
    third = book(office, wanted(TEN + 2 * GRID, 3, **known))
    assert person_of(office, third) == person_of(office, first)


def test_a_moved_call_is_announced_under_who_stays(office: Database) -> None:
    first, second = two(office)
    merge(office, first, second)
    start = TEN + 5 * GRID
    office.run(
        lambda s: reschedule_consult(s, load(s, second), start, by=Actor.PERSON, keys=KEYS, now=NOW)
    )
    with office.reading() as session:
        assert published(session)[-1].event.person.person_id == person_of(office, first)


def test_what_only_the_other_had_is_taken_over_and_told(office: Database) -> None:
    first = book(office, wanted(email=None))
    second = book(office, wanted(TEN + GRID, 2, phone=details(1).phone))
    merge(office, first, second)
    (event,) = events(office, ContactUpdated)
    assert (event.person.email, event.person.version) == ("rosa2@example.org", 2)
    assert event.person.sms_consent.granted


def test_consent_to_texts_does_not_pass_to_another_number(office: Database) -> None:
    first = book(office, wanted(phone=None, sms_consent=True))
    given = {"email": details(1).email, "phone": "+12075550199", "sms_consent": False}
    second = book(office, wanted(TEN + GRID, 2, **given))
    merge(office, first, second)
    (event,) = events(office, ContactUpdated)
    assert event.person.phone == "+12075550199"
    assert not event.person.sms_consent.granted


def test_a_person_whom_cohort_owns_is_not_merged_away_but_may_stay(office: Database) -> None:
    first, second = two(office)
    office.run(
        lambda s: record_outcome(
            s, load(s, second), Outcome.QUALIFIED, follow_up_on=None, actor=WHO, now=TEN
        )
    )
    with pytest.raises(CannotMerge, match="an applicant already"):
        merge(office, first, second)
    assert events(office, PersonMerged) == []
    merge(office, second, first)
    assert person_of(office, first) == person_of(office, second)


def test_nobody_is_merged_twice_or_with_themselves(office: Database) -> None:
    first, second = two(office)
    into, away = person_of(office, first), person_of(office, second)
    with pytest.raises(CannotMerge):
        merge(office, first, first)
    merge(office, first, second)
    for pair in ((into, away), (away, into), (into, "nobody")):
        with pytest.raises(UnknownPerson):
            office.run(lambda s, p=pair: merge_people(s, *p, actor=WHO, keys=KEYS, now=NOW))
    assert len(events(office, PersonMerged)) == 1


def test_whoever_was_merged_into_one_who_is_merged_follows(office: Database) -> None:
    first, second = two(office)
    third = book(office, wanted(TEN + 2 * GRID, 3))
    away = person_of(office, second)
    merge(office, first, second)
    merge(office, third, first)
    with office.reading() as session:
        found = people.find_person(session, away)
    assert found is not None
    assert found.id == person_of(office, third)


def test_news_of_somebody_merged_away_changes_nobody(office: Database) -> None:
    first, second = two(office)
    with office.reading() as session:
        contact = published(session)[-1].event.person
    merge(office, first, second)
    late = contact.model_copy(update={"version": 9, "email": "late@example.org"})
    hear(office, told(ContactUpdated(sequence=9, person_id=contact.person_id, person=late)))
    with office.reading() as session:
        person = people.get_person(session, person_of(office, first))
    assert (person.email, person.version) == ("rosa1@example.org", 1)


def test_people_told_apart_are_in_doubt_no_more(office: Database) -> None:
    first, second = two(office)
    assert sorted(flags(office)) == [False, True]
    ids = [person_of(office, each) for each in (first, second)]
    office.run(lambda s: tell_apart(s, ids, actor=WHO, keys=KEYS, now=NOW))
    assert flags(office) == [False, False]


def test_bookings_in_the_same_moment_as_a_merge_belong_to_who_stays(office: Database) -> None:
    first, second = two(office)
    known = {"phone": details(1).phone, "email": "rosa@work.example"}
    into = person_of(office, first)
    wants = [wanted(TEN + (3 + n) * GRID, 2, **known) for n in range(4)]
    ids = into, person_of(office, second)
    work = [threading.Thread(target=book, args=(office, want)) for want in wants]
    work.insert(
        2,
        threading.Thread(
            target=lambda: office.run(
                lambda s: merge_people(s, *ids, actor=WHO, keys=KEYS, now=NOW)
            )
        ),
    )
    for each in work:
        each.start()
    for each in work:
        each.join()
    with office.reading() as session:
        assert set(session.scalars(select(ConsultRow.person_id))) == {into}
        assert len(session.scalars(select(ConsultRow.id)).all()) == 6


def test_who_shares_a_mark_through_somebody_is_of_one_group() -> None:
    marks = {"a": ["x"], "b": ["y"], "c": ["x", "z"], "d": ["z", "y"], "e": ["w"], "f": []}
    assert groups(marks) == [["a", "b", "c", "d"]]


def test_who_stays_is_in_doubt_while_another_one_is_alike(office: Database) -> None:
    first, second = two(office)
    third = book(office, wanted(TEN + 3 * GRID, 3, phone=details(1).phone))
    merge(office, second, third)
    assert sorted(flags(office)) == [False, False, True]
    merge(office, first, second)
    assert flags(office) == [False, False, False]
