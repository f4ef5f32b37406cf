"""Offered if and only if accepted: what `GET /slots` lists is what `POST /consults` books.

Random practices, with everything that can stand in the way, around clock changes; and in each a
run of acts (book, move, cancel, hold, wait, change what is set) with a look before and after each.
Both are asked through HTTP; the times are remembered between looks, as they are in a real process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from services.booking.domain.consult import Hold, HoldKind
from services.booking.store.cells import CellsTaken
from shared.clock import ManualClock
from shared.service import Service
from tests.integration.booking.office import hold
from tests.integration.booking.site import open_site
from tests.integration.booking.what_changes import CHANGES
from tests.integration.booking.worlds import ZONES, Practice, practices, settle

API = "/booking/api/v1"
DAY = timedelta(days=1)
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where a file costs no disk."""
WAITS = (1, 60, 600, 40_000)
"""Seconds that pass, and after which holds run out: often the very same."""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
BOUNDED = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass
class Run:
    """One practice at work: the links of what was booked in it, and the times once had."""

    service: Service
    practice: Practice
    zones: tuple[str, ...]
    number: int = 0
    links: list[str] = field(default_factory=list)
    had: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = self.service.app.test_client()
        self.clock: ManualClock = self.service.app.extensions["grip"].clock
        self.service.database.run(lambda s: settle(s, self.practice))

    def offered(self, around: datetime, *, days: int, tz: str) -> list[datetime]:
        """What is listed for so many days from the one before `around`, as seen from `tz`."""
        first = (around.astimezone(ZoneInfo(tz)) - DAY).date()
        asked = {"from": str(first), "to": str(first + days * DAY), "tz": tz}
        answer = self.client.get(f"{API}/slots", query_string=asked)
        assert answer.status_code == 200
        found = [datetime.fromisoformat(each["start"]) for each in answer.get_json()["slots"]]
        assert found == sorted(set(found))
        return found

    def book(self, start: datetime) -> Any:
        """Somebody new asks for this instant."""
        self.number += 1
        body = {
            "start": start.isoformat(),
            "name": f"Rosa {self.number}",
            "email": f"rosa{self.number}@example.org",
            "phone": f"+1207555{100 + self.number:04d}",
            "timezone": "UTC",
        }
        answer = self.client.post(f"{API}/consults", json=body)
        if answer.status_code == 201:
            token = answer.get_json()["manage_url"].rpartition("/")[2]
            self.links.append(f"{API}/consults/{token}")
            self.had.append(start)
        return answer

    def hold(self, start: datetime, *, until: datetime, kind: HoldKind) -> None:
        """Keep this instant for somebody else, where that is possible."""
        self.number += 1
        now = self.clock.now()
        try:
            hold(self.service.database, Hold(kind, until), start, self.number, now=now)
            self.had.append(start)
        except (CellsTaken, IndexError):  # somebody has it, or nobody works here
            event("nothing to hold")


def some_instant(data: st.DataObject, run: Run, listed: list[datetime]) -> datetime:
    """An instant listed or had, near such a one, at the edge of a rule, or anything near now."""
    now, way = run.clock.now(), data.draw(st.integers(0, 9))
    if listed and way < 4:
        return data.draw(st.sampled_from((listed[0], listed[-1])) | st.sampled_from(listed))
    if run.had and way < 6:
        overlap = timedelta(minutes=data.draw(st.sampled_from((0, 0, 0, -20, 20, 40))))
        return data.draw(st.sampled_from(run.had)) + overlap
    if listed and way < 7:
        steps = st.sampled_from((-60, -40, -20, -15, -5, -1, 1, 5, 10, 20, 30, 40))
        return data.draw(st.sampled_from(listed)) + timedelta(minutes=data.draw(steps))
    seconds = timedelta(seconds=data.draw(st.sampled_from((-61, -60, -1, 0, 0, 1, 60, 1200))))
    if way == 7:
        who = data.draw(st.sampled_from(run.practice.colleagues)).consultant
        edge = now + data.draw(st.sampled_from((timedelta(0), who.notice, who.horizon)))
        whole = edge.replace(minute=edge.minute // 20 * 20, second=0, microsecond=0)
        return data.draw(st.sampled_from((edge, whole, whole + timedelta(minutes=20)))) + seconds
    if way == 8 and listed:
        return data.draw(st.sampled_from(listed)) + seconds
    minutes = data.draw(st.integers(-120, 4 * 24 * 60))
    return now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)


