"""The planner: everything one person should get about their appointments, and when.

A plan is a function of present facts only. Whatever order events came in, the same
facts give the same plan; replan.py turns a plan into changes to what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.notify.domain.admission import admit, drop, refusal
from services.notify.domain.caps import over_cap
from services.notify.domain.policy import Lead, News, Policy, Reminder
from services.notify.domain.quiet import nearest_allowed
from services.notify.domain.values import (
    Appointment,
    Change,
    Channel,
    MessageKey,
    PlannedMessage,
    Reason,
    Recipient,
    SentText,
    Status,
)
from services.notify.domain.walltime import days_before, instant, local


def plan(
    appointment: Appointment,
    recipient: Recipient,
    policy: Policy,
    sent: Sequence[SentText],
    now: datetime,
) -> list[PlannedMessage]:
    """The messages of one appointment; see plan_person for several."""
    return plan_person([appointment], recipient, policy, sent, now)


def plan_person(
    appointments: Iterable[Appointment],
    recipient: Recipient,
    policy: Policy,
    sent: Sequence[SentText],
    now: datetime,
    *,
    others: Iterable[PlannedMessage] = (),
) -> list[PlannedMessage]:
    """The messages of all of a person's appointments, caps applied over all of them.

    `others` are announcements that belong to no single appointment; they go through
    the same consent and quiet hours.
    """
    drafts: list[PlannedMessage] = [
        admit(other, recipient, policy, now, not_before=other.due_at) for other in others
    ]
    for appointment in appointments:
        drafts += _news(appointment, recipient, policy, now)
        drafts += _reminders(appointment, recipient, policy, now)
    refused = over_cap([d for d in drafts if not d.dropped], sent, recipient.timezone, policy)
    capped = [drop(d, Reason.OVER_CAP) if d.key in refused else d for d in drafts]
    return capped + _emails_instead(capped, recipient, now)


def _news(
    appointment: Appointment, recipient: Recipient, policy: Policy, now: datetime
) -> list[PlannedMessage]:
    if appointment.change is None or appointment.changed_at is None:
        return []
    return [
        admit(
            _news_draft(rule, channel, appointment, recipient, policy),
            recipient,
            policy,
            now,
            not_before=appointment.changed_at,
        )
        for rule in policy.news
        if rule.change is appointment.change and appointment.kind in rule.kinds
        for channel in sorted(rule.channels)
    ]


def _news_draft(
    rule: News, channel: Channel, appointment: Appointment, recipient: Recipient, policy: Policy
) -> PlannedMessage:
    at = appointment.changed_at or appointment.confirmed_at
    return PlannedMessage(
        key=_key(appointment, rule.purpose, channel, recipient),
        revision=appointment.revision,
        due_at=at,
        send_at=at,
        expires_at=appointment.starts_at + rule.useful_until,
        any_hour=channel is Channel.SMS and _urgent(appointment, at, policy),
    )


def _urgent(appointment: Appointment, at: datetime, policy: Policy) -> bool:
    """A move or cancellation of something within 24 h: of the old time or the new."""
    if appointment.change not in (Change.MOVED, Change.CANCELLED):
        return False
    starts = (appointment.starts_at, appointment.told_starts_at)
    return any(
        start is not None and timedelta() <= start - at <= policy.urgent_within for start in starts
    )


def _reminders(
    appointment: Appointment, recipient: Recipient, policy: Policy, now: datetime
) -> list[PlannedMessage]:
    if appointment.status is not Status.SCHEDULED:
        return []
    return [
        _reminder(rule, appointment, recipient, policy, now)
        for rule in policy.reminders
        if appointment.kind in rule.kinds and _applies(rule, appointment)
    ]


def _applies(rule: Reminder, appointment: Appointment) -> bool:
    """Join links need a video call; who has a ride is not asked; who was away gets no check-in."""
    if rule.video_only and not appointment.video:
        return False
    if rule.requests and appointment.ride_arranged:
        return False
    return not (appointment.absent and rule.useful_until > timedelta())


def _reminder(
    rule: Reminder,
    appointment: Appointment,
    recipient: Recipient,
    policy: Policy,
    now: datetime,
) -> PlannedMessage:
    due = due_time(rule.lead, appointment)
    heard = _heard_at(appointment, recipient, policy, rule.channel)
    near = due <= heard + policy.clear_of_confirmation
    if near and rule.requests:
        due = max(due, heard)
    draft = PlannedMessage(
        key=_key(appointment, rule.purpose, rule.channel, recipient),
        revision=appointment.revision,
        due_at=due,
        send_at=due,
        expires_at=appointment.starts_at + rule.useful_until,
        counted=rule.channel is Channel.SMS and rule.counted,
        rank=rule.rank,
    )
    if near and not rule.requests:
        return drop(draft, Reason.NEAR_CONFIRMATION)
    earliest = heard if rule.requests else heard + policy.clear_of_confirmation
    admitted = admit(draft, recipient, policy, now, not_before=earliest)
    return drop(admitted, Reason.SUPERSEDED) if _left_before(admitted, appointment) else admitted


def _left_before(draft: PlannedMessage, appointment: Appointment) -> bool:
    """Whether it went out at the revision before, which spoke of the same time."""
    if appointment.change is not Change.CHANGED or appointment.changed_at is None:
        return False
    return draft.send_at <= appointment.changed_at


def due_time(lead: Lead, appointment: Appointment) -> datetime:
    """When a reminder with this lead is due for this appointment."""
    start = days_before(appointment.starts_at, lead.days, appointment.zone)
    if lead.at is not None:
        start = instant(local(start, appointment.zone).date(), lead.at, appointment.zone)
    return start - timedelta(minutes=lead.minutes)


def _heard_at(
    appointment: Appointment, recipient: Recipient, policy: Policy, channel: Channel
) -> datetime:
    """When the confirmation reaches the recipient on this channel (or by email)."""
    at = appointment.confirmed_at
    if channel is Channel.EMAIL or refusal(channel, recipient) is not None:
        return at
    if appointment.change is Change.MOVED and _urgent(appointment, at, policy):
        return at
    moved = nearest_allowed(
        at, recipient.timezone, policy, not_before=at, before=appointment.starts_at
    )
    return moved or at


def _emails_instead(
    drafts: Sequence[PlannedMessage], recipient: Recipient, now: datetime
) -> list[PlannedMessage]:
    """Emails for the texts that cannot go, where that purpose has no email already."""
    if not recipient.has_email:
        return []
    emailed = {_occasion(d) for d in drafts if d.key.channel is Channel.EMAIL}
    never = (Reason.NEAR_CONFIRMATION, Reason.TOO_LATE, Reason.SUPERSEDED)
    return [
        replace(
            draft,
            key=replace(draft.key, channel=Channel.EMAIL),
            send_at=draft.due_at,
            counted=False,
            any_hour=False,
            dropped=False,
            reason=Reason.INSTEAD_OF_TEXT,
        )
        for draft in drafts
        if draft.dropped
        and draft.key.channel is Channel.SMS
        and draft.reason not in never
        and draft.expires_at > now
        and _occasion(draft) not in emailed
    ]


def _occasion(draft: PlannedMessage) -> tuple[str, str, str]:
    return (draft.key.source, draft.key.occasion, draft.key.purpose)


def _key(
    appointment: Appointment, purpose: str, channel: Channel, recipient: Recipient
) -> MessageKey:
    return MessageKey(
        source=appointment.source,
        occasion=f"r{appointment.revision}",
        purpose=purpose,
        channel=channel,
        person_id=recipient.person_id,
    )
