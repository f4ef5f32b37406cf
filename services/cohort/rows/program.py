"""Rows about the program: rooms, closed dates, templates, cohorts and their sessions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.cohort.rows.base import Base
from shared.db.types import Sealed


class RoomRow(Base):
    """A place where cohorts meet; `name_key` is the name without case and double spaces."""

    __tablename__ = "room"

    room_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120), unique=True)
    timezone: Mapped[str] = mapped_column(String(64))


class ClosedDateRow(Base):
    """A date on which the practice holds no session (beside public holidays)."""

    __tablename__ = "closed_date"

    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(120))


class TemplateRow(Base):
    """One version of a program template; never changed once a cohort uses it."""

    __tablename__ = "program_template"

    template_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]


class CohortRow(Base):
    """A group of people and their eight weeks. `start_time` is wall clock, HH:MM, in `timezone`."""

    __tablename__ = "cohort"

    cohort_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    label: Mapped[str] = mapped_column(String(80))
    stage: Mapped[str] = mapped_column(String(16), index=True)
    template_id: Mapped[str] = mapped_column(String(64))
    template_version: Mapped[int]
    start_date: Mapped[date]
    weekday: Mapped[int]
    start_time: Mapped[str] = mapped_column(String(5))
    timezone: Mapped[str] = mapped_column(String(64))
    holiday_region: Mapped[str] = mapped_column(String(16))
    room_id: Mapped[str | None] = mapped_column(ForeignKey("room.room_id"))
    meeting_url: Mapped[str | None] = mapped_column(Sealed)
    format: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    min_size: Mapped[int]
    max_size: Mapped[int]
    first_session_at: Mapped[datetime]
    last_ends_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(
            ["template_id", "template_version"],
            ["program_template.template_id", "program_template.version"],
        ),
        CheckConstraint("min_size >= 1 and min_size <= max_size", name="size"),
    )


class SessionRow(Base):
    """One dated session of a cohort. `ends_at` equals `starts_at` for what has no meeting."""

    __tablename__ = "session"

    session_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.cohort_id"))
    week: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    day: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    room_id: Mapped[str | None] = mapped_column(ForeignKey("room.room_id"))
    revision: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(String(16))

    __table_args__ = (
        UniqueConstraint("cohort_id", "week", "kind"),
        CheckConstraint("ends_at >= starts_at", name="order"),
    )


class SessionStaffRow(Base):
    """Who is at a session, and what they do there."""

    __tablename__ = "session_staff"

    session_id: Mapped[str] = mapped_column(ForeignKey("session.session_id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(
        ForeignKey("staff.staff_id"), primary_key=True, index=True
    )
    duty: Mapped[str] = mapped_column(String(16))
