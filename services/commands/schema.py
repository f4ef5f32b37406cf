"""Whether a service's database can be worked on: is it there, and of which release is it?"""

from __future__ import annotations

import threading

import structlog
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from shared.cli import Fault
from shared.db import migrate
from shared.service import Service

AGAIN_S = 2.0
"""How long to wait before a database that was away is asked again."""

log = structlog.get_logger()


def foreign_revision(service: Service) -> str | None:
    """The database's revision when this release does not know it: another release wrote it."""
    known = {each.revision for each in ScriptDirectory(str(service.migrations)).walk_revisions()}
    with service.database.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found if found not in known else None


def explain_foreign(service: Service, revision: str) -> str:
    """One sentence about a database that another release wrote."""
    return (
        f"the database of {service.name} is at revision {revision}, which this release of Grip "
        "does not know: run the release that wrote it, or restore a backup"
    )


def refuse_foreign(service: Service) -> None:
    """Raise `Fault` when another release wrote the database: nothing here can migrate it."""
    if (revision := foreign_revision(service)) is not None:
        raise Fault(explain_foreign(service, revision))


def await_database(service: Service, stopping: threading.Event) -> bool:
    """Wait until the database answers; False when `stopping` came first.

    One log line says why it is waited for. Raises `Fault` when the database answers and is not
    migrated. One that a newer release migrated will do: migrations work with the version before.
    """
    told = ""
    while not stopping.is_set():
        try:
            if not migrate.pending(service.database, service.migrations):
                return True
            if (revision := foreign_revision(service)) is None:
                raise Fault(f"the database of {service.name} is not up to date: run ./grip migrate")
            log.warning("database of another release", revision=revision)
            return True
        except OperationalError as error:
            why = first_line(error)
            if not told:
                log.warning("database away, waiting", service=service.name, why=why)
            told = why
        stopping.wait(AGAIN_S)
    return False


def first_line(error: Exception) -> str:
    """What the driver says, without SQLAlchemy's statement and links."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__
