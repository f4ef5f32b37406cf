"""Who is asked first."""

from datetime import UTC, datetime

from services.booking.domain.choice import Load, in_turn
from services.booking.domain.ids import ConsultantId

EARLY, LATE = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 8, tzinfo=UTC)


def load(name: str, this_week: int, last: datetime | None) -> Load:
    return Load(ConsultantId(name), name, this_week, last)


def test_fewest_that_week_then_longest_since_then_name() -> None:
    loads = [
        load("Dora", 1, EARLY),
        load("Cleo", 0, LATE),
        load("Ben", 0, EARLY),
        load("Ada", 0, EARLY),
        load("Eve", 0, None),
    ]
    assert in_turn(loads) == ["Eve", "Ada", "Ben", "Cleo", "Dora"]
