"""Consults, and what keeps two of them from overlapping. Contact data and notes are sealed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.rows.base import Base, Digest, Id, PreferencesColumns
from shared.db.types import Sealed, SealedJson


class ConsultRow(PreferencesColumns, Base):
    """One consult. `held_from` to `held_until` is what it keeps of the consultant's time."""

    __tablename__ = "consult"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    consultant_id: Mapped[str] = mapped_column(ForeignKey("consultant.id"))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    held_from: Mapped[datetime]
    held_until: Mapped[datetime]
    day: Mapped[date]
    """The consultant's own date of the start, which the daily cap counts."""
    meeting: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(16))
    follow_up_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Sealed())
    hold_kind: Mapped[str | None] = mapped_column(String(16))
    """Why it is only held, while it is: "unconfirmed" or "waitlist"."""
    hold_expires_at: Mapped[datetime | None]
    """Until when it is held; from then on its minutes count as free."""
    occupies: Mapped[bool]
    """Whether it has its cells and counts on its day: not when cancelled, lapsed, or only asked."""
    given: Mapped[dict[str, str | None]] = mapped_column(SealedJson())
    """Name, email and phone as said in this booking."""
    revision: Mapped[int]
    nonce: Mapped[str] = mapped_column(String(32))
    token_digest: Mapped[str] = mapped_column(Digest, unique=True)
    confirm_digest: Mapped[str | None] = mapped_column(Digest, unique=True, index=True)
    """Of the emailed link that turns an unconfirmed hold into a booking."""
    booked_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_consult_consultant_held", "consultant_id", "held_from"),
        Index(
            "ix_consult_hold_expires_at",
            "hold_expires_at",
            sqlite_where=text("hold_expires_at IS NOT NULL"),
            postgresql_where=text("hold_expires_at IS NOT NULL"),
        ),
        CheckConstraint("held_from <= starts_at AND starts_at < held_until", name="held"),
    )


class ConsultCellRow(Base):
    """Five minutes of one consultant that one consult holds. The key is the guarantee."""

    __tablename__ = "consult_cell"

    consultant_id: Mapped[str] = mapped_column(ForeignKey("consultant.id"), primary_key=True)
    cell_start: Mapped[datetime] = mapped_column(primary_key=True)
    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id"), index=True)


class ConsultDayRow(Base):
    """How many consults a consultant has on one of their own dates; locked to enforce the cap."""

    __tablename__ = "consult_day"

    consultant_id: Mapped[str] = mapped_column(ForeignKey("consultant.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    booked: Mapped[int]
    changes: Mapped[int]
    """Grows whenever anything that is held on this day changes."""


class UndoRow(Base):
    """What staff last recorded of a consult, for as long as they may take it back."""

    __tablename__ = "undo"

    consult_id: Mapped[str] = mapped_column(ForeignKey("consult.id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64))
    """The outbox row that would tell others, and is deleted instead."""
    before: Mapped[dict[str, str | int | None]] = mapped_column(SealedJson())
    """How the consult stood."""
    until: Mapped[datetime] = mapped_column(index=True)


class AnswerRow(Base):
    """What a booking under an idempotency key was answered; only digests of key and body."""

    __tablename__ = "answer"

    key_digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    body_digest: Mapped[str] = mapped_column(Digest)
    consult_id: Mapped[str] = mapped_column(Id)
    starts_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(index=True)
