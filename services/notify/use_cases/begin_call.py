"""The last look at a claimed message, and the mark that it is about to be called."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from services.notify.domain.policy import DEFAULT_POLICY, Policy
from services.notify.domain.replies import ASKED
from services.notify.domain.sending import Due, Verdict, last_look
from services.notify.domain.values import Channel, Reason, State
from services.notify.domain.wording import ForbiddenWords
from services.notify.keys import Keys
from services.notify.rendering.writer import CannotWrite
from services.notify.store import appointments, messages, people
from services.notify.tables import MessageRow, PersonRow
from services.notify.use_cases.announce_outcome import announce_failed, raise_alert
from services.notify.use_cases.compose_message import (
    Outgoing,
    Stationery,
    as_stored,
    compose_message,
)
from services.notify.use_cases.facts import addressee_of
from services.notify.use_cases.fall_back import fall_back_to_email

CALL_PATIENCE = timedelta(seconds=20)
"""Beyond the gateway's time-out, before a call that was never recorded counts as lost."""

log = structlog.get_logger()


def begin_call(
    session: Session,
    message_id: str,
    lease: str,
    stationery: Stationery,
    *,
    timeout: timedelta,
    now: datetime,
    policy: Policy = DEFAULT_POLICY,
) -> Outgoing | None:
    """The message in words, marked as being called; None when it does not leave now.

    The person is locked first, as planning does, so that caps hold over all workers.
    """
    found = messages.find_message(session, message_id)
    if found is None:
        return None
    person_id = found.person_id
    person = people.lock_person(session, person_id)
    row = messages.lock_message(session, message_id)
    if row.state != State.CLAIMED or row.lease != lease or row.person_id != person_id:
        return None
    verdict = _look(session, row, person, stationery.keys, policy, now=now)
    if verdict.state is not State.CALLING:
        _hold_back(session, row, verdict, now=now)
        return None
    try:
        outgoing = compose_message(session, row, stationery, now=now)
    except (ForbiddenWords, CannotWrite, LookupError) as error:
        _cannot_write(session, row, error, now=now)
        return None
    _mark_calling(session, row, outgoing, stationery, until=now + timeout + CALL_PATIENCE, now=now)
    return outgoing


def _look(
    session: Session,
    row: MessageRow,
    person: PersonRow | None,
    keys: Keys,
    policy: Policy,
    *,
    now: datetime,
) -> Verdict:
    if person is None and row.channel == Channel.SMS and _refused_by(session, row.person_id, keys):
        return Verdict(State.SUPPRESSED, Reason.OPTED_OUT)
    due = Due(
        channel=Channel(row.channel),
        expires_at=row.expires_at,
        counted=row.counted,
        any_hour=row.any_hour,
        current=_is_current(session, row),
    )
    recipient = people.recipient_of(session, person) if person is not None else None
    sent = messages.sent_texts(session, row.person_id, now=now) if row.counted else []
    return last_look(due, recipient, sent, policy, now)


def _refused_by(session: Session, person_id: str, keys: Keys) -> bool:
    """Whether a member of staff's number asked for no texts: it holds for the number, whoever
    has it. The email of the same alert goes out."""
    to = addressee_of(session, person_id)
    if to is None or not to.phone:
        return False
    return people.is_opted_out(session, keys.phone(to.phone))


def _is_current(session: Session, row: MessageRow) -> bool:
    """Whether the message speaks of what holds now: this revision, in a place still held."""
    if row.revision is None:
        return True
    appointment = appointments.get_appointment(session, row.source, row.person_id, lock=True)
    if appointment is None or appointment.revision != row.revision:
        return False
    cohort_id = appointment.cohort_id
    if cohort_id is None:
        return True
    return appointments.enrollment_for(session, row.person_id, cohort_id) is not None


def _hold_back(session: Session, row: MessageRow, verdict: Verdict, *, now: datetime) -> None:
    reason = verdict.reason.value if verdict.reason else None
    if verdict.again_at is not None:
        row.state, row.lease, row.reason = State.PLANNED.value, None, reason
        row.send_at = row.wake_at = verdict.again_at
        messages.tell(session, row.id, "deferred", now=now, detail=reason)
        return
    messages.settle(row, verdict.state, now=now, reason=reason)
    messages.tell(session, row.id, verdict.state.value, now=now, detail=reason)
    if verdict.reason in (Reason.OVER_CAP, Reason.QUIET_HOURS):
        fall_back_to_email(session, row, now=now)


def _cannot_write(session: Session, row: MessageRow, error: Exception, *, now: datetime) -> None:
    reason = getattr(error, "slug", "cannot-write")
    messages.settle(row, State.FAILED, now=now, reason=reason)
    messages.tell(session, row.id, "failed", now=now, detail=reason)
    log.error("message can't be written", message_id=row.id, purpose=row.purpose, reason=reason)
    announce_failed(session, row, reason=reason, now=now)
    raise_alert(session, row, "A message could not be written", now=now)


def _note_told(session: Session, row: MessageRow) -> None:
    """From here on the recipient may know of this start."""
    appointment = appointments.get_appointment(session, row.source, row.person_id)
    if appointment is not None and row.revision is not None:
        appointment.told_starts_at = appointment.starts_at


def _mark_calling(
    session: Session,
    row: MessageRow,
    outgoing: Outgoing,
    stationery: Stationery,
    *,
    until: datetime,
    now: datetime,
) -> None:
    row.state, row.lease, row.wake_at = State.CALLING.value, None, until
    row.called_at, row.changed_at, row.attempts = now, now, row.attempts + 1
    row.rendered, row.template_version = as_stored(outgoing), stationery.writer.version
    if row.channel == Channel.SMS:
        row.asks = ASKED.get(row.purpose)
        row.to_hash = stationery.keys.phone(outgoing.to)
    _note_told(session, row)
    messages.tell(session, row.id, "called", now=now, detail=str(row.attempts))
