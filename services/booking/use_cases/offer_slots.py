"""Offer free times to the people who wait for one: each to one person, in order."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Consult, Hold, HoldKind, Status
from services.booking.domain.consultant import Consultant
from services.booking.domain.errors import NotOffered, SlotTaken
from services.booking.domain.ids import ConsultId, OfferId
from services.booking.domain.waitlist import Entry, Offer, Waiting, kept_until
from services.booking.keys import Keys
from services.booking.queries.availability import free_consultants
from services.booking.queries.waitlist import Turn, next_round
from services.booking.store import consults, offers, people, waitlist
from services.booking.use_cases.announce import contact_of
from services.booking.use_cases.first_free import take_first_free
from shared import events
from shared.bus import outbox
from shared.db import entropy_of

MOST = 20
"""Offers that one step makes."""


def offer_slots(session: Session, *, keys: Keys, now: datetime) -> bool:
    """Keep for each person whose turn it is the first free time that suits them, and tell them.

    Whether more may wait. A time is kept as a consult on hold, so its minutes are nobody else's,
    whatever any check said before. Nobody has two offers at once, or the same time twice.
    """
    waitlist.lock_waiting(session)
    this = next_round(session, now=now)
    made, gone = 0, set[datetime]()
    for turn in this.turns:
        if made == min(this.room, MOST):
            break
        made += _offer_first(session, turn, gone, keys=keys, now=now)
    return made == MOST


def _offer_first(
    session: Session, turn: Turn, gone: set[datetime], *, keys: Keys, now: datetime
) -> bool:
    """Offer the first of these starts that can be had; those that cannot are added to `gone`.

    Who joined after the list was locked may meanwhile have got an offer elsewhere, or left.
    """
    if waitlist.get_entry(session, turn.entry.id).status is not Waiting.WAITING:
        return False
    for start in turn.starts:
        if start in gone:
            continue
        try:
            free = free_consultants(session, start, now=now)
        except (SlotTaken, NotOffered):
            gone.add(start)
            continue
        if _offer(session, turn.entry, start, free, keys=keys, now=now):
            return True
    return False


def _offer(
    session: Session,
    entry: Entry,
    start: datetime,
    free: list[Consultant],
    *,
    keys: Keys,
    now: datetime,
) -> bool:
    """Keep the time with the next of these in turn who still has it; whether it is kept."""
    kept = {
        who.id: until
        for who in free
        if (until := kept_until(start, entry.zone, notice=who.notice, now=now))
    }

    def take(consultant: Consultant) -> Consult:
        until = kept[consultant.id]
        return _hold(session, entry, start, consultant, until=until, keys=keys, now=now)

    consult = take_first_free([who for who in free if who.id in kept], take)
    if consult is None:
        return False
    until = kept[consult.consultant_id]
    _tell(session, entry, consult, until=until, keys=keys, now=now)
    return True


def _hold(
    session: Session,
    entry: Entry,
    start: datetime,
    consultant: Consultant,
    *,
    until: datetime,
    keys: Keys,
    now: datetime,
) -> Consult:
    consult = Consult(
        ConsultId(entropy_of(session).uuid()),
        entry.person_id,
        consultant.id,
        start,
        entry.meeting,
        entry.preferences,
        status=Status.HELD,
        hold=Hold(HoldKind.WAITLIST, until),
    )
    nonce = entropy_of(session).token()
    given = entry.given
    consults.add_consult(session, consult, consultant, given=given, nonce=nonce, keys=keys, now=now)
    return consult


def _tell(
    session: Session, entry: Entry, consult: Consult, *, until: datetime, keys: Keys, now: datetime
) -> None:
    offer_id, nonce = OfferId(entropy_of(session).uuid()), entropy_of(session).token()
    offer = Offer(offer_id, entry.id, consult.id, consult.starts_at, now, until)
    offers.add_offer(session, offer, nonce=nonce, keys=keys)
    waitlist.set_status(session, entry.id, Waiting.OFFERED)
    person = people.get_person(session, entry.person_id)
    fact = events.WaitlistOffered(
        offer_id=offer.id,
        person=contact_of(person, entry.preferences, given=entry.given),
        starts_at=offer.starts_at,
        expires_at=offer.expires_at,
        accept_url=keys.offer_url(offer.id, nonce),
    )
    outbox.add(session, fact, now=now)