def look(data: st.DataObject, run: Run, around: datetime) -> list[datetime]:
    """What is listed; as seen from few zones, so that it is often remembered from before."""
    days = data.draw(st.sampled_from((3, 3, 62)))
    return run.offered(around, days=days, tz=data.draw(st.sampled_from(run.zones)))


def try_to_book(data: st.DataObject, run: Run) -> None:
    listed = look(data, run, run.clock.now())
    start = some_instant(data, run, listed)
    is_offered = start in look(data, run, start)
    answer = run.book(start)
    event(f"offered {is_offered}: {answer.status_code}")
    assert answer.status_code in ((201,) if is_offered else (409, 422)), answer.get_json()
    again = look(data, run, start)
    if answer.status_code == 409:
        near = [datetime.fromisoformat(each) for each in answer.get_json()["alternatives"]]
        free = {at for each in near for at in run.offered(each, days=3, tz="UTC")}
        assert set(near) <= free
        assert start not in again


def try_to_move(data: st.DataObject, run: Run) -> None:
    if not run.links:
        return
    link = data.draw(st.sampled_from(run.links))
    before = run.client.get(link).get_json()
    start = some_instant(data, run, look(data, run, run.clock.now()))
    is_offered = start in look(data, run, start)
    answer = run.client.post(f"{link}/reschedule", json={"start": start.isoformat()})
    if not before["can_change"]:
        assert answer.status_code == 409
    elif is_offered:
        assert answer.status_code == 200, answer.get_json()
    if answer.status_code != 200:
        assert run.client.get(link).get_json() == before


def cancel(data: st.DataObject, run: Run) -> None:
    if run.links:
        run.client.post(f"{data.draw(st.sampled_from(run.links))}/cancel")


def keep(data: st.DataObject, run: Run) -> None:
    now = run.clock.now()
    start = some_instant(data, run, look(data, run, now))
    if now < start and not start.second:
        until = now + timedelta(seconds=data.draw(st.sampled_from(WAITS)))
        run.hold(start, until=until, kind=data.draw(st.sampled_from(HoldKind)))


def change_something(data: st.DataObject, run: Run) -> None:
    look(data, run, run.clock.now())
    who = data.draw(st.sampled_from(run.practice.colleagues)).consultant
    change = data.draw(st.sampled_from(CHANGES))
    event(change.__name__)
    now = run.clock.now()
    run.service.database.run(lambda session: change(data, session, who, now))


def wait(data: st.DataObject, run: Run) -> None:
    run.clock.advance(timedelta(seconds=data.draw(st.sampled_from(WAITS))))


ACTS = (*[try_to_book] * 5, try_to_move, cancel, keep, keep, wait, wait, *[change_something] * 3)


def live_through(data: st.DataObject, url: str) -> None:
    practice = data.draw(practices())
    service = open_site(url, practice.now, scale=1e9, spam_check="off")
    try:
        run = Run(service, practice, (data.draw(st.sampled_from(ZONES)), "America/New_York"))
        for act in data.draw(st.lists(st.sampled_from(ACTS), min_size=4, max_size=12)):
            act(data, run)
        try_to_book(data, run)
    finally:
        service.database.dispose()


@pytest.fixture(scope="module")
def emptied(postgres_server: str) -> Iterator[Callable[[], str]]:
    """A PostgreSQL database, emptied each time its URL is asked for."""
    name = f"grip_test_offered_{uuid4().hex[:12]}"
    url = postgres_server.rsplit("/", 1)[0] + f"/{name}"

    def empty() -> str:
        with psycopg.connect(url) as connection:
            if names := [f'"{name}"' for (name,) in connection.execute(TABLES)]:
                connection.execute(f"TRUNCATE {', '.join(names)}")
        return url

    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield empty
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.slow
@settings(BOUNDED, max_examples=80)
@given(st.data())
def test_what_is_offered_is_accepted_and_nothing_else(data: st.DataObject) -> None:
    with TemporaryDirectory(dir=IN_MEMORY, ignore_cleanup_errors=True) as folder:
        live_through(data, f"sqlite:///{Path(folder) / 'booking.sqlite3'}")


@pytest.mark.slow
@settings(BOUNDED, max_examples=12)
@given(st.data())
def test_the_same_holds_on_postgresql(emptied: Callable[[], str], data: st.DataObject) -> None:
    live_through(data, emptied())
