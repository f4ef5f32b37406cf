"""What booking listens to, and what each event leads to."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.booking.keys import Keys
from services.booking.use_cases.update_contact import update_contact
from shared.bus import Handler, Meta
from shared.events import ContactUpdated, SessionRevoked, StaffChanged
from shared.events.base import Event
from shared.staff import apply_session_revoked, apply_staff_changed


def subscriptions(keys: Keys) -> Mapping[type[Event], Handler[Any]]:
    """Event class → handler."""

    def contact(session: Session, event: ContactUpdated, _meta: Meta) -> None:
        update_contact(session, event.person, keys=keys)

    return {
        StaffChanged: apply_staff_changed,
        SessionRevoked: apply_session_revoked,
        ContactUpdated: contact,
    }
