"""The whole way of a person, driven by hand in virtual time: no thread, no waiting."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from services.cohort.bootstrap import make_keys
from services.cohort.use_cases.issue_owner_link import issue_owner_link
from services.commands.seed import plant_first_run
from services.notify.tables import CapturedRow, MessageRow
from shared.times import local
from simulation.driver import Driver, driving

MONDAY_10_AM = datetime(2027, 1, 4, 15, 0, tzinfo=UTC)
NEW_YORK = "America/New_York"


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[Driver]:
    with driving(tmp_path, start=MONDAY_10_AM) as made:
        plant_first_run(made.system)
        made.settle()
        yield made


_SENT = {"accepted": "sent", "delivered": "sent"}


class Staff:
    """The owner, signed in, filling in forms."""

    def __init__(self, driver: Driver) -> None:
        self._browser: Client = driver.browser()
        cohort = driver.system.services["cohort"].database
        keys = make_keys(driver.system.settings["cohort"])
        link = cohort.run(lambda s: issue_owner_link(s, keys=keys, now=driver.clock.now()))
        parts = urlsplit(link)
        self.send(f"{parts.path}?{parts.query}", "/cohort/sign-in", token=parts.query[6:])

    def see(self, path: str) -> str:
        answer = self._browser.get(path, base_url="http://127.0.0.1:8000", follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status)
        return answer.text

    def send(self, page: str, action: str, **fields: object) -> TestResponse:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.see(page))
        assert token is not None, page
        return self._browser.post(
            action,
            base_url="http://127.0.0.1:8000",
            data={"csrf_token": token[1], **fields},
        )


def _book(driver: Driver, start: str) -> dict[str, str]:
    answer = driver.client("booking").post(
        "/booking/api/v1/consults",
        headers={"Idempotency-Key": f"key-{start}"},
        json={
            "start": start,
            "name": "Rosa",
            "email": "rosa@example.org",
            "phone": "+12075550176",
            "timezone": NEW_YORK,
            "locale": "en",
            "sms_consent": True,
            "meeting": "phone",
        },
    )
    assert answer.status_code == 201, answer.text
    driver.run_jobs()
    return dict(answer.json or {})


def _token(consult: dict[str, str]) -> str:
    return consult["manage_url"].rsplit("/", 1)[1]


def _messages(driver: Driver) -> list[tuple[str, str, str, str]]:
    """(purpose, channel, state, when in New York) of every message, in order of time."""
    with driver.system.services["notify"].database.reading() as session:
        rows = session.scalars(select(MessageRow).order_by(MessageRow.send_at)).all()
        return [
            (
                row.purpose,
                row.channel,
                _SENT.get(row.state, row.state),
                f"{local(row.send_at, NEW_YORK):%a %H:%M}",
            )
            for row in rows
        ]


def _live(driver: Driver) -> list[tuple[str, str, str, str]]:
    return [each for each in _messages(driver) if each[2] in ("planned", "sent")]


def _captured(driver: Driver) -> list[dict[str, object]]:
    with driver.system.services["notify"].database.reading() as session:
        rows = session.scalars(select(CapturedRow).order_by(CapturedRow.at)).all()
        return [{"channel": row.channel, **row.payload} for row in rows]


def test_a_booking_is_confirmed_at_once_and_reminded_the_day_before(driver: Driver) -> None:
    _book(driver, "2027-01-07T19:40:00Z")
    assert sorted(_live(driver)) == [
        ("consult_booked", "email", "sent", "Mon 10:00"),
        ("consult_booked", "sms", "sent", "Mon 10:00"),
        ("consult_reminder", "email", "planned", "Wed 14:40"),
        ("consult_reminder", "sms", "planned", "Wed 14:40"),
    ]
    driver.advance(timedelta(days=3))
    assert {each[2] for each in _live(driver)} == {"sent"}
    assert len(_captured(driver)) == 4


def test_a_move_drops_the_old_reminders_and_tells_once(driver: Driver) -> None:
    consult = _book(driver, "2027-01-07T19:40:00Z")
    answer = driver.client("booking").post(
        f"/booking/api/v1/consults/{_token(consult)}/reschedule",
        json={"start": "2027-01-06T15:20:00Z"},
    )
    assert answer.status_code == 200, answer.text
    driver.run_jobs()
    live = _live(driver)
    assert [each for each in live if each[0] == "consult_moved"] == [
        ("consult_moved", "email", "sent", "Mon 10:00"),
        ("consult_moved", "sms", "sent", "Mon 10:00"),
    ]
    assert sorted(each for each in live if each[0] == "consult_reminder") == [
        ("consult_reminder", "email", "planned", "Tue 10:20"),
        ("consult_reminder", "sms", "planned", "Tue 10:20"),
    ]


def test_a_cancellation_leaves_nothing_planned_and_tells_once(driver: Driver) -> None:
    consult = _book(driver, "2027-01-07T19:40:00Z")
    for _ in range(2):
        driver.client("booking").post(f"/booking/api/v1/consults/{_token(consult)}/cancel")
        driver.run_jobs()
    live = _live(driver)
    assert [each[2] for each in live if each[0] == "consult_cancelled"] == ["sent"] * 2
    assert [each for each in live if each[2] == "planned"] == []
    driver.advance(timedelta(days=4))
    assert len(_captured(driver)) == 4


def test_who_qualifies_is_an_applicant_and_can_be_enrolled(driver: Driver) -> None:
    consult = _book(driver, "2027-01-07T19:40:00Z")
    staff = Staff(driver)
    page = f"/booking/staff/consults/{consult['id']}"
    assert "Rosa" in staff.see("/booking/staff/")
    answer = staff.send(page, page, outcome="qualified", note="Spoke well.")
    assert answer.status_code == 303
    driver.run_jobs()
    assert "Rosa" not in staff.see("/cohort/applicants/")  # it can be taken back for a minute
    driver.advance(timedelta(minutes=1))
    applicants = staff.see("/cohort/applicants/")
    assert "Rosa" in applicants
    person = re.search(r"/cohort/applicants/([0-9a-f-]{36})", applicants)
    assert person is not None
    cohort = _cohort(staff, driver)
    staff.send(f"{cohort}/enroll?person={person[1]}", f"{cohort}/enroll", person=person[1])
    driver.run_jobs()
    enrolled = [each for each in _live(driver) if each[0] == "enrollment_confirmed"]
    assert [each[2] for each in enrolled] == ["sent", "sent"]
    reminders = [each for each in _live(driver) if each[0].startswith("session")]
    # Wednesdays at 1 PM: notes three days before, a text the day before, at the same wall clock.
    notes = {each[3] for each in reminders if each[0] == "session_notes"}
    texts = {each[3] for each in reminders if each[0] == "session_reminder"}
    assert notes == {"Sun 13:00"}
    assert texts == {"Tue 13:00"}


def _cohort(staff: Staff, driver: Driver) -> str:
    form = staff.see("/cohort/cohorts/new")
    owner = re.search(r'name="facilitators" value="([^"]+)"', form)
    assert owner is not None
    answer = staff.send(
        "/cohort/cohorts/new",
        "/cohort/cohorts/new",
        step="create",
        label="Alder",
        start_date="2027-02-17",
        weekday="2",
        start_time="13:00",
        room="Main room",
        facilitators=owner[1],
        format="in_person",
        language="en",
        min_size="6",
        max_size="8",
        holiday_region="US",
    )
    assert answer.status_code in (302, 303), answer.text
    driver.run_jobs()
    return str(answer.headers["Location"])


def test_the_same_seed_and_steps_give_the_same_ids(tmp_path: Path) -> None:
    def ids(folder: Path) -> list[str]:
        with driving(folder, start=MONDAY_10_AM, secret_key="s" * 40) as driver:
            plant_first_run(driver.system)
            return list(_book(driver, "2027-01-07T19:40:00Z").values())

    assert ids(tmp_path / "one") == ids(tmp_path / "two")
