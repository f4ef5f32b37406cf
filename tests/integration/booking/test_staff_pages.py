"""Staff's pages: who may see them, and what recording an outcome does."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from services.booking.tables import Base
from shared.db.common import common
from shared.events import ConsultCompleted, ConsultNoShow
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.desk import acts, send, sign_in, the_call
from tests.integration.booking.front_desk import feed_of
from tests.integration.booking.hearing import failed, hear, opted_out, reply, told
from tests.integration.booking.office import GRID, NOW, TEN, book, employ, published, rows, wanted
from tests.integration.booking.site import open_site
from tests.integration.booking.waiting import announced, join, tend, token_in


@pytest.fixture
def site(sqlite_database: DatabaseFactory) -> Service:
    service = open_site(str(sqlite_database("booking").engine.url), NOW)
    employ(service.database)
    book(service.database, wanted())
    return service


def test_nobody_sees_calls_without_signing_in(site: Service) -> None:
    client = site.app.test_client()
    for path in ("/booking/staff/", the_call(site)):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/cohort/sign-in?next=")


def test_a_clinician_has_no_part_in_consults(site: Service) -> None:
    client = sign_in(site, "clinician")
    assert client.get("/booking/staff/").status_code == 403
    assert client.post(the_call(site)).status_code == 403


def test_calls_to_come_are_listed_and_opening_one_is_recorded(site: Service) -> None:
    client = sign_in(site, "coordinator")
    page = client.get("/booking/staff/").get_data(as_text=True)
    assert "Rosa 1" in page
    assert "Wed Jan 6" in page
    detail = client.get(the_call(site)).get_data(as_text=True)
    assert "(207) 555-0101" in detail
    assert "rosa1@example.org" in detail
    assert acts(site)[-1] == "consult.view"


def test_a_confirmed_call_says_so_in_the_list_and_on_its_page(site: Service) -> None:
    client = sign_in(site, "coordinator")
    assert "Confirmed" not in client.get("/booking/staff/").get_data(as_text=True)
    hear(site.database, told(reply(the_call(site).rpartition("/")[2])))
    assert "Confirmed" in client.get("/booking/staff/").get_data(as_text=True)
    page = client.get(the_call(site)).get_data(as_text=True)
    assert "Confirmed</span>" in page
    assert "Monday, January 4, 10:00 AM Eastern Time, by text." in page


def test_what_did_not_arrive_is_said_in_the_list_while_it_matters_and_on_the_page(
    site: Service,
) -> None:
    client = sign_in(site, "coordinator")
    hear(site.database, told(failed(the_call(site).rpartition("/")[2], reason="30006")))
    line = (
        "The text could not be delivered: "
        "the number is a landline, or its carrier takes no texts; call instead."
    )
    assert line in client.get("/booking/staff/").get_data(as_text=True)
    assert line in client.get(the_call(site)).get_data(as_text=True)
    site.app.extensions["grip"].clock.set(TEN.replace(hour=20))
    client = sign_in(site, "coordinator")
    assert line not in client.get("/booking/staff/").get_data(as_text=True)
    assert line in client.get(the_call(site)).get_data(as_text=True)


def test_a_number_that_wants_no_texts_is_marked_on_the_page(site: Service) -> None:
    client = sign_in(site, "coordinator")
    words = "Texts are off for this number"
    assert words not in client.get(the_call(site)).get_data(as_text=True)
    hear(site.database, told(opted_out("+12075550101", 1)))
    assert words in client.get(the_call(site)).get_data(as_text=True)


def test_qualified_is_announced_once_with_the_note_kept_here(site: Service) -> None:
    client = sign_in(site, "consultant")
    path = the_call(site)
    fields = {"outcome": "qualified", "note": "Evenings only", "follow_up_on": ""}
    status, page = send(client, path, **fields)
    assert status == 200
    assert "Rosa 1 is marked as qualified" in page
    assert "Evenings only" in page
    send(client, path, **fields)
    with site.database.reading() as session:
        events = [each.event for each in published(session)]
        assert [type(each) for each in events[1:]] == [ConsultCompleted]
        assert "Evenings" not in "".join(each.to_json() for each in published(session))
    assert "outcome.qualified" in acts(site)


def test_undecided_asks_for_the_day_and_keeps_the_note(site: Service) -> None:
    client = sign_in(site, "coordinator")
    status, page = send(client, the_call(site), outcome="undecided", note="Thinks it over")
    assert status == 422
    assert "Say on which day to decide." in page
    assert "Thinks it over" in page
    status, page = send(
        client, the_call(site), outcome="undecided", note="x", follow_up_on="2027-01-20"
    )
    assert "Decide on Wednesday, January 20" in page
    with site.database.reading() as session:
        assert rows(session)[0].follow_up_on == date(2027, 1, 20)


@pytest.mark.parametrize("day", ["tomorrow", "2027-02-31", "9" * 500])
def test_a_day_that_is_none_is_refused(site: Service, day: str) -> None:
    client = sign_in(site, "coordinator")
    status, page = send(client, the_call(site), outcome="undecided", note="", follow_up_on=day)
    assert status == 422
    assert "Enter the day as a date." in page


@pytest.mark.parametrize("day", ["2027-01-03", "0001-01-01", "9999-12-31", "2028-01-06"])
def test_a_follow_up_is_from_today_on_and_within_a_year(site: Service, day: str) -> None:
    client = sign_in(site, "coordinator")
    status, page = send(client, the_call(site), outcome="undecided", note="n", follow_up_on=day)
    assert (status, "within a year" in page) == (422, True)
    assert send(client, the_call(site), outcome="note", note="n", follow_up_on=day)[0] == 200


def test_staff_see_the_name_that_a_booking_was_made_under(site: Service) -> None:
    again = wanted(TEN + GRID, name="Somebody")
    call = book(site.database, again).consult_id
    client = sign_in(site, "coordinator")
    page = client.get(f"/booking/staff/consults/{call}").get_data(as_text=True)
    assert "<h1>Rosa 1</h1>" in page
    assert "Booked under the name Somebody." in page
    assert "Booked under" not in client.get(the_call(site)).get_data(as_text=True)


def test_a_no_show_needs_the_call_to_have_begun(site: Service) -> None:
    client = sign_in(site, "coordinator")
    status, page = send(client, the_call(site), outcome="no_show", note="")
    assert (status, "has not begun" in page) == (409, True)
    site.app.extensions["grip"].clock.set(TEN)
    client = sign_in(site, "coordinator")
    status, page = send(client, the_call(site), outcome="no_show", note="")
    assert "marked as a no-show" in page
    with site.database.reading() as session:
        last = published(session)[-1]
        assert isinstance(last.event, ConsultNoShow)
        assert (last.sequence, last.event.by) == (2, "staff")


def test_a_past_call_without_outcome_heads_the_page(site: Service) -> None:
    site.app.extensions["grip"].clock.set(TEN.replace(hour=20))
    page = sign_in(site, "coordinator").get("/booking/staff/").get_data(as_text=True)
    assert "One thing needs you" in page
    assert "What came of the call with Rosa 1?" in page


def test_no_page_that_is_only_read_changes_a_row(site: Service) -> None:
    client = sign_in(site, "admin")
    link = book(site.database, wanted(TEN + GRID, 2)).manage_url.rpartition("/")[2]
    known = {"token": link, "consult_id": the_call(site).rpartition("/")[2], "name": "grip.css"}
    with site.database.reading() as session:
        known["consultant_id"] = rows(session)[0].consultant_id
    known["feed"] = feed_of(site, known["consultant_id"])
    rules = {rule.rule for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    place, offer = links_of_waiting(site)
    rules |= {f"/booking/waitlist/{place}", f"/booking/offer/{offer}"}
    rules -= {"/booking/waitlist/<token>", "/booking/offer/<token>"}
    paths = {re.sub(r"<(?:\w+:)?(\w+)>", lambda m: known.get(m[1], "x"), rule) for rule in rules}
    query = f"start={TEN + 2 * GRID:%Y-%m-%dT%H:%M:%SZ}&from=2027-01-05&to=2027-01-06&tz=UTC"
    before = everything(site)
    for path in paths:
        for read in (client.get, client.head, client.options):
            answer = read(f"{path}?{query}")
            assert answer.status_code < 500 or path.endswith("readyz")  # no worker runs here
    assert len(paths) > 10
    assert everything(site) == before


def links_of_waiting(site: Service) -> tuple[str, str]:
    """The tokens of a place on the waitlist, and of an offer."""
    join(site.database, 3)
    tend(site.database)
    (offer,) = announced(site.database)
    with site.database.reading() as session:
        (notice,) = (e.event for e in published(session) if e.event.TYPE == "notice.requested")
    return notice.url.rpartition("/")[2], token_in(offer)


def everything(site: Service) -> dict[str, list[object]]:
    """All rows but the log of who read what, and the counts of links that lead nowhere."""
    with site.database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table))]
            for table in (*Base.metadata.sorted_tables, *common.sorted_tables)
            if table.name not in ("audit_log", "rate_limit")
        }


def test_an_unknown_act_or_call_is_refused(site: Service) -> None:
    client = sign_in(site, "coordinator")
    assert send(client, the_call(site), outcome="promote")[0] == 422
    assert client.get("/booking/staff/consults/none").status_code == 404
