"""Add someone who holds consults."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consultant import Consultant
from services.booking.domain.ids import ConsultantId
from services.booking.store import consultants
from shared import audit
from shared.db import entropy_of


def add_consultant(
    session: Session,
    consultant: Consultant,
    *,
    actor: str,
    now: datetime,
    join_url: str | None = None,
) -> ConsultantId:
    """Keep a new consultant under a fresh id (the one given is ignored); their times are offered.

    `join_url` is the address of their video room. `actor` is "staff:<id>" or "system".
    """
    fresh = replace(consultant, id=ConsultantId(entropy_of(session).uuid()))
    consultants.save_consultant(session, fresh, join_url=join_url, now=now)
    subject = f"consultant:{fresh.id}"
    audit.record(session, actor=actor, action="consultant.add", subject=subject, now=now)
    return fresh.id
