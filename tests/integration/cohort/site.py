"""The cohort service as a browser meets it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from services.cohort import seed
from services.cohort.bootstrap import build, make_keys
from services.cohort.keys import Keys
from services.cohort.settings import CohortSettings
from services.cohort.tables import Base
from services.cohort.use_cases.add_staff import NewStaff, add_staff
from services.cohort.use_cases.issue_owner_link import issue_owner_link
from services.cohort.use_cases.issue_sign_in_link import issue_sign_in_link
from shared.clock import ManualClock
from shared.db.testing import create_all
from shared.entropy import SeededEntropy
from shared.service import Parts, Service
from tests.conftest import FIELD_KEY

BASE = "http://127.0.0.1:8000"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Site:
    """The service with its first-run content, and the clock it lives by."""

    service: Service
    settings: CohortSettings
    keys: Keys
    clock: ManualClock

    def client(self) -> FlaskClient:
        return self.service.app.test_client()

    def link(self) -> str:
        """A fresh one-time link of the owner, as a path."""
        at = self.clock.now()
        url = self.service.database.run(lambda s: issue_owner_link(s, keys=self.keys, now=at))
        return url.removeprefix(BASE)

    def owner(self) -> FlaskClient:
        """A browser in which the owner is signed in."""
        return self.enter(self.link())

    def member(self, role: str, *qualifications: str, name: str = "Someone") -> FlaskClient:
        """A browser in which a new member of staff with this role is signed in."""
        at = self.clock.now()
        new = NewStaff(f"{name}-{role}@example.org", name, (role,), qualifications, "UTC")

        def work(session: Session) -> str:
            made = add_staff(session, new, keys=self.keys, actor="test", now=at)
            return issue_sign_in_link(session, made, keys=self.keys, actor="test", now=at)

        return self.enter(self.service.database.run(work).removeprefix(BASE))

    def enter(self, link: str) -> FlaskClient:
        client = self.client()
        response = post(client, link, {"token": link.partition("token=")[2]}, to="/cohort/sign-in")
        assert response.status_code == 302, response.text
        return client


def open_site(url: str, at: datetime, *, scale: float = 1000) -> Site:
    """A cohort service on this database, at this time."""
    settings = CohortSettings(
        cohort_database_url=url,
        secret_key=SecretStr("a secret for tests, long enough"),
        field_keys=(SecretStr(FIELD_KEY),),
        public_base_url=BASE,
        rate_limit_scale=scale,
    )
    clock = ManualClock(at)
    service = build(settings, Parts(clock, SeededEntropy(url)))
    create_all(service.database, Base.metadata)
    service.app.config["TESTING"] = True
    keys = make_keys(settings)
    service.database.run(lambda s: seed.first_run(s, settings, keys=keys, now=at))
    return Site(service, settings, keys, clock)


def post(
    client: FlaskClient, page: str, data: Mapping[str, object], *, to: str = ""
) -> TestResponse:
    """Send the form of `page` as a browser does, with its token."""
    found = _TOKEN.search(client.get(page).text)
    token = found.group(1) if found else ""
    return client.post(to or page, data={**data, "csrf_token": token})
