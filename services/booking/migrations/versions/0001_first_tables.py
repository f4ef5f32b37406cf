"""first tables.

Revision 0001, after nothing; written 2026-11-24 03:36:39.326332.
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
        "answer",
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("consult_id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_digest", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_created_at"), "answer", ["created_at"], unique=False)
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
        "confirmation",
        sa.Column("consult_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("consult_id", name=op.f("pk_confirmation")),
    )
    op.create_table(
        "consultant",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("buffer_before", sa.Integer(), nullable=False),
        sa.Column("buffer_after", sa.Integer(), nullable=False),
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=True),
        sa.Column("join_url", sa.String(length=500), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultant")),
    )
    op.create_table(
        "delivery",
        sa.Column("consult_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("consult_id", "purpose", "channel", name=op.f("pk_delivery")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
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
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("name", types.Sealed(), nullable=False),
        sa.Column("email", types.Sealed(), nullable=True),
        sa.Column("phone", types.Sealed(), nullable=True),
        sa.Column("email_digest", sa.String(length=64), nullable=True),
        sa.Column("phone_digest", sa.String(length=64), nullable=True),
        sa.Column("possible_duplicate", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("consent_granted", sa.Boolean(), nullable=False),
        sa.Column("consent_version", sa.String(length=40), nullable=False),
        sa.Column("consent_method", sa.String(length=40), nullable=False),
        sa.Column("consent_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_email_digest"), "person", ["email_digest"], unique=False)
    op.create_index(op.f("ix_person_phone_digest"), "person", ["phone_digest"], unique=False)
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("window_start", types.UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window_start", name=op.f("pk_rate_limit")),
    )
    op.create_table(
        "revoked_session",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_revoked_session")),
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
        "texts_off",
        sa.Column("phone_digest", sa.String(length=64), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("phone_digest", name=op.f("pk_texts_off")),
    )
    op.create_table(
        "consult",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("consultant_id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("held_from", types.UtcDateTime(), nullable=False),
        sa.Column("held_until", types.UtcDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("meeting", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("note", types.Sealed(), nullable=True),
        sa.Column("given", types.SealedJson(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("booked_at", types.UtcDateTime(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("consent_granted", sa.Boolean(), nullable=False),
        sa.Column("consent_version", sa.String(length=40), nullable=False),
        sa.Column("consent_method", sa.String(length=40), nullable=False),
        sa.Column("consent_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "held_from <= starts_at AND starts_at < held_until", name=op.f("ck_consult_held")
        ),
        sa.ForeignKeyConstraint(
            ["consultant_id"], ["consultant.id"], name=op.f("fk_consult_consultant_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consult_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consult")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_consult_token_digest")),
    )
    op.create_index(
        "ix_consult_consultant_held", "consult", ["consultant_id", "held_from"], unique=False
    )
    op.create_index(op.f("ix_consult_person_id"), "consult", ["person_id"], unique=False)
    op.create_index(op.f("ix_consult_starts_at"), "consult", ["starts_at"], unique=False)
    op.create_table(
        "consult_day",
        sa.Column("consultant_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultant_id"], ["consultant.id"], name=op.f("fk_consult_day_consultant_id")
        ),
        sa.PrimaryKeyConstraint("consultant_id", "day", name=op.f("pk_consult_day")),
    )
    op.create_table(
        "person_match",
        sa.Column("contact_digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_match_person_id")
        ),
        sa.PrimaryKeyConstraint("contact_digest", name=op.f("pk_person_match")),
    )
    op.create_index(op.f("ix_person_match_person_id"), "person_match", ["person_id"], unique=False)
    op.create_table(
        "weekly_hours",
        sa.Column("consultant_id", sa.String(length=36), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultant_id"], ["consultant.id"], name=op.f("fk_weekly_hours_consultant_id")
        ),
        sa.PrimaryKeyConstraint("consultant_id", "weekday", "opens", name=op.f("pk_weekly_hours")),
    )
    op.create_table(
        "consult_cell",
        sa.Column("consultant_id", sa.String(length=36), nullable=False),
        sa.Column("cell_start", types.UtcDateTime(), nullable=False),
        sa.Column("consult_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_consult_cell_consult_id")
        ),
        sa.ForeignKeyConstraint(
            ["consultant_id"], ["consultant.id"], name=op.f("fk_consult_cell_consultant_id")
        ),
        sa.PrimaryKeyConstraint("consultant_id", "cell_start", name=op.f("pk_consult_cell")),
    )
    op.create_index(
        op.f("ix_consult_cell_consult_id"), "consult_cell", ["consult_id"], unique=False
    )
    append_only("audit_log")


def downgrade() -> None:
    """Undo `upgrade`."""
    op.drop_index(op.f("ix_consult_cell_consult_id"), table_name="consult_cell")
    op.drop_table("consult_cell")
    op.drop_table("weekly_hours")
    op.drop_index(op.f("ix_person_match_person_id"), table_name="person_match")
    op.drop_table("person_match")
    op.drop_table("consult_day")
    op.drop_index(op.f("ix_consult_starts_at"), table_name="consult")
    op.drop_index(op.f("ix_consult_person_id"), table_name="consult")
    op.drop_index("ix_consult_consultant_held", table_name="consult")
    op.drop_table("consult")
    op.drop_table("texts_off")
    op.drop_table("staff_replica")
    op.drop_table("revoked_session")
    op.drop_table("rate_limit")
    op.drop_index(op.f("ix_person_phone_digest"), table_name="person")
    op.drop_index(op.f("ix_person_email_digest"), table_name="person")
    op.drop_table("person")
    op.drop_index(
        "ix_outbox_unsent",
        table_name="outbox",
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.drop_index("ix_outbox_sent_at", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("inbox_subject")
    op.drop_index(
        "ix_inbox_waiting",
        table_name="inbox",
        sqlite_where=sa.text("status IN ('failed', 'dead')"),
        postgresql_where=sa.text("status IN ('failed', 'dead')"),
    )
    op.drop_index("ix_inbox_received_at", table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("heartbeat")
    op.drop_table("delivery")
    op.drop_table("consultant")
    op.drop_table("confirmation")
    op.drop_index(op.f("ix_audit_log_subject"), table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_index(op.f("ix_answer_created_at"), table_name="answer")
    op.drop_table("answer")
