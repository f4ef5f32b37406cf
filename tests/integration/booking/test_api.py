"""The JSON API: what it answers, and that nothing sent to it is a server error."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.office import NOW, TEN, employ, published, rows
from tests.integration.booking.site import open_site

URL = "/booking/api/v1/consults"
BODY = {
    "start": "2027-01-06T15:00:00Z",
    "name": "Rosa",
    "email": "rosa@example.org",
    "phone": "(207) 555-0176",
    "timezone": "America/Chicago",
    "locale": "en",
    "sms_consent": True,
    "meeting": "phone",
}


@pytest.fixture
def site(any_database: DatabaseFactory) -> Service:
    service = open_site(
        any_database("booking").engine.url.render_as_string(hide_password=False), NOW
    )
    employ(service.database)
    return service


@pytest.fixture
def client(site: Service) -> FlaskClient:
    return site.app.test_client()


def body(**more: Any) -> dict[str, Any]:
    return BODY | more


def test_what_is_listed_can_be_booked_seen_moved_and_cancelled(client: FlaskClient) -> None:
    query = "from=2027-01-06&to=2027-01-07&tz=America/Chicago"
    listed = client.get(f"/booking/api/v1/slots?{query}").get_json()["slots"]
    assert len(listed) == 24
    assert listed[0] == {
        "start": "2027-01-06T14:00:00Z",
        "end": "2027-01-06T14:20:00Z",
        "label": "Wednesday, January 6, 8:00 AM Central Time",
    }
    made = client.post(URL, json=body())
    assert made.status_code == 201
    answer = made.get_json()
    assert set(answer) == {"id", "start", "end", "manage_url", "status", "held_until"}
    assert (answer["start"], answer["end"]) == ("2027-01-06T15:00:00Z", "2027-01-06T15:20:00Z")
    mine = f"{URL}/{answer['manage_url'].rsplit('/', 1)[1]}"
    assert client.get(mine).get_json()["status"] == "booked"
    moved = client.post(f"{mine}/reschedule", json={"start": "2027-01-06T15:20:00Z"})
    assert (moved.status_code, moved.get_json()["revision"]) == (200, 2)
    assert client.post(f"{mine}/cancel").get_json()["status"] == "cancelled"
    assert client.post(f"{mine}/cancel").get_json()["revision"] == 3
    left = client.get(f"/booking/api/v1/slots?{query}").get_json()["slots"]
    assert left == listed


def test_the_same_key_and_body_give_the_same_201_and_another_body_422(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "a-key"}
    first = client.post(URL, json=body(), headers=headers)
    again = client.post(URL, json=dict(reversed(body().items())), headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    other = client.post(URL, json=body(name="Else"), headers=headers)
    assert (other.status_code, other.get_json()["type"]) == (422, "idempotency-mismatch")
    assert list(other.get_json()["fields"]) == ["Idempotency-Key"]


def test_twenty_at_once_with_the_same_key_are_one_booking(site: Service) -> None:
    def post(_: int) -> Any:
        client = site.app.test_client()
        return client.post(URL, json=body(), headers={"Idempotency-Key": "one"})

    with ThreadPoolExecutor(20) as pool:
        got = list(pool.map(post, range(20)))
    assert {each.status_code for each in got} == {201}
    assert len({each.get_json()["manage_url"] for each in got}) == 1
    with site.database.reading() as session:
        assert len(rows(session)) == len(published(session)) == 1


@pytest.mark.parametrize("key", ["", "k" * 201, "cl\u00e9", "a\tb"])
def test_a_key_of_other_than_1_to_200_plain_characters_is_named(
    client: FlaskClient, key: str
) -> None:
    answer = client.post(URL, json=body(), headers={"Idempotency-Key": key})
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, ["Idempotency-Key"])


@pytest.mark.parametrize("name", ["\U0001f600", "\u05e9\u05dc\u05d5\u05dd", "Zo\u0308e", "李"])
def test_any_name_that_can_be_seen_is_taken(client: FlaskClient, name: str) -> None:
    assert client.post(URL, json=body(name=name)).status_code == 201


def test_a_cancelled_call_can_not_be_moved_even_to_its_own_time(client: FlaskClient) -> None:
    made = client.post(URL, json=body()).get_json()
    mine = f"{URL}/{made['manage_url'].rsplit('/', 1)[1]}"
    client.post(f"{mine}/cancel")
    for start in (BODY["start"], "2027-01-06T15:20:00Z", "2026-01-06T15:00:00Z"):
        answer = client.post(f"{mine}/reschedule", json={"start": start})
        assert (answer.status_code, answer.get_json()["type"]) == (409, "not-changeable")


def test_fifty_at_once_are_one_201_and_49_conflicts_with_alternatives(site: Service) -> None:
    def post(n: int) -> Any:
        sent = body(email=f"r{n}@example.org", phone=f"+1207555{100 + n:04d}")
        return site.app.test_client().post(URL, json=sent, headers={"Idempotency-Key": f"k{n}"})

    with ThreadPoolExecutor(50) as pool:
        got = list(pool.map(post, range(50)))
    assert Counter(each.status_code for each in got) == {201: 1, 409: 49}
    for each in got:
        if each.status_code == 409:
            problem = each.get_json()
            assert each.content_type == "application/problem+json"
            assert (problem["type"], len(problem["alternatives"])) == ("slot-taken", 3)
            assert all(at.endswith("Z") for at in problem["alternatives"])
    with site.database.reading() as session:
        assert len(rows(session)) == len(published(session)) == 1


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"start": "2027-01-04T14:00:00Z"}, {"start"}),
        ({"start": "2027-01-06T15:07:00Z"}, {"start"}),
        ({"start": "2027-01-06T15:00:00"}, {"start"}),
        ({"start": "9999-12-31T23:59:59-23:59"}, {"start"}),
        ({"start": "0001-01-01T00:00:00+23:59"}, {"start"}),
        ({"start": "2027-13-45T99:00:00Z"}, {"start"}),
        ({"start": 1800000000}, {"start"}),
        ({"start": None}, {"start"}),
        ({"timezone": "Mars/Olympus"}, {"timezone"}),
        ({"timezone": "../../etc/passwd"}, {"timezone"}),
        ({"timezone": ["UTC"]}, {"timezone"}),
        ({"name": "x" * 10_000}, {"name"}),
        ({"name": "  "}, {"name"}),
        ({"name": "Ro\x00sa"}, {"name"}),
        ({"name": "Ro\ud800sa"}, {"name"}),
        ({"name": 7}, {"name"}),
        ({"name": "Ro\nsa"}, {"name"}),
        ({"name": "\u200b\ufeff\u2060"}, {"name"}),
        ({"name": "Ro\u202esa"}, {"name"}),
        ({"name": "Ro\u2028sa"}, {"name"}),
        ({"name": "Ro\x9bsa"}, {"name"}),
        ({"start": "2027-06-30T23:59:60Z"}, {"start"}),
        ({"start": 1800000000.5}, {"start"}),
        ({"timezone": "america/new_york"}, {"timezone"}),
        ({"email": "rosa"}, {"email"}),
        ({"email": "a@b\r\nBcc: c@example.org"}, {"email"}),
        ({"phone": "12"}, {"phone"}),
        ({"phone": 2075550176}, {"phone"}),
        ({"phone": "9" * 5000}, {"phone"}),
        ({"sms_consent": "yes"}, {"sms_consent"}),
        ({"meeting": "in person"}, {"meeting"}),
        ({"locale": "xx"}, {"locale"}),
        ({"extra": 1}, {"extra"}),
        ({"extra\ud800": 1}, {"body"}),
        ({"name": 1, "phone": "1", "extra": 2}, {"name", "phone", "extra"}),
    ],
)
def test_each_wrong_field_is_named(
    client: FlaskClient, change: dict[str, Any], fields: set[str]
) -> None:
    answer = client.post(URL, json=body(**change))
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert set(answer.get_json()["fields"]) == fields


def test_every_missing_field_is_named(client: FlaskClient) -> None:
    answer = client.post(URL, json={})
    assert answer.status_code == 422
    needed = {"start", "name", "email", "phone", "timezone"}
    assert set(answer.get_json()["fields"]) == needed


@pytest.mark.parametrize(
    ("data", "content_type", "status", "field"),
    [
        (b"{", "application/json", 400, "body"),
        (b"", "application/json", 400, "body"),
        (b"\xff\xfe", "application/json", 400, "body"),
        (b"[" * 60_000, "application/json", 400, "body"),
        (b"1" * 50_000, "application/json", 400, "body"),
        (b"[]", "application/json", 422, "body"),
        (b"null", "application/json", 422, "body"),
        (b'{"name": "a", "name": "b"}', "application/json", 422, "name"),
        (b'{"name": ' + b"[" * 940 + b"]" * 940 + b"}", "application/json", 422, "name"),
        (b"{}", "text/plain", 415, "Content-Type"),
        (b"a=b", "application/x-www-form-urlencoded", 415, "Content-Type"),
        (b"x", "multipart/form-data", 415, "Content-Type"),
        (b"{}", None, 415, "Content-Type"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(
    client: FlaskClient, data: bytes, content_type: str | None, status: int, field: str
) -> None:
    answer = client.post(URL, data=data, content_type=content_type)
    assert answer.status_code == status
    assert field in answer.get_json()["fields"]


def test_a_body_above_64_kb_is_refused(client: FlaskClient) -> None:
    assert client.post(URL, json=body(name="x" * 70_000)).status_code == 413


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("", {"from", "to", "tz"}),
        ("from=2027-01-06&to=2027-01-07&tz=Nowhere", {"tz"}),
        ("from=2027-02-30&to=x&tz=UTC", {"from", "to"}),
        ("from=0001-01-01&to=9999-12-31&tz=UTC", {"from", "to"}),
        ("from=2027-01-06&to=2027-03-30&tz=UTC", {"to"}),
        ("from=2027-01-06&to=2027-01-01&tz=UTC", {"to"}),
        ("from=2027-01-06&to=2027-01-07&tz=UTC&more=1", {"more"}),
    ],
)
def test_a_wrong_query_for_slots_names_its_fields(
    client: FlaskClient, query: str, fields: set[str]
) -> None:
    answer = client.get(f"/booking/api/v1/slots?{query}")
    assert answer.status_code == 422
    assert set(answer.get_json()["fields"]) == fields


def test_what_is_not_offered_says_why(client: FlaskClient) -> None:
    soon = client.post(URL, json=body(start="2027-01-04T18:00:00Z"))
    assert (soon.status_code, soon.get_json()["reason"]) == (422, "too-soon")
    night = client.post(URL, json=body(start="2027-01-06T03:00:00-05:00"))
    assert (night.status_code, night.get_json()["reason"]) == (422, "outside-hours")


def test_an_unknown_link_is_a_404_and_guessing_is_limited(
    any_database: DatabaseFactory,
) -> None:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    client = open_site(url, NOW, scale=1).app.test_client()
    got = [client.get(f"{URL}/guess-{n}") for n in range(21)]
    assert Counter(each.status_code for each in got) == {404: 20, 429: 1}
    assert got[0].get_json()["type"] == "unknown-link"


def test_the_fourth_booking_in_a_minute_from_one_address_waits(
    any_database: DatabaseFactory,
) -> None:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    service = open_site(url, NOW, scale=1)
    employ(service.database)
    client = service.app.test_client()
    starts = [f"{TEN + n * timedelta(minutes=20):%Y-%m-%dT%H:%M:%SZ}" for n in range(4)]
    got = [client.post(URL, json=body(start=start)) for start in starts]
    assert [each.status_code for each in got] == [201, 201, 201, 429]
    assert 1 <= int(got[3].headers["Retry-After"]) <= 60


def test_the_openapi_document_names_every_operation(client: FlaskClient) -> None:
    document = client.get("/booking/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    found = {(m, path) for path, methods in document["paths"].items() for m in methods}
    consult = "/booking/api/v1/consults"
    assert found == {
        ("get", "/booking/api/v1/slots"),
        ("post", consult),
        ("get", f"{consult}/{{token}}"),
        ("post", f"{consult}/{{token}}/reschedule"),
        ("post", f"{consult}/{{token}}/cancel"),
    }
    answers = document["paths"][consult]["post"]["responses"]
    assert "application/problem+json" in answers["409"]["content"]
