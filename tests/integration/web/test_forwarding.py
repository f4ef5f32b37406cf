"""What the embedded server leaves of the headers that say a proxy stands before it."""

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint

from services.commands.serving import WebServer
from shared.clock import SystemClock
from shared.crypto import Cipher
from shared.db import Database
from shared.db.testing import create_all
from shared.entropy import SeededEntropy
from shared.settings import GripSettings
from shared.web.app import WebContext, make_app
from shared.web.auth import allow
from shared.web.hosts import on_own_machine
from shared.web.permissions import Action


def own() -> str:
    return "own"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    settings = GripSettings(_env_file=None, secret_key="k" * 40)
    entropy = SeededEntropy(1)
    database = Database(
        f"sqlite:///{tmp_path / 'web.sqlite3'}",
        service="notify",
        cipher=Cipher(settings.cipher_keys),
        entropy=entropy,
    )
    create_all(database)
    pages = Blueprint("own", __name__)
    pages.get("/notify/own")(allow(Action.VIEW_OUTBOX, unless=on_own_machine)(own))
    context = WebContext("notify", settings, database, SystemClock(), entropy)
    server = WebServer(make_app(context, pages, templates=tmp_path), host="127.0.0.1", port=0)
    server.start()
    yield server.port
    server.stop()
    database.dispose()


@pytest.mark.parametrize("path", ["/notify/own", "/notify/metrics"])
@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("X-Request-Start", 200),
        ("Forwarded", 302),
        ("Via", 302),
        ("CF-Connecting-IP", 302),
        ("X-Forwarded-For", 302),
        ("X-Forwarded-Host", 302),
        ("X-Forwarded-Proto", 302),
        ("X-Real-IP", 302),
    ],
)
def test_what_is_for_this_machine_alone_is_not_for_those_behind_a_proxy(
    port: int, path: str, header: str, status: int
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={header: "203.0.113.9"})
    assert connection.getresponse().status == status
    connection.close()
