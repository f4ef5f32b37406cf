"""first tables.

Revision 0001, after nothing; written 2026-11-24 03:09:02.385596.
"""

import sqlalchemy as sa
from alembic import op

from shared.db import types
from shared.db.guard import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "appointment",
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", types.UtcDateTime(), nullable=False),
        sa.Column("venue_timezone", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", types.UtcDateTime(), nullable=False),
        sa.Column("change", sa.String(length=16), nullable=True),
        sa.Column("change_revision", sa.Integer(), nullable=True),
        sa.Column("changed_at", types.UtcDateTime(), nullable=True),
        sa.Column("told_starts_at", types.UtcDateTime(), nullable=True),
        sa.Column("cohort_id", sa.String(length=64), nullable=True),
        sa.Column("details", types.SealedJson(), nullable=False),
        sa.PrimaryKeyConstraint("source", "person_id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_person_id"), "appointment", ["person_id"], unique=False)
    op.create_table(
        "audit_log",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_subject"), "audit_log", ["subject"], unique=False)
    op.create_table(
        "captured",
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("payload", types.SealedJson(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_captured")),
    )
    op.create_index(op.f("ix_captured_at"), "captured", ["at"], unique=False)
    op.create_table(
        "channel",
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled_at", types.UtcDateTime(), nullable=False),
        sa.Column("halted_until", types.UtcDateTime(), nullable=True),
        sa.Column("halt_reason", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel")),
    )
    op.create_table(
        "enrollment",
        sa.Column("enrollment_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("cohort_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("confirmed_at", types.UtcDateTime(), nullable=False),
        sa.Column("details", types.SealedJson(), nullable=False),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_enrollment")),
    )
    op.create_index(op.f("ix_enrollment_person_id"), "enrollment", ["person_id"], unique=False)
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "inbound",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("phone_hash", sa.String(length=64), nullable=False),
        sa.Column("sender", types.Sealed(), nullable=False),
        sa.Column("body", types.Sealed(), nullable=False),
        sa.Column("intent", sa.String(length=16), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_inbound")),
    )
    op.create_index(op.f("ix_inbound_at"), "inbound", ["at"], unique=False)
    op.create_index(op.f("ix_inbound_message_id"), "inbound", ["message_id"], unique=False)
    op.create_index(op.f("ix_inbound_phone_hash"), "inbound", ["phone_hash"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_at", types.UtcDateTime(), nullable=False),
        sa.Column("handled_at", types.UtcDateTime(), nullable=True),
        sa.Column("next_try_at", types.UtcDateTime(), nullable=True),
        sa.Column("error", types.Sealed(), nullable=True),
        sa.Column("envelope", types.Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"], unique=False)
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["status", "next_try_at"],
        unique=False,
        sqlite_where=sa.text("status IN ('failed', 'dead')"),
        postgresql_where=sa.text("status IN ('failed', 'dead')"),
    )
    op.create_table(
        "inbox_subject",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "subject", name=op.f("pk_inbox_subject")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("occasion", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("send_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("wake_at", types.UtcDateTime(), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("any_hour", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("asks", sa.String(length=1), nullable=True),
        sa.Column("to_hash", sa.String(length=64), nullable=True),
        sa.Column("lease", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("called_at", types.UtcDateTime(), nullable=True),
        sa.Column("left_at", types.UtcDateTime(), nullable=True),
        sa.Column("alerted_at", types.UtcDateTime(), nullable=True),
        sa.Column("provider_sid", sa.String(length=64), nullable=True),
        sa.Column("template_version", sa.Integer(), nullable=True),
        sa.Column("snapshot", types.SealedJson(), nullable=True),
        sa.Column("rendered", types.SealedJson(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "source",
            "occasion",
            "purpose",
            "channel",
            "person_id",
            name=op.f("uq_message_source_occasion_purpose_channel_person_id"),
        ),
    )
    op.create_index("ix_message_changed_at", "message", ["changed_at"], unique=False)
    op.create_index(op.f("ix_message_person_id"), "message", ["person_id"], unique=False)
    op.create_index("ix_message_to_hash", "message", ["to_hash"], unique=False)
    op.create_index(
        "ix_message_wake_at",
        "message",
        ["wake_at"],
        unique=False,
        sqlite_where=sa.text("wake_at IS NOT NULL"),
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )
    op.create_table(
        "opt_out",
        sa.Column("phone_hash", sa.String(length=64), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("phone_hash", name=op.f("pk_opt_out")),
    )
    op.create_table(
        "outbox",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("envelope", types.Sealed(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("available_at", types.UtcDateTime(), nullable=False),
        sa.Column("sent_at", types.UtcDateTime(), nullable=True),
        sa.Column("returned_at", types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_id")),
    )
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"], unique=False)
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "person",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("contact", types.SealedJson(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_phone_hash"), "person", ["phone_hash"], unique=False)
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("window_start", types.UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window_start", name=op.f("pk_rate_limit")),
    )
    op.create_table(
        "remark",
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("source", "person_id", "what", name=op.f("pk_remark")),
    )
    op.create_table(
        "revoked_session",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_revoked_session")),
    )
    op.create_table(
        "short_link",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("link_id", sa.String(length=120), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("target", types.Sealed(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_short_link")),
        sa.UniqueConstraint("link_id", name=op.f("uq_short_link_link_id")),
    )
    op.create_table(
        "staff_replica",
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("email", types.Sealed(), nullable=False),
        sa.Column("name", types.Sealed(), nullable=False),
        sa.Column("phone", types.Sealed(), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("qualifications", sa.JSON(), nullable=False),
        sa.Column("on_call", sa.Boolean(), nullable=False),
        sa.Column("escalation_order", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_replica")),
    )
    op.create_table(
        "message_step",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("detail", sa.String(length=160), nullable=True),
        sa.Column("mark", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_step_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_step")),
        sa.UniqueConstraint("message_id", "mark", name=op.f("uq_message_step_message_id_mark")),
    )
    op.create_index(
        op.f("ix_message_step_message_id"), "message_step", ["message_id"], unique=False
    )
    append_only("audit_log")


def downgrade() -> None:
    """Undo `upgrade`."""
    op.drop_index(op.f("ix_message_step_message_id"), table_name="message_step")
    op.drop_table("message_step")
    op.drop_table("staff_replica")
    op.drop_table("short_link")
    op.drop_table("revoked_session")
    op.drop_table("remark")
    op.drop_table("rate_limit")
    op.drop_index(op.f("ix_person_phone_hash"), table_name="person")
    op.drop_table("person")
    op.drop_index(
        "ix_outbox_unsent",
        table_name="outbox",
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.drop_index("ix_outbox_sent_at", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("opt_out")
    op.drop_index(
        "ix_message_wake_at",
        table_name="message",
        sqlite_where=sa.text("wake_at IS NOT NULL"),
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )
    op.drop_index("ix_message_to_hash", table_name="message")
    op.drop_index(op.f("ix_message_person_id"), table_name="message")
    op.drop_index("ix_message_changed_at", table_name="message")
    op.drop_table("message")
    op.drop_table("inbox_subject")
    op.drop_index(
        "ix_inbox_waiting",
        table_name="inbox",
        sqlite_where=sa.text("status IN ('failed', 'dead')"),
        postgresql_where=sa.text("status IN ('failed', 'dead')"),
    )
    op.drop_index("ix_inbox_received_at", table_name="inbox")
    op.drop_table("inbox")
    op.drop_index(op.f("ix_inbound_phone_hash"), table_name="inbound")
    op.drop_index(op.f("ix_inbound_message_id"), table_name="inbound")
    op.drop_index(op.f("ix_inbound_at"), table_name="inbound")
    op.drop_table("inbound")
    op.drop_table("heartbeat")
    op.drop_index(op.f("ix_enrollment_person_id"), table_name="enrollment")
    op.drop_table("enrollment")
    op.drop_table("channel")
    op.drop_index(op.f("ix_captured_at"), table_name="captured")
    op.drop_table("captured")
    op.drop_index(op.f("ix_audit_log_subject"), table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_index(op.f("ix_appointment_person_id"), table_name="appointment")
    op.drop_table("appointment")
