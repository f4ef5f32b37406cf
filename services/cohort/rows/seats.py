"""Rows that are taken: seats by people, and five minutes by rooms, staff and people."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from services.cohort.rows.base import Base


class EnrollmentRow(Base):
    """A person's seat in a cohort. While it is active nobody else has the seat number."""

    __tablename__ = "enrollment"

    enrollment_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.cohort_id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("applicant.person_id"), index=True)
    seat: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    sequence: Mapped[int] = mapped_column(default=0)
    enrolled_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        CheckConstraint("status in ('active', 'ended', 'completed')", name="status"),
        Index(
            "uq_enrollment_active_person",
            "person_id",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
        Index(
            "uq_enrollment_active_seat",
            "cohort_id",
            "seat",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
    )


class SessionCellRow(Base):
    """Five minutes of a room, a staff member or a person, taken by one session.

    The primary key is the guarantee that nothing is in two sessions at once.
    """

    __tablename__ = "session_cell"

    resource: Mapped[str] = mapped_column(String(80), primary_key=True)
    cell_start: Mapped[datetime] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.session_id"), index=True)
