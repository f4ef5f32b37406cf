"""Rows of the cohort database. Names, addresses, numbers and notes are sealed."""

from services.cohort.rows.base import Base
from services.cohort.rows.people import (
    ApplicantRow,
    ConsultRow,
    NoTextsRow,
    PersonRow,
    ReachRow,
    ReplyRow,
)
from services.cohort.rows.program import (
    ClosedDateRow,
    CohortRow,
    RoomRow,
    SessionRow,
    SessionStaffRow,
    TemplateRow,
)
from services.cohort.rows.seats import EnrollmentRow, SessionCellRow
from services.cohort.rows.staff import SignInLinkRow, StaffRow, StaffSessionRow

__all__ = [
    "ApplicantRow",
    "Base",
    "ClosedDateRow",
    "CohortRow",
    "ConsultRow",
    "EnrollmentRow",
    "NoTextsRow",
    "PersonRow",
    "ReachRow",
    "ReplyRow",
    "RoomRow",
    "SessionCellRow",
    "SessionRow",
    "SessionStaffRow",
    "SignInLinkRow",
    "StaffRow",
    "StaffSessionRow",
    "TemplateRow",
]
