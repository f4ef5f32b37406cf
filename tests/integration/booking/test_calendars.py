"""A consultant's own calendar keeps time free, and ours can be subscribed to."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from services.booking.domain.ids import ConsultantId
from services.booking.domain.intervals import Span, instant, minute_of
from services.booking.domain.slots import Reason
from services.booking.jobs import jobs
from services.booking.ports import CalendarRequest, CalendarUnreadable
from services.booking.queries.availability import offered
from services.booking.queries.conflicts import conflicts
from services.booking.queries.times import times_on_offer
from services.booking.store.calendars import Feed, find_feed
from services.booking.tables import BusyFeedRow, CalendarBusyRow, StaffBusyRow
from services.booking.use_cases.connect_calendar import connect_calendar
from services.booking.use_cases.set_staff_busy import set_staff_busy
from shared.events import StaffAlerted, StaffBusyChanged
from shared.events.cohort import BusyTime
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.desk import acts
from tests.integration.booking.elsewhere import Elsewhere, ics, open_elsewhere
from tests.integration.booking.front_desk import Desk, feed_of, link
from tests.integration.booking.hearing import hear, told
from tests.integration.booking.office import (
    GRID,
    KEYS,
    NOW,
    TEN,
    book,
    employ,
    published,
    wanted,
)
from tests.integration.booking.site import open_site

HOME = "/booking/staff/consultants"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ONE_HOUR = "20270106T150000Z/PT1H"  # Wednesday, 10 to 11 in New York


@pytest.fixture
def site(any_database: DatabaseFactory) -> Service:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    return open_site(url, NOW, calendars_may_be_private=True)


@pytest.fixture
def maya(site: Service) -> str:
    return employ(site.database)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with open_elsewhere() as made:
        yield made


class Told:
    """A source of calendars that says what it was told to, or why it can't."""

    def __init__(self) -> None:
        self.says: list[Span] | str = []
        self.asked: list[CalendarRequest] = []
        self.meanwhile: Any = lambda: None

    def busy(self, wanted: CalendarRequest) -> list[Span]:
        self.asked.append(wanted)
        self.meanwhile()
        if isinstance(self.says, str):
            raise CalendarUnreadable(self.says)
        return self.says


def connect(site: Service, consultant_id: str, url: str = "https://example.org/c.ics") -> None:
    who = ConsultantId(consultant_id)
    site.database.run(lambda s: connect_calendar(s, who, url, actor="system", now=NOW))


def tick(site: Service, source: Told | None = None, at: datetime = NOW) -> int:
    """Run the steps about calendars at this time until nothing waits; how many were read."""
    steps = site.jobs if source is None else jobs(site.database, KEYS, source)
    by_name = {each.name: each.step for each in steps}
    read = 0
    while by_name["read-calendars"](at):
        read += 1
    by_name["alert-unread"](at)
    return read


def feed(site: Service, consultant_id: str) -> Feed:
    with site.database.reading() as session:
        found = find_feed(session, consultant_id)
    assert found is not None
    return found


def morning(site: Service, at: datetime = NOW) -> list[str]:
    """What is offered on Wednesday before noon, as times in New York."""
    start = TEN.replace(hour=5)
    with site.database.reading() as session:
        found = offered(session, start, start + 12 * HOUR, now=at)
    return [f"{each - 5 * HOUR:%H:%M}" for each in found]


def alerts(site: Service) -> list[StaffAlerted]:
    with site.database.reading() as session:
        return [e.event for e in published(session) if isinstance(e.event, StaffAlerted)]


def span(start: datetime, length: timedelta) -> Span:
    return Span(minute_of(start), minute_of(start + length))


# A calendar on a real server


def test_a_calendar_closes_all_until_it_is_read_and_then_its_own_times(
    site: Service, maya: str, elsewhere: Elsewhere
) -> None:
    url = elsewhere.gives(ics(ONE_HOUR))
    desk = Desk(site, "coordinator")
    page = desk.post(f"{HOME}/{maya}/calendar", f"{HOME}/{maya}", calendar_url=url, stale_after="2")
    assert "it has not been read yet" in page
    assert morning(site) == []
    assert tick(site) == 1
    assert morning(site) == [
        "09:00", "09:20", "09:40", "11:00", "11:20", "11:40"
    ]  # fmt: skip
    page = desk.get(f"{HOME}/{maya}")
    assert "Monday, January 4, 10:00 AM Eastern Time" in page
    assert "127.0.0.1 is kept encrypted and not shown" in page
    assert url not in page
    assert tick(site) == 0, "it is read again in a quarter of an hour only"
    assert acts(site)[-1] == "calendar.connect"


