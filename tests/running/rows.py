"""What a test may ask of the databases: only what is the same in every service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import create_engine, make_url, text

DONE = ("handled", "superseded")


def select(url: str, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of one statement."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]
    finally:
        engine.dispose()


def event_ids(url: str, type_: str) -> set[str]:
    """The ids of the events of one type that a service published or will."""
    return {row[0] for row in select(url, "SELECT event_id FROM outbox WHERE type = :t", t=type_)}


def inbox(url: str) -> dict[str, str]:
    """How each event that reached a service stands."""
    return {str(i): str(s) for i, s in select(url, "SELECT event_id, status FROM inbox")}


def waiting(
    database_url: Callable[[str], str], *, hears: Mapping[str, frozenset[str]]
) -> list[str]:
    """What is not yet published, or not yet handled by a service that hears its type."""
    found = []
    inboxes = {name: inbox(database_url(name)) for name in hears}
    for source in hears:
        rows = select(database_url(source), "SELECT event_id, type, sent_at FROM outbox")
        for event_id, type_, sent_at in rows:
            if sent_at is None:
                found.append(f"{source} has not sent {type_} {event_id}")
            for name in hears:
                if type_ in hears[name] and inboxes[name].get(event_id) not in (
                    "handled",
                    "superseded",
                ):
                    found.append(f"{name} has not handled {type_} {event_id}")
    return found
