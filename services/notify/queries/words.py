"""How pages for staff name purposes, states and the steps of a story."""

from __future__ import annotations

from services.notify.domain.values import Purpose, State

ABOUT: dict[str, str] = {
    Purpose.CONSULT_BOOKED: "Call booked",
    Purpose.CONSULT_MOVED: "Call moved",
    Purpose.CONSULT_CHANGED: "Who calls changed",
    Purpose.CONSULT_CANCELLED: "Call cancelled",
    Purpose.CONSULT_REMINDER: "Reminder",
    Purpose.CONSULT_JOINING: "Video link",
    Purpose.CONSULT_MISSED: "Missed call",
    Purpose.CONSULT_CLOSED: "After the call",
    Purpose.ENROLLMENT_CONFIRMED: "Place confirmed",
    Purpose.SESSION_MOVED: "Date moved",
    Purpose.SESSION_CANCELLED: "Date cancelled",
    Purpose.SESSION_NOTES: "Preparation notes",
    Purpose.SESSION_REMINDER: "Reminder",
    Purpose.SESSION_RIDE: "Ride home",
    Purpose.SESSION_AFTER: "Check-in",
    Purpose.WAITLIST_OFFER: "Time offered",
    Purpose.NOTICE: "Link",
    Purpose.STAFF_ALERT: "Alert",
}

KINDS: dict[str, tuple[str, ...]] = {
    "Booked": (Purpose.CONSULT_BOOKED, Purpose.ENROLLMENT_CONFIRMED),
    "Moved": (Purpose.CONSULT_MOVED, Purpose.CONSULT_CHANGED, Purpose.SESSION_MOVED),
    "Cancelled": (Purpose.CONSULT_CANCELLED, Purpose.SESSION_CANCELLED),
    "Reminder": (
        Purpose.CONSULT_REMINDER,
        Purpose.CONSULT_JOINING,
        Purpose.SESSION_NOTES,
        Purpose.SESSION_REMINDER,
        Purpose.SESSION_RIDE,
    ),
    "Check-in": (Purpose.SESSION_AFTER,),
    "Other": (
        Purpose.CONSULT_MISSED,
        Purpose.CONSULT_CLOSED,
        Purpose.WAITLIST_OFFER,
        Purpose.NOTICE,
        Purpose.STAFF_ALERT,
    ),
}

# The word on the tag, and its kind of tag.
TAGS: dict[str, tuple[str, str]] = {
    State.PLANNED: ("Planned", ""),
    State.CLAIMED: ("Sending", ""),
    State.CALLING: ("Sending", ""),
    State.ACCEPTED: ("Sent", "good"),
    State.DELIVERED: ("Delivered", "good"),
    State.FAILED: ("Failed", "stop"),
    State.UNKNOWN: ("Unknown", "warn"),
    State.EXPIRED: ("Expired", "warn"),
    State.SUPPRESSED: ("Held back", ""),
    State.DROPPED: ("Dropped", ""),
}

STATUSES: dict[str, tuple[str, ...]] = {
    "Needs a look": (State.FAILED, State.UNKNOWN, State.EXPIRED),
    "Planned": (State.PLANNED, State.CLAIMED),
    "Sent": (State.ACCEPTED, State.DELIVERED),
    "Delivered": (State.DELIVERED,),
    "Failed": (State.FAILED,),
    "Not sent": (State.DROPPED, State.SUPPRESSED, State.EXPIRED),
}

REASONS: dict[str, str] = {
    "quiet-hours": "texts go out from 8 AM to 9 PM where the person is",
    "over-cap": "the person already gets as many texts as we send in a day or a week",
    "near-confirmation": "it would have come before, or within 4 hours of, the confirmation",
    "no-consent": "the person has not agreed to texts",
    "opted-out": "this number asked for no texts",
    "no-address": "we have no address for it",
    "too-late": "it would have come too late to be of use",
    "superseded": "the appointment has changed since, or is off",
    "instead-of-text": "a text could not be sent",
    "forbidden-words": "it holds words that may not be in a message",
    "cannot-write": "its template could not be filled in",
    "halted": "the channel is stopped until its settings are right",
    "retry": "the first try was turned away",
    "interrupted": "the program was interrupted in the middle of the call",
    "no-answer": "no answer came in time",
}

_STEPS: dict[str, str] = {
    "planned": "Planned.",
    "dropped": "Not sent: {why}.",
    "suppressed": "Held back: {why}.",
    "expired": "Not sent: {why}.",
    "deferred": "Waits: {why}.",
    "called": "Handed to the provider (try {detail}).",
    "accepted": "Accepted by the provider.",
    "delivered": "Delivered.",
    "failed": "Failed: {why}.",
    "unknown": "No clear answer ({why}). It may have been accepted, so it was not sent again.",
    "unresolved": "Still not known. Staff were told.",
    "receipt": "The provider reports: {detail}.",
    "retry": "Not accepted ({why}); it will be tried again.",
    "halted": "Not accepted: the provider refuses our settings ({detail}). Staff were told.",
    "reply": "The person answered: {detail}.",
}
_UNSURE = frozenset({"unknown", "unresolved", "halted", "deferred"})


def why(reason: str | None) -> str:
    """A stored reason in words; a provider's code as it is."""
    if not reason:
        return "no reason is recorded"
    return REASONS.get(reason, f"code {reason}" if reason.isdigit() else reason)


def step_words(kind: str, detail: str | None) -> str:
    """One step of a story as a sentence."""
    if kind == "planned" and detail == "quiet-hours":
        return f"Planned, and moved: {why(detail)}."
    if kind == "planned" and detail:
        return f"Planned, because {why(detail)}."
    if kind == "accepted" and detail == "captured":
        return "Kept in the outbox instead of being sent: no provider is set up."
    template = _STEPS.get(kind, "{detail}")
    return template.format(why=why(detail), detail=detail or "")


def is_unsure(kind: str) -> bool:
    """Whether a step leaves something open."""
    return kind in _UNSURE


def mask_phone(number: str) -> str:
    """ "(207) •••-0176"; elsewhere the last four digits."""
    if number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) •••-{number[-4:]}"
    return f"•••{number[-4:]}"


def mask_email(address: str) -> str:
    """ "r•••@example.org"."""
    local, _, host = address.partition("@")
    return f"{local[:1]}•••@{host}"
