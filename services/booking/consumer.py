"""What booking listens to, and what each event leads to."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.booking.keys import Keys
from services.booking.use_cases.confirm_consult import confirm_consult
from services.booking.use_cases.note_delivery import note_delivery
from services.booking.use_cases.set_staff_busy import set_staff_busy
from services.booking.use_cases.set_texts_off import set_texts_off
from services.booking.use_cases.update_contact import update_contact
from shared.bus import Handler, Meta
from shared.events import (
    ContactOptedIn,
    ContactOptedOut,
    ContactUpdated,
    MessageDelivered,
    MessageFailed,
    ReplyReceived,
    SessionRevoked,
    StaffBusyChanged,
    StaffChanged,
)
from shared.events.base import Event
from shared.staff import apply_session_revoked, apply_staff_changed


def subscriptions(keys: Keys) -> Mapping[type[Event], Handler[Any]]:
    """Event class → handler."""

    def contact(session: Session, event: ContactUpdated, _meta: Meta) -> None:
        update_contact(session, event.person, keys=keys)

    def reply(session: Session, event: ReplyReceived, meta: Meta) -> None:
        confirm_consult(session, event, at=meta.occurred_at)

    def outcome(session: Session, event: MessageDelivered | MessageFailed, meta: Meta) -> None:
        note_delivery(session, event, at=meta.occurred_at)

    def texting(session: Session, event: ContactOptedOut | ContactOptedIn, meta: Meta) -> None:
        set_texts_off(session, event, at=meta.occurred_at)

    return {
        StaffChanged: apply_staff_changed,
        SessionRevoked: apply_session_revoked,
        StaffBusyChanged: set_staff_busy,
        ContactUpdated: contact,
        ReplyReceived: reply,
        MessageDelivered: outcome,
        MessageFailed: outcome,
        ContactOptedOut: texting,
        ContactOptedIn: texting,
    }
