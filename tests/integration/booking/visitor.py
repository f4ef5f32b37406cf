"""A browser without script on booking's pages, and the site it visits."""

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.office import GRID, NOW, TEN, employ
from tests.integration.booking.site import open_site

START = "2027-01-06T15:00:00Z"
TYPED = {
    "start": START,
    "timezone": "America/Chicago",
    "name": "Rosa Samplewood",
    "email": "rosa@example.org",
    "phone": "207 555 0176",
    "meeting": "phone",
}


class Visitor:
    """A browser without script: follows links and sends the forms it was shown."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = ""
        self.status = 0

    def get(self, path: str) -> str:
        return self._take(self.client.get(path, follow_redirects=True))

    def post(self, path: str, **fields: str) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        assert token is not None
        sent = {"csrf_token": token.group(1), **fields}
        return self._take(self.client.post(path, data=sent, follow_redirects=True))

    def hidden(self, name: str) -> str:
        found = re.search(f'name="{name}" value="([^"]*)"', self.page)
        assert found is not None
        return unescape(found.group(1))

    def details(self, start: str = START) -> str:
        return self.get(f"/booking/details?start={start}&tz=America/Chicago")

    def book(self, **changed: str) -> str:
        self.details(changed.get("start", START))
        return self.post("/booking/book", key=self.hidden("key"), **(TYPED | changed))

    def _take(self, response: Any) -> str:
        self.path = response.request.path
        self.status = response.status_code
        self.page = unescape(response.get_data(as_text=True))
        return self.page


@pytest.fixture
def site(sqlite_database: DatabaseFactory) -> Service:
    service = open_site(str(sqlite_database("booking").engine.url), NOW)
    employ(service.database)
    return service


@pytest.fixture
def visitor(site: Service) -> Visitor:
    return Visitor(site.app.test_client())


def at(steps: int) -> str:
    return f"{TEN + steps * GRID:%Y-%m-%dT%H:%M:%SZ}"
