"""A booking office for tests: keys, consultants and bookings in a few words."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Consult, Hold, Meeting, Status
from services.booking.domain.consultant import Consultant, weekdays
from services.booking.domain.ids import ConsultantId, ConsultId, PersonId
from services.booking.domain.intervals import Span
from services.booking.domain.person import Details, newcomer
from services.booking.keys import Keys
from services.booking.ports import CalendarRequest
from services.booking.store import consultants, consults, people
from services.booking.tables import ConsultCellRow, ConsultRow
from services.booking.use_cases.add_consultant import add_consultant
from services.booking.use_cases.book_consult import Booked, Once, Wanted, book_consult
from shared.crypto import Blind
from shared.db import Database, entropy_of
from shared.db.common import outbox
from shared.events.envelope import parse
from shared.links import LinkSigner

NOW = datetime(2027, 1, 4, 15, tzinfo=UTC)  # Monday, 10:00 in New York
TEN = datetime(2027, 1, 6, 15, tzinfo=UTC)  # Wednesday, 10:00 in New York
GRID = timedelta(minutes=20)
KEYS = Keys(Blind("test-blind"), LinkSigner("test-links"), "https://hh.example")


class NoCalendars:
    """A source of calendars of which nobody asks anything."""

    def busy(self, wanted: CalendarRequest) -> Sequence[Span]:
        raise AssertionError(f"nobody gave a calendar: {wanted}")


def employ(database: Database, name: str = "Maya Lindqvist", **more: Any) -> ConsultantId:
    """Add a consultant who works Monday to Friday, 9 to 5, in New York."""
    who = Consultant(
        ConsultantId(""), name, ZoneInfo("America/New_York"), weekdays("09:00", "17:00"), **more
    )
    return database.run(lambda s: add_consultant(s, who, actor="system", now=NOW))


def details(number: int = 1, **more: Any) -> Details:
    """Someone of this number, fictional."""
    known: dict[str, Any] = {
        "name": f"Rosa {number}",
        "email": f"rosa{number}@example.org",
        "phone": f"+1207555{100 + number:04d}",
        "timezone": "America/Chicago",
        "locale": "en",
        "sms_consent": True,
    }
    return Details(**(known | more))


def wanted(start: datetime = TEN, number: int = 1, once: Once | None = None, **more: Any) -> Wanted:
    return Wanted(start, details(number, **more), Meeting.PHONE, "web form", once)


def book(database: Database, want: Wanted, now: datetime = NOW) -> Booked:
    """Book it in a transaction of its own."""
    return database.run(lambda s: book_consult(s, want, keys=KEYS, now=now))


def hold(
    database: Database,
    kept: Hold,
    start: datetime = TEN,
    number: int = 1,
    *,
    now: datetime = NOW,
) -> ConsultId:
    """Hold this time for somebody, with the first consultant by name."""

    def work(session: Session) -> ConsultId:
        who = consultants.active_consultants(session)[0]
        someone = details(number)
        chosen = someone.preferences(method="web form", now=now)
        person = newcomer(PersonId(entropy_of(session).uuid()), someone, chosen)
        consult = Consult(
            ConsultId(entropy_of(session).uuid()),
            people.add_person(session, person, KEYS).id,
            who.id,
            start,
            Meeting.PHONE,
            chosen,
            status=Status.HELD,
            hold=kept,
        )
        consults.add_consult(
            session,
            consult,
            who,
            given=someone.given(),
            nonce=entropy_of(session).token(),
            keys=KEYS,
            now=now,
        )
        return consult.id

    return database.run(work)


def rows(session: Session) -> list[ConsultRow]:
    return list(session.scalars(select(ConsultRow).order_by(ConsultRow.starts_at)))


def cells(session: Session, consult_id: str) -> int:
    query = select(ConsultCellRow).where(ConsultCellRow.consult_id == consult_id)
    return len(session.scalars(query).all())


def published(session: Session) -> list[Any]:
    """Every event in the outbox, oldest first, as envelopes."""
    query = select(outbox.c.envelope).order_by(outbox.c.id)
    return [parse(envelope.encode()) for envelope in session.scalars(query)]


def token_of(booked: Booked) -> str:
    return booked.manage_url.rsplit("/", 1)[1]


def load(session: Session, booked: Booked) -> Any:
    return consults.get_consult(session, booked.consult_id)