def test_the_address_is_sealed_in_the_database(site: Service, maya: str) -> None:
    connect(site, maya, "https://example.org/secret-part.ics")
    with site.database.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT url FROM busy_feed").scalar_one()
    assert "secret-part" not in kept
    assert "secret-part" not in repr(feed(site, maya))


def test_a_redirect_is_followed_and_what_is_no_calendar_is_said(
    site: Service, maya: str, elsewhere: Elsewhere
) -> None:
    elsewhere.gives(ics(ONE_HOUR), "/real.ics")
    connect(site, maya, elsewhere.sends(302, to="/real.ics"))
    tick(site)
    assert "10:00" not in morning(site)
    elsewhere.gives(b"<html>Please sign in</html>", "/real.ics")
    later = NOW + 16 * MINUTE
    assert tick(site, at=later) == 1
    assert feed(site, maya).trouble == "What is there is not a calendar."
    assert feed(site, maya).read_at == NOW
    assert morning(site, later)[:1] == ["09:00"], "what was read counts until it is stale"
    assert "10:00" not in morning(site, later)


def test_too_large_a_calendar_closes_all(site: Service, maya: str, elsewhere: Elsewhere) -> None:
    connect(site, maya, elsewhere.gives(b"x" * (5 * 1024 * 1024 + 1)))
    tick(site)
    page = Desk(site, "coordinator").get(f"{HOME}/{maya}")
    assert "It is larger than 5 MB." in page
    assert "Nothing is offered" in page
    assert morning(site) == []


def test_a_private_address_is_not_asked_unless_the_settings_let_it(
    any_database: DatabaseFactory, elsewhere: Elsewhere
) -> None:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    guarded = open_site(url, NOW)
    maya = employ(guarded.database)
    connect(guarded, maya, elsewhere.gives(ics(ONE_HOUR)))
    tick(guarded)
    assert feed(guarded, maya).trouble == "Its address is within a private network."
    assert elsewhere.asked == []


# Staleness, retries, alerts


def test_what_is_stale_is_unknown_so_nothing_is_offered_until_it_recovers(
    site: Service, maya: str
) -> None:
    connect(site, maya)
    source = Told()
    tick(site, source)
    assert len(morning(site)) == 9
    source.says = "It can't be reached."
    last = NOW + 2 * HOUR
    for minutes in range(15, 121):
        tick(site, source, NOW + minutes * MINUTE)
    assert len(morning(site, last)) == 9
    assert alerts(site) == []
    stale = last + MINUTE
    tick(site, source, stale)
    assert morning(site, stale) == []
    site.app.extensions["grip"].clock.set(stale)
    page = Desk(site, "coordinator").get(f"{HOME}/{maya}")
    assert "it was last read on Monday, January 4, 10:00 AM Eastern Time" in page
    assert "It can't be reached." in page
    assert "Calendar unread" in Desk(site, "coordinator").get(f"{HOME}/")
    source.says = []
    assert tick(site, source, stale + HOUR) == 1
    assert len(morning(site, stale + HOUR)) == 9


def test_one_outage_is_one_alert_without_the_address(site: Service, maya: str) -> None:
    connect(site, maya, "https://example.org/secret-part.ics")
    source = Told()
    tick(site, source)
    source.says = "It can't be reached."
    for minutes in range(15, 400, 7):
        tick(site, source, NOW + minutes * MINUTE)
    assert [alert.title for alert in alerts(site)] == [
        "No times with Maya Lindqvist are offered: their own calendar can't be read"
    ]
    alert = alerts(site)[0]
    assert set(alert.roles) == {"coordinator", "admin"}
    assert alert.url == f"/booking/staff/consultants/{maya}"
    assert "secret" not in alert.model_dump_json()
    source.says = []
    tick(site, source, NOW + 500 * MINUTE)
    source.says = "It can't be reached."
    tick(site, source, NOW + 700 * MINUTE)
    assert len(alerts(site)) == 2


