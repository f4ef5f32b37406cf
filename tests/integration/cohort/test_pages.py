"""The way from a qualified consult to a seat, in the pages; and bad input on all of them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from services.cohort import seed
from services.cohort.tables import ApplicantRow, CohortRow, EnrollmentRow
from services.cohort.use_cases.record_reach import record_message
from shared.db.common import audit_log, outbox
from shared.events import ContactUpdated, EnrollmentConfirmed, MessageFailed
from shared.events.envelope import parse
from tests.conftest import NOW
from tests.integration.cohort.pages import FORM, make_cohort, owner_id, qualify
from tests.integration.cohort.site import Site, post


def cohorts(site: Site) -> int:
    with site.service.database.reading() as session:
        return len(session.scalars(select(CohortRow.cohort_id)).all())


def test_a_qualified_person_stands_under_applicants_with_nothing_typed_again(site: Site) -> None:
    person, owner = qualify(site, 1), site.owner()
    assert "Person 1" in owner.get("/cohort/applicants/").text
    page = owner.get(f"/cohort/applicants/{person}").text
    assert "person1@example.org" in page
    with site.service.database.reading() as session:
        read = session.execute(
            select(audit_log.c.actor).where(audit_log.c.action == "applicant.read")
        ).all()
    assert len(read) == 1


def test_the_dates_are_shown_before_anything_is_made(site: Site) -> None:
    form = FORM | {"facilitators": owner_id(site), "step": "preview"}
    response = post(site.owner(), "/cohort/cohorts/new", form)
    assert response.status_code == 200
    assert "Mon, Jan 11, 2027" in response.text
    assert "Mon, Jan 18: Martin Luther King Jr. Day" in response.text
    assert 'value="Tide room"' in response.text
    assert cohorts(site) == 0


def test_the_whole_way_from_applicant_to_enrollment_event(site: Site) -> None:
    person, page, owner = qualify(site, 1), make_cohort(site), site.owner()
    assert "Nobody is enrolled yet" in owner.get(page).text
    asked = owner.get(f"{page}/enroll?person={person}")
    assert "person1@example.org" in asked.text
    response = post(
        owner, f"{page}/enroll?person={person}", {"person": person}, to=f"{page}/enroll"
    )
    assert response.status_code == 302
    text = owner.get(page).text
    assert "1 of 8 seats taken" in text
    assert "Not cleared" in text
    with site.service.database.reading() as session:
        sent = session.scalars(
            select(outbox.c.envelope).where(outbox.c.type == "enrollment.confirmed")
        ).all()
    (heard,) = [parse(one.encode()).event for one in sent]
    assert isinstance(heard, EnrollmentConfirmed)
    mine = site.client().get(heard.page_url.removeprefix("http://127.0.0.1:8000"))
    assert mine.status_code == 200
    assert "Monday, January 11" in mine.text
    assert "988" in mine.text
    assert mine.headers["Cache-Control"] == "no-store"


def test_removing_asks_why_and_frees_the_seat(site: Site) -> None:
    person, page, owner = qualify(site, 1), make_cohort(site), site.owner()
    post(owner, f"{page}/enroll?person={person}", {"person": person}, to=f"{page}/enroll")
    with site.service.database.reading() as session:
        seat = session.scalars(select(EnrollmentRow.enrollment_id)).one()
    remove = f"{page}/people/{seat}/remove"
    assert post(owner, remove, {}).status_code == 422
    assert post(owner, remove, {"reason": "back_to_waiting"}).status_code == 302
    assert "0 of 8 seats taken" in owner.get(page).text
    with site.service.database.reading() as session:
        assert session.get_one(ApplicantRow, person).status == "waiting"


def test_a_seat_is_not_found_under_another_cohort(site: Site) -> None:
    person, page, owner = qualify(site, 1), make_cohort(site), site.owner()
    other = make_cohort(site, label="Birch", room="Other", start_time="16:30")
    post(owner, f"{page}/enroll?person={person}", {"person": person}, to=f"{page}/enroll")
    with site.service.database.reading() as session:
        seat = session.scalars(select(EnrollmentRow.enrollment_id)).one()
    assert owner.get(f"{other}/people/{seat}/remove").status_code == 404


def test_a_clash_is_named_and_keeps_what_was_typed(site: Site) -> None:
    make_cohort(site)
    form = FORM | {"label": "Birch", "facilitators": owner_id(site), "step": "create"}
    response = post(site.owner(), "/cohort/cohorts/new", form)
    assert response.status_code == 409
    assert "is taken on Monday, January 11" in response.text
    assert 'value="Birch"' in response.text


BAD = [
    ("label", ""),
    ("label", "x" * 10_000),
    ("start_date", "soon"),
    ("start_date", "2027-02-30"),
    ("start_date", "1999-01-01"),
    ("start_date", "9999-12-31"),
    ("weekday", ""),
    ("weekday", "7"),
    ("weekday", "-1"),
    ("weekday", "٣"),
    ("start_time", "25:00"),
    ("start_time", "13:01"),
    ("start_time", ""),
    ("format", "hybrid"),
    ("room", " "),
    ("facilitators", "nobody"),
    ("facilitators", ""),
    ("language", "tlh"),
    ("min_size", "9"),
    ("min_size", "many"),
    ("max_size", "0"),
    ("max_size", "99999999999"),
    ("region", "ZZ"),
]


@pytest.mark.parametrize("step", ["preview", "create"])
@pytest.mark.parametrize(("name", "value"), BAD)
def test_bad_input_is_said_beside_its_field_and_the_rest_is_kept(
    site: Site, name: str, value: str, step: str
) -> None:
    form = FORM | {"facilitators": owner_id(site), "step": step, name: value}
    response = post(site.owner(), "/cohort/cohorts/new", form)
    assert response.status_code == 422
    assert f'href="#{name}"' in response.text
    kept = "Tide room" if name != "room" else "Alder"
    assert f'value="{kept}"' in response.text
    assert cohorts(site) == 0


def test_an_online_cohort_needs_its_address_and_no_room(site: Site) -> None:
    form = FORM | {"facilitators": owner_id(site), "step": "create", "format": "online"}
    for address in ("", "http://meet.example", "https://", "javascript:x", "https://[bad"):
        response = post(site.owner(), "/cohort/cohorts/new", form | {"meeting_url": address})
        assert response.status_code == 422
    good = form | {"room": "", "meeting_url": "https://meet.example/room"}
    assert post(site.owner(), "/cohort/cohorts/new", good).status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/cohort/applicants/nobody",
        "/cohort/cohorts/nothing",
        "/cohort/cohorts/nothing/enroll?person=x",
        "/cohort/cohorts/nothing/people/x/remove",
        "/cohort/me/" + "x" * 300,
    ],
)
def test_unknown_ids_are_not_found(site: Site, path: str) -> None:
    assert site.owner().get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["page=-1", "page=abc", "page=٣", "status=nothing", "page=999999"]
)
def test_strange_list_addresses_show_the_list(site: Site, query: str) -> None:
    assert site.owner().get(f"/cohort/applicants/?{query}").status_code == 200


def test_contact_changes_are_published_with_the_next_version(site: Site) -> None:
    person, owner = qualify(site, 1), site.owner()
    path = f"/cohort/applicants/{person}/contact"
    bad = {"name": "", "email": "no", "phone": "12", "timezone": "Mars"}
    response = post(owner, path, bad)
    assert response.status_code == 422
    assert response.text.count('href="#') >= 4
    good = {
        "name": "Rosa",
        "email": "rosa@example.org",
        "phone": "(207) 555-0176",
        "timezone": "America/Chicago",
    }
    assert post(owner, path, good).status_code == 302
    with site.service.database.reading() as session:
        sent = session.scalars(
            select(outbox.c.envelope).where(outbox.c.type == "contact.updated")
        ).one()
    heard = parse(sent.encode()).event
    assert isinstance(heard, ContactUpdated)
    assert (heard.person.version, heard.person.phone) == (2, "+12075550176")


def test_a_role_without_the_action_is_refused_what_it_cannot_do(site: Site) -> None:
    page = make_cohort(site)
    consultant, clinician = site.member("consultant"), site.member("clinician", name="Cleo")
    assert consultant.get("/cohort/").status_code == 200
    assert consultant.get("/cohort/applicants/").status_code == 403
    assert consultant.get(page).status_code == 403
    assert clinician.get(page).status_code == 200
    assert clinician.get("/cohort/cohorts/new").status_code == 403
    assert post(clinician, page, {"person": "x"}, to=f"{page}/enroll").status_code == 403


def test_the_demo_fills_every_page(site: Site) -> None:
    at = NOW + timedelta(days=400)
    site.clock.set(at)
    site.service.database.run(lambda s: seed.demo(s, site.settings, keys=site.keys, now=at))
    site.service.database.run(lambda s: seed.demo(s, site.settings, keys=site.keys, now=at))
    owner = site.owner()
    with site.service.database.reading() as session:
        stages = session.scalars(select(CohortRow.stage)).all()
        people = session.scalars(select(ApplicantRow.status)).all()
        ids = session.scalars(select(CohortRow.cohort_id)).all()
    assert stages == ["running", "running"]
    assert (people.count("waiting"), people.count("enrolled")) == (seed.POOL, 15)
    for path in ("/cohort/", "/cohort/applicants/", "/cohort/cohorts/", "/cohort/staff/"):
        assert owner.get(path).status_code == 200
    for cohort in ids:
        assert "of 8 ready" in (text := owner.get(f"/cohort/cohorts/{cohort}").text) or (
            "of 7 ready" in text
        )


@pytest.mark.parametrize("path", ["/cohort/", "/cohort/applicants/", "/cohort/cohorts/", "one"])
def test_pages_need_at_most_twelve_queries_whatever_there_is(site: Site, path: str) -> None:
    at = NOW + timedelta(days=400)
    site.clock.set(at)
    site.service.database.run(lambda s: seed.demo(s, site.settings, keys=site.keys, now=at))
    owner = site.owner()
    if path == "one":
        found = re.search(
            r'href="(/cohort/cohorts/[0-9a-f-]{36})"', owner.get("/cohort/cohorts/").text
        )
        assert found is not None
        path = found.group(1)
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    engine = site.service.database.engine
    event.listen(engine, "before_cursor_execute", note)
    assert owner.get(path).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    selects = [one for one in asked if one.startswith("SELECT")]
    assert 1 <= len(selects) <= 12, selects


def test_a_number_that_fails_is_a_task_until_it_is_changed(site: Site) -> None:
    person, owner = qualify(site, 1), site.owner()
    failed = MessageFailed(message_id="m", person_id=person, purpose="reminder", channel="sms")
    site.service.database.run(lambda s: record_message(s, failed, at=NOW))
    assert "A number cannot be reached: Person 1" in owner.get("/cohort/").text
    assert "The last text did not arrive" in owner.get(f"/cohort/applicants/{person}").text
    form = {
        "name": "Person 1",
        "email": "person1@example.org",
        "phone": "(207) 555-0199",
        "timezone": "America/New_York",
    }
    assert post(owner, f"/cohort/applicants/{person}/contact", form).status_code == 302
    assert "cannot be reached" not in owner.get("/cohort/").text
