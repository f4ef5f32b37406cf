"""From a plan to changes: what to add, alter and drop among a person's stored messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.notify.domain.values import (
    REVIVABLE,
    UNSENT,
    MessageId,
    MessageKey,
    PlannedMessage,
    Reason,
    State,
)


@dataclass(frozen=True, slots=True)
class Existing:
    """A stored message as far as planning looks at it."""

    id: MessageId
    key: MessageKey
    state: State
    due_at: datetime
    send_at: datetime
    expires_at: datetime
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What makes the stored messages agree with a plan."""

    add: tuple[PlannedMessage, ...]
    alter: tuple[tuple[MessageId, PlannedMessage], ...]
    drop: tuple[tuple[MessageId, Reason], ...]

    @property
    def none(self) -> bool:
        """Whether the stored messages agree already."""
        return not (self.add or self.alter or self.drop)


def diff(existing: Iterable[Existing], wanted: Iterable[PlannedMessage]) -> Changes:
    """The least changes to `existing`; what has left, or may have, is never touched.

    Unsent messages that the plan does not name are dropped as superseded.
    """
    stored = {each.key: each for each in existing}
    add: list[PlannedMessage] = []
    alter: list[tuple[MessageId, PlannedMessage]] = []
    named = set()
    for message in wanted:
        named.add(message.key)
        present = stored.get(message.key)
        if present is None:
            add.append(message)
        elif _differs(present, message):
            alter.append((present.id, message))
    drop = [
        (each.id, Reason.SUPERSEDED)
        for each in stored.values()
        if each.state in UNSENT and each.key not in named
    ]
    return Changes(add=tuple(add), alter=tuple(alter), drop=tuple(drop))


def _differs(present: Existing, message: PlannedMessage) -> bool:
    if present.state in REVIVABLE:
        return not message.dropped or present.reason != message.reason
    if present.state not in UNSENT:
        return False
    if message.dropped:
        return True
    return (present.due_at, present.send_at, present.expires_at, present.reason) != (
        message.due_at,
        message.send_at,
        message.expires_at,
        message.reason,
    )
