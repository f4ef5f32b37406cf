"""holds, schedules and a waitlist.

Revision 0002, after 0001; written 2026-11-27 02:30:57.728540.
"""

import sqlalchemy as sa
from alembic import op

from shared.db import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "staff_busy",
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", "starts_at", "ends_at", name=op.f("pk_staff_busy")),
    )
    op.create_index("ix_staff_busy_ends_at", "staff_busy", ["ends_at"], unique=False)
    op.create_table(
        "busy_feed",
        sa.Column("consultant_id", sa.String(length=36), nullable=False),
        sa.Column("url", types.Sealed(), nullable=False),
        sa.Column("stale_after", sa.Integer(), nullable=False),
        sa.Column("added_at", types.UtcDateTime(), nullable=False),
        sa.Column("read_at", types.UtcDateTime(), nullable=True),
        sa.Column("next_at", types.UtcDateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultant_id"], ["consultant.id"], name=op.f("fk_busy_feed_consultant_id")
        ),
        sa.PrimaryKeyConstraint("consultant_id", name=op.f("pk_busy_feed")),
    )
    op.create_index(op.f("ix_busy_feed_next_at"), "busy_feed", ["next_at"], unique=False)
    op.create_table(
        "calendar_busy",
        sa.Column("consultant_id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultant_id"], ["consultant.id"], name=op.f("fk_calendar_busy_consultant_id")
        ),
        sa.PrimaryKeyConstraint(
            "consultant_id", "starts_at", "ends_at", name=op.f("pk_calendar_busy")
        ),
    )
    op.create_table(
        "override_day",
        sa.Column("consultant_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultant_id"], ["consultant.id"], name=op.f("fk_override_day_consultant_id")
        ),
        sa.PrimaryKeyConstraint("consultant_id", "day", name=op.f("pk_override_day")),
    )
    op.create_table(
        "override_hours",
        sa.Column("consultant_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultant_id"], ["consultant.id"], name=op.f("fk_override_hours_consultant_id")
        ),
        sa.PrimaryKeyConstraint("consultant_id", "day", "opens", name=op.f("pk_override_hours")),
    )
    op.create_table(
        "waitlist_entry",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("meeting", sa.String(length=16), nullable=False),
        sa.Column("windows", types.SealedJson(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("given", types.SealedJson(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("confirm_digest", sa.String(length=64), nullable=True),
        sa.Column("joined_at", types.UtcDateTime(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("contact_by", sa.String(length=16), nullable=False),
        sa.Column("consent_granted", sa.Boolean(), nullable=False),
        sa.Column("consent_version", sa.String(length=40), nullable=False),
        sa.Column("consent_method", sa.String(length=40), nullable=False),
        sa.Column("consent_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_waitlist_entry_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entry")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_waitlist_entry_token_digest")),
    )
    op.create_index(
        op.f("ix_waitlist_entry_confirm_digest"), "waitlist_entry", ["confirm_digest"], unique=True
    )
    op.create_index(
        op.f("ix_waitlist_entry_joined_at"), "waitlist_entry", ["joined_at"], unique=False
    )
    op.create_index(
        op.f("ix_waitlist_entry_person_id"), "waitlist_entry", ["person_id"], unique=False
    )
    op.create_index(op.f("ix_waitlist_entry_status"), "waitlist_entry", ["status"], unique=False)
    op.create_table(
        "undo",
        sa.Column("consult_id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("before", types.SealedJson(), nullable=False),
        sa.Column("until", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["consult_id"], ["consult.id"], name=op.f("fk_undo_consult_id")),
        sa.PrimaryKeyConstraint("consult_id", name=op.f("pk_undo")),
    )
    op.create_index(op.f("ix_undo_until"), "undo", ["until"], unique=False)
    op.create_table(
        "waitlist_offer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("consult_id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("offered_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name=op.f("fk_waitlist_offer_consult_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["waitlist_entry.id"], name=op.f("fk_waitlist_offer_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_offer")),
        sa.UniqueConstraint("consult_id", name=op.f("uq_waitlist_offer_consult_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_waitlist_offer_token_digest")),
    )
    op.create_index(
        op.f("ix_waitlist_offer_entry_id"), "waitlist_offer", ["entry_id"], unique=False
    )
    op.create_index(op.f("ix_waitlist_offer_status"), "waitlist_offer", ["status"], unique=False)
    op.add_column("consult", sa.Column("hold_kind", sa.String(length=16), nullable=True))
    op.add_column("consult", sa.Column("hold_expires_at", types.UtcDateTime(), nullable=True))
    op.add_column(
        "consult", sa.Column("occupies", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.create_index(
        "ix_consult_hold_expires_at",
        "consult",
        ["hold_expires_at"],
        unique=False,
        sqlite_where=sa.text("hold_expires_at IS NOT NULL"),
        postgresql_where=sa.text("hold_expires_at IS NOT NULL"),
    )
    op.execute("UPDATE consult SET occupies = (status <> 'cancelled')")
    op.add_column("consult", sa.Column("confirm_digest", sa.String(length=64), nullable=True))
    op.add_column(
        "consult",
        sa.Column("contact_by", sa.String(length=16), nullable=False, server_default="email"),
    )
    op.create_index(op.f("ix_consult_confirm_digest"), "consult", ["confirm_digest"], unique=True)
    for table in ("consultant", "consult_day"):
        op.add_column(
            table, sa.Column("changes", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
    op.add_column("consultant", sa.Column("staff_id", sa.String(length=36), nullable=True))
    op.add_column("consultant", sa.Column("holiday_region", sa.String(length=16), nullable=True))
    op.add_column("consultant", sa.Column("feed_nonce", sa.String(length=32), nullable=True))
    op.add_column("consultant", sa.Column("feed_digest", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_consultant_feed_digest"), "consultant", ["feed_digest"], unique=True)
    op.create_index(op.f("ix_consultant_staff_id"), "consultant", ["staff_id"], unique=True)
    op.add_column("person", sa.Column("merged_into", sa.String(length=36), nullable=True))
    op.add_column(
        "person",
        sa.Column("contact_by", sa.String(length=16), nullable=False, server_default="email"),
    )
    op.create_index(op.f("ix_person_merged_into"), "person", ["merged_into"], unique=False)


def downgrade() -> None:
    """Undo `upgrade`."""
    op.drop_index(op.f("ix_person_merged_into"), table_name="person")
    op.drop_column("person", "contact_by")
    op.drop_column("person", "merged_into")
    op.drop_index(op.f("ix_consultant_staff_id"), table_name="consultant")
    op.drop_index(op.f("ix_consultant_feed_digest"), table_name="consultant")
    for table in ("consult_day", "consultant"):
        op.drop_column(table, "changes")
    op.drop_column("consultant", "feed_digest")
    op.drop_column("consultant", "feed_nonce")
    op.drop_column("consultant", "holiday_region")
    op.drop_column("consultant", "staff_id")
    op.drop_index(op.f("ix_consult_confirm_digest"), table_name="consult")
    op.drop_column("consult", "contact_by")
    op.drop_column("consult", "confirm_digest")
    op.drop_column("consult", "occupies")
    op.drop_index("ix_consult_hold_expires_at", table_name="consult")
    op.drop_column("consult", "hold_expires_at")
    op.drop_column("consult", "hold_kind")
    op.drop_index(op.f("ix_waitlist_offer_status"), table_name="waitlist_offer")
    op.drop_index(op.f("ix_waitlist_offer_entry_id"), table_name="waitlist_offer")
    op.drop_table("waitlist_offer")
    op.drop_index(op.f("ix_undo_until"), table_name="undo")
    op.drop_table("undo")
    op.drop_index(op.f("ix_waitlist_entry_status"), table_name="waitlist_entry")
    op.drop_index(op.f("ix_waitlist_entry_person_id"), table_name="waitlist_entry")
    op.drop_index(op.f("ix_waitlist_entry_joined_at"), table_name="waitlist_entry")
    op.drop_index(op.f("ix_waitlist_entry_confirm_digest"), table_name="waitlist_entry")
    op.drop_table("waitlist_entry")
    op.drop_table("override_hours")
    op.drop_table("override_day")
    op.drop_table("calendar_busy")
    op.drop_index(op.f("ix_busy_feed_next_at"), table_name="busy_feed")
    op.drop_table("busy_feed")
    op.drop_index("ix_staff_busy_ends_at", table_name="staff_busy")
    op.drop_table("staff_busy")
