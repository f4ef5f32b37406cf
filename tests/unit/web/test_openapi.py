"""The JSON API: what it takes, how it refuses, and what it says of itself."""

from datetime import datetime
from typing import Any

import pytest
from flask import Blueprint
from flask.testing import FlaskClient
from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared.web.auth import public
from shared.web.openapi import Api, Problem

PATH = "/booking/api/v1/consults"
START = "2027-01-14T19:40:00Z"


class Place(BaseModel):
    city: str


class NewConsult(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    start: datetime
    phone: str | None = None
    place: Place | None = None

    @field_validator("phone")
    @classmethod
    def _ten_digits(cls, value: str | None) -> str | None:
        if value is not None and len(value) < 10:
            raise ValueError("Enter all ten digits, such as 207 555 0176.")
        return value


class Keyed(BaseModel):
    key: str | None = Field(None, alias="Idempotency-Key", max_length=64)


class Asked(BaseModel):
    tz: str
    limit: int = Field(20, le=100)


class Booked(BaseModel):
    id: str
    start: datetime


@pytest.fixture
def client(make_site) -> FlaskClient:
    blueprint = Blueprint("api", __name__, url_prefix="/booking/api/v1")
    api = Api("booking", title="Booking")

    @blueprint.post("/consults")
    @public
    @api.operation(
        body=NewConsult, headers=Keyed, answers={201: Booked}, refusals={409: Problem, 429: Problem}
    )
    def book(body: NewConsult, headers: Keyed) -> tuple[Booked, int]:
        """Book a call."""
        return Booked(id=headers.key or body.name, start=body.start), 201

    @blueprint.get("/consults/<token>")
    @public
    @api.operation(query=Asked, answers={200: Booked})
    def look(token: str, query: Asked) -> dict[str, Any]:
        return {"token": token, "tz": query.tz, "limit": query.limit}

    api.attach(blueprint)
    return make_site(blueprint).client()


def test_a_good_body_arrives_as_its_model_and_instants_leave_in_utc(client) -> None:
    body = {"name": "Rosa", "start": START}
    answer = client.post(PATH, json=body, headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json) == (201, {"id": "k1", "start": START})


def test_every_wrong_field_is_named(client) -> None:
    body = {"name": "x" * 10_240, "phone": "207", "place": {}, "colour": "red"}
    answer = client.post(PATH, json=body)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["type"] == "invalid"
    assert answer.get_json()["fields"] == {
        "name": "At most 100 characters.",
        "start": "This is needed.",
        "phone": "Enter all ten digits, such as 207 555 0176.",
        "place.city": "This is needed.",
        "colour": "There is no such field.",
    }


def test_what_was_sent_is_not_repeated_in_the_refusal(client) -> None:
    answer = client.post(PATH, json={"name": "Rosa", "start": "tomorrow-ish"})
    assert list(answer.get_json()["fields"]) == ["start"]
    assert "tomorrow-ish" not in answer.text


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "7"])
def test_a_body_that_is_no_object_is_invalid(client, body: str) -> None:
    answer = client.post(PATH, data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["fields"]) == (422, {"body": "Send an object."})


BROKEN = {
    "empty": b"",
    "cut off": b'{"name": "Ro',
    "not utf-8": b'{"name": "\xff"}',
    "not a number": b'{"name": NaN}',
    "too deep": b"[" * 60_000,
    "too long a number": b"9" * 5_000,
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_body_is_malformed(client, body: bytes) -> None:
    answer = client.post(PATH, data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["type"]) == (400, "malformed-json")


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""]
)
def test_a_body_that_is_not_sent_as_json_is_415(client, kind: str) -> None:
    answer = client.post(PATH, data=b"{}", content_type=kind)
    assert (answer.status_code, answer.get_json()["type"]) == (415, "unsupported-media-type")


@pytest.mark.parametrize("char", ["\\u0000", "\\ud800", "\\u001b"])
def test_characters_that_no_text_has_are_named(client, char: str) -> None:
    body = f'{{"name": "Ro{char}sa", "start": "{START}"}}'
    answer = client.post(PATH, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert list(answer.get_json()["fields"]) == ["name"]


def test_a_body_above_the_limit_is_413(client) -> None:
    answer = client.post(PATH, data=b" " * 65_537, content_type="application/json")
    assert (answer.status_code, answer.get_json()["type"]) == (413, "too-large")


def test_queries_and_headers_are_checked_too(client) -> None:
    assert client.get(f"{PATH}/t?tz=UTC&limit=5").json == {"token": "t", "tz": "UTC", "limit": 5}
    wrong = client.get(f"{PATH}/t?limit=many").get_json()["fields"]
    assert set(wrong) == {"tz", "limit"}
    body = {"name": "Rosa", "start": START}
    answer = client.post(PATH, json=body, headers={"Idempotency-Key": "k" * 65})
    assert answer.get_json()["fields"] == {"Idempotency-Key": "At most 64 characters."}


def test_the_description_names_operations_models_and_problems(client) -> None:
    document = client.get("/booking/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {PATH, f"{PATH}/{{token}}"}
    book = document["paths"][PATH]["post"]
    assert book["operationId"] == "book"
    assert book["summary"] == "Book a call."
    assert set(book["responses"]) == {"201", "400", "409", "413", "415", "422", "429", "503"}
    assert list(book["responses"]["409"]["content"]) == ["application/problem+json"]
    assert book["parameters"][0]["name"] == "Idempotency-Key"
    models = document["components"]["schemas"]
    assert {"NewConsult", "Booked", "Problem", "Place"} <= set(models)


def test_the_description_is_the_same_each_time(client) -> None:
    path = "/booking/api/v1/openapi.json"
    assert client.get(path).text == client.get(path).text
