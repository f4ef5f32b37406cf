"""Take in that two people are one: all that was heard of one goes on under the other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.cohort.store.people import place_for, stand_in, standing_id
from services.cohort.store.reach import move_reach
from services.cohort.tables import ApplicantRow, ConsultRow, PersonRow
from shared import audit
from shared.bus import outbox
from shared.events import PersonMerged, StaffAlerted

_TITLE = "Two records may be of one person: please compare them"


def merge_people(session: Session, event: PersonMerged, *, event_id: str, now: datetime) -> None:
    """Let `from_id` be known as `into_id`, whatever comes later about either.

    An applicant is never merged away, as pages, seats and sessions belong to one: both stay, and
    staff are called to look.
    """
    away = place_for(session, event.from_id)
    into_id = standing_id(session, event.into_id)
    if away.merged_into is not None or into_id == away.person_id:
        return
    if session.get(ApplicantRow, away.person_id) is not None:
        _call_staff(session, away, event_id=event_id, now=now)
        return
    away.merged_into = into_id
    session.flush()
    earlier = update(PersonRow).where(PersonRow.merged_into == away.person_id)
    session.execute(earlier.values(merged_into=into_id))
    stand_in(session, away, into_id)
    consults = update(ConsultRow).where(ConsultRow.person_id == away.person_id)
    session.execute(consults.values(person_id=into_id))
    move_reach(session, away.person_id, into_id)
    subject = f"person:{into_id}"
    audit.record(session, actor="service:booking", action="person.merge", subject=subject, now=now)


def _call_staff(session: Session, away: PersonRow, *, event_id: str, now: datetime) -> None:
    alert = StaffAlerted(
        alert_id=f"cohort-merge-{event_id}",
        roles=("coordinator", "admin"),
        severity="info",
        title=_TITLE,
        url=f"/cohort/applicants/{away.person_id}",
    )
    outbox.add(session, alert, now=now)
