"""A cohort database on SQLite and on PostgreSQL, and people and staff to fill it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from services.cohort.domain.calendar import Window
from services.cohort.domain.ids import StaffId
from services.cohort.domain.program import DEFAULT_TEMPLATE
from services.cohort.domain.request import CohortRequest
from services.cohort.keys import Keys
from services.cohort.store.cohorts import save_template
from services.cohort.tables import Base
from services.cohort.use_cases.add_staff import NewStaff, add_staff
from services.cohort.use_cases.record_outcome import record_outcome
from shared.crypto import Blind
from shared.db import Database
from shared.db.testing import create_all
from shared.events import ConsultCompleted, Contact, SmsConsent
from shared.links import LinkSigner
from tests.conftest import NOW as BEGINNING
from tests.conftest import DatabaseFactory
from tests.integration.cohort.site import Site, open_site

NOW = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The service with its pages, at the moment that tests begin at."""
    made = open_site(f"sqlite:///{tmp_path / 'cohort.sqlite3'}", BEGINNING)
    yield made
    made.service.database.dispose()


@pytest.fixture
def keys() -> Keys:
    return Keys(LinkSigner("link-key"), Blind("blind-key"), "https://example.org")


@pytest.fixture
def database(any_database: DatabaseFactory) -> Database:
    """A cohort database with the default program, on each kind of database."""
    made = any_database("cohort")
    create_all(made, Base.metadata)
    with made.transaction() as session:
        save_template(session, DEFAULT_TEMPLATE)
    return made


@pytest.fixture
def person(database: Database, keys: Keys) -> Callable[[int], str]:
    """Makes applicant number n as a consult.completed would; the id is "person-n"."""

    def make(number: int) -> str:
        event = completed(number)
        database.run(lambda s: record_outcome(s, event, keys=keys, at=NOW, now=NOW))
        return event.person.person_id

    return make


@pytest.fixture
def facilitator(database: Database, keys: Keys) -> Callable[[str], StaffId]:
    """Adds a facilitator of this name."""

    def make(name: str) -> StaffId:
        new = NewStaff(
            f"{name.lower()}@example.org", name, ("coordinator",), ("facilitator",), "UTC"
        )
        return database.run(lambda s: add_staff(s, new, keys=keys, actor="test", now=NOW))

    return make


def contact(number: int, *, version: int = 1, name: str = "") -> Contact:
    return Contact(
        person_id=f"person-{number}",
        version=version,
        name=name or f"Person {number}",
        email=f"person{number}@example.org",
        phone=f"+1207555{number:04d}",
        timezone="America/New_York",
        locale="en",
        sms_consent=SmsConsent(granted=False),
    )


def completed(number: int, outcome: str = "qualified", *, consult: str = "") -> ConsultCompleted:
    return ConsultCompleted.model_validate(
        {
            "consult_id": consult or f"consult-{number}",
            "person": contact(number),
            "outcome": outcome,
        }
    )


def request_for(*staff: StaffId, label: str = "Alder", **changes: object) -> CohortRequest:
    values: dict[str, object] = {
        "label": label,
        "start_date": date(2027, 1, 6),
        "window": Window(2, time(13, 0)),
        "zone": "America/New_York",
        "room": "Tide room",
        "facilitators": staff,
    }
    return CohortRequest(**(values | changes))  # type: ignore[arg-type]