def test_one_that_is_never_read_alerts_after_its_time_of_grace(site: Service, maya: str) -> None:
    connect(site, maya)
    source = Told()
    source.says = "It can't be reached."
    tick(site, source, NOW + 2 * HOUR)
    assert alerts(site) == []
    tick(site, source, NOW + 2 * HOUR + MINUTE)
    tick(site, source, NOW + 9 * HOUR)
    assert len(alerts(site)) == 1


def test_failures_are_tried_again_ever_more_rarely(site: Service, maya: str) -> None:
    connect(site, maya)
    source = Told()
    source.says = "It can't be reached."
    tried = [n for n in range(200) if tick(site, source, NOW + n * MINUTE)]
    assert tried[:7] == [0, 1, 3, 7, 15, 31, 61]
    assert {b - a for a, b in pairwise(tried[5:])} == {30}


def test_a_reading_covers_the_horizon_and_more(site: Service, maya: str) -> None:
    connect(site, maya)
    source = Told()
    tick(site, source)
    asked = source.asked[0]
    assert asked.zone.key == "America/New_York"
    assert asked.start <= NOW - timedelta(days=1)
    assert asked.end >= NOW + timedelta(days=60) + 24 * HOUR


def test_a_reading_under_way_is_void_when_the_calendar_is_changed_meanwhile(
    site: Service, maya: str
) -> None:
    connect(site, maya)
    source = Told()
    source.says = [span(TEN, HOUR)]
    source.meanwhile = lambda: connect(site, maya, "https://example.org/other.ics")
    step = {each.name: each.step for each in jobs(site.database, KEYS, source)}["read-calendars"]
    assert step(NOW)
    assert feed(site, maya).read_at is None
    assert morning(site) == []
    source.meanwhile, source.says = (lambda: None), []
    assert step(NOW)
    assert source.asked[-1].url == "https://example.org/other.ics"
    assert len(morning(site)) == 9


def test_a_reader_that_dies_gives_the_calendar_back(site: Service, maya: str) -> None:
    connect(site, maya)
    source = Told()

    def dies() -> None:
        raise OSError("no more processes")

    source.meanwhile = dies
    with pytest.raises(OSError, match="processes"):
        tick(site, source)
    source.meanwhile = lambda: None
    assert tick(site, source, NOW + 4 * MINUTE) == 0
    assert tick(site, source, NOW + 5 * MINUTE) == 1


def test_another_zone_or_a_longer_horizon_makes_it_unread(site: Service, maya: str) -> None:
    connect(site, maya)
    tick(site, Told())
    desk = Desk(site, "coordinator")
    desk.get(f"{HOME}/{maya}/edit")
    same = {
        "name": "Maya", "timezone": "America/New_York", "buffer_before": "0", "buffer_after": "0",
        "notice": "12", "horizon": "60", "daily_cap": "", "join_url": "", "region": "",
        "staff_id": "",
    }  # fmt: skip
    for changed, unread in (
        ({}, False),
        ({"horizon": "30"}, False),
        ({"horizon": "31"}, True),
        ({"horizon": "31", "timezone": "America/Chicago"}, True),
    ):
        desk.post(f"{HOME}/{maya}/edit", f"{HOME}/{maya}/edit", **(same | changed))
        assert desk.status == 200
        assert (feed(site, maya).read_at is None) == unread, changed
        tick(site, Told())


def test_read_it_now_only_marks_it_due(site: Service, maya: str) -> None:
    connect(site, maya)
    source = Told()
    tick(site, source)
    assert tick(site, source) == 0
    page = Desk(site, "coordinator").post(f"{HOME}/{maya}/calendar/read", f"{HOME}/{maya}")
    assert "The calendar will be read within a minute." in page
    assert len(source.asked) == 1
    assert tick(site, source) == 1


def test_a_calendar_that_is_removed_keeps_no_time_free(site: Service, maya: str) -> None:
    connect(site, maya)
    source = Told()
    source.says = [span(TEN, HOUR)]
    tick(site, source)
    assert "10:00" not in morning(site)
    Desk(site, "coordinator").post(f"{HOME}/{maya}/calendar/remove", f"{HOME}/{maya}")
    assert "10:00" in morning(site)
    with site.database.reading() as session:
        assert session.scalars(select(CalendarBusyRow)).all() == []
        assert session.scalars(select(BusyFeedRow)).all() == []
    assert acts(site)[-1] == "calendar.disconnect"


