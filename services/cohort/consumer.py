"""What cohort listens to, and the use case each event leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.cohort.keys import Keys
from services.cohort.use_cases.merge_people import merge_people
from services.cohort.use_cases.record_consult import record_consult
from services.cohort.use_cases.record_contact import record_contact
from services.cohort.use_cases.record_outcome import record_outcome
from services.cohort.use_cases.record_reach import record_message, record_opt_out, record_reply
from shared.bus import Handler, Meta
from shared.events import (
    ConsultBooked,
    ConsultCancelled,
    ConsultCompleted,
    ConsultNoShow,
    ConsultRescheduled,
    ConsultState,
    ContactOptedIn,
    ContactOptedOut,
    ContactUpdated,
    MessageDelivered,
    MessageFailed,
    PersonMerged,
    ReplyReceived,
)
from shared.events.base import Event


def subscriptions(keys: Keys) -> Mapping[type[Event], Handler[Any]]:
    """Event class → handler."""

    def consult(session: Session, event: ConsultState, _meta: Meta) -> None:
        record_consult(session, event, keys=keys)

    def completed(session: Session, event: ConsultCompleted, meta: Meta) -> None:
        record_outcome(session, event, keys=keys, at=meta.occurred_at, now=meta.now)

    def contact(session: Session, event: ContactUpdated, _meta: Meta) -> None:
        record_contact(session, event.person, keys=keys)

    def message(session: Session, event: MessageDelivered | MessageFailed, meta: Meta) -> None:
        record_message(session, event, at=meta.occurred_at)

    def reply(session: Session, event: ReplyReceived, meta: Meta) -> None:
        record_reply(session, event, at=meta.occurred_at)

    def opt_out(session: Session, event: ContactOptedOut | ContactOptedIn, _meta: Meta) -> None:
        record_opt_out(session, event)

    def merged(session: Session, event: PersonMerged, meta: Meta) -> None:
        merge_people(session, event, event_id=meta.event_id, now=meta.now)

    return {
        ConsultBooked: consult,
        ConsultRescheduled: consult,
        ConsultCancelled: consult,
        ConsultNoShow: consult,
        ConsultCompleted: completed,
        ContactUpdated: contact,
        PersonMerged: merged,
        MessageDelivered: message,
        MessageFailed: message,
        ReplyReceived: reply,
        ContactOptedOut: opt_out,
        ContactOptedIn: opt_out,
    }
