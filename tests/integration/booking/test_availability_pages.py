"""Staff's pages of consultants: who may change whose hours, and what a change leads to."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services.booking.domain.consultant import Opening
from services.booking.queries.availability import offered
from services.booking.queries.conflicts import conflicts
from services.booking.store.consultants import get_schedule
from services.booking.store.schedules import Schedule
from services.booking.tables import ConsultantRow, ConsultRow
from services.booking.use_cases.override_days import override_days
from services.booking.use_cases.set_hours import set_hours
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.desk import acts
from tests.integration.booking.front_desk import Desk, hire, link
from tests.integration.booking.office import GRID, NOW, TEN, book, employ, wanted
from tests.integration.booking.site import open_site

HOME = "/booking/staff/consultants"
SETTINGS = {
    "name": "Maya Lindqvist", "timezone": "America/New_York", "buffer_before": "0",
    "buffer_after": "0", "notice": "12", "horizon": "60", "daily_cap": "", "join_url": "",
    "region": "", "staff_id": "",
}  # fmt: skip
WEEK = {f"hours-{day}": "9 AM–5 PM" if day < 5 else "" for day in range(7)}


@pytest.fixture
def site(any_database: DatabaseFactory) -> Service:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    return open_site(url, NOW)


@pytest.fixture
def maya(site: Service) -> str:
    return employ(site.database)


def schedule(site: Service, consultant_id: str) -> Schedule:
    with site.database.reading() as session:
        return get_schedule(session, consultant_id)


def wednesday(site: Service) -> list[str]:
    """What is offered on Wednesday, January 6, as times in New York."""
    start = TEN.replace(hour=5)
    with site.database.reading() as session:
        found = offered(session, start, start + timedelta(days=1), now=NOW)
    return [f"{at - timedelta(hours=5):%H:%M}" for at in found]


def test_a_consultant_is_added_without_hours_and_then_given_some(site: Service) -> None:
    desk = Desk(site, "coordinator")
    assert "no consultant yet" in desk.get(f"{HOME}/")
    page = desk.post(f"{HOME}/new", f"{HOME}/new", **SETTINGS)
    assert "Maya Lindqvist is added." in page
    assert "Nothing is offered until there are hours." in page
    assert wednesday(site) == []
    with site.database.reading() as session:
        maya = session.scalars(select(ConsultantRow.id)).one()
    page = desk.post(f"{HOME}/{maya}/hours", f"{HOME}/{maya}", **{**WEEK, "hours-2": "9-10, 3-4pm"})
    assert "The weekly hours are saved." in page
    assert desk.value("hours-2") == "9 AM–10 AM, 3 PM–4 PM"
    assert wednesday(site) == ["09:00", "09:20", "09:40", "15:00", "15:20", "15:40"]
    assert acts(site)[-2:] == ["consultant.add", "consultant.hours"]
    assert "Mon–Tue 9 AM–5 PM; Wed 9 AM–10 AM, 3 PM–4 PM" in desk.get(f"{HOME}/")


def test_hours_that_are_not_clear_are_asked_after_and_nothing_is_lost(
    site: Service, maya: str
) -> None:
    desk = Desk(site, "coordinator")
    typed = {**WEEK, "hours-0": "9-5", "hours-1": "10 AM–4 PM", "hours-5": "mornings"}
    page = desk.post(f"{HOME}/{maya}/hours", f"{HOME}/{maya}", **typed)
    assert desk.status == 422
    assert "Monday: Say whether 5 is AM or PM." in page
    assert "Saturday: Write hours like" in page
    assert desk.value("hours-0") == "9-5"
    assert desk.value("hours-1") == "10 AM–4 PM"
    assert {each.opens for each in schedule(site, maya).consultant.hours} == {9 * 60}


def test_settings_are_kept_and_the_next_holidays_named(site: Service, maya: str) -> None:
    desk = Desk(site, "coordinator")
    changed = {
        "name": "Maya L", "timezone": "America/Chicago", "buffer_before": "5",
        "buffer_after": "15", "notice": "24", "horizon": "30", "daily_cap": "4",
        "join_url": "https://video.example.org/maya", "region": "us me",
    }  # fmt: skip
    page = desk.post(f"{HOME}/{maya}/edit", f"{HOME}/{maya}/edit", **(SETTINGS | changed))
    assert "The settings are saved." in page
    assert "Monday, January 18: Martin Luther King Jr. Day" in page
    kept = schedule(site, maya)
    who = kept.consultant
    assert (who.name, who.zone.key, who.buffer_before, who.buffer_after, who.daily_cap) == (
        "Maya L", "America/Chicago", 5, 15, 4,
    )  # fmt: skip
    assert (who.notice, who.horizon) == (timedelta(hours=24), timedelta(days=30))
    assert (kept.region, kept.join_url) == ("US-ME", "https://video.example.org/maya")
    assert len(who.hours) == 5
    assert desk.get(f"{HOME}/{maya}/edit")
    assert [desk.value(name) for name in ("name", "notice", "horizon", "daily_cap", "region")] == [
        "Maya L", "24", "30", "4", "US-ME",
    ]  # fmt: skip
    assert acts(site)[-1] == "consultant.change"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " ", "Enter a name."),
        ("timezone", "Mars/Olympus", "Give an IANA time zone"),
        ("buffer_before", "7", "Pause before: enter a number from 0 to 60 in steps of 5"),
        ("buffer_after", "65", "from 0 to 60 in steps of 5"),
        ("buffer_after", "", "from 0 to 60 in steps of 5"),
        ("notice", "-1", "Notice: enter a number from 0 to 336."),
        ("horizon", "0", "from 1 to 365"),
        ("horizon", "1e2", "from 1 to 365"),
        ("daily_cap", "0", "Calls a day: enter a number from 1 to 50, or nothing."),
        ("join_url", "javascript:alert(1)", "it begins with https://"),
        ("join_url", "https://user:word@example.org", "without a name and password"),
        ("region", "US-XX", "such as US or US-ME"),
        ("staff_id", "nobody", "Choose someone from the list."),
    ],
)
def test_a_setting_that_is_wrong_is_named_and_nothing_is_lost(
    site: Service, maya: str, field: str, value: str, says: str
) -> None:
    desk = Desk(site, "coordinator")
    typed = SETTINGS | {"name": "Maya Changed", field: value}
    page = desk.post(f"{HOME}/{maya}/edit", f"{HOME}/{maya}/edit", **typed)
    assert desk.status == 422
    assert says in page
    if field != "name":
        assert desk.value("name") == "Maya Changed"
    assert schedule(site, maya).consultant.name == "Maya Lindqvist"


def test_a_member_of_staff_is_one_consultant_at_most(site: Service, maya: str) -> None:
    hire(site, "s2", "consultant", name="Maya")
    hire(site, "s3", "consultant", name="Gone", active=False)
    tomas = employ(site.database, "Tomas")
    desk = Desk(site, "admin")
    page = desk.post(f"{HOME}/{maya}/edit", f"{HOME}/{maya}/edit", **SETTINGS | {"staff_id": "s2"})
    assert "The settings are saved." in page
    assert schedule(site, maya).staff_id == "s2"
    assert 'value="s2"' not in desk.get(f"{HOME}/{tomas}/edit")
    for staff_id, says in (("s2", "Another consultant is linked"), ("s3", "Choose someone")):
        typed = SETTINGS | {"name": "Tomas", "staff_id": staff_id}
        page = desk.post(f"{HOME}/{tomas}/edit", f"{HOME}/{tomas}/edit", **typed)
        assert desk.status == 422
        assert says in page
    assert schedule(site, tomas).staff_id is None


def test_a_consultant_changes_their_own_and_no_others(site: Service, maya: str) -> None:
    tomas = employ(site.database, "Tomas")
    desk = Desk(site, "consultant", staff_id="s2")
    link(site, maya, "s2")
    page = desk.get(f"{HOME}/")
    assert f"{HOME}/{maya}" in page
    assert f"{HOME}/{tomas}" not in page
    assert "Tomas" in page
    assert "Add a consultant" not in page
    assert "saved" in desk.post(f"{HOME}/{maya}/hours", f"{HOME}/{maya}", **WEEK)
    typed = SETTINGS | {"staff_id": "", "horizon": "20"}
    assert "saved" in desk.post(f"{HOME}/{maya}/edit", f"{HOME}/{maya}/edit", **typed)
    assert schedule(site, maya).staff_id == "s2", "who they are among staff is not theirs to change"
    assert schedule(site, maya).consultant.horizon == timedelta(days=20)
    for path in ("", "/edit"):
        desk.get(f"{HOME}/{tomas}{path}")
        assert desk.status == 403
    for act in ("hours", "edit", "dates", "dates/remove", "retire", "bring-back", "feed",
                "feed/remove", "calendar", "calendar/read", "calendar/remove"):  # fmt: skip
        desk.post(f"{HOME}/{tomas}/{act}", f"{HOME}/{maya}", **WEEK)
        assert desk.status == 403, act
    for act in ("retire", "bring-back"):
        desk.post(f"{HOME}/{maya}/{act}", f"{HOME}/{maya}")
        assert desk.status == 403, act
    desk.get(f"{HOME}/new")
    assert desk.status == 403
    assert schedule(site, tomas).consultant.hours
    assert schedule(site, tomas).active


@pytest.mark.parametrize(
    "path", [f"{HOME}/", f"{HOME}/new", f"{HOME}/none", f"{HOME}/none/edit", "/booking/staff/why"]
)
def test_nobody_sees_these_pages_without_a_role_for_them(
    site: Service, maya: str, path: str
) -> None:
    anyone = site.app.test_client()
    assert anyone.get(path).status_code == 302
    clinician = Desk(site, "clinician")
    clinician.get(path)
    assert clinician.status == 403


def test_an_unknown_consultant_is_not_found(site: Service) -> None:
    desk = Desk(site, "admin")
    for path in ("/none", "/none/edit"):
        desk.get(f"{HOME}{path}")
        assert desk.status == 404
        assert "There is no such consultant" in desk.page


def test_days_off_are_set_listed_and_removed(site: Service, maya: str) -> None:
    desk = Desk(site, "coordinator")
    days = {"first": "2027-01-06", "last": "2027-01-08"}
    page = desk.post(f"{HOME}/{maya}/dates", f"{HOME}/{maya}", **days)
    assert "Wednesday, January 6 to Friday, January 8: off. This is saved." in page
    assert wednesday(site) == []
    assert desk.value("first") == "2027-01-06"
    page = desk.post(f"{HOME}/{maya}/dates/remove", f"{HOME}/{maya}", **days)
    assert "the usual week holds again" in page
    assert len(wednesday(site)) == 24
    assert acts(site)[-2:] == ["consultant.override", "consultant.restore"]


def test_other_hours_on_a_range_leave_usually_closed_days_closed(site: Service, maya: str) -> None:
    desk = Desk(site, "coordinator")
    settings = SETTINGS | {"region": "US"}
    desk.post(f"{HOME}/{maya}/edit", f"{HOME}/{maya}/edit", **settings)
    span = {"first": "2027-01-15", "last": "2027-01-19", "hours": "10 AM–noon"}
    desk.post(f"{HOME}/{maya}/dates", f"{HOME}/{maya}", **span)
    ten_to_noon = (Opening(600, 720),)
    assert schedule(site, maya).overrides == {
        date(2027, 1, 15): ten_to_noon,  # Friday; then a weekend and Martin Luther King Jr. Day
        date(2027, 1, 19): ten_to_noon,
    }
    desk.post(f"{HOME}/{maya}/dates", f"{HOME}/{maya}", **span, closed_too="on")
    assert len(schedule(site, maya).overrides) == 5
    weekend = {"first": "2027-01-23", "last": "2027-01-24", "hours": "10 AM–noon"}
    page = desk.post(f"{HOME}/{maya}/dates", f"{HOME}/{maya}", **weekend)
    assert desk.status == 422
    assert "None of these days usually has hours." in page
    saturday = {"first": "2027-01-23", "hours": "10 AM–noon"}
    assert "saved" in desk.post(f"{HOME}/{maya}/dates", f"{HOME}/{maya}", **saturday)
    assert date(2027, 1, 23) in schedule(site, maya).overrides


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"first": ""}, "Enter a date."),
        ({"first": "soon"}, "Enter a date."),
        ({"first": "2027-01-03"}, "Choose a day from today on"),
        ({"first": "2030-01-03"}, "within two years"),
        ({"first": "2027-01-06", "last": "2027-01-05"}, "a day from the first on"),
        ({"first": "2027-01-06", "last": "2028-06-06"}, "at most 366 days"),
        ({"first": "2027-01-06", "hours": "9-5"}, "Say whether 5 is AM or PM."),
    ],
)
def test_dates_that_are_wrong_are_named(
    site: Service, maya: str, typed: dict[str, str], says: str
) -> None:
    desk = Desk(site, "coordinator")
    page = desk.post(f"{HOME}/{maya}/dates", f"{HOME}/{maya}", **typed)
    assert desk.status == 422
    assert says in page
    assert schedule(site, maya).overrides == {}


def test_a_change_names_the_calls_it_leaves_outside_and_cancels_none(
    site: Service, maya: str
) -> None:
    book(site.database, wanted())
    book(site.database, wanted(TEN + GRID, 2))
    book(site.database, wanted(TEN + timedelta(days=1), 3))
    desk = Desk(site, "coordinator")
    page = desk.post(f"{HOME}/{maya}/dates", f"{HOME}/{maya}", first="2027-01-06")
    assert "Two calls are booked then. They stand until you move or cancel them." in page
    assert "Two calls do not fit" in page
    assert "On a day off" in page
    assert "Rosa 1" in page
    assert "Rosa 3" not in page
    with site.database.reading() as session:
        assert set(session.scalars(select(ConsultRow.status))) == {"booked"}
        first = conflicts(session, now=NOW)[0]
        assert conflicts(session, now=TEN) == conflicts(session, now=NOW)[1:]
    assert f"/booking/staff/consults/{first.consult_id}" in page
    assert "Two calls do not fit" in desk.get(f"{HOME}/")
    page = desk.post(f"{HOME}/{maya}/hours", f"{HOME}/{maya}", **{**WEEK, "hours-3": ""})
    assert "One call is booked then. It stands until you move or cancel it." in page
    assert "Three calls do not fit" in page
    assert "Outside the hours" in page


def test_a_retired_consultants_times_are_not_offered_until_they_are_back(
    site: Service, maya: str
) -> None:
    desk = Desk(site, "coordinator")
    page = desk.post(f"{HOME}/{maya}/retire", f"{HOME}/{maya}")
    assert "takes no calls from now on. What is booked stands." in page
    assert wednesday(site) == []
    assert "Retired" in desk.get(f"{HOME}/")
    page = desk.post(f"{HOME}/{maya}/bring-back", f"{HOME}/{maya}")
    assert "takes calls again" in page
    assert len(wednesday(site)) == 24
    assert acts(site)[-2:] == ["consultant.retire", "consultant.bring_back"]


def test_conflicts_take_a_constant_number_of_queries(site: Service, maya: str) -> None:
    from shared.db.testing import counting

    everyone = [maya, *(employ(site.database, f"Number {n}") for n in range(4))]
    for number in range(10):
        book(site.database, wanted(TEN + number * GRID, number))
    for each in everyone:
        site.database.run(
            lambda s, each=each: override_days(
                s, each, [TEN.date()], hours=(), actor="system", now=NOW
            )
        )
        site.database.run(lambda s, each=each: set_hours(s, each, (), actor="system", now=NOW))
    with counting(site.database) as asked, site.database.reading() as session:
        assert len(conflicts(session, now=NOW)) == 10
    assert len(asked) <= 4
