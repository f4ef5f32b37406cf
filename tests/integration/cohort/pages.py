"""What the tests of pages send and have made before they look."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.cohort.tables import StaffRow
from services.cohort.use_cases.record_outcome import record_outcome
from tests.conftest import NOW
from tests.integration.cohort.conftest import completed
from tests.integration.cohort.site import Site, post

FORM = {
    "label": "Alder",
    "start_date": "2027-01-11",
    "weekday": "0",
    "start_time": "13:00",
    "format": "in_person",
    "room": "Tide room",
    "language": "en",
    "min_size": "1",
    "max_size": "8",
    "region": "US",
}


def qualify(site: Site, number: int) -> str:
    heard = completed(number)
    site.service.database.run(lambda s: record_outcome(s, heard, keys=site.keys, at=NOW, now=NOW))
    return heard.person.person_id


def owner_id(site: Site) -> str:
    with site.service.database.reading() as session:
        return session.scalars(select(StaffRow.staff_id)).one()


def make_cohort(site: Site, **changes: str) -> str:
    form = FORM | {"facilitators": owner_id(site), "step": "create"} | changes
    response = post(site.owner(), "/cohort/cohorts/new", form)
    assert response.status_code == 302, response.text
    return response.location


def enroll(client: FlaskClient, page: str, person: str) -> TestResponse:
    return post(client, f"{page}/enroll?person={person}", {"person": person}, to=f"{page}/enroll")
