"""Rows of the booking database. Instants are UTC; contact data and notes are sealed."""

from services.booking.rows.base import (
    Base,
    PreferencesColumns,
)
from services.booking.rows.consultants import (
    BusyFeedRow,
    CalendarBusyRow,
    ConsultantRow,
    OverrideDayRow,
    OverrideHoursRow,
    StaffBusyRow,
    WeeklyHoursRow,
)
from services.booking.rows.consults import (
    AnswerRow,
    ConsultCellRow,
    ConsultDayRow,
    ConsultRow,
    UndoRow,
)
from services.booking.rows.hearsay import (
    ConfirmationRow,
    DeliveryRow,
    TextsOffRow,
)
from services.booking.rows.people import (
    PersonMatchRow,
    PersonRow,
)
from services.booking.rows.waitlist import (
    WaitlistEntryRow,
    WaitlistOfferRow,
)

__all__ = [
    "AnswerRow",
    "Base",
    "BusyFeedRow",
    "CalendarBusyRow",
    "ConfirmationRow",
    "ConsultCellRow",
    "ConsultDayRow",
    "ConsultRow",
    "ConsultantRow",
    "DeliveryRow",
    "OverrideDayRow",
    "OverrideHoursRow",
    "PersonMatchRow",
    "PersonRow",
    "PreferencesColumns",
    "StaffBusyRow",
    "TextsOffRow",
    "UndoRow",
    "WaitlistEntryRow",
    "WaitlistOfferRow",
    "WeeklyHoursRow",
]
