"""Dead rows: what can't be handled stays visible, and staff are told."""

import hashlib
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from shared.bus.alerts import alert_once
from shared.db import insert_new, service_of
from shared.db.common import inbox
from shared.events import StaffAlerted
from shared.events.envelope import BadEnvelope, identify, parse

LONGEST_GARBAGE = 100_000

log = structlog.get_logger()


def bury(session: Session, body: bytes, reason: str, now: datetime) -> None:
    """Keep a message that nothing can be done with as a dead row, once, and alert staff."""
    row = _identity(body) | {
        "status": "dead",
        "attempts": 1,
        "received_at": now,
        "error": reason,
        "envelope": _kept(body),
    }
    if insert_new(session, inbox, [row]):
        log.error("dead event", service=service_of(session), reason=reason, type=row["type"])
        alert_dead(session, row["type"], now)


def alert_dead(session: Session, type_: str, now: datetime) -> None:
    """Tell staff of a dead event; a dead alert alerts nobody, or it would never end."""
    if type_ != StaffAlerted.TYPE:
        title = "An event could not be handled"
        alert_once(session, "dead", title, severity="urgent", now=now)


def _identity(body: bytes) -> dict[str, Any]:
    """Under which id it is known: its own when it can be read, so that it is asked for once."""
    found = identify(body)
    if found is None:
        return {
            "event_id": f"garbage-{hashlib.sha256(body).hexdigest()[:40]}",
            "type": "unreadable",
            "source": "bus",
            "subject": "-",
        }
    return {
        "event_id": found.id,
        "type": found.type,
        "source": found.source,
        "subject": found.subject,
    }


def _kept(body: bytes) -> str:
    """A whole event, so that it can be tried again; of garbage the beginning."""
    text = body.decode("utf-8", "replace")
    try:
        parse(body)
    except BadEnvelope:
        return text[:LONGEST_GARBAGE]
    return text
