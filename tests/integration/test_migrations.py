"""Migrations bring an empty database to exactly the tables in code, on both databases."""

import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from shared import audit
from shared.db import Database, migrate
from shared.db.common import audit_log
from tests.conftest import NOW, new_database

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("booking", "cohort", "notify")


@pytest.fixture(params=SERVICES)
def migrated(request: pytest.FixtureRequest, any_database: Callable[[str], Database]) -> Database:
    database = any_database(request.param)
    assert migrate.upgrade(database, _scripts(database), _metadata(database)) is True
    return database


def _scripts(database: Database) -> Path:
    return ROOT / "services" / database.service / "migrations"


def _metadata(database: Database):
    return import_module(f"services.{database.service}.tables").Base.metadata


def test_an_upgraded_database_holds_exactly_the_tables_in_code(migrated: Database) -> None:
    assert migrate.differences(migrated, _metadata(migrated)) == []


def test_a_second_upgrade_does_nothing(migrated: Database) -> None:
    assert migrate.pending(migrated, _scripts(migrated)) is False
    assert migrate.upgrade(migrated, _scripts(migrated), _metadata(migrated)) is False


@pytest.mark.parametrize("act", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"])
def test_the_audit_log_can_be_added_to_and_nothing_else(migrated: Database, act: str) -> None:
    with migrated.transaction() as session:
        audit.record(session, actor="staff:1", action="seen", subject="person:1", now=NOW)
    with pytest.raises(DBAPIError, match="append-only"), migrated.transaction() as session:
        session.execute(text(act))
    with migrated.transaction() as session:
        row = {"at": NOW, "actor": "a", "action": "b", "subject": "c"}
        session.execute(insert(audit_log).values(row))
        assert session.scalar(text("SELECT count(*) FROM audit_log")) == 2


def test_migrating_from_four_processes_at_once_does_it_once(
    postgres_url: Callable[[str], str],
) -> None:
    url = postgres_url("booking")
    databases = [new_database(url, "booking") for _ in range(4)]
    done: list[bool] = []

    def upgrade(database: Database) -> None:
        done.append(migrate.upgrade(database, _scripts(database), _metadata(database)))

    threads = [threading.Thread(target=upgrade, args=(each,)) for each in databases]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert len(done) == 4
    assert migrate.differences(databases[0], _metadata(databases[0])) == []
    for database in databases:
        database.dispose()
