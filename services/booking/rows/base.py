"""What all rows of booking share."""

from datetime import datetime

from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.base import naming
from shared.db.types import UtcDateTime

Id = String(36)
Digest = String(64)


class Base(DeclarativeBase):
    """All tables of booking."""

    metadata = MetaData(naming_convention=naming)
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy reads it so


class PreferencesColumns:
    """What someone chose with a booking."""

    timezone: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(16))
    contact_by: Mapped[str] = mapped_column(String(16))
    """How they would like to be reached when something changes: "email", "phone" or "text"."""
    consent_granted: Mapped[bool]
    consent_version: Mapped[str] = mapped_column(String(40))
    consent_method: Mapped[str] = mapped_column(String(40))
    consent_at: Mapped[datetime]
