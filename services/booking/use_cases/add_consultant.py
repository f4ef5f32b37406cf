"""Add someone who holds consults."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consultant import Consultant
from services.booking.domain.ids import ConsultantId
from services.booking.store import records
from services.booking.store.records import Profile
from shared import audit
from shared.db import entropy_of


def add_consultant(
    session: Session,
    consultant: Consultant,
    *,
    actor: str,
    now: datetime,
    profile: Profile | None = None,
) -> ConsultantId:
    """Keep a new consultant under a fresh id (the one given is ignored); their times are offered.

    `actor` is "staff:<id>" or "service:<name>".
    """
    fresh = replace(consultant, id=ConsultantId(entropy_of(session).uuid()))
    records.add(session, fresh, profile or Profile(), now=now)
    subject = f"consultant:{fresh.id}"
    audit.record(session, actor=actor, action="consultant.add", subject=subject, now=now)
    return fresh.id