def test_a_retired_consultants_calendar_is_left_alone(site: Service, maya: str) -> None:
    connect(site, maya)
    desk = Desk(site, "coordinator")
    desk.post(f"{HOME}/{maya}/retire", f"{HOME}/{maya}")
    source = Told()
    assert tick(site, source, NOW + 9 * HOUR) == 0
    assert alerts(site) == []
    desk.post(f"{HOME}/{maya}/bring-back", f"{HOME}/{maya}")
    assert morning(site) == []
    assert tick(site, source) == 1
    assert len(morning(site)) == 9


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Enter the whole address"),
        ("calendar", "Enter the whole address"),
        ("ftp://example.org/c.ics", "Enter the whole address"),
        ("https://", "Enter the whole address"),
        ("https://exa mple.org/", "Enter the whole address"),
        ("https://user:word@example.org/c.ics", "without a name and password"),
        ("https://example.org/" + "x" * 500, "at most 500 characters"),
    ],
)
def test_an_address_that_is_none_is_asked_for_again(
    site: Service, maya: str, typed: str, says: str
) -> None:
    desk = Desk(site, "coordinator")
    page = desk.post(
        f"{HOME}/{maya}/calendar", f"{HOME}/{maya}", calendar_url=typed, stale_after="2"
    )
    assert desk.status == 422
    assert says in page
    assert morning(site) != []


def test_a_webcal_address_is_an_https_one(site: Service, maya: str) -> None:
    desk = Desk(site, "coordinator")
    desk.post(
        f"{HOME}/{maya}/calendar",
        f"{HOME}/{maya}",
        calendar_url="webcal://example.org/c.ics",
        stale_after="6",
    )
    assert feed(site, maya).url == "https://example.org/c.ics"
    assert feed(site, maya).stale_after == 6 * HOUR


def test_todays_page_says_what_keeps_times_from_being_offered_and_what_does_not_fit(
    site: Service, maya: str
) -> None:
    desk = Desk(site, "coordinator")
    booked = book(site.database, wanted())
    assert "Nothing needs you" in desk.get("/booking/staff/")
    connect(site, maya)
    assert "No times with Maya Lindqvist are offered" in desk.get("/booking/staff/")
    source = Told()
    source.says = [span(TEN, HOUR)]
    tick(site, source)
    page = desk.get("/booking/staff/")
    assert "No times with" not in page
    assert "The call with Rosa 1 does not fit" in page
    assert "By Jan 6" in page
    assert "with Maya Lindqvist. Busy then." in page
    assert f"/booking/staff/consults/{booked.consult_id}" in page
    site.app.extensions["grip"].clock.set(TEN - HOUR)
    assert "By 10:00 AM" in Desk(site, "coordinator").get("/booking/staff/")


def test_a_consultant_is_led_to_no_page_that_is_not_theirs(site: Service, maya: str) -> None:
    connect(site, maya)
    page = Desk(site, "consultant").get("/booking/staff/")
    assert "No times with Maya Lindqvist are offered" in page
    assert f"{HOME}/{maya}" not in page


def test_doctor_hears_which_calendars_are_unread(site: Service, maya: str) -> None:
    assert site.notes() == []
    connect(site, maya)
    (note,) = site.notes()
    assert note == (
        "Maya Lindqvist's own calendar is unread, so their times are not offered. "
        "It was not tried yet."
    )
    tick(site, Told())
    assert site.notes() == []


# What cohort says


def busy_event(sequence: int, *starts: datetime, staff_id: str = "s2") -> StaffBusyChanged:
    return StaffBusyChanged(
        sequence=sequence,
        staff_id=staff_id,
        busy=tuple(BusyTime(starts_at=at, ends_at=at + HOUR) for at in starts),
    )


def test_sessions_of_the_same_person_close_their_times(site: Service, maya: str) -> None:
    link(site, maya, "s2")
    hear(site.database, told(busy_event(1, TEN)), told(busy_event(1, TEN, staff_id="other")))
    assert morning(site) == ["09:00", "09:20", "09:40", "11:00", "11:20", "11:40"]
    link(site, maya, None)
    assert len(morning(site)) == 9


