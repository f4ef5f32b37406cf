"""Who holds a consult when several consultants are free at its time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from services.booking.domain.ids import ConsultantId

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Load:
    """A consultant's work around an instant: consults in its week, and the last one before it."""

    consultant_id: ConsultantId
    name: str
    this_week: int
    last_start: datetime | None


def in_turn(loads: Iterable[Load]) -> list[ConsultantId]:
    """Fewest consults that week first, then longest since the last one, then by name."""
    ordered = sorted(
        loads,
        key=lambda load: (
            load.this_week,
            load.last_start or _NEVER,
            load.name.casefold(),
            load.consultant_id,
        ),
    )
    return [load.consultant_id for load in ordered]
