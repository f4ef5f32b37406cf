"""Consultants: their hours, and when they cannot be asked."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.booking.rows.base import Base, Digest, Id
from shared.db.types import Sealed


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
    staff_id: Mapped[str | None] = mapped_column(Id, unique=True, index=True)
    """Who they are among staff, whose busy times cohort tells."""
    holiday_region: Mapped[str | None] = mapped_column(String(16))
    """Whose public holidays they keep: a country, or a country and a part of it ("US-ME")."""
    feed_nonce: Mapped[str | None] = mapped_column(String(32))
    feed_digest: Mapped[str | None] = mapped_column(Digest, unique=True, index=True)
    """The token of the secret address under which their calls can be subscribed to."""
    changes: Mapped[int]
    """Grows with everything that is set about when they take calls."""
    active: Mapped[bool]
    created_at: Mapped[datetime]


class WeeklyHoursRow(Base):
    """One stretch of a consultant's week, wall-clock minutes after midnight; Monday is 0."""

    __tablename__ = "weekly_hours"

    consultant_id: Mapped[str] = mapped_column(ForeignKey("consultant.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)
    opens: Mapped[int] = mapped_column(primary_key=True)
    closes: Mapped[int]


class OverrideDayRow(Base):
    """A date on which other hours hold than in the usual week; without hours, a day off."""

    __tablename__ = "override_day"

    consultant_id: Mapped[str] = mapped_column(ForeignKey("consultant.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


class OverrideHoursRow(Base):
    """One stretch of such a date, wall-clock minutes after midnight."""

    __tablename__ = "override_hours"

    consultant_id: Mapped[str] = mapped_column(ForeignKey("consultant.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    opens: Mapped[int] = mapped_column(primary_key=True)
    closes: Mapped[int]


class BusyFeedRow(Base):
    """A consultant's own calendar, read from a secret address (ICS).

    When it was last read longer ago than `stale_after` minutes, nothing is offered: what it would
    say is unknown.
    """

    __tablename__ = "busy_feed"

    consultant_id: Mapped[str] = mapped_column(ForeignKey("consultant.id"), primary_key=True)
    url: Mapped[str] = mapped_column(Sealed())
    stale_after: Mapped[int]
    added_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    """When it was last read whole."""
    next_at: Mapped[datetime] = mapped_column(index=True)
    failures: Mapped[int]
    """How often in a row it could not be read."""
    trouble: Mapped[str | None] = mapped_column(String(200))


class CalendarBusyRow(Base):
    """A time at which a consultant's own calendar says they are busy."""

    __tablename__ = "calendar_busy"

    consultant_id: Mapped[str] = mapped_column(ForeignKey("consultant.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(primary_key=True)


class StaffBusyRow(Base):
    """A time at which a member of staff is busy with a session, as cohort told.

    It may come before that person is a consultant: hence no foreign key.
    """

    __tablename__ = "staff_busy"

    staff_id: Mapped[str] = mapped_column(Id, primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(primary_key=True)

    __table_args__ = (Index("ix_staff_busy_ends_at", "ends_at"),)
