"""Engines for the two databases, set up as measured (see docs/decisions)."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

from shared.crypto import Cipher
from shared.db.types import give_cipher

# synchronous=FULL: NORMAL may forget the last commits at a power cut, a send claim among them.
_SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout=30000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
)
_POSTGRES_OPTIONS = "-c timezone=UTC -c statement_timeout=30000 -c lock_timeout=20000"


def make_engine(url: str, *, cipher: Cipher) -> Engine:
    """An engine for `url` (sqlite:/// or postgresql://) that seals fields with `cipher`.

    Raises `ValueError` for any other database.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(
            parsed,
            pool_size=20,
            max_overflow=20,
            hide_parameters=True,
            connect_args={"check_same_thread": False},
        )
        _prepare_sqlite(engine)
    elif parsed.get_backend_name() == "postgresql":
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=20,
            max_overflow=20,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"options": _POSTGRES_OPTIONS, "connect_timeout": 5},
        )
    else:
        raise ValueError(f"{parsed.get_backend_name()} is not supported: use sqlite or postgresql")
    give_cipher(engine.dialect, cipher)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    """Let SQLAlchemy, not the driver, begin transactions, and take the write lock at once."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("grip_read_only", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
