"""What goes with every answer."""

import pytest

from shared.web.security import HEADERS
from tests.unit.web.conftest import Site

PAGES = ["/booking/", "/booking/nope", "/booking/fail", "/booking/healthz", "/booking/go"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_security_headers(site: Site, path: str) -> None:
    answer = site.client().get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


def test_policy_allows_nothing_inline_and_nothing_from_elsewhere(site: Site) -> None:
    policy = site.client().get("/booking/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_hsts_is_sent_only_when_the_public_address_is_https(site, make_site) -> None:
    assert "Strict-Transport-Security" not in site.client().get("/booking/").headers
    secure = make_site(public_base_url="https://hh.example")
    answer = secure.client().get("/booking/")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ["/booking/m/abc", "/booking/fail"])
def test_personal_pages_and_errors_are_never_stored(site: Site, path: str) -> None:
    assert site.client().get(path).headers["Cache-Control"] == "no-store"


def test_staff_pages_are_never_stored(site: Site) -> None:
    site.hire()
    answer = site.staff_client().get("/booking/staff/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_other_pages_are_asked_for_again(site: Site) -> None:
    assert site.client().get("/booking/").headers["Cache-Control"] == "private, no-cache"


def test_every_request_has_its_own_id(site: Site) -> None:
    client = site.client()
    ids = {client.get("/booking/").headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("base_url", "secure"), [("http://127.0.0.1:8000", False), ("https://hh.example", True)]
)
def test_form_cookie_is_out_of_reach_of_scripts_and_other_sites(
    make_site, base_url, secure
) -> None:
    site = make_site(public_base_url=base_url)
    cookie = site.client().get("/booking/token").headers["Set-Cookie"]
    assert cookie.startswith("grip_booking=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/booking" in cookie
    assert ("Secure" in cookie) is secure


def test_a_plain_page_sets_no_cookie(site: Site) -> None:
    assert "Set-Cookie" not in site.client().get("/booking/").headers
