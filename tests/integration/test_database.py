"""What a transaction promises on both databases."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from shared.db import Database, insert_new
from shared.db.common import audit_log, heartbeat, rate_limit
from shared.db.testing import create_all
from tests.conftest import new_database

Factory = Callable[[str], Database]
AT = datetime(2027, 3, 14, 6, 59, 59, 123456, tzinfo=UTC)


@pytest.fixture
def database(any_database: Factory) -> Database:
    made = any_database("booking")
    create_all(made)
    return made


def test_an_instant_comes_back_as_it_was_stored(database: Database) -> None:
    with database.transaction() as session:
        session.execute(insert(heartbeat).values(name="a", at=AT))
    with database.reading() as session:
        stored = session.scalar(select(heartbeat.c.at))
    assert stored == AT
    assert stored is not None
    assert stored.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="time zone"), database.transaction() as session:
        session.execute(insert(heartbeat).values(name="a", at=AT.replace(tzinfo=None)))


def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as session:
        session.execute(insert(heartbeat).values(name="a", at=AT))
        raise RuntimeError("no")
    with database.reading() as session:
        assert session.execute(select(heartbeat)).all() == []


def test_reading_keeps_nothing(database: Database) -> None:
    with database.reading() as session:
        session.execute(insert(heartbeat).values(name="a", at=AT))
    with database.reading() as session:
        assert session.execute(select(heartbeat)).all() == []


def test_of_many_who_insert_one_key_at_once_one_wins(database: Database) -> None:
    won: list[int] = []
    barrier = threading.Barrier(12)

    def insert_one() -> None:
        barrier.wait()
        row = {"key": "k", "window_start": AT, "count": 1}
        won.append(database.run(lambda session: insert_new(session, rate_limit, [row])))

    threads = [threading.Thread(target=insert_one) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(won) == [0] * 11 + [1]


def test_reads_and_writes_of_one_transaction_are_not_interleaved_with_another(
    database: Database,
) -> None:
    """Counting up by reading first loses no count."""
    row = {"key": "k", "window_start": AT, "count": 0}
    database.run(lambda session: insert_new(session, rate_limit, [row]))

    def count_up() -> None:
        for _ in range(10):
            with database.transaction() as session:
                query = select(rate_limit.c.count).with_for_update()
                count = session.scalar(query)
                session.execute(
                    text("UPDATE rate_limit SET count = :count"), {"count": (count or 0) + 1}
                )

    threads = [threading.Thread(target=count_up) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with database.reading() as session:
        assert session.scalar(select(rate_limit.c.count)) == 60


def test_a_deadlock_is_redone(postgres_url: Callable[[str], str]) -> None:
    database = new_database(postgres_url("booking"), "booking")
    create_all(database)
    for name in ("a", "b"):
        row = {"name": name, "at": AT}
        database.run(lambda session, row=row: insert_new(session, heartbeat, [row]))
    together = threading.Barrier(2)
    tries: list[str] = []

    def touch(first: str, second: str) -> None:
        def work(session: object) -> None:
            tries.append(first)
            for name in (first, second):
                session.execute(  # type: ignore[attr-defined]
                    text("UPDATE heartbeat SET at = now() WHERE name = :name"), {"name": name}
                )
                if len(tries) <= 2 and name == first:
                    together.wait(5)

        database.run(work)

    threads = [threading.Thread(target=touch, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert len(tries) == 3
    database.dispose()


def test_errors_repeat_no_data(database: Database) -> None:
    row = {"name": "rosa@example.org", "at": AT}
    with pytest.raises(Exception) as caught, database.transaction() as session:
        session.execute(insert(heartbeat).values(row))
        session.execute(insert(heartbeat).values(row))
    if database.is_sqlite:
        assert "rosa@" not in str(caught.value)


def test_the_audit_table_is_there_for_every_service(database: Database) -> None:
    with database.reading() as session:
        assert session.execute(select(audit_log)).all() == []


def test_a_transaction_inside_another_of_the_same_thread_is_refused(database: Database) -> None:
    with database.transaction(), pytest.raises(RuntimeError, match="already"):  # noqa: SIM117
        with database.transaction():
            pass
    with database.transaction() as session:
        session.execute(insert(heartbeat).values(name="a", at=AT))


def test_sqlite_keeps_every_commit_through_a_power_cut(tmp_path: Path) -> None:
    database = new_database(f"sqlite:///{tmp_path / 'a.sqlite3'}", "booking")
    with database.reading() as session:
        pragmas = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("synchronous", "journal_mode", "foreign_keys", "secure_delete")
        }
    assert pragmas == {
        "synchronous": 2,
        "journal_mode": "wal",
        "foreign_keys": 1,
        "secure_delete": 1,
    }
    database.dispose()
