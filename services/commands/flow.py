"""`grip dead` and `grip replay`: the event flow by hand."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from services.commands.system import NAMES, build_service, read_settings
from shared import audit, logs
from shared.bus import dead, outbox
from shared.cli import Fault, say
from shared.clock import SystemClock
from shared.db import Database
from shared.entropy import SystemEntropy
from shared.service import Parts

ACTOR = "service:console"


def dead_events(arguments: Namespace) -> int:
    """List, show, retry or drop failed and dead events."""
    logs.set_up(level="WARNING")
    if arguments.act == "list":
        return _list([arguments.service] if arguments.service else list(NAMES))
    if not arguments.event_id:
        raise Fault(f"dead {arguments.act} needs an event id (see grip dead list)")
    name = arguments.service or _where(arguments.event_id)
    now = SystemClock().now()
    with _database(name) as database, database.transaction() as session:
        try:
            if arguments.act == "show":
                event, body = dead.show(session, arguments.event_id)
                _say(name, event)
                say(body)
            else:
                act = dead.retry if arguments.act == "retry" else dead.drop
                act(session, arguments.event_id, now)
                say(f"{name}: {arguments.event_id} {_DONE[arguments.act]}")
        except dead.NoSuchDeadEvent as error:
            raise Fault(f"{name}: {error}") from None
        subject = f"event:{arguments.event_id}"
        audit.record(
            session, actor=ACTOR, action=f"event.{arguments.act}", subject=subject, now=now
        )
    return 0


_DONE = {"retry": "is tried again by the next step", "drop": "is dropped"}


def replay(arguments: Namespace) -> int:
    """Let what a service published since an instant be published again."""
    logs.set_up(level="WARNING")
    since = _instant(arguments.since)
    now = SystemClock().now()
    with _database(arguments.service) as database, database.transaction() as session:
        count = outbox.send_again(session, since=since)
        subject = f"outbox:{arguments.service}"
        audit.record(session, actor=ACTOR, action="outbox.replayed", subject=subject, now=now)
    say(f"{count} events of {arguments.service} since {since.isoformat()} will be published again")
    say("Inboxes skip what they have handled, so nothing is done twice.")
    return 0


def _list(names: list[str]) -> int:
    found = 0
    for name in names:
        with _database(name) as database, database.reading() as session:
            for event in dead.list_dead(session):
                _say(name, event)
                found += 1
    if not found:
        say("No failed or dead events.")
    return 0


def _say(name: str, event: dead.DeadEvent) -> None:
    say(f"{event.event_id}  {name}  {event.status}  {event.type}  {event.subject}")
    again = f", again at {event.next_try_at:%Y-%m-%d %H:%M:%S}Z" if event.next_try_at else ""
    say(f"    received {event.received_at:%Y-%m-%d %H:%M:%S}Z, {event.attempts} tries{again}")
    say(f"    {event.error or ''}")


def _where(event_id: str) -> str:
    for name in NAMES:
        with _database(name) as database, database.reading() as session:
            if any(each.event_id == event_id for each in dead.list_dead(session, limit=100_000)):
                return name
    raise Fault(f"no failed or dead event {event_id} in any service")


@contextmanager
def _database(name: str) -> Iterator[Database]:
    service = build_service(name, read_settings(name), Parts(SystemClock(), SystemEntropy()))
    try:
        yield service.database
    finally:
        service.database.dispose()


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Fault(f"--since {text!r} is no date or instant, such as 2027-01-04T15:00Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
