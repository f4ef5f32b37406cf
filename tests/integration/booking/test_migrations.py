"""The migrations make the very tables of the code, and an audit that nobody can rewrite."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from services.booking.bootstrap import HERE
from services.booking.tables import Base
from shared import audit
from shared.db import Database, migrate
from shared.db.common import audit_log
from tests.conftest import DatabaseFactory, new_database
from tests.integration.booking.office import NOW, TEN, book, employ, wanted

SCRIPTS = HERE / "migrations"


@pytest.fixture
def migrated(any_database: DatabaseFactory) -> Database:
    """A fresh database, brought up by the migrations alone."""
    made = any_database("booking")
    assert migrate.upgrade(made, SCRIPTS, Base.metadata)
    return made


def test_a_fresh_database_gets_the_tables_of_the_code_once(migrated: Database) -> None:
    assert not migrate.pending(migrated, SCRIPTS)
    assert not migrate.upgrade(migrated, SCRIPTS, Base.metadata)
    assert migrate.differences(migrated, Base.metadata) == []


def test_a_migrated_database_takes_bookings(migrated: Database) -> None:
    employ(migrated)
    assert book(migrated, wanted()).start == TEN


@pytest.mark.parametrize(
    "rewriting",
    [
        update(audit_log).values(actor="nobody"),
        update(audit_log).where(audit_log.c.actor == "staff:1").values(subject="consult:2"),
        delete(audit_log),
        delete(audit_log).where(audit_log.c.actor == "staff:1"),
    ],
    ids=["update all", "update one", "delete all", "delete one"],
)
def test_the_audit_can_be_added_to_and_never_rewritten(migrated: Database, rewriting) -> None:
    for subject in ("consult:1", "consult:2"):
        migrated.run(
            lambda s, about=subject: audit.record(
                s, actor="staff:1", action="consult.view", subject=about, now=NOW
            )
        )
    with pytest.raises(DBAPIError, match="audit_log is append-only"):
        migrated.run(lambda s: s.execute(rewriting))
    with migrated.reading() as session:
        kept = session.execute(select(audit_log.c.actor, audit_log.c.subject)).all()
    assert sorted(map(tuple, kept)) == [("staff:1", "consult:1"), ("staff:1", "consult:2")]


def test_postgres_refuses_to_empty_the_audit_at_once(postgres_url: Callable[[str], str]) -> None:
    database = new_database(postgres_url("booking"), "booking")
    migrate.upgrade(database, SCRIPTS, Base.metadata)
    with pytest.raises(DBAPIError, match="audit_log is append-only"):
        database.run(lambda s: s.execute(text("TRUNCATE audit_log")))
    database.dispose()
