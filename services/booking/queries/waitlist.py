"""Who may be offered a time now, and what pages show of the waitlist. Read-only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from services.booking.domain.errors import UnknownLink
from services.booking.domain.ids import ConsultId
from services.booking.domain.waitlist import (
    Answer,
    Entry,
    Offer,
    Waiting,
    Wall,
    is_day,
    is_resting,
    kept_until,
    most_kept,
    on_the_wall,
    suiting,
)
from services.booking.keys import Keys
from services.booking.queries.availability import offered
from services.booking.store import offers, waitlist
from services.booking.store.consults import cancelled_starts
from services.booking.store.offers import offer_of
from services.booking.store.waitlist import IN_ORDER, OPEN, entry_of
from services.booking.tables import (
    ConsultRow,
    PersonRow,
    WaitlistEntryRow,
    WaitlistOfferRow,
)

_AHEAD = timedelta(days=366)
_NO_NOTICE = timedelta(0)
_ON_IT_FIRST = (WaitlistEntryRow.status == Waiting.ASKED, *IN_ORDER)


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody who waits, and the free starts, soonest first, that they may be offered now."""

    entry: Entry
    starts: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """Whose turn it is, in order, and how many more times the list may keep."""

    turns: tuple[Turn, ...]
    room: int


def next_round(session: Session, *, now: datetime) -> Round:
    """Everyone who may be offered something now, with what suits them and is new to them."""
    entries = [each for each in waitlist.waiting(session, now) if is_day(each.zone, now)]
    if not entries:
        return Round((), 0)
    free = offered(session, now, now + _AHEAD, now=now)
    kept = offers.count_open(session, now)
    room = max(0, most_kept(len(free), kept) - kept)
    past = offers.past_offers(session, [each.id for each in entries])
    given_up = cancelled_starts(session, [each.person_id for each in entries], after=now)
    walls = {zone: on_the_wall(free, zone) for zone in {each.zone for each in entries}}
    turns = [
        Turn(each, _suitable(each, walls, past[each.id], given_up[each.person_id], now=now))
        for each in entries
        if room and not is_resting(past[each.id], now)
    ]
    return Round(tuple(turn for turn in turns if turn.starts), room)


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether an offer is over, a wait has ended, or somebody may be offered a time."""
    if offers.overdue(session, now, limit=1) or waitlist.over(session, now, limit=1):
        return True
    this = next_round(session, now=now)
    return bool(this.turns) and this.room > 0


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place, with the offer that waits for their answer; `name` is for staff.

    `nonce` is that of the link to it.
    """

    entry: Entry
    offer: Offer | None
    name: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer and the place it was made to; `nonce` is that of the consult's manage link."""

    offer: Offer
    entry: Entry
    entry_nonce: str
    nonce: str

    @property
    def consult_id(self) -> ConsultId:
        """The consult that holds, or held, the time."""
        return self.offer.consult_id


def get_place(session: Session, token: str, keys: Keys, *, now: datetime) -> Place:
    """The place of a link. Raises `UnknownLink`."""
    digest = keys.token_digest(token)
    return _place(session, now, WaitlistEntryRow.token_digest == digest)


def get_place_to_confirm(session: Session, token: str, keys: Keys, *, now: datetime) -> Place:
    """The place of an emailed link that confirms it. Raises `UnknownLink`."""
    digest = keys.token_digest(token)
    return _place(session, now, WaitlistEntryRow.confirm_digest == digest)


def everyone_waiting(session: Session, now: datetime, *, limit: int) -> Sequence[Place]:
    """Those on the list, in order, and then those who only asked for a place."""
    return _places(session, now, WaitlistEntryRow.status.in_(OPEN), limit=limit)


def get_offered(session: Session, token: str, keys: Keys) -> Offered:
    """The offer of a link. Raises `UnknownLink`."""
    query = (
        select(WaitlistOfferRow, WaitlistEntryRow, ConsultRow.nonce)
        .join(WaitlistEntryRow, WaitlistEntryRow.id == WaitlistOfferRow.entry_id)
        .join(ConsultRow, ConsultRow.id == WaitlistOfferRow.consult_id)
        .where(WaitlistOfferRow.token_digest == keys.token_digest(token))
    )
    row = session.execute(query).first()
    if row is None:
        raise UnknownLink
    offer, entry, nonce = row
    return Offered(offer_of(offer), entry_of(entry), entry.nonce, nonce)


def _suitable(
    entry: Entry,
    walls: Mapping[ZoneInfo, Sequence[Wall]],
    past: Sequence[Offer],
    given_up: Collection[datetime],
    *,
    now: datetime,
) -> tuple[datetime, ...]:
    """What suits them and is new to them: no time that they were offered or had and gave up."""
    seen = {each.starts_at for each in past}.union(given_up)
    return tuple(
        at
        for at in suiting(entry, walls[entry.zone])
        if at not in seen and kept_until(at, entry.zone, notice=_NO_NOTICE, now=now) is not None
    )


def _place(session: Session, now: datetime, condition: ColumnElement[bool]) -> Place:
    found = _places(session, now, condition, limit=1)
    if not found:
        raise UnknownLink
    return found[0]


def _places(
    session: Session, now: datetime, condition: ColumnElement[bool], *, limit: int
) -> list[Place]:
    is_open = and_(
        WaitlistOfferRow.entry_id == WaitlistEntryRow.id,
        WaitlistOfferRow.status == Answer.OPEN,
        WaitlistOfferRow.expires_at > now,
    )
    query: Select[WaitlistEntryRow, WaitlistOfferRow | None, PersonRow] = (
        select(WaitlistEntryRow, WaitlistOfferRow, PersonRow)
        .join(PersonRow, PersonRow.id == WaitlistEntryRow.person_id)
        .outerjoin(WaitlistOfferRow, is_open)
        .where(condition)
        .order_by(*_ON_IT_FIRST)
        .limit(limit)
    )
    return [
        Place(entry_of(entry), None if offer is None else offer_of(offer), person.name, entry.nonce)
        for entry, offer, person in session.execute(query)
    ]
