"""first tables.

Revision 0001, after nothing; written 2026-11-24 03:06:34.946428.
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
        "closed_date",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closed_date")),
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
        "no_texts",
        sa.Column("phone_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("phone_hash", "person_id", name=op.f("pk_no_texts")),
    )
    op.create_index(op.f("ix_no_texts_person_id"), "no_texts", ["person_id"], unique=False)
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
        sa.Column("name", types.Sealed(), nullable=False),
        sa.Column("email", types.Sealed(), nullable=True),
        sa.Column("email_digest", sa.String(length=64), nullable=True),
        sa.Column("phone", types.Sealed(), nullable=True),
        sa.Column("phone_digest", sa.String(length=64), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("sms_consent", types.SealedJson(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_email_digest"), "person", ["email_digest"], unique=False)
    op.create_index(op.f("ix_person_phone_digest"), "person", ["phone_digest"], unique=False)
    op.create_table(
        "program_template",
        sa.Column("template_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("template_id", "version", name=op.f("pk_program_template")),
    )
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("window_start", types.UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window_start", name=op.f("pk_rate_limit")),
    )
    op.create_table(
        "reach",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "channel", name=op.f("pk_reach")),
    )
    op.create_table(
        "reply",
        sa.Column("reply_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("intent", sa.String(length=16), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("reply_id", name=op.f("pk_reply")),
    )
    op.create_index(op.f("ix_reply_person_id"), "reply", ["person_id"], unique=False)
    op.create_table(
        "revoked_session",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_revoked_session")),
    )
    op.create_table(
        "room",
        sa.Column("room_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_room")),
        sa.UniqueConstraint("name_key", name=op.f("uq_room_name_key")),
    )
    op.create_table(
        "staff",
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("email", types.Sealed(), nullable=False),
        sa.Column("email_digest", sa.String(length=64), nullable=False),
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
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email_digest", name=op.f("uq_staff_email_digest")),
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
        "applicant",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("consult_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("qualified_at", types.UtcDateTime(), nullable=False),
        sa.Column("page_nonce", sa.String(length=64), nullable=False),
        sa.Column("page_digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "status in ('waiting', 'enrolled', 'left', 'alumnus')", name=op.f("ck_applicant_status")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name=op.f("fk_applicant_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_applicant")),
        sa.UniqueConstraint("page_digest", name=op.f("uq_applicant_page_digest")),
    )
    op.create_index(
        "ix_applicant_status_qualified_at", "applicant", ["status", "qualified_at"], unique=False
    )
    op.create_table(
        "cohort",
        sa.Column("cohort_id", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("template_id", sa.String(length=64), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_time", sa.String(length=5), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("holiday_region", sa.String(length=16), nullable=False),
        sa.Column("room_id", sa.String(length=64), nullable=True),
        sa.Column("meeting_url", types.Sealed(), nullable=True),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("min_size", sa.Integer(), nullable=False),
        sa.Column("max_size", sa.Integer(), nullable=False),
        sa.Column("first_session_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_ends_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("min_size >= 1 and min_size <= max_size", name=op.f("ck_cohort_size")),
        sa.ForeignKeyConstraint(["room_id"], ["room.room_id"], name=op.f("fk_cohort_room_id")),
        sa.ForeignKeyConstraint(
            ["template_id", "template_version"],
            ["program_template.template_id", "program_template.version"],
            name=op.f("fk_cohort_template_id_template_version"),
        ),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_cohort")),
    )
    op.create_index(op.f("ix_cohort_stage"), "cohort", ["stage"], unique=False)
    op.create_table(
        "consult",
        sa.Column("consult_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("starts_at", types.UtcDateTime(), nullable=True),
        sa.Column("ends_at", types.UtcDateTime(), nullable=True),
        sa.Column("consultant", types.Sealed(), nullable=True),
        sa.Column("meeting_kind", sa.String(length=16), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("outcome_at", types.UtcDateTime(), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name=op.f("fk_consult_person_id")
        ),
        sa.PrimaryKeyConstraint("consult_id", name=op.f("pk_consult")),
    )
    op.create_index(
        "ix_consult_outcome_follow_up_on", "consult", ["outcome", "follow_up_on"], unique=False
    )
    op.create_index(op.f("ix_consult_person_id"), "consult", ["person_id"], unique=False)
    op.create_index("ix_consult_status_starts_at", "consult", ["status", "starts_at"], unique=False)
    op.create_table(
        "sign_in_link",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("used_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.staff_id"], name=op.f("fk_sign_in_link_staff_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_link")),
    )
    op.create_index(op.f("ix_sign_in_link_staff_id"), "sign_in_link", ["staff_id"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("renewed_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.staff_id"], name=op.f("fk_staff_session_staff_id")
        ),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"], unique=False)
    op.create_table(
        "enrollment",
        sa.Column("enrollment_id", sa.String(length=64), nullable=False),
        sa.Column("cohort_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "status in ('active', 'ended', 'completed')", name=op.f("ck_enrollment_status")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.cohort_id"], name=op.f("fk_enrollment_cohort_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["applicant.person_id"], name=op.f("fk_enrollment_person_id")
        ),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_enrollment")),
    )
    op.create_index(op.f("ix_enrollment_cohort_id"), "enrollment", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_enrollment_person_id"), "enrollment", ["person_id"], unique=False)
    op.create_index(
        "uq_enrollment_active_person",
        "enrollment",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(
        "uq_enrollment_active_seat",
        "enrollment",
        ["cohort_id", "seat"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "session",
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("cohort_id", sa.String(length=64), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", types.UtcDateTime(), nullable=False),
        sa.Column("room_id", sa.String(length=64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_session_order")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.cohort_id"], name=op.f("fk_session_cohort_id")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.room_id"], name=op.f("fk_session_room_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session")),
        sa.UniqueConstraint(
            "cohort_id", "week", "kind", name=op.f("uq_session_cohort_id_week_kind")
        ),
    )
    op.create_index(op.f("ix_session_starts_at"), "session", ["starts_at"], unique=False)
    op.create_table(
        "session_cell",
        sa.Column("resource", sa.String(length=80), nullable=False),
        sa.Column("cell_start", types.UtcDateTime(), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.session_id"], name=op.f("fk_session_cell_session_id")
        ),
        sa.PrimaryKeyConstraint("resource", "cell_start", name=op.f("pk_session_cell")),
    )
    op.create_index(
        op.f("ix_session_cell_session_id"), "session_cell", ["session_id"], unique=False
    )
    op.create_table(
        "session_staff",
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.session_id"], name=op.f("fk_session_staff_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.staff_id"], name=op.f("fk_session_staff_staff_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "staff_id", name=op.f("pk_session_staff")),
    )
    op.create_index(op.f("ix_session_staff_staff_id"), "session_staff", ["staff_id"], unique=False)
    append_only("audit_log")


def downgrade() -> None:
    """Undo `upgrade`."""
    op.drop_index(op.f("ix_session_staff_staff_id"), table_name="session_staff")
    op.drop_table("session_staff")
    op.drop_index(op.f("ix_session_cell_session_id"), table_name="session_cell")
    op.drop_table("session_cell")
    op.drop_index(op.f("ix_session_starts_at"), table_name="session")
    op.drop_table("session")
    op.drop_index(
        "uq_enrollment_active_seat",
        table_name="enrollment",
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.drop_index(
        "uq_enrollment_active_person",
        table_name="enrollment",
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.drop_index(op.f("ix_enrollment_person_id"), table_name="enrollment")
    op.drop_index(op.f("ix_enrollment_cohort_id"), table_name="enrollment")
    op.drop_table("enrollment")
    op.drop_index(op.f("ix_staff_session_staff_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index(op.f("ix_sign_in_link_staff_id"), table_name="sign_in_link")
    op.drop_table("sign_in_link")
    op.drop_index("ix_consult_status_starts_at", table_name="consult")
    op.drop_index(op.f("ix_consult_person_id"), table_name="consult")
    op.drop_index("ix_consult_outcome_follow_up_on", table_name="consult")
    op.drop_table("consult")
    op.drop_index(op.f("ix_cohort_stage"), table_name="cohort")
    op.drop_table("cohort")
    op.drop_index("ix_applicant_status_qualified_at", table_name="applicant")
    op.drop_table("applicant")
    op.drop_table("staff_replica")
    op.drop_table("staff")
    op.drop_table("room")
    op.drop_table("revoked_session")
    op.drop_index(op.f("ix_reply_person_id"), table_name="reply")
    op.drop_table("reply")
    op.drop_table("reach")
    op.drop_table("rate_limit")
    op.drop_table("program_template")
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
    op.drop_index(op.f("ix_no_texts_person_id"), table_name="no_texts")
    op.drop_table("no_texts")
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
    op.drop_table("closed_date")
    op.drop_index(op.f("ix_audit_log_subject"), table_name="audit_log")
    op.drop_table("audit_log")
