"""A service that does nothing but listen."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.bus import Meta
from shared.db import Database
from shared.db.common import inbox
from shared.db.testing import create_all
from shared.events import ContactUpdated, PersonErased


class Listener:
    """A consuming service that keeps what it hears in a table, in the event's transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.fail_with: Exception | None = None
        create_all(database)
        with database.transaction() as session:
            session.execute(text("CREATE TABLE heard (number INTEGER, what VARCHAR(200))"))
        self.subscriptions = {
            ContactUpdated: self.on_contact,
            PersonErased: self.on_erased,
        }

    def on_contact(self, session: Session, event: ContactUpdated, _meta: Meta) -> None:
        self._hear(session, event.person.name)

    def on_erased(self, session: Session, event: PersonErased, _meta: Meta) -> None:
        self._hear(session, f"erased {event.person_id}")

    def _hear(self, session: Session, what: str) -> None:
        number = "SELECT coalesce(max(number), 0) + 1 FROM heard"
        session.execute(text(f"INSERT INTO heard VALUES (({number}), :what)"), {"what": what})
        if self.fail_with is not None:
            raise self.fail_with

    def heard(self) -> list[str]:
        """What was heard, by name."""
        return sorted(self.in_order())

    def in_order(self) -> list[str]:
        """What was heard, first to last."""
        with self.database.reading() as session:
            return list(session.scalars(text("SELECT what FROM heard ORDER BY number")))

    def statuses(self) -> dict[str, int]:
        """How many events the inbox holds in each status."""
        with self.database.reading() as session:
            rows = session.scalars(select(inbox.c.status)).all()
        return {status: rows.count(status) for status in set(rows)}
