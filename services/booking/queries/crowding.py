"""How much is on offer, and how much of it is kept by bookings that nobody has confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from services.booking.domain.consult import HoldKind, Status
from services.booking.domain.ids import ConsultantId
from services.booking.domain.slots import start_minutes
from services.booking.domain.suspicion import LATELY, starts_kept
from services.booking.store import consultants as store
from services.booking.tables import ConsultRow

_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Offer:
    """The starts on offer, and how many of them one consult of each consultant can take away."""

    starts: int
    by_one: Mapping[ConsultantId, int]

    def taken_by(self, consultant_id: ConsultantId) -> int:
        """Of a consultant who was not there when it was measured: one."""
        return self.by_one.get(consultant_id, 1)


def whole_offer(session: Session, *, now: datetime) -> Offer:
    """All that is on offer from now on, each start once, however many consultants have it."""
    end = now + _AHEAD
    agendas = store.active_agendas(session, start=now, end=end, now=now)
    minutes = {at for agenda in agendas for at in start_minutes(agenda, now, end, now=now)}
    by_one = {agenda.consultant.id: starts_kept(agenda.consultant) for agenda in agendas}
    return Offer(len(minutes), by_one)


def kept_unconfirmed(session: Session, offer: Offer, *, now: datetime) -> int:
    """How many starts, at most, are kept by what no opened email stands behind.

    That is what is held for somebody to confirm, and what was booked without being asked to
    confirm in the last minutes: before a flood is seen as one, it looks like people.
    """
    held = and_(
        ConsultRow.hold_kind == HoldKind.UNCONFIRMED,
        ConsultRow.hold_expires_at > now,
        ConsultRow.occupies,
    )
    straight = and_(
        ConsultRow.status == Status.BOOKED,
        ConsultRow.confirm_digest.is_(None),
        ConsultRow.booked_at > now - LATELY,
    )
    query = (
        select(ConsultRow.consultant_id, func.count())
        .where(or_(held, straight))
        .group_by(ConsultRow.consultant_id)
    )
    return sum(offer.taken_by(ConsultantId(who)) * count for who, count in session.execute(query))
