"""Say what a planned message would say, and store nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from services.notify.domain.segments import Count, count
from services.notify.domain.wording import ForbiddenWords
from services.notify.ports import OutgoingText
from services.notify.rendering.writer import CannotWrite
from services.notify.store import messages
from services.notify.use_cases.compose_message import Stationery, compose_message


@dataclass(frozen=True, slots=True)
class Preview:
    """A message's words at its time of sending, or the `problem` that keeps it unwritten."""

    subject: str = ""
    words: str = ""
    count: Count | None = None
    problem: str = ""


def preview_message(
    session: Session, message_id: str, stationery: Stationery, *, now: datetime
) -> Preview:
    """As the facts stand, by the writer that sends. Never raises for what a message holds."""
    try:
        row = messages.find_message(session, message_id)
        if row is None:
            return Preview(problem="it is not there any more")
        at = max(now, row.send_at)
        outgoing = compose_message(session, row, stationery, now=at, preview=True)
    except SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001 - one bad row must not take the page down
        return Preview(problem=_said(error))
    if isinstance(outgoing, OutgoingText):
        return Preview(words=outgoing.body, count=count(outgoing.body))
    return Preview(subject=outgoing.subject, words=outgoing.text)


def _said(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"“{error.args[0]}” is not known"
    if isinstance(error, ForbiddenWords | CannotWrite | LookupError):
        return str(error)
    return f"what is known of it is broken ({type(error).__name__})"
