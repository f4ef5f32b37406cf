"""people found to be one.

Revision 0002, after 0001; written 2026-11-28 09:12:44.310220.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.add_column("person", sa.Column("merged_into", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take the expansion back."""
    op.drop_column("person", "merged_into")
