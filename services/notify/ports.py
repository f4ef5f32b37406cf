"""What notify asks of a provider, whoever it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from services.notify.domain.outcomes import Answer
from services.notify.domain.values import MessageId


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """A text ready to leave. `to` is E.164; the provider may try for `validity`."""

    message_id: MessageId
    to: str
    body: str
    validity: timedelta
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Calendar:
    """An iCalendar object and its method, for the mail part and the file beside it."""

    method: Literal["REQUEST", "CANCEL"]
    content: str


@dataclass(frozen=True, slots=True)
class OutgoingEmail:
    """An email ready to leave: plain text and HTML of the same words."""

    message_id: MessageId
    to: str
    to_name: str
    subject: str
    text: str
    html: str
    calendar: Calendar | None = None


class TextGateway(Protocol):
    """Sends texts. Never raises for what a provider or network may do: it answers."""

    @property
    def repeatable(self) -> bool:
        """Whether sending one message twice is the same as once (nothing leaves the house)."""
        ...

    def send(self, text: OutgoingText, now: datetime) -> Answer:
        """Hand one text over, once, within the gateway's own time-out."""
        ...


class EmailGateway(Protocol):
    """Sends emails. Never raises for what a server or network may do: it answers."""

    @property
    def repeatable(self) -> bool:
        """See TextGateway."""
        ...

    def send(self, email: OutgoingEmail, now: datetime) -> Answer:
        """Hand one email over, once, within the gateway's own time-out."""
        ...
