"""The next consultant in turn, when one is taken in the same moment."""

from collections.abc import Callable, Iterable

from services.booking.domain.consult import Consult
from services.booking.domain.consultant import Consultant
from services.booking.store.cells import CellsTaken


def take_first_free(
    proposed: Iterable[Consultant], take: Callable[[Consultant], Consult]
) -> Consult | None:
    """The consult as taken with the first of these who still has its time; None when nobody has.

    `take` raises `CellsTaken`, and has then changed nothing.
    """
    for consultant in proposed:
        try:
            return take(consultant)
        except CellsTaken:
            continue
    return None