def test_sessions_may_be_told_before_anybody_is_that_person(site: Service, maya: str) -> None:
    hear(site.database, told(busy_event(1, TEN)))
    assert len(morning(site)) == 9
    link(site, maya, "s2")
    assert "10:00" not in morning(site)


def test_the_newest_of_what_is_told_counts_whatever_comes_last(site: Service, maya: str) -> None:
    link(site, maya, "s2")
    later = TEN + HOUR
    events = [told(busy_event(1, TEN)), told(busy_event(2, later)), told(busy_event(3))]
    hear(site.database, events[1], events[0], events[1])
    assert morning(site) == ["09:00", "09:20", "09:40", "10:00", "10:20", "10:40"]
    hear(site.database, events[2], events[0], events[1])
    assert len(morning(site)) == 9


def test_the_same_time_told_twice_in_one_event_is_kept_once(site: Service) -> None:
    event = busy_event(1, TEN, TEN, TEN + HOUR / 2)
    site.database.run(lambda s: set_staff_busy(s, event))
    with site.database.reading() as session:
        kept = session.scalars(select(StaffBusyRow)).one()
        assert (kept.starts_at, kept.ends_at) == (TEN, TEN + HOUR + HOUR / 2)


def test_calls_at_busy_times_are_listed_and_stand(site: Service, maya: str) -> None:
    link(site, maya, "s2")
    booked = book(site.database, wanted())
    book(site.database, wanted(TEN + 3 * GRID, 2))
    hear(site.database, told(busy_event(1, TEN - HOUR / 2)))
    with site.database.reading() as session:
        found = conflicts(session, now=NOW)
    assert [(each.consult_id, each.reason) for each in found] == [(booked.consult_id, Reason.BUSY)]
    page = Desk(site, "coordinator").get(f"{HOME}/{maya}")
    assert "One call does not fit" in page
    assert "Busy then" in page


def test_pages_that_remember_the_times_on_offer_notice_every_change(
    site: Service, maya: str
) -> None:
    """All within the minute that they would otherwise be remembered for."""
    link(site, maya, "s2")

    def shown() -> int:
        with site.database.reading() as session:
            start = TEN.replace(hour=5)
            return len(times_on_offer(session, start, start + 12 * HOUR, now=NOW))

    desk, source = Desk(site, "coordinator"), Told()
    assert shown() == 9
    connect(site, maya)
    assert shown() == 0
    source.says = [span(TEN, HOUR)]
    tick(site, source)
    assert shown() == 6
    hear(site.database, told(busy_event(1, TEN - HOUR)))
    assert shown() == 3
    desk.post(f"{HOME}/{maya}/calendar/remove", f"{HOME}/{maya}")
    assert shown() == 6
    desk.post(f"{HOME}/{maya}/dates", f"{HOME}/{maya}", first="2027-01-06")
    assert shown() == 0
    days = {"first": "2027-01-06", "last": "2027-01-06"}
    desk.post(f"{HOME}/{maya}/dates/remove", f"{HOME}/{maya}", **days)
    assert shown() == 6
    hear(site.database, told(busy_event(2)))
    assert shown() == 9
    desk.post(f"{HOME}/{maya}/retire", f"{HOME}/{maya}")
    assert shown() == 0


# Our calendar, for them to subscribe to


def entries(body: bytes) -> list[Any]:
    return list(Calendar.from_ical(body).walk("VEVENT"))


