"""How errors are told: pages for people, problem+json for programs."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text

from shared.web.problems import KINDS
from tests.unit.web.conftest import Site

ROOT = Path(__file__).parents[3]
JSON = {"Accept": "application/json"}


def slugs_in(declared: ast.ClassDef) -> Iterator[str]:
    for line in declared.body:
        if isinstance(line, ast.Assign):
            target, value = line.targets[0], line.value
        elif isinstance(line, ast.AnnAssign) and line.value is not None:
            target, value = line.target, line.value
        else:
            continue
        if isinstance(target, ast.Name) and target.id == "slug":
            yield ast.literal_eval(value)


def declared_slugs() -> dict[str, str]:
    """Every `slug = "…"` in a class whose errors may reach a page, with where it stands."""
    found: dict[str, str] = {}
    rooms = ("domain", "use_cases", "queries", "web")
    paths = [path for room in rooms for path in ROOT.glob(f"services/*/{room}/**/*.py")]
    for path in [*paths, *ROOT.glob("shared/web/**/*.py"), *ROOT.glob("shared/bus/dead.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                where = f"{path.relative_to(ROOT)}: {node.name}"
                found.update(dict.fromkeys(slugs_in(node), where))
    return found


def test_every_slug_that_may_reach_a_page_has_a_status() -> None:
    missing = {slug: where for slug, where in declared_slugs().items() if slug not in KINDS}
    assert missing == {}


def test_a_domain_error_is_told_by_its_slug(site: Site) -> None:
    answer = site.client().get("/booking/taken", headers=JSON)
    assert answer.status_code == 409
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "slot-taken",
        "title": "That time was just taken",
        "status": 409,
        "detail": "That time was just taken.",
        "instance": f"urn:uuid:{answer.headers['X-Request-Id']}",
        "fields": {"start": "That time was just taken."},
        "alternatives": ["2027-01-14T14:00:00Z"],
    }


@pytest.mark.parametrize(("slug", "kind"), KINDS.items(), ids=list(KINDS))
def test_each_slug_has_its_status_and_page(site: Site, slug: str, kind) -> None:
    client = site.client()
    page, data = (
        client.get(f"/booking/refuse/{slug}"),
        client.get(f"/booking/refuse/{slug}", headers=JSON),
    )
    assert page.status_code == data.status_code == kind.status
    assert page.mimetype == "text/html"
    assert kind.title.replace("'", "&#39;") in page.text
    assert data.get_json()["type"] == slug


def test_an_unlisted_slug_is_our_fault_and_says_nothing(site: Site) -> None:
    answer = site.client().get("/booking/refuse/cells-taken", headers=JSON)
    assert (answer.status_code, answer.get_json()["type"]) == (500, "internal")
    assert "Because" not in answer.text


def test_a_database_that_is_away_is_503(site: Site) -> None:
    with site.database.transaction() as session:
        session.execute(text("DROP TABLE staff_replica"))
    answer = site.staff_client().get("/booking/staff/", headers=JSON)
    assert (answer.status_code, answer.get_json()["type"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert "staff_replica" not in answer.text


@pytest.mark.parametrize("path", ["/booking/api/v1/nothing", "/booking/nothing"])
def test_an_unknown_address_is_404(site: Site, path: str) -> None:
    assert site.client().get(path).status_code == 404


def test_the_api_speaks_json_without_being_asked(site: Site) -> None:
    answer = site.client().get("/booking/api/v1/nothing")
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["type"] == "not-found"


def test_a_wrong_method_is_405_and_says_which_are_right(site: Site) -> None:
    answer = site.client().get("/booking/form")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_page_is_the_answer_to_a_browser(site: Site) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = site.client().get("/booking/nothing", headers={"Accept": accept})
    assert answer.mimetype == "text/html"
    assert "Exit this page" in answer.text
    assert 'href="tel:988"' in answer.text
    assert "(207) 555-0142" in answer.text


def test_staff_see_their_own_navigation_on_an_error(site: Site) -> None:
    site.hire(roles=("clinician",))
    answer = site.staff_client().get("/booking/staff/")
    assert answer.status_code == 403
    assert 'aria-label="Main"' in answer.text
    assert "Exit this page" not in answer.text


def test_an_unforeseen_error_says_nothing_about_itself(site: Site) -> None:
    with structlog.testing.capture_logs() as lines:
        page = site.client().get("/booking/fail")
        data = site.client().get("/booking/fail", headers=JSON)
    assert page.status_code == data.status_code == 500
    for told in (page.text, data.text, str(lines)):
        assert "Rosa" not in told
    assert "Something went wrong on our side" in page.text
    assert page.headers["X-Request-Id"] in page.text
    error = next(line for line in lines if line["log_level"] == "error")
    assert error["error_types"] == ["UnforeseenError"]
    assert any("fail" in frame for frame in error["at"])


def test_a_form_that_failed_can_be_sent_again_by_one_press(site: Site) -> None:
    client = site.client()
    data = {"csrf_token": site.token(client), "name": "Rosa", "key": "k1"}
    answer = client.post("/booking/fail", data=data)
    assert answer.status_code == 500
    assert "What you typed is still here" in answer.text
    assert "you will not be booked twice" in answer.text
    assert '<input type="hidden" name="name" value="Rosa">' in answer.text


def test_the_access_line_has_the_rule_and_never_the_link(site: Site) -> None:
    with structlog.testing.capture_logs() as lines:
        site.client().get("/booking/m/secret-token?email=rosa@example.org")
    assert lines[0]["rule"] == "/booking/m/<token>"
    assert "secret-token" not in str(lines)
    assert "rosa" not in str(lines)
