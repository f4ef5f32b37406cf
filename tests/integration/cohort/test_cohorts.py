"""Cohorts, seats and cells on real databases, alone and many at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from services.cohort.domain.calendar import Window
from services.cohort.domain.errors import (
    AlreadyEnrolled,
    Clash,
    CohortFull,
    Invalid,
    JoiningClosed,
    NonexistentTime,
    Refusal,
    WrongStage,
)
from services.cohort.domain.ids import CohortId, StaffId
from services.cohort.domain.request import CohortRequest
from services.cohort.keys import Keys
from services.cohort.store.cohorts import find_room
from services.cohort.tables import (
    ApplicantRow,
    ClosedDateRow,
    CohortRow,
    EnrollmentRow,
    SessionCellRow,
    SessionRow,
)
from services.cohort.use_cases.advance_cohorts import advance_cohorts
from services.cohort.use_cases.confirm_cohort import confirm_cohort
from services.cohort.use_cases.create_cohort import create_cohort
from services.cohort.use_cases.end_enrollment import EndReason, end_enrollment
from services.cohort.use_cases.enroll_applicant import enroll_applicant
from shared.db import Database
from shared.db.common import outbox
from shared.events import EnrollmentConfirmed, EnrollmentEnded
from shared.events.envelope import parse
from tests.integration.cohort.conftest import NOW, request_for

Person = Callable[[int], str]
Facilitator = Callable[[str], StaffId]


def make(database: Database, request: CohortRequest, *, now: datetime = NOW) -> CohortId:
    return database.run(lambda s: create_cohort(s, request, actor="test", now=now))


def enroll(database: Database, cohort: str, person: str, keys: Keys) -> str:
    return database.run(
        lambda s: enroll_applicant(s, cohort, person, keys=keys, actor="test", now=NOW)
    )


def published(database: Database, kind: type[Any]) -> list[Any]:
    with database.reading() as session:
        rows = session.scalars(
            select(outbox.c.envelope).where(outbox.c.type == kind.TYPE).order_by(outbox.c.id)
        )
        return [parse(row.encode()).event for row in rows]


def count(database: Database, table: type[Any], *conditions: Any) -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(table).where(*conditions)
        return session.scalar(query) or 0


def test_creating_a_cohort_dates_every_session_of_the_program(
    database: Database, facilitator: Facilitator
) -> None:
    make(database, request_for(facilitator("Ruth"), facilitator("Teo")))
    with database.reading() as session:
        rows = session.scalars(select(SessionRow).order_by(SessionRow.starts_at)).all()
        kinds = [(row.week, row.kind) for row in rows]
        assert kinds[-2:] == [(8, "integration"), (10, "measures")]
        assert rows[0].starts_at == datetime(2027, 1, 6, 18, 0, tzinfo=UTC)
        assert rows[7].ends_at - rows[7].starts_at == timedelta(minutes=90)


def test_public_holidays_and_own_closed_dates_move_the_series(
    database: Database, facilitator: Facilitator
) -> None:
    with database.transaction() as session:
        session.add(ClosedDateRow(day=date(2027, 2, 1), reason="Retreat"))
    request = request_for(
        facilitator("Ruth"),
        start_date=date(2027, 1, 11),
        window=Window(0, time(9, 0)),
        holiday_region="US",
    )
    make(database, request)
    with database.reading() as session:
        days = session.scalars(select(SessionRow.day).order_by(SessionRow.starts_at)).all()
    # January 18 is Martin Luther King Jr. Day, February 1 the practice's own, 15 Washington's.
    assert [day.isoformat() for day in days[:4]] == [
        "2027-01-11",
        "2027-01-25",
        "2027-02-08",
        "2027-02-22",
    ]


def test_one_facilitator_in_two_cohorts_at_once_is_refused_by_name(
    database: Database, facilitator: Facilitator
) -> None:
    ruth = facilitator("Ruth")
    make(database, request_for(ruth))
    clashing = request_for(ruth, label="Birch", room="Other", window=Window(2, time(14, 25)))
    with pytest.raises(Clash) as refused:
        make(database, clashing)
    assert "Ruth is taken on Wednesday, January 6, 1:00 to 2:30 PM" in str(refused.value)
    assert "cohort Alder, week 1" in str(refused.value)
    assert count(database, CohortRow) == 1


def test_one_room_in_two_cohorts_at_once_is_refused_by_name(
    database: Database, facilitator: Facilitator
) -> None:
    make(database, request_for(facilitator("Ruth")))
    with pytest.raises(Clash, match="Tide room is taken"):
        make(database, request_for(facilitator("Teo"), label="Birch", room="  tide   ROOM "))


def test_back_to_back_cohorts_share_a_room(database: Database, facilitator: Facilitator) -> None:
    ruth = facilitator("Ruth")
    make(database, request_for(ruth))
    make(database, request_for(ruth, label="Birch", window=Window(2, time(16, 30))))
    assert count(database, CohortRow) == 2


def test_of_many_cohorts_made_at_once_for_one_facilitator_one_is_made(
    database: Database, facilitator: Facilitator
) -> None:
    ruth = facilitator("Ruth")

    def attempt(number: int) -> bool:
        request = request_for(ruth, label=f"C{number}", room=f"Room {number}")
        try:
            make(database, request)
        except Clash:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1
    assert count(database, CohortRow) == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"start_date": date(2026, 12, 1)}, Invalid),
        ({"min_size": 9, "max_size": 8}, Invalid),
        ({"max_size": 100}, Invalid),
        ({"holiday_region": "ZZ"}, Invalid),
        (
            {"start_date": date(2027, 2, 28), "window": Window(6, time(2, 30))},
            NonexistentTime,
        ),
    ],
)
def test_impossible_cohorts_leave_nothing_behind(
    database: Database,
    facilitator: Facilitator,
    changes: dict[str, Any],
    error: type[Refusal],
) -> None:
    with pytest.raises(error):
        make(database, request_for(facilitator("Ruth"), **changes))
    assert count(database, CohortRow) == 0


def test_enrolling_publishes_the_person_and_every_group_session(
    database: Database, facilitator: Facilitator, person: Person, keys: Keys
) -> None:
    cohort = make(database, request_for(facilitator("Ruth")))
    enrollment = enroll(database, cohort, person(1), keys)
    (event,) = published(database, EnrollmentConfirmed)
    assert event.enrollment_id == enrollment
    assert (event.person.name, event.cohort_id, event.sequence) == ("Person 1", cohort, 1)
    assert [one.week for one in event.sessions] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert event.sessions[0].place == "Tide room"
    assert event.sessions[0].starts_at == datetime(2027, 1, 6, 18, 0, tzinfo=UTC)
    assert event.page_url.startswith("https://example.org/cohort/me/")


def test_ending_frees_the_seat_and_the_persons_time(
    database: Database, facilitator: Facilitator, person: Person, keys: Keys
) -> None:
    cohort = make(database, request_for(facilitator("Ruth"), min_size=1, max_size=1))
    first, second = person(1), person(2)
    enrollment = enroll(database, cohort, first, keys)
    with pytest.raises(CohortFull):
        enroll(database, cohort, second, keys)
    end = database.run
    end(
        lambda s: end_enrollment(
            s, enrollment, reason=EndReason.BACK_TO_WAITING, keys=keys, actor="t", now=NOW
        )
    )
    enroll(database, cohort, second, keys)
    (event,) = published(database, EnrollmentEnded)
    assert (event.sequence, event.reason) == (2, "back_to_waiting")
    mine = SessionCellRow.resource == f"person:{first}"
    assert count(database, SessionCellRow, mine) == 0
    with pytest.raises(WrongStage):
        end(
            lambda s: end_enrollment(
                s, enrollment, reason=EndReason.LEFT, keys=keys, actor="t", now=NOW
            )
        )


def test_a_person_holds_one_seat_over_all_cohorts(
    database: Database, facilitator: Facilitator, person: Person, keys: Keys
) -> None:
    one = make(database, request_for(facilitator("Ruth")))
    two = make(database, request_for(facilitator("Teo"), label="Birch", room="Other"))
    someone = person(1)
    enroll(database, one, someone, keys)
    with pytest.raises(AlreadyEnrolled):
        enroll(database, two, someone, keys)


def test_many_enrolling_at_once_never_exceed_the_seats(
    database: Database, facilitator: Facilitator, person: Person, keys: Keys
) -> None:
    cohort = make(database, request_for(facilitator("Ruth"), min_size=1, max_size=3))
    people = [person(number) for number in range(12)]

    def attempt(someone: str) -> bool:
        try:
            enroll(database, cohort, someone, keys)
        except CohortFull:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(attempt, people)) == 3
    assert count(database, EnrollmentRow, EnrollmentRow.status == "active") == 3
    assert len(published(database, EnrollmentConfirmed)) == 3


def test_one_person_enrolled_twice_at_once_gets_one_seat(
    database: Database, facilitator: Facilitator, person: Person, keys: Keys
) -> None:
    cohorts = [
        make(database, request_for(facilitator(f"F{n}"), label=f"C{n}", room=f"R{n}"))
        for n in range(4)
    ]
    someone = person(1)

    def attempt(cohort: str) -> bool:
        try:
            enroll(database, cohort, someone, keys)
        except AlreadyEnrolled:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, cohorts)) == 1
    assert count(database, EnrollmentRow) == 1


def test_nobody_joins_after_the_first_session_started(
    database: Database, facilitator: Facilitator, person: Person, keys: Keys
) -> None:
    cohort = make(database, request_for(facilitator("Ruth")))
    late = datetime(2027, 1, 6, 18, 0, tzinfo=UTC)
    someone = person(1)
    with pytest.raises(JoiningClosed):
        database.run(lambda s: enroll_applicant(s, cohort, someone, keys=keys, actor="t", now=late))


def test_time_starts_and_completes_a_confirmed_cohort(
    database: Database, facilitator: Facilitator, person: Person, keys: Keys
) -> None:
    cohort = make(database, request_for(facilitator("Ruth"), min_size=1))
    someone = person(1)
    enroll(database, cohort, someone, keys)
    database.run(lambda s: confirm_cohort(s, cohort, actor="t", now=NOW))

    def stage_at(now: datetime) -> str:
        while database.run(lambda s: advance_cohorts(s, now=now)):
            pass
        with database.reading() as session:
            return session.get_one(CohortRow, cohort).stage

    assert stage_at(datetime(2027, 1, 6, 17, 59, tzinfo=UTC)) == "confirmed"
    assert stage_at(datetime(2027, 1, 6, 18, 0, tzinfo=UTC)) == "running"
    assert stage_at(datetime(2027, 6, 1, tzinfo=UTC)) == "completed"
    with database.reading() as session:
        assert session.get_one(ApplicantRow, someone).status == "alumnus"


def test_the_database_itself_refuses_a_second_seat_number(
    database: Database, facilitator: Facilitator, person: Person, keys: Keys
) -> None:
    cohort = make(database, request_for(facilitator("Ruth")))
    enroll(database, cohort, person(1), keys)
    enroll(database, cohort, person(2), keys)
    with pytest.raises(Exception, match=r"(?i)unique"):
        database.run(lambda s: s.execute(update(EnrollmentRow).values(seat=1)))


def test_a_room_may_have_any_name_of_eighty_characters(
    database: Database, facilitator: Facilitator
) -> None:
    name = "\u0390" * 80  # three characters each without their case
    staff = facilitator("Maya")
    database.run(lambda s: create_cohort(s, request_for(staff, room=name), actor="test", now=NOW))
    with database.reading() as session:
        room = find_room(session, name)
        assert room is not None
        assert room.name == name
