"""The times within the practice's own site: who may show them, and what they lead to."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.desk import sign_in
from tests.integration.booking.office import NOW, employ
from tests.integration.booking.site import open_site

SITES = ("https://www.example.org", "http://localhost:8080")


@pytest.fixture
def site(sqlite_database: DatabaseFactory) -> Service:
    service = open_site(str(sqlite_database("booking").engine.url), NOW, embed_origins=SITES)
    employ(service.database)
    return service


@pytest.fixture
def client(site: Service) -> FlaskClient:
    return site.app.test_client()


def ancestors(headers: object) -> str:
    found = re.search(r"frame-ancestors ([^;]+)", str(headers))
    assert found is not None
    return found.group(1)


def test_the_sites_in_the_settings_and_no_others_may_show_the_times(client: FlaskClient) -> None:
    answer = client.get("/booking/embed?lang=en")
    assert answer.status_code == 200
    assert ancestors(answer.headers["Content-Security-Policy"]) == " ".join(SITES)
    assert "X-Frame-Options" not in answer.headers
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_no_other_page_may_stand_in_a_frame(site: Service) -> None:
    client = sign_in(site, "admin")
    values = {"name": "grip.css", "token": "t", "consult_id": "c", "event_id": "e"}
    paths = {
        re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values.get(found.group(1), "x"), rule.rule)
        for rule in site.app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
    }
    assert len(paths) > 15
    for path in [*sorted(paths - {"/booking/embed"}), "/booking/embed/", "/booking/embedded"]:
        headers = client.get(path).headers
        assert headers["X-Frame-Options"] == "DENY", path
        assert ancestors(headers["Content-Security-Policy"]) == "'none'", path


def test_with_no_site_in_the_settings_nobody_may(sqlite_database: DatabaseFactory) -> None:
    closed = open_site(str(sqlite_database("booking").engine.url), NOW).app.test_client()
    answer = closed.get("/booking/embed")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert ancestors(answer.headers["Content-Security-Policy"]) == "'none'"


def test_what_fails_within_the_frame_is_said_within_it(site: Service, client: FlaskClient) -> None:
    with site.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE weekly_hours RENAME TO gone")
    answer = client.get("/booking/embed?lang=en")
    assert answer.status_code == 503
    assert ancestors(answer.headers["Content-Security-Policy"]) == " ".join(SITES)
    assert "We are away for a moment" in answer.get_data(as_text=True)


def test_the_frame_needs_no_cookie_and_its_form_opens_outside_by_get(client: FlaskClient) -> None:
    answer = client.get("/booking/embed?lang=es&tz=America/Chicago")
    assert "Set-Cookie" not in answer.headers
    page = unescape(answer.get_data(as_text=True))
    assert "csrf_token" not in page
    assert 'method="post"' not in page
    assert '<form action="/booking/details?lang=es" method="get" target="_top">' in page
    assert "Se abre en nuestra propia página." in page
    assert 'name="tz" value="America/Chicago"' in page


def test_every_link_leads_on_within_the_frame_or_out_of_it(client: FlaskClient) -> None:
    page = unescape(client.get("/booking/embed?from=2027-01-11").get_data(as_text=True))
    stays = ("/booking/embed", "#main")
    links = re.findall(r"<a [^>]*>", page)
    assert len(links) > 7
    for link in links:
        here = re.search(r'href="([^"]*)"', link)
        assert here is not None
        out = 'target="_top"' in link or here.group(1).startswith("tel:")
        assert here.group(1).startswith(stays) != out, link


def test_search_engines_are_led_to_the_page_itself(client: FlaskClient) -> None:
    page = client.get("/booking/embed").get_data(as_text=True)
    assert '<link rel="canonical" href="http://127.0.0.1:8000/booking/">' in page


def test_any_site_may_load_the_script_and_keep_it_for_a_day(client: FlaskClient) -> None:
    answer = client.get("/booking/embed.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert "Set-Cookie" not in answer.headers
    again = client.get("/booking/embed.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_staff_find_what_to_paste_and_which_sites_are_allowed(site: Service) -> None:
    page = sign_in(site, "consultant").get("/booking/staff/embed").get_data(as_text=True)
    values = [unescape(each) for each in re.findall(r' value="([^"]*)"', page)]
    assert values == [
        '<script async src="http://127.0.0.1:8000/booking/embed.js"></script>',
        "http://127.0.0.1:8000/booking/",
        "http://127.0.0.1:8000/booking/?lang=es",
    ]
    assert '<iframe src="http://127.0.0.1:8000/booking/embed?lang=en"' in unescape(page)
    assert "https://www.example.org, http://localhost:8080" in page


def test_staff_are_told_when_no_site_is_allowed(sqlite_database: DatabaseFactory) -> None:
    closed = open_site(str(sqlite_database("booking").engine.url), NOW)
    page = sign_in(closed, "coordinator").get("/booking/staff/embed").get_data(as_text=True)
    assert "GRIP_EMBED_ORIGINS" in page


def test_only_who_manages_availability_sees_what_to_paste(site: Service) -> None:
    assert sign_in(site, "clinician").get("/booking/staff/embed").status_code == 403


SLOTS = "/booking/api/v1/slots?from=2027-01-06&to=2027-01-07&tz=UTC"


@pytest.mark.parametrize(("query", "status"), [("", 200), ("&colour=blue", 422)])
def test_a_listed_site_may_read_the_times_by_script(
    client: FlaskClient, query: str, status: int
) -> None:
    answer = client.get(SLOTS + query, headers={"Origin": SITES[0]})
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == SITES[0]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("origin", "path"),
    [
        ("https://elsewhere.example", SLOTS),
        ("https://www.example.org.evil.example", SLOTS),
        ("null", SLOTS),
        (SITES[0], "/booking/api/v1/openapi.json"),
        (SITES[0], "/booking/api/v1/consults/token"),
        (SITES[0], "/booking/embed"),
    ],
)
def test_no_other_site_and_nothing_else_is_read_by_script(
    client: FlaskClient, origin: str, path: str
) -> None:
    answer = client.get(path, headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_another_site_can_not_book_by_script(client: FlaskClient) -> None:
    headers = {"Origin": SITES[0], "Access-Control-Request-Method": "POST"}
    asked = client.options("/booking/api/v1/consults", headers=headers)
    assert "Access-Control-Allow-Origin" not in asked.headers
