"""Signing in: links that work once, passwords, renewal and signing out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from services.cohort.domain.errors import LinkNotValid
from services.cohort.tables import StaffSessionRow
from services.cohort.use_cases.consume_sign_in_link import consume_sign_in_link
from shared.db.common import audit_log, outbox, staff_replica
from tests.conftest import NOW, DatabaseFactory
from tests.integration.cohort.site import Site, open_site, post

PASSWORD = "four calm words here"


@pytest.fixture
def any_site(any_database: DatabaseFactory) -> Iterator[Site]:
    url = any_database("cohort").engine.url.render_as_string(hide_password=False)
    made = open_site(url.replace("+psycopg", ""), NOW)
    yield made
    made.service.database.dispose()


def with_password(site: Site) -> None:
    owner = site.owner()
    response = post(owner, "/cohort/account", {"password": PASSWORD}, to="/cohort/account/password")
    assert response.status_code == 302


def test_looking_at_a_link_never_uses_it(site: Site) -> None:
    link, scanner = site.link(), site.client()
    for _ in range(3):
        assert scanner.get(link).status_code == 200
        assert scanner.head(link).status_code == 200
    assert site.enter(link).get("/cohort/").status_code == 200


def test_a_link_works_once(site: Site) -> None:
    link = site.link()
    site.enter(link)
    second = site.client()
    assert second.get(link).status_code == 404
    response = post(
        second, "/cohort/sign-in", {"token": link.partition("token=")[2]}, to="/cohort/sign-in"
    )
    assert response.status_code == 404
    assert second.get("/cohort/").status_code == 302


def test_of_many_uses_of_one_link_at_once_one_succeeds(any_site: Site) -> None:
    token = any_site.link().partition("token=")[2]
    database, keys, at = any_site.service.database, any_site.keys, any_site.clock.now()

    def use(_: int) -> bool:
        try:
            database.run(lambda s: consume_sign_in_link(s, token, keys=keys, now=at))
        except LinkNotValid:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1
    with database.reading() as session:
        assert len(session.scalars(select(StaffSessionRow.sid)).all()) == 1


def test_a_link_runs_out_after_a_day(site: Site) -> None:
    link = site.link()
    site.clock.advance(timedelta(hours=24))
    assert site.client().get(link).status_code == 404


def test_a_wrong_password_answers_401_with_the_page_and_is_audited(site: Site) -> None:
    with_password(site)
    client = site.client()
    form = {"email": "owner@example.org", "password": "not this one"}
    response = post(client, "/cohort/sign-in", form)
    assert response.status_code == 401
    assert "do not match" in response.text
    assert 'value="owner@example.org"' in response.text
    with site.service.database.reading() as session:
        actions = session.scalars(select(audit_log.c.action)).all()
    assert "sign_in.refused" in actions


def test_an_unknown_email_is_answered_like_a_wrong_password(site: Site) -> None:
    form = {"email": "nobody@example.org", "password": "whatever it is"}
    response = post(site.client(), "/cohort/sign-in", form)
    assert response.status_code == 401
    assert "do not match" in response.text


def test_email_and_password_sign_in_whatever_the_emails_case(site: Site) -> None:
    with_password(site)
    client = site.client()
    form = {"email": "OWNER@Example.org", "password": PASSWORD, "next": "/cohort/staff/"}
    response = post(client, "/cohort/sign-in", form)
    assert (response.status_code, response.location) == (302, "/cohort/staff/")
    assert client.get("/cohort/staff/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "x"],
)
def test_next_never_leads_elsewhere(site: Site, elsewhere: str) -> None:
    with_password(site)
    form = {"email": "owner@example.org", "password": PASSWORD, "next": elsewhere}
    assert post(site.client(), "/cohort/sign-in", form).location == "/cohort/"


def test_too_many_tries_from_one_address_are_limited(tmp_path: Path) -> None:
    site = open_site(f"sqlite:///{tmp_path / 'limited.sqlite3'}", NOW, scale=0.1)
    client = site.client()
    form = {"email": "owner@example.org", "password": "wrong"}
    codes = [post(client, "/cohort/sign-in", form).status_code for _ in range(5)]
    assert codes[0] == 401
    assert codes[-1] == 429
    site.service.database.dispose()


def test_a_short_password_is_refused_beside_its_field(site: Site) -> None:
    response = post(
        site.owner(), "/cohort/account", {"password": "short"}, to="/cohort/account/password"
    )
    assert response.status_code == 422
    assert "12 to 200 characters" in response.text


def test_changing_the_password_needs_the_present_one_and_ends_other_sign_ins(site: Site) -> None:
    with_password(site)
    here, elsewhere = site.owner(), site.owner()
    to = "/cohort/account/password"
    wrong = {"current": "not this one", "password": "another four words"}
    assert post(here, "/cohort/account", wrong, to=to).status_code == 422
    right = {"current": PASSWORD, "password": "another four words"}
    assert post(here, "/cohort/account", right, to=to).status_code == 302
    assert here.get("/cohort/").status_code == 200
    assert elsewhere.get("/cohort/").status_code == 302


def test_an_older_cookie_is_renewed_on_the_way_and_leads_back(site: Site) -> None:
    owner = site.owner()
    site.clock.advance(timedelta(minutes=6))
    response = owner.get("/cohort/staff/")
    assert response.location == "/cohort/renew?next=%2Fcohort%2Fstaff%2F"
    response = owner.get(response.location)
    assert response.location == "/cohort/staff/"
    assert owner.get(response.location).status_code == 200


def test_a_sign_in_that_nobody_used_for_two_weeks_has_ended(site: Site) -> None:
    owner = site.owner()
    site.clock.advance(timedelta(days=14, minutes=1))
    response = owner.get(owner.get("/cohort/staff/").location)
    assert response.location.startswith("/cohort/sign-in?")
    assert owner.get_cookie("grip_staff") is None


def test_after_signing_out_the_cookie_is_worth_nothing(site: Site) -> None:
    owner = site.owner()
    cookie = owner.get_cookie("grip_staff")
    assert cookie is not None
    assert post(owner, "/cohort/account", {}, to="/cohort/sign-out").status_code == 302
    owner.set_cookie("grip_staff", cookie.value)
    assert owner.get("/cohort/").status_code == 302
    assert "/cohort/sign-in" in owner.get("/cohort/renew").location
    with site.service.database.reading() as session:
        types = session.scalars(select(outbox.c.type)).all()
    assert "session.revoked" in types


def test_adding_staff_shows_a_link_once_and_tells_every_service(site: Site) -> None:
    owner = site.owner()
    form = {
        "name": "Ruth Okafor",
        "email": "ruth@example.org",
        "roles": ["coordinator"],
        "qualifications": ["facilitator"],
    }
    response = post(owner, "/cohort/staff/", form)
    link = response.text.partition("/cohort/sign-in?token=")[2].partition("<")[0]
    assert site.enter(f"/cohort/sign-in?token={link}").get("/cohort/").status_code == 200
    with site.service.database.reading() as session:
        names = session.scalars(select(staff_replica.c.name)).all()
        types = session.scalars(select(outbox.c.type)).all()
    assert "Ruth Okafor" in names
    assert types.count("staff.changed") == 2
    again = post(owner, "/cohort/staff/", form)
    assert again.status_code == 409
    assert 'value="Ruth Okafor"' in again.text


def test_only_admins_reach_staff_accounts(site: Site) -> None:
    assert site.member("coordinator").get("/cohort/staff/").status_code == 403
    assert site.client().get("/cohort/staff/").status_code == 302


def test_a_first_password_too_ends_other_sign_ins_and_unused_links(site: Site) -> None:
    spare, other = site.link(), site.owner()
    with_password(site)
    assert other.get("/cohort/").status_code == 302
    assert site.client().get(spare).status_code == 404
    assert site.owner().get("/cohort/").status_code == 200


def test_a_form_sent_after_signing_out_elsewhere_comes_back_filled_in(site: Site) -> None:
    owner = site.owner()
    page = owner.get("/cohort/cohorts/new").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {"csrf_token": token[1], "label": "Alder", "facilitators": ["one", "two"]}
    post(owner, "/cohort/account", {}, to="/cohort/sign-out")
    answer = owner.post("/cohort/cohorts/new", data=form)
    assert answer.status_code == 401
    assert 'name="label" value="Alder"' in answer.text
    assert answer.text.count('name="facilitators"') == 2


def test_a_used_link_leads_whoever_is_signed_in_to_their_page(site: Site) -> None:
    link = site.link()
    browser = site.enter(link)
    assert browser.get(link).location == "/cohort/"
    token = {"token": link.partition("token=")[2]}
    again = post(browser, "/cohort/account", token, to="/cohort/sign-in")
    assert (again.status_code, again.location) == (302, "/cohort/")


def test_tries_of_one_email_are_limited_however_it_is_written(tmp_path: Path) -> None:
    site = open_site(f"sqlite:///{tmp_path / 'limits.sqlite3'}", NOW, scale=1)
    forms = ["sos@example.org", "SOS@Example.org", "\u017fo\u017f@example.org"]  # a long s
    codes = [
        post(
            site.client(),
            "/cohort/sign-in",
            {"email": forms[number % 3], "password": "a wrong password"},
        ).status_code
        for number in range(11)
    ]
    assert codes == [401] * 10 + [429]
    site.service.database.dispose()


def test_a_password_is_suggested_to_those_who_have_none(site: Site) -> None:
    assert "Choose a password under your name" in site.owner().get("/cohort/").text
    with_password(site)
    assert "Choose a password under your name" not in site.owner().get("/cohort/").text
