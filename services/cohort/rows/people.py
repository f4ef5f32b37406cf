"""Rows about people: how they are reached, their consults, and who is an applicant."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.cohort.rows.base import Base
from shared.db.types import Sealed, SealedJson


class PersonRow(Base):
    """How a person is reached; the digests find a person by email or phone."""

    __tablename__ = "person"

    person_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Sealed)
    email: Mapped[str | None] = mapped_column(Sealed)
    email_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    timezone: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(16))
    sms_consent: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    sequence: Mapped[int] = mapped_column(default=0)
    """Of the contact.updated events that this service published about the person."""
    merged_into: Mapped[str | None] = mapped_column(String(64))
    """Staff found that this is the same person as another, under whose id all of it goes on."""


class ConsultRow(Base):
    """What cohort has heard of a consult: its latest state, and its outcome once there is one."""

    __tablename__ = "consult"

    consult_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.person_id"), index=True)
    status: Mapped[str | None] = mapped_column(String(16))
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    consultant: Mapped[str | None] = mapped_column(Sealed)
    meeting_kind: Mapped[str | None] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(16))
    outcome_at: Mapped[datetime | None]
    follow_up_on: Mapped[date | None]

    __table_args__ = (
        Index("ix_consult_status_starts_at", "status", "starts_at"),
        Index("ix_consult_outcome_follow_up_on", "outcome", "follow_up_on"),
    )


class ApplicantRow(Base):
    """A person whose consult said they qualify. `page_*` belong to the person's own page."""

    __tablename__ = "applicant"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.person_id"), primary_key=True)
    consult_id: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    qualified_at: Mapped[datetime]
    page_nonce: Mapped[str] = mapped_column(String(64))
    page_digest: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (
        CheckConstraint("status in ('waiting', 'enrolled', 'left', 'alumnus')", name="status"),
        Index("ix_applicant_status_qualified_at", "status", "qualified_at"),
    )


class ReachRow(Base):
    """What became of the latest message to a person on one channel."""

    __tablename__ = "reach"

    person_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    reached: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]


class ReplyRow(Base):
    """A person's answer to a text: what they meant, never their words."""

    __tablename__ = "reply"

    reply_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(64), index=True)
    intent: Mapped[str] = mapped_column(String(16))
    urgent: Mapped[bool]
    at: Mapped[datetime]


class NoTextsRow(Base):
    """A person who asked, from the number of this hash, for no texts."""

    __tablename__ = "no_texts"

    phone_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
