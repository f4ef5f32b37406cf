"""Today: what needs someone, and by which clocks it is said."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from services.cohort.tables import ConsultRow
from services.cohort.use_cases.record_outcome import record_outcome
from tests.conftest import NOW
from tests.integration.cohort.conftest import completed
from tests.integration.cohort.pages import enroll, make_cohort, qualify
from tests.integration.cohort.site import Site


def undecided(site: Site) -> None:
    event = completed(1, "undecided", consult="first").model_copy(
        update={"follow_up_on": NOW.date()}
    )
    site.service.database.run(lambda s: record_outcome(s, event, keys=site.keys, at=NOW, now=NOW))


def consult(session: Session, name: str, at: datetime, **state: str) -> None:
    row = session.get(ConsultRow, name) or ConsultRow(consult_id=name, person_id="person-1")
    row.starts_at = at
    for key, value in state.items():
        setattr(row, key, value)
    session.add(row)


@pytest.mark.parametrize(
    ("later", "needed"),
    [
        ({"status": "booked"}, False),
        ({"status": "booked", "outcome": "not_a_fit"}, False),
        ({"status": "cancelled"}, True),
        ({"status": "no_show"}, True),
    ],
)
def test_a_later_call_ends_a_follow_up(site: Site, later: dict[str, str], needed: bool) -> None:
    undecided(site)
    site.service.database.run(lambda s: consult(s, "first", NOW - timedelta(days=7)))
    assert "Undecided: Person 1" in site.owner().get("/cohort/").text
    site.service.database.run(lambda s: consult(s, "second", NOW - timedelta(days=1), **later))
    assert ("Undecided: Person 1" in site.owner().get("/cohort/").text) is needed


@pytest.mark.parametrize("path", ["/cohort/", "/cohort/cohorts/", "one", "enroll", "person"])
def test_every_page_that_says_a_cohorts_time_names_its_zone(site: Site, path: str) -> None:
    page = make_cohort(site)
    one, two = qualify(site, 1), qualify(site, 2)
    owner = site.owner()
    enroll(owner, page, one)
    paths = {
        "one": page,
        "enroll": f"{page}/enroll?person={two}",
        "person": f"/cohort/applicants/{two}",
    }
    said = "Eastern Time" if path == "/cohort/" else "1:00 PM Eastern Time"
    assert said in owner.get(paths.get(path, path)).text
