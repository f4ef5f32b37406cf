"""Alembic for one service's database: upgrade, and whether it is up to date."""

from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from shared.db import Database
from shared.db.common import common

_LOCK_KEY = 0x67726971  # one migration at a time on PostgreSQL


def upgrade(database: Database, scripts: Path, metadata: MetaData) -> bool:
    """Bring the database to the newest revision; False when it was there already."""
    if not pending(database, scripts):
        return False
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.execute(
                text("SET LOCAL lock_timeout = 0")
            )  # the other one's turn may be long
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text(f"SELECT pg_advisory_lock({_LOCK_KEY})"))
            connection.commit()
        try:
            command.upgrade(_config(scripts, connection, metadata), "head")
            connection.commit()
        finally:
            if not database.is_sqlite:
                connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK_KEY})"))
                connection.commit()
    return True


def pending(database: Database, scripts: Path) -> bool:
    """Whether the database is not at the newest revision."""
    head = ScriptDirectory(str(scripts)).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() != head


def revise(database: Database, scripts: Path, metadata: MetaData, message: str) -> None:
    """Write the next revision from the difference between the tables and the database."""
    newest = ScriptDirectory(str(scripts)).get_current_head()
    number = f"{int(newest or 0) + 1:04d}"
    with database.engine.connect() as connection:
        config = _config(scripts, connection, metadata)
        command.revision(config, message=message, autogenerate=True, rev_id=number)


def differences(database: Database, metadata: MetaData) -> list[Any]:
    """What the tables in code have that the database lacks, or the other way about."""
    from alembic.autogenerate import compare_metadata

    with database.engine.connect() as connection:
        found: list[Any] = compare_metadata(
            MigrationContext.configure(connection), _together(metadata)
        )
        return found


def run_in_environment() -> None:
    """What every migrations/env.py calls: run on the connection that was handed over."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes["metadata"],
        render_item=_render,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Long enough to build an index, short enough not to hold up the running release.
            connection.execute(text("SET LOCAL statement_timeout = '15min'"))
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        context.run_migrations()


def _config(scripts: Path, connection: Connection, metadata: MetaData) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = _together(metadata)
    return config


def _together(metadata: MetaData) -> MetaData:
    """The common tables and the service's own, as one."""
    both = MetaData(naming_convention=common.naming_convention)
    for each in (common, metadata):
        for table in each.sorted_tables:
            table.to_metadata(both)
    return both


def _render(kind: str, item: Any, autogen: Any) -> Any:
    """Write our column types by their own names."""
    if kind == "type" and type(item).__module__ == "shared.db.types":
        autogen.imports.add("from shared.db import types")
        return f"types.{type(item).__name__}()"
    return False
