"""When a service's workers were last seen, for readiness and for trust in the staff replica."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.db.common import heartbeat


def beat(session: Session, name: str, now: datetime) -> None:
    """Note that `name` (such as "consumer") is alive at `now`."""
    module = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = module.insert(heartbeat).values(name=name, at=now)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def last_beat(session: Session, name: str) -> datetime | None:
    """When `name` was last alive; None when it never was."""
    return session.scalar(select(heartbeat.c.at).where(heartbeat.c.name == name))
