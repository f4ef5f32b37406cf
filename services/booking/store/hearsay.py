"""What notify told of messages about consults, and of phone numbers.

It comes in any order and repeatedly, even before the consult is known. So each row keeps the
greatest of what was heard, by an order that does not depend on when it came, and readers compare
its revision with the consult's.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, delete, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.booking.domain.ids import ConsultId
from services.booking.domain.trouble import Trouble
from services.booking.tables import ConfirmationRow, ConsultRow, DeliveryRow, TextsOffRow
from shared.db import insert_new


def keep_confirmation(
    session: Session, consult_id: ConsultId, *, revision: int, at: datetime
) -> None:
    """The person confirmed this revision: the newest counts, from its first confirmation on."""
    kept = ConfirmationRow
    statement = _insert(session, ConfirmationRow.__table__)
    new = statement.excluded
    first = and_(new.revision == kept.revision, new.at < kept.at)
    row = {"consult_id": consult_id, "revision": revision, "at": at}
    _keep(session, statement, row, where=or_(new.revision > kept.revision, first))


def carry_confirmation(session: Session, consult_id: ConsultId, *, since: int, to: int) -> None:
    """What was confirmed of one revision holds for a later one, which leaves the time as it is."""
    row = session.get(ConfirmationRow, consult_id, populate_existing=True)
    if row is not None and row.revision == since:
        keep_confirmation(session, consult_id, revision=to, at=row.at)


def keep_delivery(
    session: Session,
    consult_id: ConsultId,
    trouble: Trouble,
    *,
    purpose: str,
    revision: int,
    delivered: bool,
    at: datetime,
) -> None:
    """What became of a message: the newest revision counts, and of that the latest news.

    At the same instant, delivered counts more than failed.
    """
    kept = DeliveryRow
    statement = _insert(session, DeliveryRow.__table__)
    new = statement.excluded
    old_news = tuple_(kept.revision, kept.at, kept.delivered, kept.reason)
    row = {
        "consult_id": consult_id,
        "purpose": purpose,
        "channel": trouble.channel,
        "revision": revision,
        "at": at,
        "delivered": delivered,
        "reason": trouble.reason,
    }
    is_newer = old_news < tuple_(new.revision, new.at, new.delivered, new.reason)
    _keep(session, statement, row, where=is_newer)


def troubles_of(
    session: Session, consult_ids: Sequence[ConsultId]
) -> Mapping[ConsultId, tuple[Trouble, ...]]:
    """What did not reach people about these consults as they stand now, oldest first."""
    query = (
        select(DeliveryRow)
        .join(
            ConsultRow,
            and_(
                ConsultRow.id == DeliveryRow.consult_id,
                ConsultRow.revision == DeliveryRow.revision,
            ),
        )
        .where(DeliveryRow.consult_id.in_(consult_ids), DeliveryRow.delivered.is_(False))
        .order_by(DeliveryRow.at, DeliveryRow.purpose, DeliveryRow.channel)
    )
    found: dict[ConsultId, dict[Trouble, None]] = {}
    for row in session.scalars(query):
        told = found.setdefault(ConsultId(row.consult_id), {})
        told[Trouble(row.channel, row.reason)] = None
    return {consult_id: tuple(told) for consult_id, told in found.items()}


def turn_texts_off(session: Session, phone_digest: str, *, at: datetime) -> None:
    """This number wants no texts."""
    row = {"phone_digest": phone_digest, "at": at}
    insert_new(session, TextsOffRow.__table__, [row])


def turn_texts_on(session: Session, phone_digest: str) -> None:
    """This number may be texted again."""
    session.execute(delete(TextsOffRow).where(TextsOffRow.phone_digest == phone_digest))


def _insert(session: Session, table: Any) -> postgresql.Insert | sqlite.Insert:
    dialect = session.get_bind().dialect.name
    module = postgresql if dialect == "postgresql" else sqlite
    made: postgresql.Insert | sqlite.Insert = module.insert(cast("Table", table))
    return made


def _keep(
    session: Session,
    statement: postgresql.Insert | sqlite.Insert,
    row: dict[str, Any],
    *,
    where: ColumnElement[bool],
) -> None:
    """Insert the row, or replace what is kept under its key where the condition holds."""
    keys = [column.name for column in statement.table.primary_key]
    values = {name: statement.excluded[name] for name in row if name not in keys}
    session.execute(
        statement.values(row).on_conflict_do_update(index_elements=keys, set_=values, where=where)
    )
