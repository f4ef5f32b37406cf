"""A tiny service with one page of each sort, on a database in memory of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, Response, redirect, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue

from shared.clock import ManualClock
from shared.crypto import Cipher
from shared.db import Database
from shared.db.testing import create_all
from shared.entropy import SeededEntropy
from shared.events import StaffChanged
from shared.settings import GripSettings
from shared.staff import apply_staff_changed
from shared.web.app import WebContext, make_app
from shared.web.auth import allow, current_staff, public
from shared.web.cookie import StaffCookie
from shared.web.errors import Refused
from shared.web.hosts import on_own_machine
from shared.web.permissions import Action

START = datetime(2027, 1, 12, 14, 0, tzinfo=UTC)


class UnforeseenError(Exception):
    """What nobody wrote an answer for."""


class TakenError(Exception):
    """As a service's domain declares its errors: plain, with a slug."""

    slug = "slot-taken"

    def __init__(self) -> None:
        super().__init__("That time was just taken.")
        self.fields = {"start": "That time was just taken."}
        self.extra = {"alternatives": ["2027-01-14T14:00:00Z"]}


@dataclass
class Site:
    """The tiny service and what its tests turn."""

    app: Flask
    database: Database
    clock: ManualClock
    settings: GripSettings

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def hire(
        self, staff_id: str = "s1", *, roles: tuple[str, ...] = ("admin",), **changes: Any
    ) -> None:
        known: dict[str, Any] = {
            "sequence": 1,
            "staff_id": staff_id,
            "email": "nora@example.org",
            "name": "Nora Whitfield",
            "timezone": "America/New_York",
            "locale": "en",
            "roles": roles,
            "qualifications": (),
        }
        event = StaffChanged(**(known | changes))
        with self.database.transaction() as session:
            apply_staff_changed(session, event)

    def cookie(
        self,
        staff_id: str = "s1",
        *,
        sid: str = "one",
        epoch: int = 1,
        age: timedelta = timedelta(),
    ) -> str:
        cookie = StaffCookie(staff_id, sid, epoch, self.clock.now() - age)
        return cookie.sign(self.settings.secret_for("staff-cookie"))

    def staff_client(self, **cookie: Any) -> FlaskClient:
        client = self.client()
        client.set_cookie("grip_staff", self.cookie(**cookie))
        return client

    def token(self, client: FlaskClient) -> str:
        return client.get("/booking/token").text


def settings(**changes: Any) -> GripSettings:
    base: dict[str, Any] = {"secret_key": "k" * 40, "public_base_url": "http://127.0.0.1:8000"}
    return GripSettings(_env_file=None, **(base | changes))


def pages() -> Blueprint:
    blueprint = Blueprint("pages", __name__, url_prefix="/booking")

    @blueprint.get("/")
    @public
    def home() -> str:
        return "home"

    @blueprint.get("/m/<token>")
    @public(personal=True)
    def personal(token: str) -> str:
        return token

    @blueprint.get("/token")
    @public
    def token() -> str:
        from flask_wtf.csrf import generate_csrf

        return str(generate_csrf())

    @blueprint.post("/form")
    @public
    def form() -> str:
        return request.form.get("name", "")

    @blueprint.post("/callback")
    @public(csrf=False)
    def callback() -> str:
        return request.form.get("From", "")

    @blueprint.route("/fail", methods=["GET", "POST"])
    @public
    def fail() -> Response:
        raise UnforeseenError("the name was Rosa Castellano")

    @blueprint.get("/refuse/<slug>")
    @public
    def refuse(slug: str) -> Response:
        error = Refused("Because.", fields={"start": "Choose another."})
        error.slug = slug  # type: ignore[misc]
        raise error

    @blueprint.get("/taken")
    @public
    def taken() -> Response:
        raise TakenError

    @blueprint.get("/staff/")
    @allow(Action.VIEW_CONSULTS)
    def consults() -> str:
        return current_staff().name

    @blueprint.post("/staff/outcome")
    @allow(Action.RECORD_OUTCOME)
    def outcome() -> str:
        return "recorded"

    @blueprint.get("/outbox")
    @allow(Action.VIEW_OUTBOX, unless=on_own_machine)
    def outbox() -> str:
        return "outbox"

    @blueprint.get("/go")
    @public
    def go() -> ResponseReturnValue:
        return redirect("/booking/")

    @blueprint.get("/api/v1/mine")
    @allow(Action.VIEW_CONSULTS)
    def api_mine() -> str:
        return "mine"

    @blueprint.post("/api/v1/echo")
    @public
    def api_echo() -> str:
        return "echo"

    return blueprint


def build(tmp_path: Path, *extra: Blueprint, templates: Path | None = None, **changes: Any) -> Site:
    chosen = settings(**changes)
    clock, entropy = ManualClock(START), SeededEntropy(1)
    database = Database(
        f"sqlite:///{tmp_path / 'web.sqlite3'}",
        service="booking",
        cipher=Cipher(chosen.cipher_keys),
        entropy=entropy,
    )
    create_all(database)
    context = WebContext("booking", chosen, database, clock, entropy)
    app = make_app(context, [pages(), *extra], templates=templates or tmp_path)
    app.testing = True
    return Site(app, database, clock, chosen)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = build(tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def make(*extra: Blueprint, **changes: Any) -> Site:
        made.append(build(tmp_path, *extra, **changes))
        return made[-1]

    yield make
    for each in made:
        each.database.dispose()
