"""Record what came of a consult: an outcome, or that the person did not come.

It is kept at once. With an `undo` above zero others are told that much later, and until then it
can be taken back, or replaced by another: in the end one of them is announced.
"""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from services.booking.domain.consult import (
    Actor,
    Consult,
    Outcome,
    Status,
    as_before,
    completed,
    missed,
)
from services.booking.keys import Keys
from services.booking.store import consults, people, undos
from services.booking.store.undos import Undo
from services.booking.use_cases.announce import announce, announce_outcome
from services.booking.use_cases.undo_outcome import take_back
from shared import audit, events

AT_ONCE = timedelta(0)


def record_outcome(
    session: Session,
    consult: Consult,
    outcome: Outcome,
    *,
    follow_up_on: date | None,
    actor: str,
    now: datetime,
    undo: timedelta = AT_ONCE,
) -> Consult:
    """Keep and announce the outcome; the same again changes nothing.

    Qualified hands the person over to cohort. `consult` was loaded locked; `actor` is
    "staff:<id>". Raises `NotChangeable` and `FollowUpNeeded`.
    """
    if (consult.outcome, consult.follow_up_on) == (outcome, follow_up_on):
        return consult
    before = take_back(session, consult, now=now)
    after = completed(before, outcome, follow_up_on=follow_up_on)
    consults.save_consult(session, after)
    due = now + undo
    event_id = announce_outcome(session, after, outcome, now=now, available_at=due)
    owner = None
    if outcome is Outcome.QUALIFIED:
        owner = people.hand_over(session, after.person_id)
    if undo > AT_ONCE:
        undos.keep(session, after.id, Undo(event_id, as_before(before), owner, due))
    _note(session, after, outcome.value, actor=actor, now=now)
    return after


def record_no_show(
    session: Session,
    consult: Consult,
    *,
    actor: str,
    keys: Keys,
    now: datetime,
    undo: timedelta = AT_ONCE,
) -> Consult:
    """Keep and announce that the person did not come; again changes nothing.

    `consult` was loaded locked; `actor` is "staff:<id>". Raises `NotStarted`, `NotChangeable`.
    """
    if consult.status is Status.NO_SHOW:
        return consult
    before = take_back(session, consult, now=now)
    after = missed(before, now=now)
    consults.save_consult(session, after)
    due = now + undo
    event_id = announce(
        session,
        events.ConsultNoShow,
        after,
        by=Actor.STAFF,
        keys=keys,
        now=now,
        available_at=due,
    )
    if undo > AT_ONCE:
        undos.keep(session, after.id, Undo(event_id, as_before(before), None, due))
    _note(session, after, "no_show", actor=actor, now=now)
    return after


def _note(session: Session, consult: Consult, what: str, *, actor: str, now: datetime) -> None:
    subject = f"consult:{consult.id}"
    audit.record(session, actor=actor, action=f"outcome.{what}", subject=subject, now=now)
