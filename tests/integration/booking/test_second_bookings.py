"""A second booking goes like any other; only the email it goes to may learn of the first."""

import re

from services.booking.domain.consult import Actor
from services.booking.use_cases.cancel_consult import cancel_consult
from services.booking.use_cases.reschedule_consult import reschedule_consult
from shared.db import Database
from shared.events import ConsultState
from shared.service import Service
from tests.integration.booking.office import (
    GRID,
    KEYS,
    NOW,
    TEN,
    book,
    employ,
    load,
    published,
    wanted,
)
from tests.integration.booking.visitor import Visitor, at, site, visitor

__all__ = ["site", "visitor"]


def told(database: Database) -> list[list[object]]:
    """The other calls that each event about a consult names."""
    with database.reading() as session:
        events = [each.event for each in published(session)]
    assert all(isinstance(each, ConsultState) for each in events)
    return [[(o.starts_at, o.manage_url) for o in each.others] for each in events]


def test_the_same_email_is_told_of_its_other_calls_soonest_first(database: Database) -> None:
    employ(database)
    later = book(database, wanted(TEN + 3 * GRID, 1))
    sooner = book(database, wanted(TEN, 2, email="ROSA1@example.org"))
    book(database, wanted(TEN + GRID, 3, email="rosa1@example.org"))
    expected = [(TEN, sooner.manage_url), (TEN + 3 * GRID, later.manage_url)]
    assert told(database) == [[], [expected[1]], expected]


def test_email_and_phone_together_are_told_too(database: Database) -> None:
    employ(database)
    first = book(database, wanted(TEN, 1))
    book(database, wanted(TEN + GRID, 1))
    assert told(database) == [[], [(TEN, first.manage_url)]]


def test_the_same_phone_alone_tells_nobody_anything(database: Database) -> None:
    employ(database)
    book(database, wanted(TEN, 1))
    book(database, wanted(TEN + GRID, 2, phone="+12075550101"))
    assert told(database) == [[], []]


def test_what_is_past_or_called_off_is_not_named(database: Database) -> None:
    employ(database)
    gone = book(database, wanted(TEN, 1))
    database.run(lambda s: cancel_consult(s, load(s, gone), by=Actor.PERSON, keys=KEYS, now=NOW))
    book(database, wanted(TEN + GRID, 1))
    book(database, wanted(TEN + 72 * GRID, 1), now=TEN + GRID)
    assert told(database)[2:] == [[], []]


def test_moves_and_cancellations_name_no_other_call(database: Database) -> None:
    employ(database)
    book(database, wanted(TEN, 1))
    second = book(database, wanted(TEN + GRID, 1))
    database.run(
        lambda s: reschedule_consult(
            s, load(s, second), TEN + 2 * GRID, by=Actor.PERSON, keys=KEYS, now=NOW
        )
    )
    database.run(lambda s: cancel_consult(s, load(s, second), by=Actor.PERSON, keys=KEYS, now=NOW))
    assert told(database)[2:] == [[], []]


def test_pages_and_answers_are_those_of_a_first_booking(visitor: Visitor, site: Service) -> None:
    def seen(page: str) -> str:
        page = re.sub(r"/booking/m/[\w-]+", "/booking/m/…", page)
        page = re.sub(r'name="csrf_token" value="[^"]+"', "", page)
        page = re.sub(r"\(207\) 555-01\d\d", "", page)
        return re.sub(r"\d+:\d\d( to \d+:\d\d)? [AP]M", "…", page)

    first = seen(visitor.book(start=at(3)))
    mine = visitor.path
    assert seen(visitor.book(start=at(6))) == first
    assert seen(visitor.book(start=at(9), phone="207 555 0101")) == first
    assert seen(visitor.get(mine)) == first
    body = {"timezone": "America/Chicago", "name": "Rosa", "email": "rosa@example.org"}
    shapes = [
        visitor.client.post(
            "/booking/api/v1/consults", json=body | {"start": at(12 + number), "phone": phone}
        ).get_json()
        for number, phone in enumerate(("+12075550176", "+12075550177"))
    ]
    assert [set(each) for each in shapes] == [set(shapes[0])] * 2
    assert {each["status"] for each in shapes} == {"booked"}
