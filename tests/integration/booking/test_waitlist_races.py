"""The waitlist never overbooks, whoever comes at the same moment, on either database."""

from collections import Counter
from datetime import timedelta

from services.booking.domain.consult import Actor, Consult, Status
from services.booking.domain.consultant import Hours
from services.booking.domain.waitlist import Part, window
from services.booking.use_cases.book_consult import Booked
from services.booking.use_cases.reschedule_consult import reschedule_consult
from shared.db import Database
from tests.integration.booking.office import GRID, KEYS, NOW, TEN, book, load, rows, wanted
from tests.integration.booking.test_booking_guarantee import all_at_once
from tests.integration.booking.waiting import (
    accept,
    announced,
    answers,
    cancel,
    clinic,
    decline,
    join,
    leave,
    standing,
    tend,
    token_in,
)

UNTIL = NOW + timedelta(hours=2)
MOMENT = timedelta(seconds=1)
ANY_DAY = [window(day, part) for day in range(7) for part in Part]
_OVER = {Status.CANCELLED.value, Status.LAPSED.value}


def overlaps(database: Database) -> int:
    """How many standing consults, held or booked, share a minute of their consultant's."""
    spans: dict[str, list[tuple[object, object]]] = {}
    with database.reading() as session:
        for row in rows(session):
            if row.status not in _OVER:
                spans.setdefault(row.consultant_id, []).append((row.held_from, row.held_until))
    return sum(
        a[1] > b[0]  # type: ignore[operator]
        for held in spans.values()
        for a, b in zip(sorted(held), sorted(held)[1:], strict=False)  # type: ignore[type-var]
    )


def test_of_many_accepts_at_once_one_consult_comes(database: Database) -> None:
    clinic(database)
    join(database)
    tend(database)
    token = token_in(announced(database)[0])
    got = all_at_once(12, lambda _: accept(database, token))
    assert {type(each) for each in got} == {Consult}
    with database.reading() as session:
        assert [row.status for row in rows(session)] == ["booked"]


def test_at_the_end_of_the_hold_either_they_or_the_public_has_the_time(database: Database) -> None:
    for turn in range(6):
        clinic(database, f"Maya {turn}")
        join(database, turn)
        tend(database)
        token = token_in(announced(database)[-1])

        def act(n: int, token: str = token, turn: int = turn) -> object:
            if n == 0:
                return accept(database, token, UNTIL - MOMENT)
            return book(database, wanted(TEN, 100 + 10 * turn + n), now=UNTIL)

        got = all_at_once(4, act)
        assert sum(isinstance(each, Consult | Booked) for each in got) == 1
        assert {type(each).__name__ for each in got} <= {
            "Consult", "Booked", "HoldLapsed", "SlotTaken"
        }  # fmt: skip
    assert overlaps(database) == 0


def test_steps_at_the_same_moment_offer_everybody_one_time(database: Database) -> None:
    clinic(database, "Maya", Hours(2, 480, 1200))
    clinic(database, "Ben", Hours(2, 480, 1200))
    clinic(database, "Cleo", Hours(3, 480, 1200))
    for number in range(3):
        join(database, number, ANY_DAY)
    got = all_at_once(8, lambda _: tend(database))
    assert set(got) == {False}
    assert Counter(offer.person.name for offer in announced(database)) == {
        f"Rosa {n}": 1 for n in range(3)
    }
    assert overlaps(database) == 0


def test_everything_at_once_never_overlaps_and_nobody_has_two_offers(database: Database) -> None:
    clinic(database, "Maya", Hours(2, 480, 1200), buffer_after=10, daily_cap=12)
    clinic(database, "Ben", Hours(2, 480, 1200), Hours(3, 480, 1200))
    standing_calls = [book(database, wanted(TEN + n * 3 * GRID, 60 + n)) for n in range(6)]
    entries = [join(database, n, ANY_DAY, now=NOW + n * MOMENT) for n in range(6)]
    tend(database)
    declined, accepted = announced(database)[:2]

    def act(n: int) -> object:
        match n % 6:
            case 0:
                cancel(database, standing_calls[n // 6 % 6])
            case 1:
                decline(database, token_in(declined))
            case 2:
                return accept(database, token_in(accepted))
            case 3:
                return book(database, wanted(TEN + n % 9 * GRID, 200 + n))
            case 4:
                return database.run(
                    lambda s: reschedule_consult(
                        s,
                        load(s, standing_calls[n // 6 % 6]),
                        TEN + (n % 7 + 8) * GRID,
                        by=Actor.PERSON,
                        keys=KEYS,
                        now=NOW,
                    )
                )
            case _:
                leave(database, entries[5])
                return tend(database)
        return None

    got = all_at_once(36, act)
    unexpected = [each for each in got if isinstance(each, Exception)]
    assert {type(each).__name__ for each in unexpected} <= {
        "SlotTaken", "NotOffered", "NotChangeable"
    }  # fmt: skip
    assert overlaps(database) == 0
    places = standing(database)
    assert places[accepted.person.name] == "booked"
    assert Counter(answers(database))["open"] == Counter(places.values())["offered"]
