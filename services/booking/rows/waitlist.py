"""People who wait for a time that suits them, and the times held for them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.rows.base import Base, Digest, Id, PreferencesColumns
from shared.db.types import SealedJson


class WaitlistEntryRow(PreferencesColumns, Base):
    """Someone who waits, and when they can. The order is that of `joined_at`."""

    __tablename__ = "waitlist_entry"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    status: Mapped[str] = mapped_column(String(16), index=True)
    meeting: Mapped[str] = mapped_column(String(16))
    windows: Mapped[list[dict[str, int]]] = mapped_column(SealedJson())
    """Weekday (Monday is 0), and minutes after midnight in the person's zone."""
    until: Mapped[date]
    """The last day on which they want a call."""
    given: Mapped[dict[str, str | None]] = mapped_column(SealedJson())
    nonce: Mapped[str] = mapped_column(String(32))
    token_digest: Mapped[str] = mapped_column(Digest, unique=True)
    confirm_digest: Mapped[str | None] = mapped_column(Digest, unique=True, index=True)
    """Of the emailed link that puts a place on the list which was only asked for."""
    joined_at: Mapped[datetime] = mapped_column(index=True)


class WaitlistOfferRow(Base):
    """A freed time that is held for one person; `consult_id` is the consult that holds it."""

    __tablename__ = "waitlist_offer"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("waitlist_entry.id"), index=True)
    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id"), unique=True)
    starts_at: Mapped[datetime]
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16), index=True)
    nonce: Mapped[str] = mapped_column(String(32))
    token_digest: Mapped[str] = mapped_column(Digest, unique=True)
