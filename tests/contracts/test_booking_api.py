"""What the description of booking's API says is what comes, whatever is sent.

Schemathesis makes requests from the OpenAPI document, fitting ones and others, and compares every
answer with it: status, headers, media type and shape. Of the fitting requests, most are made to ask
for times on offer and for calls that exist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.office import NOW, employ
from tests.integration.booking.site import open_site

API = "/booking/api/v1"
DOCUMENT = f"{API}/openapi.json"
CONSULTS = f"{API}/consults"
DAYS = {"from": "2027-01-05", "to": "2027-02-20", "tz": "America/New_York"}
PERSON = {
    "name": "Rosa",
    "email": "rosa@example.org",
    "phone": "+12075550176",
    "timezone": "America/Chicago",
}
HOW = {
    "seed": 1,
    "generation": {"deterministic": True, "database": "none", "max-examples": 100},
    # What fits the document may still be refused: there is no such day, or no time is on offer.
    "checks": {"positive_data_acceptance": {"enabled": False}},
}


class Practice:
    """A practice with free times and calls, and how it answered so far."""

    def __init__(self, service: Service) -> None:
        self.app = service.app
        self.client: FlaskClient = service.app.test_client()
        self.answered: Counter[tuple[str, int]] = Counter()
        listed = self.client.get(f"{API}/slots", query_string=DAYS).get_json()["slots"]
        free = [each["start"] for each in listed]
        self.tokens = cycle([self._book(start) for start in free[:150]])
        self.starts = cycle(free[140:])
        self.turn = cycle((True, True, False))

    def _book(self, start: str) -> str:
        made = self.client.post(CONSULTS, json={**PERSON, "start": start})
        return str(made.get_json()["manage_url"].rpartition("/")[2])

    def make_real(self, case: schemathesis.Case) -> None:
        """Let two of three fitting requests be about what exists."""
        if case.meta is None or not case.meta.generation.mode.is_positive or not next(self.turn):
            return
        if "token" in case.path_parameters:
            case.path_parameters["token"] = next(self.tokens)
        if "tz" in case.query:
            case.query.update(DAYS)
        if isinstance(case.body, dict) and "start" in case.body:
            person = PERSON if "name" in case.body else {}
            case.body = {**case.body, **person, "start": next(self.starts)}


@pytest.fixture
def practice(sqlite_database: DatabaseFactory) -> Practice:
    service = open_site(str(sqlite_database("booking").engine.url), NOW, scale=1e9)
    employ(service.database)
    return Practice(service)


@pytest.fixture
def described(practice: Practice) -> Iterator[schemathesis.BaseSchema]:
    @schemathesis.hook
    def before_call(_: Any, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
        practice.make_real(case)

    @schemathesis.hook
    def after_call(_: Any, case: schemathesis.Case, response: Any) -> None:
        practice.answered[case.operation.definition.raw["operationId"], response.status_code] += 1

    config = schemathesis.Config.from_dict(HOW)
    yield schemathesis.openapi.from_wsgi(DOCUMENT, practice.app, config=config)
    schemathesis.hooks.unregister(before_call)
    schemathesis.hooks.unregister(after_call)


def wrong_in(schema: schemathesis.BaseSchema) -> Iterator[str]:
    """Each request whose answer is not as described, and why."""
    for event in from_schema(schema).execute():
        if isinstance(event, ScenarioFinished):
            for sent, checks in event.recorder.checks.items():
                for failed in (each.failure_info for each in checks if each.failure_info):
                    request = event.recorder.cases[sent].value.as_curl_command()
                    yield f"{failed.failure.title}: {failed.failure.message}\n{request}"
        elif isinstance(event, NonFatalError | FatalError):
            yield str(event)


@pytest.mark.slow
def test_every_answer_is_as_described(
    practice: Practice, described: schemathesis.BaseSchema
) -> None:
    assert list(wrong_in(described)) == []
    happened = {
        "slots": {200, 400, 405, 422},
        "book": {201, 400, 405, 409, 415, 422},
        "show": {200, 404, 405},
        "reschedule": {200, 400, 404, 405, 409, 415, 422},
        "cancel": {200, 404, 405},
    }
    for operation, statuses in happened.items():
        assert statuses <= {status for name, status in practice.answered if name == operation}


def test_the_document_is_openapi_3_1(practice: Practice) -> None:
    document = practice.client.get(DOCUMENT).get_json()
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_what_is_too_often_says_when_to_try_again_as_described(
    sqlite_database: DatabaseFactory,
) -> None:
    client = open_site(
        str(sqlite_database("booking").engine.url), NOW, scale=0.001
    ).app.test_client()
    operations = client.get(DOCUMENT).get_json()["paths"]
    ways = {
        ("post", CONSULTS): {**PERSON, "start": "2027-01-06T15:00:00Z"},
        ("get", f"{CONSULTS}/{{token}}"): None,
        ("post", f"{CONSULTS}/{{token}}/reschedule"): {"start": "2027-01-06T15:00:00Z"},
        ("post", f"{CONSULTS}/{{token}}/cancel"): None,
    }
    for (method, path), body in ways.items():
        answers = [
            client.open(path.format(token="guessed"), method=method, json=body) for _ in range(3)
        ]
        last = answers[-1]
        assert (last.status_code, last.mimetype) == (429, "application/problem+json")
        assert 1 <= int(last.headers["Retry-After"]) <= 60
        assert "Retry-After" in operations[path][method]["responses"]["429"]["headers"]
