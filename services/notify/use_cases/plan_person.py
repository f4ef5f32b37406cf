"""Make a person's stored messages agree with what they should get."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.notify.domain.planner import plan_person as plan_all
from services.notify.domain.policy import DEFAULT_POLICY, Policy
from services.notify.domain.replan import diff
from services.notify.domain.values import (
    Channel,
    MessageKey,
    PersonId,
    PlannedMessage,
    Purpose,
)
from services.notify.store import appointments, messages, people
from services.notify.tables import EnrollmentRow

_WELCOME_USEFUL = timedelta(days=14)


def plan_person(
    session: Session, person_id: str, *, now: datetime, policy: Policy = DEFAULT_POLICY
) -> None:
    """Plan everything anew from the facts known now, and store the difference.

    The result depends on the facts alone, not on the order in which they came. Does
    nothing for a person whose contact data is not known yet: it comes with the event
    that makes them known, and that plans again.
    """
    row = people.lock_person(session, person_id)
    if row is None:
        return
    recipient = people.recipient_of(session, row)
    wanted = plan_all(
        [
            appointments.to_domain(session, each, row.timezone)
            for each in appointments.appointments_of(session, person_id)
        ],
        recipient,
        policy,
        messages.sent_texts(session, person_id, now=now),
        now,
        others=_welcomes(appointments.standing_enrollments(session, person_id)),
    )
    changes = diff(messages.existing_of(session, person_id), wanted)
    new = messages.NewMessage(planned=True)
    for message in changes.add:
        messages.add_message(session, message, new, now=now)
    for message_id, message in changes.alter:
        messages.alter_message(session, message_id, message, now=now)
    for message_id, reason in changes.drop:
        messages.drop_message(session, message_id, reason, now=now)


def _welcomes(enrollments: Sequence[EnrollmentRow]) -> list[PlannedMessage]:
    """The confirmation of each standing enrollment, once."""
    return [
        PlannedMessage(
            key=MessageKey(
                source=f"enrollment/{row.enrollment_id}",
                occasion="confirmed",
                purpose=Purpose.ENROLLMENT_CONFIRMED,
                channel=channel,
                person_id=PersonId(row.person_id),
            ),
            revision=None,
            due_at=row.confirmed_at,
            send_at=row.confirmed_at,
            expires_at=row.confirmed_at + _WELCOME_USEFUL,
        )
        for row in enrollments
        for channel in (Channel.EMAIL, Channel.SMS)
    ]
