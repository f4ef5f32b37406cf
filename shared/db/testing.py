"""What tests and benchmarks do with a database: make it at once, and count what it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import MetaData, event

from shared.db import Database
from shared.db.common import common


def create_all(database: Database, *metadata: MetaData) -> None:
    """Create the common tables and those of `metadata`."""
    for each in (common, *metadata):
        each.create_all(database.engine)


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """The statements that the database is asked in this block, but for those that only begin."""
    found: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(database.engine, "before_cursor_execute", keep)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", keep)
