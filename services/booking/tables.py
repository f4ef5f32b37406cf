"""The rows booking keeps. Instants are UTC; contact data and notes are sealed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.base import naming
from shared.db.types import Sealed, SealedJson, UtcDateTime

Id = String(36)
Digest = String(64)


class Base(DeclarativeBase):
    """All tables of booking."""

    metadata = MetaData(naming_convention=naming)
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy reads it so


class ConsultantRow(Base):
    """Someone who holds consults, with their limits. Buffers and notice are minutes."""

    __tablename__ = "consultant"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64))
    buffer_before: Mapped[int]
    buffer_after: Mapped[int]
    notice: Mapped[int]
    horizon_days: Mapped[int]
    daily_cap: Mapped[int | None]
    join_url: Mapped[str | None] = mapped_column(String(500))
    """The address of their video room."""
    active: Mapped[bool]
    created_at: Mapped[datetime]


class WeeklyHoursRow(Base):
    """One stretch of a consultant's week, wall-clock minutes after midnight; Monday is 0."""

    __tablename__ = "weekly_hours"

    consultant_id: Mapped[str] = mapped_column(ForeignKey("consultant.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)
    opens: Mapped[int] = mapped_column(primary_key=True)
    closes: Mapped[int]


class PreferencesColumns:
    """What someone chose with a booking."""

    timezone: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(16))
    consent_granted: Mapped[bool]
    consent_version: Mapped[str] = mapped_column(String(40))
    consent_method: Mapped[str] = mapped_column(String(40))
    consent_at: Mapped[datetime]


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
    created_at: Mapped[datetime]


class PersonMatchRow(Base):
    """Which person a form with this email and this phone (both, as one digest) means."""

    __tablename__ = "person_match"

    contact_digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)


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
    given: Mapped[dict[str, str | None]] = mapped_column(SealedJson())
    """Name, email and phone as said in this booking."""
    revision: Mapped[int]
    nonce: Mapped[str] = mapped_column(String(32))
    token_digest: Mapped[str] = mapped_column(Digest, unique=True)
    booked_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_consult_consultant_held", "consultant_id", "held_from"),
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


class AnswerRow(Base):
    """What a booking under an idempotency key was answered; only digests of key and body."""

    __tablename__ = "answer"

    key_digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    body_digest: Mapped[str] = mapped_column(Digest)
    consult_id: Mapped[str] = mapped_column(Id)
    starts_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(index=True)


class ConfirmationRow(Base):
    """The newest revision of a consult that the person confirmed, and when they first did.

    What other services tell may come before, or without, the consult: hence no foreign keys from
    here on. A confirmation counts while its revision is the consult's.
    """

    __tablename__ = "confirmation"

    consult_id: Mapped[str] = mapped_column(Id, primary_key=True)
    revision: Mapped[int]
    at: Mapped[datetime]


class DeliveryRow(Base):
    """The last that was heard of one kind of message about a consult's newest revision."""

    __tablename__ = "delivery"

    consult_id: Mapped[str] = mapped_column(Id, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    revision: Mapped[int]
    at: Mapped[datetime]
    delivered: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(80))
    """Why it failed: the provider's code or a word of ours; empty when none was given."""


class TextsOffRow(Base):
    """A phone number whose owner asked for no more texts."""

    __tablename__ = "texts_off"

    phone_digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    at: Mapped[datetime]
