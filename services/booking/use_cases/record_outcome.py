"""Record what came of a consult: an outcome, or that the person did not come."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Consult, Outcome, completed, missed
from services.booking.keys import Keys
from services.booking.store import consults, people
from services.booking.use_cases.announce import announce, announce_outcome
from shared import audit, events


def record_outcome(
    session: Session,
    consult: Consult,
    outcome: Outcome,
    *,
    follow_up_on: date | None,
    actor: str,
    now: datetime,
) -> Consult:
    """Keep and announce the outcome; the same again changes nothing.

    Qualified hands the person over to cohort. `consult` was loaded locked; `actor` is
    "staff:<id>". Raises `NotChangeable` and `FollowUpNeeded`.
    """
    after = completed(consult, outcome, follow_up_on=follow_up_on)
    if after is consult:
        return consult
    consults.save_consult(session, after)
    announce_outcome(session, after, outcome, now=now)
    if outcome is Outcome.QUALIFIED:
        people.hand_over(session, after.person_id)
    action = f"outcome.{outcome.value}"
    audit.record(session, actor=actor, action=action, subject=f"consult:{after.id}", now=now)
    return after


def record_no_show(
    session: Session, consult: Consult, *, actor: str, keys: Keys, now: datetime
) -> Consult:
    """Keep and announce that the person did not come; again changes nothing.

    `consult` was loaded locked; `actor` is "staff:<id>". Raises `NotStarted`, `NotChangeable`.
    """
    after = missed(consult, now=now)
    if after is consult:
        return consult
    consults.save_consult(session, after)
    announce(session, events.ConsultNoShow, after, by=Actor.STAFF, keys=keys, now=now)
    subject = f"consult:{after.id}"
    audit.record(session, actor=actor, action="outcome.no_show", subject=subject, now=now)
    return after
