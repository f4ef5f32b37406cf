"""Events that booking publishes."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from shared.events.base import FactEvent, Instant, StateEvent, Value, Zone
from shared.events.people import Contact


class Meeting(Value):
    """How a call is held. `join_url` is set for video."""

    kind: Literal["phone", "video"]
    join_url: str | None = None


class CallState(StateEvent):
    """The whole public state of one call between a person and a member of staff."""

    person: Contact
    consultant_id: str
    consultant: str
    """The consultant's name, as people are told it."""
    starts_at: Instant
    ends_at: Instant
    venue_timezone: Zone
    """The consultant's zone."""
    meeting: Meeting
    manage_url: str
    rebook_url: str
    status: Literal["booked", "cancelled", "no_show", "completed"]
    by: Literal["person", "staff"]
    """Who made this change."""
    revision: int = Field(ge=1)


class OtherCall(Value):
    """Another call that somebody with the same email has booked."""

    starts_at: Instant
    manage_url: str


class ConsultState(CallState):
    """The whole public state of one consult."""

    SUBJECT: ClassVar[str] = "consult:consult_id"
    consult_id: str
    others: tuple[OtherCall, ...] = ()
    """Calls ahead under the same email: the confirmation email alone may tell of them."""


class ConsultBooked(ConsultState):
    """A consult was booked."""

    TYPE: ClassVar[str] = "consult.booked"


class ConsultRescheduled(ConsultState):
    """A consult was moved to another time."""

    TYPE: ClassVar[str] = "consult.rescheduled"


class ConsultCancelled(ConsultState):
    """A consult was called off."""

    TYPE: ClassVar[str] = "consult.cancelled"


class ConsultNoShow(ConsultState):
    """The person did not come to a consult."""

    TYPE: ClassVar[str] = "consult.no_show"


class ConsultCompleted(FactEvent):
    """A consult took place, with this outcome."""

    TYPE: ClassVar[str] = "consult.completed"
    SUBJECT: ClassVar[str] = "consult:consult_id"
    consult_id: str
    person: Contact
    outcome: Literal["qualified", "not_a_fit", "undecided"]
    follow_up_on: date | None = None


class WaitlistOffered(FactEvent):
    """A freed time is held for one person until `expires_at`."""

    TYPE: ClassVar[str] = "waitlist.offered"
    SUBJECT: ClassVar[str] = "waitlist:offer_id"
    offer_id: str
    person: Contact
    starts_at: Instant
    expires_at: Instant
    accept_url: str
