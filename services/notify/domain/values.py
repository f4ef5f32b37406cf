"""The words of this domain: channels, purposes, appointments, recipients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

MessageId = NewType("MessageId", str)
PersonId = NewType("PersonId", str)


class Channel(StrEnum):
    """A way to reach someone."""

    EMAIL = "email"
    SMS = "sms"


class Kind(StrEnum):
    """What an appointment is, as far as messages differ."""

    CONSULT = "consult"
    SESSION = "session"
    MEDICINE = "medicine"
    INTAKE = "intake"
    SCREENING = "screening"
    CHECK_IN = "check_in"


class Purpose(StrEnum):
    """Why a message is sent. Each value names a template folder."""

    CONSULT_BOOKED = "consult_booked"
    CONSULT_MOVED = "consult_moved"
    CONSULT_CHANGED = "consult_changed"
    CONSULT_CANCELLED = "consult_cancelled"
    CONSULT_REMINDER = "consult_reminder"
    CONSULT_JOINING = "consult_joining"
    CONSULT_MISSED = "consult_missed"
    CONSULT_CLOSED = "consult_closed"
    ENROLLMENT_CONFIRMED = "enrollment_confirmed"
    SESSION_MOVED = "session_moved"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_NOTES = "session_notes"
    SESSION_REMINDER = "session_reminder"
    SESSION_RIDE = "session_ride"
    SESSION_AFTER = "session_after"
    WAITLIST_OFFER = "waitlist_offer"
    NOTICE = "notice"
    STAFF_ALERT = "staff_alert"


class Change(StrEnum):
    """The news that an appointment's newest revision brings."""

    BOOKED = "booked"
    MOVED = "moved"
    CHANGED = "changed"
    """Something else than the time, such as who calls."""
    CANCELLED = "cancelled"
    MISSED = "missed"


class Status(StrEnum):
    """Whether an appointment is still going to happen."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    OVER = "over"


class State(StrEnum):
    """Where a message is. Only CALLING can become UNKNOWN."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    CALLING = "calling"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"
    DROPPED = "dropped"


UNSENT = frozenset({State.PLANNED, State.CLAIMED})
"""States in which nothing has left the house, so a plan may still change."""

REVIVABLE = frozenset({State.DROPPED, State.SUPPRESSED})
"""States that a later plan may turn back into PLANNED."""


class Reason(StrEnum):
    """Why a message is not, or not simply, sent at its rule's time."""

    QUIET_HOURS = "quiet-hours"
    OVER_CAP = "over-cap"
    NEAR_CONFIRMATION = "near-confirmation"
    NO_CONSENT = "no-consent"
    OPTED_OUT = "opted-out"
    NO_ADDRESS = "no-address"
    TOO_LATE = "too-late"
    SUPERSEDED = "superseded"
    INSTEAD_OF_TEXT = "instead-of-text"
    FORBIDDEN_WORDS = "forbidden-words"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person in care as messages see them. `timezone` is an IANA name."""

    person_id: PersonId
    timezone: str
    has_email: bool
    has_phone: bool
    sms_consent: bool
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Appointment:
    """One person's appointment at its newest revision; instants are aware UTC.

    `zone` is the zone whose wall clock reminders follow: the recipient's for
    consults, the venue's for sessions. `confirmed_at` is when its booking or last
    move was made. `change` is the news of this revision made at `changed_at`,
    and `told_starts_at` the start that the recipient last heard of.
    """

    source: str
    revision: int
    kind: Kind
    starts_at: datetime
    ends_at: datetime
    zone: str
    status: Status
    confirmed_at: datetime
    change: Change | None = None
    changed_at: datetime | None = None
    told_starts_at: datetime | None = None
    video: bool = False
    ride_arranged: bool = False
    absent: bool = False


@dataclass(frozen=True, slots=True)
class MessageKey:
    """What may be sent at most once: (source, occasion, purpose, channel, person).

    `occasion` is "r<revision>" for an appointment, or the id of the event.
    """

    source: str
    occasion: str
    purpose: str
    channel: Channel
    person_id: PersonId


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """A wanted message (`dropped` false), or one deliberately not wanted, with why.

    `send_at` is `due_at` unless quiet hours moved it. `counted` texts are subject to
    the caps, in the order of `rank` (lower goes first). `any_hour` marks the texts
    that are exempt from quiet hours.
    """

    key: MessageKey
    revision: int | None
    due_at: datetime
    send_at: datetime
    expires_at: datetime
    counted: bool = False
    any_hour: bool = False
    rank: int = 0
    dropped: bool = False
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class SentText:
    """A counted text that has left, or may have left, at `at`."""

    key: MessageKey
    at: datetime
