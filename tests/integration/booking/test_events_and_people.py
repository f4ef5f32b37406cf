"""What booking publishes, whom it takes for the same person, and what it hears."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import select

from services.booking.consumer import subscriptions
from services.booking.domain.consult import Actor, Outcome
from services.booking.domain.person import CONSENT_VERSION
from services.booking.jobs import jobs
from services.booking.queries.availability import offered
from services.booking.seed import demo, first_run
from services.booking.store.consultants import active_consultants
from services.booking.tables import AnswerRow, PersonRow
from services.booking.use_cases.book_consult import Once
from services.booking.use_cases.cancel_consult import cancel_consult
from services.booking.use_cases.record_outcome import record_outcome
from services.booking.use_cases.reschedule_consult import reschedule_consult
from shared.db import Database
from shared.db.common import outbox
from shared.events import (
    ConsultBooked,
    ConsultCancelled,
    ConsultCompleted,
    ConsultRescheduled,
    ContactUpdated,
)
from shared.settings import GripSettings
from tests.integration.booking.office import (
    GRID,
    KEYS,
    NOW,
    TEN,
    NoCalendars,
    book,
    employ,
    load,
    published,
    rows,
    wanted,
)


def people(database: Database) -> list[PersonRow]:
    with database.reading() as session:
        found = list(session.scalars(select(PersonRow).order_by(PersonRow.created_at)))
        session.expunge_all()
        return found


def test_each_change_publishes_the_whole_state_with_a_higher_sequence(database: Database) -> None:
    employ(database, "Maya Lindqvist")
    booked = book(database, wanted())

    def work(session: Any) -> None:
        moved = reschedule_consult(
            session, load(session, booked), TEN + GRID, by=Actor.PERSON, keys=KEYS, now=NOW
        )
        cancel_consult(session, moved, by=Actor.STAFF, keys=KEYS, now=NOW)
        cancel_consult(session, load(session, booked), by=Actor.STAFF, keys=KEYS, now=NOW)

    database.run(work)
    with database.reading() as session:
        sent = published(session)
    assert [type(each.event) for each in sent] == [
        ConsultBooked,
        ConsultRescheduled,
        ConsultCancelled,
    ]
    assert [each.sequence for each in sent] == [1, 2, 3]
    first, second, third = (each.event for each in sent)
    assert (first.starts_at, first.ends_at) == (TEN, TEN + GRID)
    assert (second.starts_at, second.revision, second.by) == (TEN + GRID, 2, "person")
    assert (third.status, third.by) == ("cancelled", "staff")
    assert first.manage_url == second.manage_url == third.manage_url == booked.manage_url
    assert first.consultant == "Maya Lindqvist"
    assert first.venue_timezone == "America/New_York"
    assert (first.meeting.kind, first.meeting.join_url) == ("phone", None)
    contact = first.person
    assert (contact.name, contact.email, contact.phone) == (
        "Rosa 1", "rosa1@example.org", "+12075550101",
    )  # fmt: skip
    assert (contact.timezone, contact.version) == ("America/Chicago", 1)
    consent = contact.sms_consent
    assert (consent.granted, consent.text_version, consent.method, consent.at) == (
        True, CONSENT_VERSION, "web form", NOW,
    )  # fmt: skip


def test_what_is_stored_of_a_person_is_sealed(database: Database) -> None:
    employ(database)
    book(database, wanted())
    with database.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT name, email, phone FROM person").one()
        events = connection.exec_driver_sql("SELECT envelope FROM outbox").one()
    assert "Rosa" not in str(stored)
    assert "example.org" not in str(stored)
    assert "5550101" not in str(stored)
    assert "Rosa" not in str(events)


def test_email_and_phone_together_mean_the_same_person_who_stays_as_known(
    database: Database,
) -> None:
    employ(database)
    book(database, wanted())
    book(
        database,
        wanted(
            TEN + GRID,
            name="Someone Else",
            email="ROSA1@example.org",
            timezone="Europe/London",
            sms_consent=False,
        ),
    )
    known = people(database)
    assert [(each.name, each.version, each.timezone) for each in known] == [
        ("Rosa 1", 1, "America/Chicago")
    ]
    with database.reading() as session:
        second = published(session)[1].event.person
    # The booking's own choices travel with it: its zone, and no texts where none were agreed to.
    assert (second.name, second.timezone, second.sms_consent.granted) == (
        "Rosa 1", "Europe/London", False,
    )  # fmt: skip


def test_only_email_or_phone_is_another_person_flagged_to_staff(database: Database) -> None:
    employ(database)
    book(database, wanted())
    book(database, wanted(TEN + GRID, 2, email="rosa1@example.org"))
    book(database, wanted(TEN + 2 * GRID, 3, phone="+12075550101"))
    book(database, wanted(TEN + 3 * GRID, 4))
    assert [each.possible_duplicate for each in people(database)].count(True) == 2
    assert len({each.id for each in people(database)}) == 4


def test_round_robin_takes_whoever_has_fewest_that_week(database: Database) -> None:
    for name in ("Cleo", "Ada", "Ben"):
        employ(database, name)
    for number in range(6):
        book(database, wanted(TEN + number * GRID, number))
    with database.reading() as session:
        names = [each.event.consultant for each in published(session)]
    assert names == ["Ada", "Ben", "Cleo", "Ada", "Ben", "Cleo"]


def test_an_outcome_hands_a_qualified_person_over(database: Database) -> None:
    employ(database)
    booked = book(database, wanted())
    database.run(
        lambda s: record_outcome(
            s, load(s, booked), Outcome.QUALIFIED, follow_up_on=None, actor="staff:1", now=TEN
        )
    )
    assert people(database)[0].owner == "cohort"
    with database.reading() as session:
        fact = published(session)[1]
    assert isinstance(fact.event, ConsultCompleted)
    assert (fact.sequence, fact.event.outcome) == (None, "qualified")


def test_newer_contact_data_from_cohort_wins_and_older_is_ignored(database: Database) -> None:
    employ(database)
    book(database, wanted())
    with database.reading() as session:
        contact = published(session)[0].event.person
    handlers = subscriptions(KEYS)
    meta = cast("Any", SimpleNamespace(now=NOW))

    def hear(version: int, name: str, phone: str) -> None:
        newer = contact.model_copy(update={"version": version, "name": name, "phone": phone})
        event = ContactUpdated(sequence=version, person_id=contact.person_id, person=newer)
        database.run(lambda s: handlers[ContactUpdated](s, event, meta))

    hear(3, "Rosa Neu", "+12075550150")
    hear(2, "Rosa Alt", "+12075550151")
    known = people(database)
    assert [(each.name, each.phone, each.version) for each in known] == [
        ("Rosa Neu", "+12075550150", 3)
    ]
    book(database, wanted(TEN + GRID, phone="+12075550150"))
    assert len(people(database)) == 1
    stranger = contact.model_copy(update={"person_id": "unknown", "version": 9})
    event = ContactUpdated(sequence=9, person_id="unknown", person=stranger)
    database.run(lambda s: handlers[ContactUpdated](s, event, meta))
    assert len(people(database)) == 1


def test_old_answers_are_forgotten_and_fresh_ones_kept(database: Database) -> None:
    employ(database)
    book(database, wanted(once=Once("key", "body")))
    steps = jobs(database, KEYS, NoCalendars())
    job = next(each for each in steps if each.name == "forget-answers")
    assert job.step(NOW + timedelta(days=6)) is False
    with database.reading() as session:
        assert len(session.scalars(select(AnswerRow)).all()) == 1
    job.step(NOW + timedelta(days=8))
    with database.reading() as session:
        assert session.scalars(select(AnswerRow)).all() == []


def test_the_first_run_makes_one_consultant_once(database: Database) -> None:
    settings = GripSettings(practice_timezone="America/New_York")
    for _ in range(2):
        database.run(lambda s: first_run(s, settings, keys=KEYS, now=NOW))
    with database.reading() as session:
        assert [who.name for who in active_consultants(session)] == ["Our team"]
        assert offered(session, NOW, NOW + timedelta(days=2), now=NOW)


def test_the_demo_is_a_practice_in_swing_made_once(database: Database) -> None:
    settings = GripSettings(practice_timezone="America/New_York")
    database.run(lambda s: first_run(s, settings, keys=KEYS, now=NOW))
    made = database.run(lambda s: demo(s, settings, keys=KEYS, now=NOW))
    assert made >= 30
    assert database.run(lambda s: demo(s, settings, keys=KEYS, now=NOW)) == 0
    with database.reading() as session:
        calls = rows(session)
        assert len(active_consultants(session)) == 3
        assert {row.status for row in calls} == {"booked", "completed", "cancelled", "no_show"}
        assert {row.outcome for row in calls} > {"qualified", "not_a_fit", "undecided"}
        span = calls[-1].starts_at - calls[0].starts_at
        assert NOW.date() in {row.starts_at.date() for row in calls}
        assert timedelta(days=18) <= span <= timedelta(days=23)
        assert session.scalar(select(outbox.c.id).where(outbox.c.available_at > NOW)) is None
    for person in people(database):
        assert str(person.email).endswith("@example.org")
        assert "55501" in str(person.phone)
        assert person.created_at <= NOW
