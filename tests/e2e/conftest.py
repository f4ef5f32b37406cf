"""A browser, and the system in both ways that it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    sync_playwright,
)

from tests.running.prospects import midday_zone
from tests.running.systems import NAMES, Embedded, Separate

# A container has no sandbox of its own and little shared memory; the rest keeps the browser from
# calling anywhere but the system under test.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The one that drives every browser: two of them do not go together."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(chromium: str, playwright: Playwright) -> Iterator[Browser]:
    """The machine's own Chromium, headless."""
    launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
    yield launched
    launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page where it is about noon; a request to elsewhere or an error in script fails it."""
    context = browser.new_context(timezone_id=midday_zone(), locale="en-US")
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    elsewhere: list[str] = []

    def on_request(request: Request) -> None:
        if "//127.0.0.1:" not in request.url:
            elsewhere.append(request.url)

    def on_line(line: ConsoleMessage) -> None:
        if "Content Security Policy" in line.text:
            elsewhere.append(line.text)

    opened.on("request", on_request)
    opened.on("pageerror", lambda error: elsewhere.append(f"script: {error}"))
    opened.on("console", on_line)
    yield opened
    context.close()
    assert elsewhere == [], "asked elsewhere, or an error in the browser"


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Embedded]:
    """`./grip up` in a folder of its own."""
    system = Embedded(tmp_path)
    system.start()
    yield system
    system.stop()


@pytest.fixture
def separate(
    tmp_path: Path, postgres_url: Callable[[str], str], rabbitmq_url: str
) -> Iterator[Separate]:
    """A web process and a worker for each service, on PostgreSQL and RabbitMQ."""
    databases = {name: postgres_url(name) for name in NAMES}
    system = Separate(tmp_path, databases=databases, bus_url=rabbitmq_url)
    system.prepare()
    system.start()
    yield system
    system.stop()
