"""Keep when cohort needs a member of staff, so that no call is offered then."""

from sqlalchemy.orm import Session

from services.booking.store import records
from services.booking.store.calendars import replace_staff_busy
from shared.bus import Meta
from shared.events import StaffBusyChanged


def set_staff_busy(session: Session, event: StaffBusyChanged, meta: Meta | None = None) -> None:
    """Replace what was known of this member of staff; the inbox has dropped anything older.

    It may come before they are a consultant. Calls that are booked then stand, and are listed.
    """
    del meta
    linked = records.find_linked(session, event.staff_id)
    if linked is not None:
        records.lock(session, linked)
    busy = [(each.starts_at, each.ends_at) for each in event.busy]
    replace_staff_busy(session, event.staff_id, busy)
