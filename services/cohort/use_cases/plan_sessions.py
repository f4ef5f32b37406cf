"""The dated sessions that a request would make; nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from services.cohort.domain.calendar import PlannedSession, plan_calendar
from services.cohort.domain.program import Template
from services.cohort.domain.request import CohortRequest
from services.cohort.store.closures import closed_dates
from services.cohort.store.cohorts import latest_template


@dataclass(frozen=True, slots=True)
class Plan:
    """A template laid on the calendar, with the closed dates (and reasons) it had to avoid."""

    template: Template
    sessions: tuple[PlannedSession, ...]
    closed: dict[date, str]


def plan_sessions(session: Session, request: CohortRequest) -> Plan:
    """The plan of the newest default program. Raises what `plan_calendar` raises."""
    template = latest_template(session)
    closed = closed_dates(session, start=request.start_date, region=request.holiday_region)
    planned = plan_calendar(
        template, request.start_date, request.window, zone=request.zone, closed=closed
    )
    return Plan(template, tuple(planned), closed)
