"""Keeps messages instead of sending them, for /notify/outbox."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from services.notify.domain.outcomes import Answer, Outcome
from services.notify.ports import OutgoingEmail, OutgoingText
from services.notify.tables import CapturedRow
from shared.db import Database, insert_new


@dataclass(frozen=True, slots=True)
class Capture:
    """A gateway for both channels. One message is kept once, however often it is sent."""

    database: Database
    channel: str
    repeatable: bool = True

    def send(self, message: OutgoingText | OutgoingEmail, now: datetime) -> Answer:
        """Keep the message."""
        payload: dict[str, Any] = asdict(message)
        payload.pop("validity", None)
        row = {
            "message_id": message.message_id,
            "channel": self.channel,
            "at": now,
            "payload": payload,
        }
        with self.database.transaction() as session:
            insert_new(session, CapturedRow.__table__, [row])
        return Answer(Outcome.ACCEPTED, detail="captured")
