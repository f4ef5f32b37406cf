"""Take in that two people are one: what was planned for one goes to the other."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.notify.store import appointments, messages, people
from services.notify.use_cases.plan_person import plan_person
from shared.bus import Meta
from shared.events import PersonMerged


def merge_people(session: Session, event: PersonMerged, meta: Meta) -> None:
    """Let `from_id` be known as `into_id`, whatever comes later about either, and plan anew.

    What has left keeps its key under the new id, so nothing is sent a second time.
    """
    away = people.place_for(session, event.from_id, at=meta.now)
    into_id = people.standing_id(session, event.into_id)
    if away.merged_into is not None or into_id == away.person_id:
        return
    people.lock_person(session, into_id)
    people.merge(session, away, into_id)
    appointments.move_to(session, away.person_id, into_id)
    messages.move_to(session, away.person_id, into_id, now=meta.now)
    plan_person(session, into_id, now=meta.now)
