"""Making a cohort: what is seen is what is made, once, whatever is sent again."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.cohort.tables import CohortRow
from tests.integration.cohort.pages import FORM, make_cohort, owner_id
from tests.integration.cohort.site import Site, post

NEW = "/cohort/cohorts/new"


def send(site: Site, browser: FlaskClient, step: str, **changes: str) -> TestResponse:
    return post(browser, NEW, FORM | {"facilitators": owner_id(site), "step": step} | changes)


def seen(answer: TestResponse) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', answer.text)
    assert found is not None
    return found[1]


def labels(site: Site) -> list[str]:
    with site.service.database.reading() as session:
        return list(session.scalars(select(CohortRow.label)))


def test_a_change_after_the_dates_were_shown_is_shown_before_it_is_made(site: Site) -> None:
    owner = site.owner()
    shown = seen(send(site, owner, "preview"))
    again = send(site, owner, "create", seen=shown, weekday="3")
    assert again.status_code == 200
    assert "Look at them once more" in again.text
    assert "Thu, Jan 14, 2027" in again.text
    assert labels(site) == []
    assert send(site, owner, "create", seen=seen(again), weekday="3").status_code == 302


def test_the_same_form_sent_again_leads_to_the_cohort_that_it_made(site: Site) -> None:
    made, owner = make_cohort(site), site.owner()
    again = send(site, owner, "create")
    assert (again.status_code, again.location) == (302, made)
    assert "is made already" in owner.get(made).text
    assert labels(site) == ["Alder"]


@pytest.mark.parametrize(
    "change", [{"max_size": "9"}, {"region": ""}, {"language": "es"}, {"room": "Another"}]
)
def test_a_different_form_that_clashes_is_refused(site: Site, change: dict[str, str]) -> None:
    make_cohort(site)
    answer = send(site, site.owner(), "create", **change)
    assert answer.status_code == 409
    assert "is taken on" in answer.text


def test_a_holiday_that_moves_the_first_session_is_said(site: Site) -> None:
    answer = send(site, site.owner(), "preview", start_date="2027-01-18")
    assert "No session on Mon, Jan 18: Martin Luther King Jr. Day" in answer.text
    assert "Mon, Jan 25, 2027" in answer.text


@pytest.mark.parametrize("step", ["preview", "create"])
def test_a_time_that_the_clocks_skip_is_refused_beside_its_field(site: Site, step: str) -> None:
    clocks = {"weekday": "6", "start_time": "02:30", "start_date": "2027-02-14"}
    answer = send(site, site.owner(), step, **clocks)
    assert answer.status_code == 422
    assert "March 14, 2027" in answer.text
    assert 'href="#start_time"' in answer.text


def test_a_skipped_time_in_a_week_without_a_meeting_hinders_nothing(site: Site) -> None:
    clocks = {"weekday": "6", "start_time": "02:30", "start_date": "2027-01-10"}
    assert send(site, site.owner(), "preview", **clocks).status_code == 200
    assert send(site, site.owner(), "create", **clocks).status_code == 302


def test_one_wrong_size_is_one_thing_to_fix(site: Site) -> None:
    answer = send(site, site.owner(), "preview", max_size="many", min_size="6")
    assert "One thing to fix" in answer.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("label", "\u200b"),
        ("room", "\u2060\u200b"),
        ("start_date", "20270111"),
        ("start_date", "2027-W02-1"),
    ],
)
def test_what_nobody_can_see_or_means_is_refused(site: Site, name: str, value: str) -> None:
    answer = send(site, site.owner(), "preview", **{name: value})
    assert answer.status_code == 422
    assert f'href="#{name}"' in answer.text


def test_the_practices_own_today_is_the_earliest_start(site: Site) -> None:
    site.clock.set(site.clock.now().replace(year=2027, month=1, day=12, hour=3))
    answer = send(site, site.owner(), "preview", start_date="2027-01-10")
    assert "Choose a date from 2027-01-11" in answer.text  # late on the 11th in New York
