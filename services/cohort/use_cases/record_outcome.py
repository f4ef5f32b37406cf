"""Keep how a consult ended; a person who qualifies becomes an applicant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services.cohort.domain.applicant import ConsultOutcome, Outcome, later
from services.cohort.keys import Keys
from services.cohort.store.people import lock_consult, remember_contact
from services.cohort.tables import ConsultRow
from services.cohort.use_cases.create_applicant import create_applicant
from shared.events import ConsultCompleted


def record_outcome(
    session: Session, event: ConsultCompleted, *, keys: Keys, at: datetime, now: datetime
) -> None:
    """Note the outcome recorded at `at` (UTC); of several for one consult the last recorded holds.

    *Qualified* makes the applicant, once for each person, in whatever order consults are heard of.
    """
    person = remember_contact(session, event.person, keys)
    row = lock_consult(session, event.consult_id, person.person_id)
    heard = ConsultOutcome(Outcome(event.outcome), event.follow_up_on, at)
    holds = later(_known(row), heard)
    row.outcome, row.outcome_at = holds.outcome.value, holds.at
    row.follow_up_on = holds.follow_up_on
    session.flush()
    if heard.outcome is Outcome.QUALIFIED:
        create_applicant(
            session,
            person.person_id,
            consult_id=event.consult_id,
            qualified_at=at,
            keys=keys,
            now=now,
        )


def _known(row: ConsultRow) -> ConsultOutcome | None:
    if row.outcome is None or row.outcome_at is None:
        return None
    return ConsultOutcome(Outcome(row.outcome), row.follow_up_on, row.outcome_at)
