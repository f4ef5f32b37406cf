"""The waitlist in a few words, for tests: who joins, what is offered, and to whom."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Consult, Meeting
from services.booking.domain.consultant import Consultant, Hours
from services.booking.domain.ids import ConsultantId, EntryId
from services.booking.domain.waitlist import Part, window
from services.booking.queries.availability import offered
from services.booking.store import waitlist
from services.booking.tables import WaitlistEntryRow, WaitlistOfferRow
from services.booking.use_cases.add_consultant import add_consultant
from services.booking.use_cases.answer_offer import accept_offer, decline_offer
from services.booking.use_cases.book_consult import Booked
from services.booking.use_cases.cancel_consult import cancel_consult
from services.booking.use_cases.join_waitlist import Wish, join_waitlist
from services.booking.use_cases.leave_waitlist import leave_waitlist
from services.booking.use_cases.pass_on_offers import pass_on_offers
from shared.db import Database
from shared.events import WaitlistOffered
from tests.integration.booking.office import KEYS, NOW, details, load, published

WEDNESDAY_MORNING = (window(2, Part.MORNING),)
"""Eight to twelve; TEN is among it in New York and Chicago."""


def clinic(database: Database, name: str = "Maya", *hours: Hours, **more: Any) -> None:
    """A consultant whose only time within five days is Wednesday at ten, or of these hours."""
    who = Consultant(
        ConsultantId(""),
        name,
        ZoneInfo("America/New_York"),
        hours or (Hours(2, 600, 620),),
        horizon=timedelta(days=5),
        **more,
    )
    database.run(lambda s: add_consultant(s, who, actor="system", now=NOW))


def cancel(database: Database, booked: Booked, now: datetime = NOW) -> None:
    database.run(lambda s: cancel_consult(s, load(s, booked), by=Actor.PERSON, keys=KEYS, now=now))


def free(database: Database, now: datetime = NOW) -> list[datetime]:
    """All that the public is offered."""
    with database.reading() as session:
        return offered(session, now, now + timedelta(days=60), now=now)


def wish(
    number: int = 1, windows: Sequence[Hours] = WEDNESDAY_MORNING, weeks: int = 2, **more: object
) -> Wish:
    return Wish(details(number, **more), windows, weeks, Meeting.PHONE, "web form")


def join(
    database: Database,
    number: int = 1,
    windows: Sequence[Hours] = WEDNESDAY_MORNING,
    *,
    now: datetime = NOW,
    weeks: int = 2,
    **more: object,
) -> EntryId:
    asked = wish(number, windows, weeks, **more)
    return database.run(lambda s: join_waitlist(s, asked, keys=KEYS, now=now))


def tend(database: Database, now: datetime = NOW) -> bool:
    """What the job does."""
    return database.run(lambda s: pass_on_offers(s, keys=KEYS, now=now))


def accept(database: Database, token: str, now: datetime = NOW) -> Consult:
    return database.run(lambda s: accept_offer(s, token, keys=KEYS, now=now))


def decline(database: Database, token: str, now: datetime = NOW) -> None:
    database.run(lambda s: decline_offer(s, token, keys=KEYS, now=now))


def leave(database: Database, entry_id: str, now: datetime = NOW) -> None:
    def work(session: Session) -> None:
        leave_waitlist(session, waitlist.get_entry(session, entry_id), keys=KEYS, now=now)

    database.run(work)


def announced(database: Database) -> list[WaitlistOffered]:
    """Every offer that was announced, oldest first."""
    with database.reading() as session:
        facts = [each.event for each in published(session)]
    return [fact for fact in facts if isinstance(fact, WaitlistOffered)]


def token_in(offer: WaitlistOffered) -> str:
    return offer.accept_url.rpartition("/")[2]


def standing(database: Database) -> dict[str, str]:
    """Where everybody's places stand, by their name."""
    query = select(WaitlistEntryRow).order_by(WaitlistEntryRow.joined_at, WaitlistEntryRow.id)
    with database.reading() as session:
        return {str(row.given["name"]): row.status for row in session.scalars(query)}


def answers(database: Database) -> list[str]:
    """What came of every offer, oldest first."""
    query = select(WaitlistOfferRow).order_by(WaitlistOfferRow.offered_at, WaitlistOfferRow.id)
    with database.reading() as session:
        return [row.status for row in session.scalars(query)]
