"""What staff ask for when they make a cohort."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.cohort.domain.calendar import Window
from services.cohort.domain.cohort import DEFAULT_MAX, DEFAULT_MIN, Format
from services.cohort.domain.ids import StaffId


@dataclass(frozen=True, slots=True)
class CohortRequest:
    """A cohort to be made. `zone` is the venue's; `holiday_region` is empty for no holidays."""

    label: str
    start_date: date
    window: Window
    zone: str
    room: str
    facilitators: tuple[StaffId, ...]
    medical: tuple[StaffId, ...] = ()
    format: Format = Format.IN_PERSON
    language: str = "en"
    meeting_url: str | None = None
    min_size: int = DEFAULT_MIN
    max_size: int = DEFAULT_MAX
    holiday_region: str = ""
