"""Rows about staff accounts and their sign-ins."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.cohort.rows.base import Base
from shared.db.types import Sealed


class StaffRow(Base):
    """A staff account. `sequence` counts staff.changed; cookies of an older `epoch` are refused."""

    __tablename__ = "staff"

    staff_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    email: Mapped[str] = mapped_column(Sealed)
    email_digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(Sealed)
    phone: Mapped[str | None] = mapped_column(Sealed)
    timezone: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(16))
    roles: Mapped[list[str]]
    qualifications: Mapped[list[str]]
    on_call: Mapped[bool] = mapped_column(default=False)
    escalation_order: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    password_hash: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class SignInLinkRow(Base):
    """A one-time sign-in link; the digest is of its token."""

    __tablename__ = "sign_in_link"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.staff_id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class StaffSessionRow(Base):
    """A staff member's sign-in on one browser."""

    __tablename__ = "staff_session"

    sid: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.staff_id"), index=True)
    method: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    renewed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
