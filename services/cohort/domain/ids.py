"""Names for the identifiers that pass between modules; all are UUID strings."""

from __future__ import annotations

from typing import NewType

PersonId = NewType("PersonId", str)
StaffId = NewType("StaffId", str)
RoomId = NewType("RoomId", str)
CohortId = NewType("CohortId", str)
SessionId = NewType("SessionId", str)
EnrollmentId = NewType("EnrollmentId", str)
ConsultId = NewType("ConsultId", str)
