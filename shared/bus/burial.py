"""Dead rows: what can't be handled stays visible, and staff are told."""

import hashlib
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from shared.bus import outbox
from shared.db import entropy_of, insert_new, service_of
from shared.db.common import inbox
from shared.events import StaffAlerted
from shared.events.envelope import BadEnvelope, parse

LONGEST_KEPT = 100_000

log = structlog.get_logger()


def bury(session: Session, body: bytes, reason: str, now: datetime) -> None:
    """Keep a message that nothing can be done with as a dead row, once, and alert staff."""
    row = _identity(body) | {
        "status": "dead",
        "attempts": 1,
        "received_at": now,
        "error": reason,
        "envelope": body.decode("utf-8", "replace")[:LONGEST_KEPT],
    }
    if insert_new(session, inbox, [row]):
        log.error("dead event", service=service_of(session), reason=reason, type=row["type"])
        alert_dead(session, row["type"], now)


def alert_dead(session: Session, type_: str, now: datetime) -> None:
    """Tell staff of a dead event; a dead alert alerts nobody, or it would never end.

    The title names neither service nor type: it is read in texts and subject lines.
    """
    if type_ == StaffAlerted.TYPE:
        return
    alert = StaffAlerted(
        alert_id=entropy_of(session).uuid(),
        roles=("admin",),
        severity="urgent",
        title="An event could not be handled",
        url=f"/{service_of(session)}/operations/",
    )
    outbox.add(session, alert, now=now)


def _identity(body: bytes) -> dict[str, Any]:
    try:
        envelope = parse(body)
    except BadEnvelope:
        digest = hashlib.sha256(body).hexdigest()[:40]
        return {
            "event_id": f"garbage-{digest}",
            "type": "unreadable",
            "source": "bus",
            "subject": "-",
        }
    return {
        "event_id": envelope.id,
        "type": envelope.type,
        "source": envelope.source,
        "subject": envelope.event.subject,
        "sequence": envelope.sequence,
    }
