"""The tables that every service's database holds: event flow, audit, limits, staff replica."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)

from shared.db.base import naming
from shared.db.types import Sealed, UtcDateTime

common = MetaData(naming_convention=naming)

_counter = BigInteger().with_variant(Integer, "sqlite")

outbox = Table(
    "outbox",
    common,
    Column("id", _counter, primary_key=True, autoincrement=True),
    Column("event_id", String(64), nullable=False, unique=True),
    Column("type", String(80), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("envelope", Sealed(), nullable=False),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("available_at", UtcDateTime(), nullable=False),
    Column("sent_at", UtcDateTime()),
    Column("returned_at", UtcDateTime()),
)
Index(
    "ix_outbox_unsent",
    outbox.c.id,
    sqlite_where=outbox.c.sent_at.is_(None),
    postgresql_where=outbox.c.sent_at.is_(None),
)
Index("ix_outbox_sent_at", outbox.c.sent_at)

inbox = Table(
    "inbox",
    common,
    Column("event_id", String(64), primary_key=True),
    Column("type", String(80), nullable=False),
    Column("source", String(80), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("sequence", BigInteger),
    Column("status", String(16), nullable=False),  # handled superseded failed dead dropped
    Column("attempts", Integer, nullable=False, default=0),
    Column("received_at", UtcDateTime(), nullable=False),
    Column("handled_at", UtcDateTime()),
    Column("next_try_at", UtcDateTime()),
    Column("error", Sealed()),
    Column("envelope", Sealed()),  # kept only until the event is handled
)
Index(
    "ix_inbox_waiting",
    inbox.c.status,
    inbox.c.next_try_at,
    sqlite_where=inbox.c.status.in_(["failed", "dead"]),
    postgresql_where=inbox.c.status.in_(["failed", "dead"]),
)
Index("ix_inbox_received_at", inbox.c.received_at)

inbox_subject = Table(
    "inbox_subject",
    common,
    Column("source", String(80), primary_key=True),
    Column("subject", String(160), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
)

audit_log = Table(
    "audit_log",
    common,
    Column("id", _counter, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime(), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("action", String(120), nullable=False),
    Column("subject", String(160), nullable=False, index=True),
)

rate_limit = Table(
    "rate_limit",
    common,
    Column("key", String(160), primary_key=True),
    Column("window_start", UtcDateTime(), primary_key=True),
    Column("count", Integer, nullable=False),
)

staff_replica = Table(
    "staff_replica",
    common,
    Column("staff_id", String(64), primary_key=True),
    Column("email", Sealed(), nullable=False),
    Column("name", Sealed(), nullable=False),
    Column("phone", Sealed()),
    Column("timezone", String(64), nullable=False),
    Column("locale", String(16), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("qualifications", JSON, nullable=False),
    Column("on_call", Boolean, nullable=False, default=False),
    Column("escalation_order", Integer),
    Column("active", Boolean, nullable=False, default=True),
    Column("epoch", Integer, nullable=False, default=1),
)

revoked_session = Table(
    "revoked_session",
    common,
    Column("sid", String(64), primary_key=True),
    Column("staff_id", String(64), nullable=False),
    Column("revoked_at", UtcDateTime(), nullable=False),
)

heartbeat = Table(
    "heartbeat",
    common,
    Column("name", String(40), primary_key=True),
    Column("at", UtcDateTime(), nullable=False),
)
