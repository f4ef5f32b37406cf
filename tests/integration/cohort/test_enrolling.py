"""Enrolling on the pages: sent twice, too late, and coming back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services.cohort.queries import cohort_page
from services.cohort.tables import ApplicantRow, EnrollmentRow
from services.cohort.use_cases.end_enrollment import EndReason, end_enrollment
from services.cohort.use_cases.record_outcome import record_outcome
from shared.db.common import audit_log, outbox
from tests.conftest import NOW
from tests.integration.cohort.conftest import completed
from tests.integration.cohort.pages import enroll, make_cohort, qualify
from tests.integration.cohort.site import Site, post


def seats(site: Site) -> list[str]:
    with site.service.database.reading() as session:
        return list(session.scalars(select(EnrollmentRow.enrollment_id)))


def leave(site: Site) -> None:
    (seat,) = seats(site)
    site.service.database.run(
        lambda s: end_enrollment(
            s, seat, reason=EndReason.LEFT, keys=site.keys, actor="test", now=site.clock.now()
        )
    )


def own_page(site: Site, person: str) -> str:
    with site.service.database.reading() as session:
        nonce = session.get_one(ApplicantRow, person).page_nonce
    return "/cohort/me/" + site.keys.page_token(person, nonce)


def test_enrolling_twice_takes_one_seat_sends_once_and_says_so(site: Site) -> None:
    person, page, owner = qualify(site, 1), make_cohort(site), site.owner()
    codes = [enroll(owner, page, person).status_code for _ in range(2)]
    assert codes == [302, 302]
    assert "They have a seat here already" in owner.get(page).text
    assert len(seats(site)) == 1
    with site.service.database.reading() as session:
        sent = select(func.count()).where(outbox.c.type == "enrollment.confirmed")
        assert session.scalar(sent) == 1


def test_a_seat_elsewhere_is_refused(site: Site) -> None:
    person, owner = qualify(site, 1), site.owner()
    first = make_cohort(site)
    second = make_cohort(site, label="Birch", room="Other", start_time="16:30")
    enroll(owner, first, person)
    assert enroll(owner, second, person).status_code == 409


def test_a_full_cohort_says_so_before_and_after_the_button(site: Site) -> None:
    one, two = qualify(site, 1), qualify(site, 2)
    page, owner = make_cohort(site, max_size="1"), site.owner()
    enroll(owner, page, one)
    asked = owner.get(f"{page}/enroll?person={two}").text
    assert "All seats are taken." in asked
    assert ">Enroll</button>" not in asked
    refused = enroll(owner, page, two)
    assert refused.status_code == 409
    assert "All 1 seats are taken." in refused.text
    assert 'href="#person"' not in refused.text  # there is no such field then


def test_nobody_is_offered_a_seat_once_the_first_session_began(site: Site) -> None:
    person, page = qualify(site, 1), make_cohort(site)
    site.clock.advance(timedelta(days=60))
    owner = site.owner()
    asked = owner.get(f"{page}/enroll?person={person}").text
    assert "Nobody can join this cohort any more." in asked
    assert ">Enroll</button>" not in asked
    assert enroll(owner, page, person).status_code == 409


def test_a_list_of_applicants_that_is_cut_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort_page, "MOST_CHOICES", 1)
    qualify(site, 1), qualify(site, 2)
    assert "enrolled from their own page" in site.owner().get(make_cohort(site)).text


@pytest.mark.parametrize("page", ["", "/contact", "enroll"])
def test_whoever_reads_how_a_person_is_reached_is_noted(site: Site, page: str) -> None:
    person, cohort, owner = qualify(site, 1), make_cohort(site), site.owner()
    path = f"{cohort}/enroll?person={person}" if page == "enroll" else None
    owner.get(path or f"/cohort/applicants/{person}{page}")
    with site.service.database.reading() as session:
        read = select(audit_log.c.subject).where(audit_log.c.action == "applicant.read")
        assert session.scalars(read).all() == [f"person:{person}"]


def test_who_left_is_not_told_to_wait_for_a_place(site: Site) -> None:
    person, page = qualify(site, 1), make_cohort(site)
    mine = own_page(site, person)
    assert "as soon as your place is set" in site.client().get(mine).text
    enroll(site.owner(), page, person)
    leave(site)
    text = site.client().get(mine).text
    assert "no dates with us at present" in text
    assert "as soon as" not in text


def test_who_qualifies_again_after_leaving_waits_again(site: Site) -> None:
    person, page = qualify(site, 1), make_cohort(site)
    enroll(site.owner(), page, person)
    site.clock.advance(timedelta(days=3))
    leave(site)
    states = []
    for consult, after in (("old", timedelta(days=1)), ("new", timedelta(days=9))):
        heard = completed(1, consult=consult)
        site.service.database.run(
            lambda s, heard=heard, at=NOW + after: record_outcome(
                s, heard, keys=site.keys, at=at, now=at
            )
        )
        with site.service.database.reading() as session:
            row = session.get_one(ApplicantRow, person)
            states.append((row.status, row.qualified_at))
    assert states == [("left", NOW), ("waiting", NOW + timedelta(days=9))]


def test_a_person_keeps_at_least_one_way_to_be_reached(site: Site) -> None:
    person, owner = qualify(site, 1), site.owner()
    path = f"/cohort/applicants/{person}/contact"
    form = {"name": "x" * 100, "timezone": "America/New_York"}
    answer = post(owner, path, form)
    assert answer.status_code == 422
    assert "Leave an email or a phone number" in answer.text
    assert post(owner, path, form | {"email": "rosa@example.org"}).status_code == 302


def test_a_page_past_the_end_of_the_list_is_its_last(site: Site) -> None:
    qualify(site, 1)
    assert "Person 1" in site.owner().get("/cohort/applicants/?page=999999").text