def test_the_secret_address_gives_calls_with_a_first_name_and_a_link_only(
    site: Service, maya: str
) -> None:
    booked = book(site.database, wanted(name="Rosa Samplewood"))
    token = feed_of(site, maya)
    answer = site.app.test_client().get(f"/booking/calendar/{token}.ics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert "private" in answer.headers["Cache-Control"]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert Calendar.from_ical(answer.data)["METHOD"] == "PUBLISH"
    (event,) = entries(answer.data)
    assert str(event["SUMMARY"]) == "Call with Rosa"
    assert str(event["UID"]) == f"consult-{booked.consult_id}@127.0.0.1"
    assert (event.start, event.end) == (TEN, TEN + GRID)
    assert str(event["URL"]).endswith(f"/booking/staff/consults/{booked.consult_id}")
    for word in (b"Samplewood", b"example.org", b"207555", b"5550101"):
        assert word not in answer.data


def test_the_feed_goes_thirty_days_back_and_leaves_out_what_is_cancelled(
    site: Service, maya: str
) -> None:
    from services.booking.domain.consult import Actor
    from services.booking.store.consults import get_consult
    from services.booking.use_cases.cancel_consult import cancel_consult

    gone = book(site.database, wanted()).consult_id
    kept = book(site.database, wanted(TEN + GRID, 2)).consult_id

    def cancel(session: Any) -> None:
        consult = get_consult(session, gone)
        cancel_consult(session, consult, by=Actor.STAFF, keys=KEYS, now=NOW)

    site.database.run(cancel)
    client, token = site.app.test_client(), feed_of(site, maya)
    for days, wanted_uids in ((0, [kept]), (30, [kept]), (33, [])):
        site.app.extensions["grip"].clock.set(NOW + timedelta(days=days))
        found = entries(client.get(f"/booking/calendar/{token}.ics").data)
        assert [str(e["UID"]).partition("@")[0] for e in found] == [
            f"consult-{each}" for each in wanted_uids
        ]


def test_a_time_that_is_only_held_is_tentative_and_names_nobody(site: Service, maya: str) -> None:
    from services.booking.tables import ConsultRow

    booked = book(site.database, wanted(name="Rosa Samplewood"))

    def hold(session: Any) -> None:
        row = session.get_one(ConsultRow, booked.consult_id)
        row.status, row.hold_kind = "held", "unconfirmed"
        row.hold_expires_at = NOW + 15 * MINUTE

    site.database.run(hold)
    client, token = site.app.test_client(), feed_of(site, maya)
    body = client.get(f"/booking/calendar/{token}.ics").data
    (event,) = entries(body)
    assert (str(event["SUMMARY"]), str(event["STATUS"])) == ("Held", "TENTATIVE")
    assert b"Rosa" not in body
    site.app.extensions["grip"].clock.set(NOW + 15 * MINUTE)
    assert entries(client.get(f"/booking/calendar/{token}.ics").data) == []


def test_the_address_is_made_renewed_and_removed_by_buttons(site: Service, maya: str) -> None:
    desk, client = Desk(site, "coordinator"), site.app.test_client()
    found = []
    for _ in range(2):
        page = desk.post(f"{HOME}/{maya}/feed", f"{HOME}/{maya}")
        url = page.partition("http://127.0.0.1:8000/booking/calendar/")[2].partition(".ics")[0]
        assert len(url) == 22
        found.append(f"/booking/calendar/{url}.ics")
    assert [client.get(url).status_code for url in found] == [404, 200]
    assert client.head(found[1]).status_code == 200
    desk.post(f"{HOME}/{maya}/feed/remove", f"{HOME}/{maya}")
    assert client.get(found[1]).status_code == 404
    assert acts(site)[-3:] == ["feed.open", "feed.open", "feed.close"]


def test_guessing_addresses_is_limited(any_database: DatabaseFactory) -> None:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    client = open_site(url, NOW, scale=1).app.test_client()
    statuses = [client.get(f"/booking/calendar/{n:022}.ics").status_code for n in range(22)]
    assert statuses == [404] * 20 + [429] * 2


def test_our_own_calls_in_their_calendar_keep_no_time_free(
    site: Service, maya: str, elsewhere: Elsewhere
) -> None:
    """They may keep the invitation there: a call that is cancelled frees its time all the same."""
    booked = book(site.database, wanted())
    body = site.app.test_client().get(f"/booking/calendar/{feed_of(site, maya)}.ics").data
    assert booked.consult_id.encode() in body
    connect(site, maya, elsewhere.gives(body))
    tick(site)
    with site.database.reading() as session:
        assert session.scalars(select(CalendarBusyRow)).all() == []
        assert conflicts(session, now=NOW) == []
    assert feed(site, maya).read_at == NOW


def test_instants_of_busy_times_come_back_as_they_went_in(site: Service, maya: str) -> None:
    connect(site, maya)
    source = Told()
    at = datetime(2027, 3, 14, 6, 30, tzinfo=UTC)
    source.says = [span(at, HOUR), span(at + 5 * HOUR, HOUR)]
    tick(site, source)
    with site.database.reading() as session:
        kept = [(row.starts_at, row.ends_at) for row in session.scalars(select(CalendarBusyRow))]
    assert sorted(kept) == [(instant(a), instant(b)) for a, b in source.says]
