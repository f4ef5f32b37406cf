"""What notify listens to, and the use case each event leads to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from services.notify.keys import Keys
from services.notify.use_cases.alert_staff import alert_staff
from services.notify.use_cases.merge_people import merge_people
from services.notify.use_cases.record_consult import record_consult
from services.notify.use_cases.record_enrollment import record_enrollment
from services.notify.use_cases.record_outcome import record_outcome
from services.notify.use_cases.record_remark import record_acknowledgement, record_attendance
from services.notify.use_cases.record_session import record_session
from services.notify.use_cases.send_notice import send_notice
from services.notify.use_cases.send_offer import send_offer
from services.notify.use_cases.update_contact import update_contact
from shared.bus import Handler
from shared.events import (
    AppointmentAcknowledged,
    AttendanceRecorded,
    ConsultBooked,
    ConsultCancelled,
    ConsultCompleted,
    ConsultNoShow,
    ConsultRescheduled,
    ContactUpdated,
    EnrollmentConfirmed,
    EnrollmentEnded,
    NoticeRequested,
    PersonMerged,
    SessionCancelled,
    SessionRescheduled,
    SessionRevoked,
    StaffAlerted,
    StaffChanged,
    WaitlistOffered,
)
from shared.events.base import Event
from shared.staff import apply_session_revoked, apply_staff_changed


def subscriptions(keys: Keys) -> Mapping[type[Event], Handler[Any]]:
    """Event class → handler."""
    consult = partial(record_consult, keys=keys)
    enrollment = partial(record_enrollment, keys=keys)
    return {
        ConsultBooked: consult,
        ConsultRescheduled: consult,
        ConsultCancelled: consult,
        ConsultNoShow: consult,
        ConsultCompleted: partial(record_outcome, keys=keys),
        ContactUpdated: partial(update_contact, keys=keys),
        PersonMerged: merge_people,
        EnrollmentConfirmed: enrollment,
        EnrollmentEnded: enrollment,
        SessionRescheduled: record_session,
        SessionCancelled: record_session,
        AttendanceRecorded: record_attendance,
        AppointmentAcknowledged: record_acknowledgement,
        WaitlistOffered: partial(send_offer, keys=keys),
        NoticeRequested: partial(send_notice, keys=keys),
        StaffAlerted: alert_staff,
        StaffChanged: apply_staff_changed,
        SessionRevoked: apply_session_revoked,
    }
