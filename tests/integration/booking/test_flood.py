"""A flood of bookings by programs leaves the practice its times, and a person books meanwhile."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.booking.domain.intervals import written
from services.booking.queries.availability import offered
from services.booking.use_cases.lapse_holds import lapse_holds
from shared.events import ConsultBooked, NoticeRequested
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.office import NOW, employ, published, rows
from tests.integration.booking.site import open_site
from tests.integration.booking.visitor import TYPED, Visitor

API = "/booking/api/v1/consults"
MINUTE = timedelta(minutes=1)
POSTS = 4000


@pytest.fixture
def site(sqlite_database: DatabaseFactory) -> Service:
    """As it runs by default, on SQLite too: every limit in force.

    That many at once keep to it on either database is tested in test_confirming.
    """
    service = open_site(str(sqlite_database("booking").engine.url), NOW, scale=1, spam_check="on")
    employ(service.database)
    return service


def on_offer(site: Service) -> list[datetime]:
    at = site.app.extensions["grip"].clock.now()
    with site.database.reading() as session:
        return offered(session, at, at + timedelta(days=61), now=at)


def bots(times: list[datetime]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Posts, each with the address it comes from: of a wide net, of a few machines, at one person.

    A third comes from everywhere under ever new names; the others give themselves away.
    """
    for number in range(POSTS):
        net, host = divmod(number // 3, 250)
        everywhere, machine = f"10.{number % 3}.{net}.{host}", f"192.0.2.{number % 40}"
        start = times[number * 7 % len(times)]
        victim = number % 3 == 2
        yield (
            machine if number % 3 == 1 else everywhere,
            {
                "start": written(start),
                "name": f"Bot {number}",
                "email": "rosa@example.org" if victim else f"bot{number}@example.com",
                "phone": f"+1207{230 + number // 10_000}{number % 10_000:04d}",
                "timezone": "America/New_York",
            },
        )


def post(client: FlaskClient, address: str, body: dict[str, Any]) -> str:
    answer = client.post(API, json=body, environ_base={"REMOTE_ADDR": address})
    got = answer.get_json()
    return str(got["status"] if answer.status_code == 201 else answer.status_code)


@pytest.mark.slow
def test_4000_posts_in_a_minute_keep_less_than_one_percent_while_a_person_books(
    site: Service,
) -> None:
    clock = site.app.extensions["grip"].clock
    before = on_offer(site)
    client, person = site.app.test_client(), Visitor(site.app.test_client())
    wanted = written(before[777])
    got: Counter[str] = Counter()
    for number, (address, body) in enumerate(bots([at for at in before if written(at) != wanted])):
        if number == POSTS // 10:
            person.details(wanted)
        if number == POSTS * 9 // 10:
            page = fill_in(person, wanted)
        got[post(client, address, body)] += 1
        clock.advance(MINUTE / POSTS)
    assert got["booked"] <= 5
    assert got["held"] > POSTS / 4
    assert got["429"] > POSTS / 4
    assert set(got) <= {"booked", "held", "429", "409"}
    assert len(before) - len(on_offer(site)) - 1 < 0.01 * len(before)

    assert "One more step, Wren" in page
    link = emailed(site, "wren@example.org")
    person.get(link)
    assert "You are booked, Wren" in person.post(link)
    with site.database.reading() as session:
        told = [e.event.person.name for e in published(session) if is_booked(e.event)]
    assert told[-1] == "Wren"
    assert len(told) <= 6

    clock.advance(timedelta(minutes=16))
    while site.database.run(lambda s: lapse_holds(s, now=clock.now())):
        pass
    with site.database.reading() as session:
        assert {row.status for row in rows(session)} == {"booked", "lapsed"}
    assert len(on_offer(site)) >= len(before) - 6 - 1  # a time or so has become too soon


def fill_in(person: Visitor, start: str) -> str:
    """Send the form that was opened in calm, and filled in by hand."""
    typed = TYPED | {"start": start, "name": "Wren", "email": "wren@example.org"}
    typed |= {"phone": "207 555 0199"}
    return person.post(
        "/booking/book", key=person.hidden("key"), shown=person.hidden("shown"), **typed
    )


def emailed(site: Service, email: str) -> str:
    with site.database.reading() as session:
        events = [each.event for each in published(session)]
    asked = [e for e in events if isinstance(e, NoticeRequested) and e.recipient]
    (link,) = [e.url for e in asked if e.recipient and e.recipient.email == email]
    return str(link).removeprefix("http://127.0.0.1:8000")


def is_booked(event: object) -> bool:
    return isinstance(event, ConsultBooked)
