"""What notify tells booking, in a few words, through the inbox as it really comes."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from services.booking.consumer import subscriptions
from services.booking.domain.ids import ConsultId
from services.booking.queries.calls import Call, get_call
from services.booking.use_cases.book_consult import Booked, Wanted, book_consult
from shared.bus.inbox import Inbox
from shared.db import Database
from shared.db.common import inbox
from shared.entropy import SeededEntropy
from shared.events import (
    ContactOptedIn,
    ContactOptedOut,
    MessageDelivered,
    MessageFailed,
    ReplyReceived,
)
from shared.events.base import Event
from shared.events.envelope import Envelope
from tests.integration.booking.office import KEYS, NOW

_numbers = count(1)


def told(event: Event, minute: int = 0) -> bytes:
    """The event as it comes over the bus, with an id of its own; it occurred at this minute."""
    at = NOW + timedelta(minutes=minute)
    return Envelope(f"event-{next(_numbers)}", "/notify", at, event).to_json().encode()


def hear(database: Database, *bodies: bytes, now: datetime = NOW) -> None:
    """Let booking take these, in this order; none may fail."""
    door = Inbox(database, subscriptions(KEYS))
    for body in bodies:
        door.take([body], now)
    with database.reading() as session:
        assert set(session.scalars(inbox.select().with_only_columns(inbox.c.status))) <= {
            "handled",
            "superseded",
        }


def failed(consult_id: str, revision: int | None = 1, **more: Any) -> MessageFailed:
    return MessageFailed(**_outcome(consult_id, revision, {"reason": "30003"} | more))


def delivered(consult_id: str, revision: int | None = 1, **more: Any) -> MessageDelivered:
    return MessageDelivered(**_outcome(consult_id, revision, more))


def reply(
    consult_id: str | None, revision: int | None = 1, intent: Any = "confirm"
) -> ReplyReceived:
    source = None if consult_id is None else f"consult/{consult_id}"
    return ReplyReceived(
        reply_id="SM1", person_id="p", source_id=source, revision=revision, intent=intent
    )


def opted_out(phone: str, sequence: int) -> ContactOptedOut:
    return ContactOptedOut(sequence=sequence, phone_hash=KEYS.phone(phone), person_ids=())


def opted_in(phone: str, sequence: int) -> ContactOptedIn:
    return ContactOptedIn(sequence=sequence, phone_hash=KEYS.phone(phone), person_ids=())


def call_of(database: Database, consult_id: str) -> Call:
    with database.reading() as session:
        return get_call(session, consult_id)


def lines(call: Call) -> list[str]:
    return [trouble.line(can_call=True) for trouble in call.troubles]


def book_as(database: Database, consult_id: str, want: Wanted) -> Booked:
    """Book it under an id that is known beforehand."""

    def work(session: Any) -> Booked:
        session.info["entropy"] = _Named(consult_id)
        booked = book_consult(session, want, keys=KEYS, now=NOW)
        assert booked.consult_id == ConsultId(consult_id)
        return booked

    return database.run(work)


class _Named(SeededEntropy):
    """Gives this id first."""

    def __init__(self, first: str) -> None:
        super().__init__(first)
        self._first: str | None = first

    def uuid(self) -> str:
        first, self._first = self._first, None
        return first or super().uuid()


def _outcome(consult_id: str, revision: int | None, more: dict[str, Any]) -> dict[str, Any]:
    usual = {
        "message_id": "m",
        "person_id": "p",
        "purpose": "consult_booked",
        "source_id": f"consult/{consult_id}",
        "revision": revision,
        "channel": "sms",
    }
    return usual | more
