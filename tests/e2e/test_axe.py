"""Every page is usable: no axe finding, nothing wider than its screen, in both colour schemes.

With GRIP_TEST_PICTURES naming a folder, a picture of each page is left there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e import walk
from tests.running.systems import Embedded

SCREENS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
PICTURES = os.environ.get("GRIP_TEST_PICTURES")


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Embedded]:
    """The embedded system with its sample practice."""
    system = Embedded(tmp_path, demo=True)
    system.start()
    yield system
    system.stop()


def problems(page: Page, path: str) -> list[str]:
    """What is wrong with the open page on each kind of screen."""
    found = []
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        where = f"{path} at {width} px, {scheme}"
        for violation in Axe().run(page).response["violations"]:
            nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            found.append(f"{where}: {violation['id']}: {violation['help']}: {nodes}")
        wide = page.evaluate("document.scrollingElement.scrollWidth")
        if wide > width:
            found.append(f"{where}: is {wide} px wide")
        if PICTURES:
            name = re.sub(r"\W+", "-", re.sub(r"[\w-]{22,}", "id", path)).strip("-") or "home"
            target = Path(PICTURES) / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=target, full_page=True)
    return found


def look_at(page: Page, system: Embedded, paths: list[str]) -> list[str]:
    """The problems of several pages, each opened once; each must answer 200."""
    found = []
    for path in paths:
        answer = page.goto(f"{system.url}{path}")
        assert answer is not None
        if answer.status != 200:
            found.append(f"{path} answered {answer.status}")
        found += problems(page, path)
    return found


def first_link(page: Page, system: Embedded, path: str, pattern: str) -> str:
    """The first address on a page that matches, without the origin."""
    return links(page, system, path, pattern)[0]


def last_link(page: Page, system: Embedded, path: str, pattern: str) -> str:
    """The last address on a page that matches, without the origin."""
    return links(page, system, path, pattern)[-1]


def links(page: Page, system: Embedded, path: str, pattern: str) -> list[str]:
    """The addresses on a page that match, without the origin."""
    page.goto(f"{system.url}{path}")
    found = page.eval_on_selector_all("a[href]", "links => links.map(link => link.pathname)")
    return [link for link in found if re.fullmatch(pattern, link)]


@pytest.mark.browser
@pytest.mark.slow
def test_public_pages_have_no_barrier(page: Page, practice: Embedded) -> None:
    walk.choose_a_time(page, practice, nth=1)
    found = problems(page, "/booking/details")
    page.get_by_role("button", name="Book this call").click()
    found += problems(page, "/booking/book with errors")
    _, manage = walk.book(page, practice, walk.ROSA, nth=2)
    token = manage.removeprefix(practice.url)
    found += look_at(
        page,
        practice,
        ["/booking/", token, f"{token}/move", f"{token}/cancel", "/booking/privacy"],
    )
    page.goto(f"{practice.url}/booking/m/nothing-like-this")
    found += problems(page, "/booking/m/unknown")
    page.goto(f"{practice.url}/cohort/sign-in")
    found += problems(page, "/cohort/sign-in")
    assert found == []


@pytest.mark.browser
@pytest.mark.slow
def test_staff_pages_have_no_barrier(page: Page, practice: Embedded) -> None:
    walk.sign_in(page, practice)
    cohort = first_link(page, practice, "/cohort/cohorts/", r"/cohort/cohorts/[0-9a-f-]{36}")
    person = first_link(page, practice, "/cohort/applicants/", r"/cohort/applicants/[0-9a-f-]{36}")
    call = last_link(page, practice, "/booking/staff/", r"/booking/staff/consults/[0-9a-f-]{36}")
    consultants = "/booking/staff/consultants/"
    consultant = first_link(page, practice, consultants, f"{consultants}[0-9a-f-]{{36}}")
    found = look_at(
        page,
        practice,
        [
            "/cohort/",
            "/booking/staff/",
            "/booking/staff/week",
            "/booking/staff/earlier",
            "/booking/staff/people",
            "/booking/staff/embed",
            "/booking/staff/book",
            call,
            f"{call}/move",
            f"{call}/consultant",
            f"{call}/cancel",
            consultants,
            f"{consultants}new",
            consultant,
            f"{consultant}/edit",
            "/booking/staff/why",
            "/booking/staff/why?day=2027-01-06&time=10%3A00",
            "/cohort/applicants/",
            person,
            f"{person}/contact",
            "/cohort/cohorts/",
            cohort,
            "/cohort/cohorts/new",
            "/cohort/staff/",
            "/cohort/account",
            "/notify/messages/",
            "/notify/outbox",
            "/booking/operations/",
        ],
    )
    page.goto(f"{practice.url}/booking/staff/book")
    page.locator("input[name=start]").nth(3).check(force=True)
    page.get_by_role("button", name="Continue").click()
    found += problems(page, "/booking/staff/book/details")
    page.get_by_role("button", name="Book this call").click()
    found += problems(page, "/booking/staff/book with errors")
    assert found == []
