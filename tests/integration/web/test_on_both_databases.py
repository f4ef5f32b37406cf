"""What the web layer keeps in a service's database, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared.db import Database
from shared.db.testing import create_all
from shared.events import SessionRevoked, StaffChanged
from shared.staff import active_staff, apply_session_revoked, apply_staff_changed, is_revoked
from shared.web.limits import RateLimited, limited
from tests.conftest import NOW, DatabaseFactory

MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(any_database: DatabaseFactory) -> Database:
    """A service's database with the common tables."""
    made = any_database("booking")
    create_all(made)
    return made


def tries(database: Database, times: int, *, limit: int) -> int:
    """How many of `times` tries within one minute passed."""
    passed = 0
    for _ in range(times):
        try:
            with database.transaction() as session:
                limited(session, "k", limit=limit, per=MINUTE, now=NOW)
            passed += 1
        except RateLimited:
            pass
    return passed


def test_a_limit_holds_when_many_try_at_once(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: tries(database, 5, limit=7), range(8))) == 7


def snapshot(sequence: int, name: str) -> StaffChanged:
    return StaffChanged(
        sequence=sequence,
        staff_id="s1",
        email="nora@example.org",
        name=name,
        timezone="America/New_York",
        locale="en",
        roles=("admin",),
        qualifications=("facilitator",),
    )


def test_the_replica_holds_one_row_a_person_and_the_newest_snapshot(database: Database) -> None:
    for sequence, name in enumerate(["Nora", "Nora Whitfield"], start=1):
        with database.transaction() as session:
            apply_staff_changed(session, snapshot(sequence, name))
    with database.reading() as session:
        assert [each.name for each in active_staff(session)] == ["Nora Whitfield"]


def test_a_sign_in_ends_once_however_often_that_is_heard(database: Database) -> None:
    for _ in range(2):
        with database.transaction() as session:
            apply_session_revoked(session, SessionRevoked(staff_id="s1", sid="one"), now=NOW)
    with database.reading() as session:
        assert is_revoked(session, "one")
        assert not is_revoked(session, "two")
