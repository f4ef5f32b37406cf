"""The life of a consult: held perhaps, then booked, then cancelled, missed or completed.

Each act returns the consult as it is afterwards, or raises. An act that changes nothing returns
the very same value, so that callers announce nothing.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.booking.domain.consultant import LENGTH
from services.booking.domain.errors import FollowUpNeeded, HoldLapsed, NotChangeable, NotStarted
from services.booking.domain.ids import ConsultantId, ConsultId, PersonId
from services.booking.domain.person import Preferences


class Status(StrEnum):
    """Where a consult stands."""

    HELD = "held"
    """Kept for one person for a while; announced to nobody."""
    LAPSED = "lapsed"
    """Was held, and nobody took it up."""
    BOOKED = "booked"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    COMPLETED = "completed"


class Outcome(StrEnum):
    """What a completed consult came to."""

    QUALIFIED = "qualified"
    NOT_A_FIT = "not_a_fit"
    UNDECIDED = "undecided"


class Meeting(StrEnum):
    """How the two meet."""

    PHONE = "phone"
    VIDEO = "video"


class HoldKind(StrEnum):
    """Why a time is held."""

    UNCONFIRMED = "unconfirmed"
    """A booking that looks like a program's waits for the emailed link to be opened."""
    WAITLIST = "waitlist"
    """A freed time is offered to one person."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Until when a time is kept, and whether its minutes are: else it is only asked for."""

    kind: HoldKind
    expires_at: datetime
    occupies: bool = True


class Actor(StrEnum):
    """Who made a change."""

    PERSON = "person"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Consult:
    """One consult. `revision` grows by one with every announced change, from 1.

    `preferences` are those of this booking: it is told in its own zone and language, and texted
    about only if its own form was ticked, whatever an earlier booking of the same person said.
    """

    id: ConsultId
    person_id: PersonId
    consultant_id: ConsultantId
    starts_at: datetime
    meeting: Meeting
    preferences: Preferences
    status: Status = Status.BOOKED
    outcome: Outcome | None = None
    follow_up_on: date | None = None
    revision: int = 1
    hold: Hold | None = None

    def is_held(self, now: datetime) -> bool:
        """Whether it waits to be taken up, in time still."""
        return self.hold is not None and now < self.hold.expires_at

    def standing(self, now: datetime) -> Status:
        """Where it stands at this moment: a hold that is over has lapsed, swept or not."""
        over = self.hold is not None and not self.is_held(now)
        return Status.LAPSED if over else self.status

    @property
    def occupies(self) -> bool:
        """Whether it has its minutes in the book."""
        if self.hold is not None:
            return self.hold.occupies
        return self.status not in (Status.CANCELLED, Status.LAPSED)

    @property
    def ends_at(self) -> datetime:
        """20 elapsed minutes after the start, whatever the clocks do."""
        return self.starts_at + LENGTH

    def can_change(self, now: datetime) -> bool:
        """Whether the person may still move or cancel it."""
        return self.status is Status.BOOKED and now < self.starts_at

    def can_be_missed(self, now: datetime) -> bool:
        """Whether it may be recorded as a no-show."""
        return self.status is Status.BOOKED and now >= self.starts_at

    def can_be_decided(self) -> bool:
        """Whether an outcome may be recorded: once held, or again while undecided."""
        return self.status is Status.BOOKED or self.outcome is Outcome.UNDECIDED


@dataclass(frozen=True, slots=True)
class Before:
    """What an outcome changes of a consult, to put it back."""

    status: Status
    outcome: Outcome | None
    follow_up_on: date | None
    revision: int


def as_before(consult: Consult) -> Before:
    """How it stands now."""
    return Before(consult.status, consult.outcome, consult.follow_up_on, consult.revision)


def put_back(consult: Consult, before: Before) -> Consult:
    """As it stood before an outcome that nobody was told of; its revision is used again."""
    return replace(
        consult,
        status=before.status,
        outcome=before.outcome,
        follow_up_on=before.follow_up_on,
        revision=before.revision,
    )


def taken_up(consult: Consult, *, now: datetime) -> Consult:
    """What was held is booked. Again is no change. Raises `HoldLapsed` when it is too late."""
    if consult.hold is None and consult.status is not Status.LAPSED:
        return consult
    if not consult.is_held(now) or now >= consult.starts_at:
        raise HoldLapsed
    return replace(consult, status=Status.BOOKED, hold=None)


def lapsed(consult: Consult) -> Consult:
    """No longer held; what is booked, or has lapsed already, is returned as it is."""
    if consult.hold is None:
        return consult
    return replace(consult, status=Status.LAPSED, hold=None)


def cancelled(consult: Consult, *, now: datetime) -> Consult:
    """Called off. Again is no change. Raises `NotChangeable` once begun or decided."""
    if consult.status is Status.CANCELLED:
        return consult
    _must_be_changeable(consult, now=now)
    return replace(consult, status=Status.CANCELLED, revision=consult.revision + 1)


def moved(
    consult: Consult, starts_at: datetime, *, consultant_id: ConsultantId, now: datetime
) -> Consult:
    """At another time, perhaps with another consultant. Raises `NotChangeable`."""
    _must_be_changeable(consult, now=now)
    return replace(
        consult,
        starts_at=starts_at,
        consultant_id=consultant_id,
        revision=consult.revision + 1,
    )


def missed(consult: Consult, *, now: datetime) -> Consult:
    """The person did not come. Raises `NotStarted`, or `NotChangeable` when decided already."""
    if consult.status is Status.NO_SHOW:
        return consult
    if consult.status is not Status.BOOKED:
        raise NotChangeable(_STANDS[consult.status])
    if now < consult.starts_at:
        raise NotStarted
    return replace(consult, status=Status.NO_SHOW, revision=consult.revision + 1)


def completed(consult: Consult, outcome: Outcome, *, follow_up_on: date | None = None) -> Consult:
    """Held, with an outcome; one that was undecided may be decided later.

    The same outcome again is no change. Raises `NotChangeable`, and `FollowUpNeeded` when the
    date does not fit the outcome. Staff may record it before the booked time: they may have
    called early.
    """
    if (outcome is Outcome.UNDECIDED) != (follow_up_on is not None):
        wanted = "Say on which day to decide." if follow_up_on is None else "Leave the day empty."
        raise FollowUpNeeded(wanted, fields={"follow_up_on": wanted})
    if (consult.outcome, consult.follow_up_on) == (outcome, follow_up_on):
        return consult
    if not consult.can_be_decided():
        raise NotChangeable(_STANDS[consult.status])
    return replace(consult, status=Status.COMPLETED, outcome=outcome, follow_up_on=follow_up_on)


_STANDS = {
    Status.HELD: "This call is not booked yet.",
    Status.LAPSED: "This time was not confirmed, so no call is booked.",
    Status.BOOKED: "This call has already begun, so it can no longer be changed.",
    Status.CANCELLED: "This call is cancelled.",
    Status.NO_SHOW: "This call is marked as missed.",
    Status.COMPLETED: "This call has taken place and its outcome is recorded.",
}


def _must_be_changeable(consult: Consult, *, now: datetime) -> None:
    if not consult.can_change(now):
        raise NotChangeable(_STANDS[consult.status])
