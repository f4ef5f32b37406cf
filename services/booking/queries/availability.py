"""What is offered, to whom, and who could take it. A constant number of queries each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.booking.domain import choice
from services.booking.domain.consultant import Consultant
from services.booking.domain.errors import NotOffered, SlotTaken
from services.booking.domain.ids import ConsultId
from services.booking.domain.intervals import instant
from services.booking.domain.slots import Agenda, Reason, nearest, start_minutes, why_not
from services.booking.store import consultants as store

ALTERNATIVES = 3
_NEAR = timedelta(days=5)
_TAKEN = {Reason.TAKEN, Reason.DAY_FULL, Reason.BUSY}
# Said in this order when consultants differ: the first that any of them gives.
_TELLING = (
    Reason.PAST,
    Reason.TOO_SOON,
    Reason.CALENDAR_UNREAD,
    Reason.OUTSIDE_HOURS,
    Reason.HOLIDAY,
    Reason.DAY_OFF,
    Reason.OFF_GRID,
    Reason.BEYOND_HORIZON,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a time is asked for. Staff may waive the notice and name the consultant.

    Everything else holds for everyone.
    """

    waives_notice: bool = False
    consultant_id: str | None = None


PUBLIC = Terms()


def offered(
    session: Session,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    ignoring: ConsultId | None = None,
    terms: Terms = PUBLIC,
) -> list[datetime]:
    """Every instant from `start` up to `end` at which some consultant is free, ascending.

    `ignoring` is a consult about to move: what it holds counts as free.
    """
    agendas = _agendas(session, start, end, now=now, ignoring=ignoring, terms=terms)
    minutes = {at for agenda in agendas for at in start_minutes(agenda, start, end, now=now)}
    return [instant(minute) for minute in sorted(minutes)]


def free_consultants(
    session: Session,
    start: datetime,
    *,
    now: datetime,
    ignoring: ConsultId | None = None,
    terms: Terms = PUBLIC,
) -> list[Consultant]:
    """Those who offer exactly this instant, in the order in which they are asked.

    Raises `SlotTaken` when somebody would but is held, `NotOffered` when nobody ever did.
    """
    agendas = _agendas(session, start, start, now=now, ignoring=ignoring, terms=terms)
    reasons = {agenda.consultant.id: why_not(agenda, start, now=now) for agenda in agendas}
    free = {
        agenda.consultant.id: agenda.consultant
        for agenda in agendas
        if reasons[agenda.consultant.id] is None
    }
    if not free:
        raise _refusal(session, start, [r for r in reasons.values() if r], now=now, terms=terms)
    turn = choice.in_turn(store.loads(session, free.values(), start))
    return [free[consultant_id] for consultant_id in turn]


def taken(session: Session, start: datetime, *, now: datetime, terms: Terms = PUBLIC) -> SlotTaken:
    """The refusal of a time that somebody else has, with free times near it."""
    near = offered(session, max(now, start - _NEAR), start + _NEAR, now=now, terms=terms)
    if len(near) < ALTERNATIVES:
        near = offered(session, now, now + timedelta(days=365), now=now, terms=terms)
    return SlotTaken(start, nearest([at for at in near if at != start], start, count=ALTERNATIVES))


def _agendas(
    session: Session,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    ignoring: ConsultId | None,
    terms: Terms,
) -> list[Agenda]:
    found = store.active_agendas(session, start=start, end=end, now=now, ignoring=ignoring)
    if terms.consultant_id is not None:
        found = [each for each in found if each.consultant.id == terms.consultant_id]
    if not terms.waives_notice:
        return found
    at_once = timedelta(0)
    return [replace(each, consultant=replace(each.consultant, notice=at_once)) for each in found]


def _refusal(
    session: Session,
    start: datetime,
    reasons: Sequence[Reason],
    *,
    now: datetime,
    terms: Terms,
) -> Exception:
    if _TAKEN.intersection(reasons):
        return taken(session, start, now=now, terms=terms)
    told = [reason for reason in _TELLING if reason in reasons]
    if told:
        return NotOffered(start, told[0])
    return NotOffered(start, Reason.PAST if start < now else Reason.OUTSIDE_HOURS)
