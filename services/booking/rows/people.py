"""People who booked."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.rows.base import Base, Digest, Id, PreferencesColumns
from shared.db.types import Sealed


class PersonRow(PreferencesColumns, Base):
    """Someone who booked. The digests find a sealed email or phone again."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int]
    owner: Mapped[str] = mapped_column(String(16))
    """Who may change the contact data: "booking", and "cohort" once qualified."""
    name: Mapped[str] = mapped_column(Sealed())
    email: Mapped[str | None] = mapped_column(Sealed())
    phone: Mapped[str | None] = mapped_column(Sealed())
    email_digest: Mapped[str | None] = mapped_column(Digest, index=True)
    phone_digest: Mapped[str | None] = mapped_column(Digest, index=True)
    possible_duplicate: Mapped[bool]
    merged_into: Mapped[str | None] = mapped_column(Id, index=True)
    """Staff found that this is the same person as another, under whose id all of it goes on."""
    created_at: Mapped[datetime]


class PersonMatchRow(Base):
    """Which person a form with this email and this phone (both, as one digest) means."""

    __tablename__ = "person_match"

    contact_digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
