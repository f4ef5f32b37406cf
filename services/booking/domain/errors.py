"""What can be refused, by name. `slug` is stable for machines; the text is for people.

`fields` names the inputs at fault, `extra` carries what helps to go on.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from services.booking.domain.intervals import written
from services.booking.domain.slots import Reason

_WHY = {
    Reason.PAST: "That time is already past. Please choose another.",
    Reason.TOO_SOON: "That time is too soon for us to prepare. Please choose a later one.",
    Reason.BEYOND_HORIZON: "That time is further ahead than we book. Please choose a nearer one.",
    Reason.OFF_GRID: "Calls do not start at that minute. Please choose one of the times shown.",
    Reason.OUTSIDE_HOURS: "Nobody takes calls at that time. Please choose one of the times shown.",
    Reason.HOLIDAY: "We are closed that day. Please choose another.",
    Reason.DAY_OFF: "Nobody takes calls that day. Please choose another.",
    Reason.CALENDAR_UNREAD: "That time is not open just now. Please choose another.",
    Reason.TAKEN: "That time was just taken. Please choose another.",
    Reason.BUSY: "That time was just taken. Please choose another.",
    Reason.DAY_FULL: "That day is full. Please choose another.",
}


class BookingError(Exception):
    """Something asked of booking that its rules refuse."""

    slug: ClassVar[str] = "refused"

    def __init__(
        self,
        message: str,
        *,
        fields: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.fields: Mapping[str, str] = fields or {}
        self.extra: Mapping[str, object] = extra or {}


class SlotTaken(BookingError):
    """Nobody is free at that time any more; `alternatives` are up to three starts near it."""

    slug: ClassVar[str] = "slot-taken"

    def __init__(self, start: datetime, alternatives: Sequence[datetime]) -> None:
        near = [written(at) for at in alternatives]
        super().__init__(
            "That time was just taken.",
            fields={"start": "That time was just taken."},
            extra={"alternatives": near},
        )
        self.start = start
        self.alternatives = tuple(alternatives)


class NotOffered(BookingError):
    """That instant was never on offer; `reason` says which rule keeps it out."""

    slug: ClassVar[str] = "not-offered"

    def __init__(self, start: datetime, reason: Reason) -> None:
        super().__init__(
            _WHY[reason], fields={"start": _WHY[reason]}, extra={"reason": reason.value}
        )
        self.start = start
        self.reason = reason


class UnknownLink(BookingError):
    """No consult belongs to this token."""

    slug: ClassVar[str] = "unknown-link"

    def __init__(self) -> None:
        super().__init__("This link no longer works. A newer one may be in our latest email.")


class UnknownConsult(BookingError):
    """There is no consult with this id."""

    slug: ClassVar[str] = "unknown-consult"

    def __init__(self) -> None:
        super().__init__("There is no such call.")


class NotChangeable(BookingError):
    """The consult's state does not allow this act."""

    slug: ClassVar[str] = "not-changeable"


class HoldLapsed(BookingError):
    """The time was held until a moment that is past."""

    slug: ClassVar[str] = "hold-lapsed"

    def __init__(self) -> None:
        super().__init__("That time is no longer held. Nothing is booked.")


class NotStarted(BookingError):
    """Nobody can have missed a consult that has not begun."""

    slug: ClassVar[str] = "not-started"

    def __init__(self) -> None:
        super().__init__("This call has not begun yet, so nobody has missed it.")


class TooLateToUndo(BookingError):
    """Others have been told of what was recorded, or are about to be."""

    slug: ClassVar[str] = "too-late-to-undo"

    def __init__(self) -> None:
        super().__init__("The minute is over and it has been passed on, so it stands.")


class CannotMerge(BookingError):
    """These two people cannot be made one here; the text says why."""

    slug: ClassVar[str] = "cannot-merge"


class UnknownPerson(BookingError):
    """There is no person with this id."""

    slug: ClassVar[str] = "unknown-person"

    def __init__(self) -> None:
        super().__init__("There is no such person.")


class FollowUpNeeded(BookingError):
    """Undecided needs a date, and no other outcome may have one."""

    slug: ClassVar[str] = "follow-up"


class IdempotencyMismatch(BookingError):
    """This key was used before for something else."""

    slug: ClassVar[str] = "idempotency-mismatch"

    def __init__(self) -> None:
        wrong = "This key was used before with another body. Use a new key."
        super().__init__(wrong, fields={"Idempotency-Key": wrong})


class UnknownConsultant(BookingError):
    """There is no consultant with this id."""

    slug: ClassVar[str] = "unknown-consultant"

    def __init__(self) -> None:
        super().__init__("There is no such consultant.")


class UnknownPlace(BookingError):
    """There is no place on the waitlist with this id."""

    slug: ClassVar[str] = "unknown-place"

    def __init__(self) -> None:
        super().__init__("There is no such place on the waitlist.")


class StaffTaken(BookingError):
    """Another consultant is this member of staff."""

    slug: ClassVar[str] = "staff-taken"

    def __init__(self) -> None:
        wrong = "Another consultant is linked to this member of staff."
        super().__init__(wrong, fields={"staff_id": wrong})
