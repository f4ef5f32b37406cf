"""Rows of notify. What identifies or quotes a person is sealed; hashes are for look-up."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.base import naming
from shared.db.types import Sealed, SealedJson, UtcDateTime


class Base(DeclarativeBase):
    """Tables of notify's own database."""

    metadata = MetaData(naming_convention=naming)
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 - as SQLAlchemy declares it


class PersonRow(Base):
    """The newest known contact data of a person in care."""

    __tablename__ = "person"

    person_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    contact: Mapped[dict[str, Any]] = mapped_column(SealedJson())
    timezone: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(16))
    phone_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    changed_at: Mapped[datetime]
    merged_into: Mapped[str | None] = mapped_column(String(64))
    """Staff found that this is the same person as another, who gets all of it."""


class EnrollmentRow(Base):
    """A person's place in a cohort; sessions count only while it stands."""

    __tablename__ = "enrollment"

    enrollment_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(64), index=True)
    cohort_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    confirmed_at: Mapped[datetime]
    details: Mapped[dict[str, Any]] = mapped_column(SealedJson())


class AppointmentRow(Base):
    """One person's consult or session, at the highest revision known."""

    __tablename__ = "appointment"

    source: Mapped[str] = mapped_column(String(120), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    revision: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    venue_timezone: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime]
    change: Mapped[str | None] = mapped_column(String(16))
    change_revision: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime | None]
    told_starts_at: Mapped[datetime | None]
    cohort_id: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(SealedJson())


class RemarkRow(Base):
    """Something heard about one person's appointment, whether it is known here yet or not:
    "absent", "confirmed" or "ride_arranged", at the highest revision it was said of."""

    __tablename__ = "remark"

    source: Mapped[str] = mapped_column(String(120), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    revision: Mapped[int | None] = mapped_column(Integer)


class MessageRow(Base):
    """One message to one person on one channel: at most one possibly accepted attempt.

    `wake_at` is the next instant at which a worker must look at it, and null once
    nothing more can happen by itself; the partial index makes waiting ones free.
    """

    __tablename__ = "message"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    source: Mapped[str] = mapped_column(String(120))
    occasion: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[str] = mapped_column(String(80), index=True)
    revision: Mapped[int | None] = mapped_column(Integer)
    planned: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(80))
    due_at: Mapped[datetime]
    send_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    wake_at: Mapped[datetime | None]
    counted: Mapped[bool] = mapped_column(Boolean, default=False)
    any_hour: Mapped[bool] = mapped_column(Boolean, default=False)
    rank: Mapped[int] = mapped_column(Integer, default=0)
    asks: Mapped[str | None] = mapped_column(String(1))
    to_hash: Mapped[str | None] = mapped_column(String(64))
    lease: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    called_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]
    provider_sid: Mapped[str | None] = mapped_column(String(64))
    template_version: Mapped[int | None] = mapped_column(Integer)
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(SealedJson())
    rendered: Mapped[dict[str, Any] | None] = mapped_column(SealedJson())
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("source", "occasion", "purpose", "channel", "person_id"),
        Index(
            "ix_message_wake_at",
            "wake_at",
            sqlite_where=text("wake_at IS NOT NULL"),
            postgresql_where=text("wake_at IS NOT NULL"),
        ),
        Index("ix_message_changed_at", "changed_at"),
        Index("ix_message_to_hash", "to_hash"),
    )


class StepRow(Base):
    """One step of a message's story. `mark` is unique per message where given, so that
    a repeated receipt is one step."""

    __tablename__ = "message_step"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(24))
    detail: Mapped[str | None] = mapped_column(String(160))
    mark: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (UniqueConstraint("message_id", "mark"),)


class CapturedRow(Base):
    """A message as it would have been sent, kept instead of sending it."""

    __tablename__ = "captured"

    message_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(SealedJson())


class ShortLinkRow(Base):
    """A link in a text. The token is made from `link_id` and `nonce`; only its digest is here."""

    __tablename__ = "short_link"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    link_id: Mapped[str] = mapped_column(String(120), unique=True)
    nonce: Mapped[str] = mapped_column(String(32))
    target: Mapped[str] = mapped_column(Sealed())
    created_at: Mapped[datetime]


class OptOutRow(Base):
    """A phone number that asked for no texts. It belongs to the number, not to a person."""

    __tablename__ = "opt_out"

    phone_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    standing: Mapped[bool] = mapped_column(Boolean)
    sequence: Mapped[int] = mapped_column(Integer)
    method: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime]


class InboundRow(Base):
    """A text that somebody sent us, once per provider id."""

    __tablename__ = "inbound"

    sid: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    phone_hash: Mapped[str] = mapped_column(String(64), index=True)
    sender: Mapped[str] = mapped_column(Sealed())
    body: Mapped[str] = mapped_column(Sealed())
    intent: Mapped[str] = mapped_column(String(16))
    message_id: Mapped[str | None] = mapped_column(String(64), index=True)
    person_id: Mapped[str | None] = mapped_column(String(64))


class ChannelRow(Base):
    """A channel's pace (a token bucket held across workers) and whether it is halted."""

    __tablename__ = "channel"

    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    tokens: Mapped[float] = mapped_column(Float)
    filled_at: Mapped[datetime]
    halted_until: Mapped[datetime | None]
    halt_reason: Mapped[str | None] = mapped_column(String(80))
