"""The append-only record of who read or changed what about whom; ids only."""

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shared.db.common import audit_log


def record(session: Session, *, actor: str, action: str, subject: str, now: datetime) -> None:
    """Add one line in the session's transaction.

    `actor` and `subject` are kinds and ids such as "staff:<id>" and "consult:<id>", never names.
    The database itself refuses to change or delete lines (a trigger, made by the migrations).
    """
    row = {"at": now, "actor": actor, "action": action, "subject": subject}
    session.execute(insert(audit_log).values(row))
