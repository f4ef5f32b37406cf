"""A free time goes to the people who wait for one: one at a time, in order, and by day."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Status
from services.booking.domain.consultant import Hours
from services.booking.domain.errors import HoldLapsed, SlotTaken, UnknownLink
from services.booking.domain.waitlist import Part, window
from services.booking.jobs import jobs
from services.booking.queries.availability import offered
from services.booking.tables import WaitlistEntryRow
from services.booking.use_cases.cancel_consult import cancel_consult
from services.booking.use_cases.lapse_holds import lapse_holds
from services.booking.use_cases.reschedule_consult import reschedule_consult
from shared.db import Database
from shared.events import ConsultBooked, NoticeRequested
from tests.integration.booking.office import (
    GRID,
    KEYS,
    NOW,
    TEN,
    NoCalendars,
    book,
    cells,
    load,
    published,
    rows,
    wanted,
)
from tests.integration.booking.waiting import (
    WEDNESDAY_MORNING,
    accept,
    announced,
    answers,
    cancel,
    clinic,
    decline,
    free,
    join,
    leave,
    standing,
    tend,
    token_in,
)

TWO_HOURS = timedelta(hours=2)
MOMENT = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def two_wait(database: Database) -> None:
    """The only time is booked by somebody, and Rosa 1 and Rosa 2 wait for it."""
    join(database, 1)
    join(database, 2, now=NOW + MINUTE)


def test_a_freed_time_goes_to_the_first_before_anybody_sees_it(database: Database) -> None:
    clinic(database)
    taken = book(database, wanted(TEN, 90))
    two_wait(database)
    later = NOW + 2 * MINUTE

    def free_it(session: Session) -> list[datetime]:
        cancel_consult(session, load(session, taken), by=Actor.STAFF, keys=KEYS, now=later)
        return offered(session, TEN, TEN + GRID, now=later)

    assert database.run(free_it) == []
    assert standing(database) == {"Rosa 1": "offered", "Rosa 2": "waiting"}
    (offer,) = announced(database)
    assert (offer.starts_at, offer.expires_at) == (TEN, later + TWO_HOURS)
    assert offer.person.email == "rosa1@example.org"
    assert offer.person.timezone == "America/Chicago"
    assert offer.person.sms_consent.text_version == "sms-waitlist-1"
    assert offer.accept_url.startswith("https://hh.example/booking/offer/")
    with pytest.raises(SlotTaken):
        book(database, wanted(number=3), now=later + TWO_HOURS - MOMENT)
    assert tend(database, later) is False
    assert len(announced(database)) == 1


@pytest.mark.parametrize("swept", [False, True])
def test_what_nobody_takes_goes_on_in_order_and_is_then_public(
    database: Database, *, swept: bool
) -> None:
    clinic(database)
    two_wait(database)
    seen = []
    for hours in (0, 2, 4, 6):
        now = NOW + timedelta(hours=hours, minutes=2)
        if swept:
            database.run(lambda s, at=now: lapse_holds(s, now=at))
        tend(database, now)
        seen.append((len(announced(database)), free(database, now)))
    assert seen == [(1, []), (2, []), (2, [TEN]), (2, [TEN])]
    assert [offer.person.name for offer in announced(database)] == ["Rosa 1", "Rosa 2"]
    assert answers(database) == ["lapsed", "lapsed"]
    assert set(standing(database).values()) == {"waiting"}
    assert book(database, wanted(number=3), now=NOW + timedelta(hours=8)).start == TEN


def test_what_is_declined_goes_on_at_once_and_never_comes_back(database: Database) -> None:
    clinic(database)
    two_wait(database)
    tend(database)
    for _ in range(2):
        decline(database, token_in(announced(database)[0]), NOW + MINUTE)
        assert standing(database) == {"Rosa 1": "waiting", "Rosa 2": "offered"}
        assert free(database, NOW + MINUTE) == []
    decline(database, token_in(announced(database)[1]), NOW + 2 * MINUTE)
    tend(database, NOW + 3 * MINUTE)
    assert len(announced(database)) == 2
    assert free(database, NOW + 3 * MINUTE) == [TEN]


def test_overnight_a_time_is_public_and_at_eight_it_is_offered(database: Database) -> None:
    clinic(database)
    taken = book(database, wanted(TEN, 90))
    join(database, 1)  # in Chicago
    night = datetime(2027, 1, 5, 3, tzinfo=UTC)  # 21:00 there
    cancel(database, taken, night)
    job = next(each for each in jobs(database, KEYS, NoCalendars()) if each.name == "waitlist")
    eight = datetime(2027, 1, 5, 14, tzinfo=UTC)
    assert job.step(eight - MOMENT) is False
    assert free(database, eight - MOMENT) == [TEN]
    assert announced(database) == []
    job.step(eight)
    assert [offer.expires_at for offer in announced(database)] == [eight + TWO_HOURS]
    assert free(database, eight) == []


def test_in_the_evening_the_hold_ends_at_nine(database: Database) -> None:
    clinic(database)
    join(database, 1)
    nine = datetime(2027, 1, 5, 3, tzinfo=UTC)
    tend(database, nine - timedelta(minutes=9))
    assert announced(database) == []
    tend(database, nine - timedelta(minutes=30))
    assert [offer.expires_at for offer in announced(database)] == [nine]


def test_accepting_books_the_time_once_and_is_announced_once(database: Database) -> None:
    clinic(database)
    join(database, 1)
    tend(database)
    token = token_in(announced(database)[0])
    booked = [accept(database, token, NOW + MINUTE) for _ in range(2)]
    booked.append(accept(database, token, NOW + timedelta(days=1)))
    assert {each.status for each in booked} == {Status.BOOKED}
    assert {each.revision for each in booked} == {1}
    assert standing(database) == {"Rosa 1": "booked"}
    assert answers(database) == ["accepted"]
    with database.reading() as session:
        assert [row.status for row in rows(session)] == ["booked"]
        assert cells(session, booked[0].id) == 4
        calls = [each.event for each in published(session) if isinstance(each.event, ConsultBooked)]
    assert [call.starts_at for call in calls] == [TEN]
    decline(database, token, NOW + 2 * MINUTE)
    assert standing(database) == {"Rosa 1": "booked"}


def test_too_late_or_declined_books_nothing_and_they_wait_on(database: Database) -> None:
    clinic(database)
    join(database, 1)
    tend(database)
    token = token_in(announced(database)[0])
    with pytest.raises(HoldLapsed):
        accept(database, token, NOW + TWO_HOURS)
    decline(database, token)
    with pytest.raises(HoldLapsed):
        accept(database, token)
    with pytest.raises(UnknownLink):
        accept(database, "nothing-like-this")
    assert standing(database) == {"Rosa 1": "waiting"}


def test_a_move_leaves_its_old_time_to_the_list(database: Database) -> None:
    clinic(database, "Maya", Hours(2, 600, 640))
    mine = book(database, wanted(TEN, 90))
    book(database, wanted(TEN + GRID, 91))
    join(database, 1)
    clinic(database, "Ben", Hours(3, 600, 620))
    day = timedelta(days=1)

    def move(session: Session) -> None:
        consult = load(session, mine)
        reschedule_consult(session, consult, TEN + day, by=Actor.PERSON, keys=KEYS, now=NOW)

    database.run(move)
    assert [offer.starts_at for offer in announced(database)] == [TEN]


def test_nobody_is_offered_the_time_they_gave_up_or_a_second_call(database: Database) -> None:
    clinic(database, "Maya", Hours(2, 600, 640))
    mine = book(database, wanted(TEN, 1))
    join(database, 1)
    tend(database)
    assert announced(database) == []  # has a call
    cancel(database, mine)
    assert [offer.starts_at for offer in announced(database)] == [TEN + GRID]
    assert free(database) == [TEN]


def test_the_list_keeps_one_time_in_twenty_at_most(database: Database) -> None:
    clinic(database, "Maya", Hours(2, 480, 1200), Hours(3, 480, 560))
    assert len(free(database)) == 40
    everywhere = [window(day, part) for day in range(7) for part in Part]
    for number in range(4):
        join(database, number, everywhere, now=NOW + number * MINUTE)
    tend(database)
    assert list(standing(database).values()) == ["offered"] * 2 + ["waiting"] * 2
    first = announced(database)[0]
    accept(database, token_in(first))
    tend(database)
    assert [offer.person.name for offer in announced(database)] == ["Rosa 0", "Rosa 1"]
    tend(database, NOW + TWO_HOURS)
    assert standing(database)["Rosa 0"] == "booked"
    assert Counter(standing(database).values())["offered"] <= 2


def test_who_lets_two_offers_pass_is_left_in_peace_until_the_next_day(database: Database) -> None:
    clinic(database, "Maya", Hours(2, 600, 720))
    join(database, 1)
    for hours in range(0, 12, 2):
        tend(database, NOW + timedelta(hours=hours))
    assert answers(database) == ["lapsed", "lapsed"]
    tend(database, NOW + timedelta(days=1))
    assert answers(database) == ["lapsed", "lapsed", "open"]


def test_near_the_notice_the_hold_is_short_and_then_the_time_is_public(database: Database) -> None:
    clinic(database, notice=timedelta(hours=20))
    join(database, 1)
    last = TEN - timedelta(hours=20)  # Tuesday, 13:00 in Chicago
    tend(database, last - timedelta(minutes=9))
    assert announced(database) == []
    assert free(database, last - timedelta(minutes=9)) == [TEN]
    tend(database, last - timedelta(minutes=40))
    assert [offer.expires_at for offer in announced(database)] == [last]


def test_waits_end_with_their_last_day(database: Database) -> None:
    clinic(database)
    join(database, 1, weeks=2)
    last = datetime(2027, 1, 19, 5, 59, tzinfo=UTC)  # 23:59 on the 18th in Chicago
    tend(database, last)
    assert standing(database) == {"Rosa 1": "waiting"}
    tend(database, last + MINUTE)
    assert standing(database) == {"Rosa 1": "ended"}


def test_joining_again_only_asks_and_leaves_the_place_as_it_is(database: Database) -> None:
    first = join(database, 1, [window(4, Part.EVENING)])
    assert join(database, 1, [window(4, Part.EVENING)]) == first
    join(database, 2, now=NOW + MINUTE)
    again = [join(database, 1, now=NOW + 2 * MINUTE, sms_consent=False) for _ in range(2)]
    assert again[0] == again[1] != first
    with database.reading() as session:
        query = select(WaitlistEntryRow).order_by(WaitlistEntryRow.joined_at)
        mine, _theirs, asked = session.scalars(query)
        assert (mine.id, mine.status, mine.consent_granted) == (first, "waiting", True)
        assert mine.windows == [{"weekday": 4, "opens": 1020, "closes": 1260}]
        assert (asked.id, asked.status) == (again[0], "asked")
        notices = [each.event for each in published(session)]
    assert all(isinstance(each, NoticeRequested) for each in notices)
    links = [each.url for each in notices if each.recipient.email == "rosa1@example.org"]
    assert len(links) == 2
    assert len(set(links)) == 2
    templates = sorted(each.template for each in notices)
    assert templates == ["waitlist_joined", "waitlist_joined", "waitlist_unconfirmed"]


def test_who_shares_only_the_email_gets_a_place_of_their_own(database: Database) -> None:
    mine = join(database, 1)
    theirs = join(database, 1, phone="+12075550199", name="Somebody")
    assert mine != theirs
    assert standing(database) == {"Rosa 1": "waiting", "Somebody": "waiting"}


def test_leaving_gives_the_place_and_a_kept_time_to_the_next(database: Database) -> None:
    clinic(database)
    first = join(database, 1)
    join(database, 2, now=NOW + MINUTE)
    tend(database)
    for _ in range(2):
        leave(database, first)
        assert standing(database) == {"Rosa 1": "left", "Rosa 2": "offered"}
    again = join(database, 1, now=NOW + 2 * MINUTE)
    assert again != first


def test_the_place_is_found_again_by_both_email_and_phone_only(database: Database) -> None:
    clinic(database)
    join(database, 1, windows=WEDNESDAY_MORNING)
    left = join(database, 1, windows=WEDNESDAY_MORNING, email="other@example.org")
    leave(database, left)
    assert len(standing(database)) == 1  # the same name twice
    with database.reading() as session:
        status = session.scalars(select(WaitlistEntryRow.status)).all()
        assert sorted(status) == ["left", "waiting"]
