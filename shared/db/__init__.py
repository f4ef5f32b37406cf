"""One service's database: transactions, and what a session carries."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar, cast

from sqlalchemy import FromClause, Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from shared.crypto import Cipher
from shared.db.engine import make_engine
from shared.entropy import Entropy

T = TypeVar("T")

NOTIFY_CHANNEL = "grip_outbox"
_TRANSIENT = {"40001", "40P01"}  # serialization failure, deadlock (PostgreSQL appendix A)


class Database:
    """The database that one service owns, on SQLite or PostgreSQL."""

    def __init__(self, url: str, *, service: str, cipher: Cipher, entropy: Entropy) -> None:
        self.service = service
        self.engine = make_engine(url, cipher=cipher)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        info = {"entropy": entropy, "service": service}
        self._writes = sessionmaker(self.engine, expire_on_commit=False, info=info)
        reading = self.engine.execution_options(grip_read_only=True)
        self._reads = sessionmaker(reading, expire_on_commit=False, info=info)
        event.listen(self._writes, "loaded_as_persistent", _keep)
        event.listen(self._writes, "pending_to_persistent", _keep)
        # SQLite has one writer; waiting here in turn is fairer than its busy handler.
        self._turn = threading.Lock() if self.is_sqlite else None
        self._on_commit: list[Callable[[], None]] = []
        self._here = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or undone when an error leaves the block.

        When events were added to the outbox, the relay is woken after the commit.
        Raises `RuntimeError` inside another one of this thread: it would wait for itself for ever.
        """
        with self._alone(), self._turn or nullcontext(), self._writes() as session:
            with session.begin():
                yield session
                if session.info.get("outbox_added") and not self.is_sqlite:
                    session.execute(text(f"NOTIFY {NOTIFY_CHANNEL}"))
            added = session.info.pop("outbox_added", False)
        if added:
            for callback in self._on_commit:
                callback()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if getattr(self._here, "busy", False):
            raise RuntimeError(f"a transaction on {self.service} is open in this thread already")
        self._here.busy = True
        try:
            yield
        finally:
            self._here.busy = False

    def run(self, work: Callable[[Session], T]) -> T:
        """`work` in one transaction; redone, up to five times, after a deadlock."""
        for _ in range(4):
            try:
                with self.transaction() as session:
                    return work(session)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _TRANSIENT:
                    raise
        with self.transaction() as session:
            return work(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading only; nothing done in it is kept."""
        with self._reads() as session:
            yield session
            session.rollback()

    def ping(self) -> None:
        """Ask the database for a sign of life; raises SQLAlchemy's error when there is none."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each commit that added events to the outbox."""
        self._on_commit.append(callback)

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _keep(session: Session, row: object) -> None:
    """A unit of work holds on to its rows: one that it has loaded or added is not loaded again."""
    session.info.setdefault("rows", set()).add(row)


def entropy_of(session: Session) -> Entropy:
    """The source of ids and tokens that this session carries."""
    return cast("Entropy", session.info["entropy"])


def service_of(session: Session) -> str:
    """The service whose database this session works on."""
    return cast("str", session.info["service"])


def insert_new(session: Session, table: FromClause, rows: Sequence[dict[str, Any]]) -> int:
    """Insert those of `rows` that break no key; how many that were.

    On PostgreSQL it waits for another transaction that is inserting the same key.
    """
    if not rows:
        return 0
    dialect = session.get_bind().dialect.name
    module = postgresql if dialect == "postgresql" else sqlite
    target = cast("Table", table)
    statement = module.insert(target).values(list(rows)).on_conflict_do_nothing()
    result = session.execute(statement.returning(*target.primary_key.columns))
    return len(result.all())


__all__ = ["NOTIFY_CHANNEL", "Database", "entropy_of", "insert_new", "service_of"]
