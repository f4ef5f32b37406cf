"""Whether, and when, one drafted message may go: consent, address, usefulness, quiet hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from services.notify.domain.policy import Policy
from services.notify.domain.quiet import nearest_allowed
from services.notify.domain.values import Channel, PlannedMessage, Reason, Recipient


def admit(
    draft: PlannedMessage,
    recipient: Recipient,
    policy: Policy,
    now: datetime,
    *,
    not_before: datetime,
) -> PlannedMessage:
    """The draft with consent, address, usefulness and quiet hours applied to it.

    It may move earlier than its due time only to an instant at or after `not_before`.
    """
    if draft.expires_at <= max(now, draft.due_at):
        return drop(draft, Reason.TOO_LATE)
    refused = refusal(draft.key.channel, recipient)
    if refused is not None:
        return drop(draft, refused)
    if draft.key.channel is Channel.EMAIL or draft.any_hour:
        return draft
    moved = nearest_allowed(
        draft.due_at,
        recipient.timezone,
        policy,
        not_before=max(not_before, min(now, draft.due_at)),
        before=draft.expires_at,
    )
    if moved is None:
        return drop(draft, Reason.QUIET_HOURS)
    if moved == draft.due_at:
        return draft
    return replace(draft, send_at=moved, reason=Reason.QUIET_HOURS)


def refusal(channel: Channel, recipient: Recipient) -> Reason | None:
    """Why this channel may not be used for this recipient; None when it may."""
    if channel is Channel.EMAIL:
        return None if recipient.has_email else Reason.NO_ADDRESS
    if not recipient.has_phone:
        return Reason.NO_ADDRESS
    if recipient.opted_out:
        return Reason.OPTED_OUT
    return None if recipient.sms_consent else Reason.NO_CONSENT


def drop(draft: PlannedMessage, reason: Reason) -> PlannedMessage:
    """The draft as one that is deliberately not sent."""
    return replace(draft, dropped=True, reason=reason)
