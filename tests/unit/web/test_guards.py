"""What is refused before a view is reached."""

from io import BytesIO

import pytest
from flask import Blueprint

from shared.web.auth import public
from tests.unit.web.conftest import Site


def test_an_unmarked_view_fails_the_build(make_site) -> None:
    blueprint = Blueprint("loose", __name__, url_prefix="/booking")
    blueprint.get("/loose")(lambda: "anyone?")
    with pytest.raises(LookupError, match=r"/booking/loose"):
        make_site(blueprint)


def test_a_marked_view_passes_the_build(make_site) -> None:
    blueprint = Blueprint("open", __name__, url_prefix="/booking")
    blueprint.get("/open")(public(lambda: "anyone"))
    assert make_site(blueprint).client().get("/booking/open").text == "anyone"


# Hosts


@pytest.mark.parametrize("host", ["hh.example", "hh.example:443", "HH.example"])
def test_the_public_host_is_answered(make_site, host: str) -> None:
    client = make_site(public_base_url="https://hh.example", env="embedded").client()
    assert client.get("/booking/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["localhost:9000", "127.0.0.1", "[::1]:8000"])
def test_an_embedded_service_answers_to_this_machine(site: Site, host: str) -> None:
    assert site.client().get("/booking/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "a@127.0.0.1"]
)
def test_another_host_is_refused(site: Site, host: str) -> None:
    assert site.client().get("/booking/", headers={"Host": host}).status_code == 400


def test_production_answers_only_to_its_public_host(make_site) -> None:
    site = make_site(
        env="production",
        public_base_url="https://hh.example",
        field_keys=("f" * 43 + "=",),
        bus_url="amqp://u:p@b:5672//",
    )
    client = site.client()
    assert client.get("/booking/", headers={"Host": "localhost"}).status_code == 400
    assert client.get("/booking/healthz", headers={"Host": "localhost"}).status_code == 200
    assert client.get("/booking/", headers={"Host": "hh.example"}).status_code == 200


# Forms


def test_a_form_without_its_token_is_refused(site: Site) -> None:
    answer = site.client().post("/booking/form", data={"name": "Rosa"})
    assert answer.status_code == 400
    assert "This form can no longer be sent" in answer.text


def test_a_form_with_its_token_is_taken(site: Site) -> None:
    client = site.client()
    data = {"name": "Rosa", "csrf_token": site.token(client)}
    assert client.post("/booking/form", data=data).text == "Rosa"


def test_a_token_of_another_browser_is_refused(site: Site) -> None:
    stolen = site.token(site.client())
    client = site.client()
    site.token(client)
    data = {"name": "Rosa", "csrf_token": stolen}
    assert client.post("/booking/form", data=data).status_code == 400


@pytest.mark.parametrize("origin", ["cross-site", "same-site"])
def test_a_form_that_the_browser_says_is_foreign_is_refused(site: Site, origin: str) -> None:
    client = site.client()
    data = {"name": "Rosa", "csrf_token": site.token(client)}
    answer = client.post("/booking/form", data=data, headers={"Sec-Fetch-Site": origin})
    assert answer.status_code == 400


def test_a_form_whose_token_ran_out_is_offered_again_filled_in(site: Site) -> None:
    answer = site.client().post(
        "/booking/form",
        data={"name": "Rosa & co", "csrf_token": "old"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 400
    assert '<input type="hidden" name="name" value="Rosa &amp; co">' in answer.text
    assert "Send it again" in answer.text


def test_a_form_that_may_be_forged_is_not_shown_again(site: Site) -> None:
    answer = site.client().post("/booking/form", data={"name": "Rosa"})
    assert "Rosa" not in answer.text
    assert "Send it again" not in answer.text


def test_a_password_is_never_shown_again(site: Site) -> None:
    answer = site.client().post(
        "/booking/form",
        data={"email": "nora@example.org", "password": "correct horse"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert "correct horse" not in answer.text


def test_a_signed_callback_needs_no_form_token(site: Site) -> None:
    answer = site.client().post("/booking/callback", data={"From": "+12075550176"})
    assert answer.text == "+12075550176"


def test_the_api_needs_no_form_token(site: Site) -> None:
    assert site.client().post("/booking/api/v1/echo", json={}).status_code == 200


def test_the_api_takes_no_cookie_for_authority(site: Site) -> None:
    site.hire()
    answer = site.staff_client().get("/booking/api/v1/mine")
    assert answer.status_code == 401
    assert answer.get_json()["type"] == "not-signed-in"


# Sizes and characters


def test_a_body_above_the_limit_is_refused(site: Site) -> None:
    answer = site.client().post("/booking/form", data={"name": "x" * 65_536})
    assert answer.status_code == 413


@pytest.mark.parametrize(("size", "status"), [(100, 200), (70_000, 413)])
def test_a_body_in_chunks_is_held_to_the_limit_too(site: Site, size: int, status: int) -> None:
    answer = site.client().post(
        "/booking/callback",
        input_stream=BytesIO(b"From=" + b"x" * size),
        content_type="application/x-www-form-urlencoded",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == status
    assert status == 413 or answer.text == "x" * size


@pytest.mark.parametrize("char", ["\x00", "\x08", "\x1b", "\x7f"])
def test_control_characters_are_refused_in_forms_queries_and_paths(site: Site, char: str) -> None:
    client = site.client()
    data = {"name": f"Ro{char}sa", "csrf_token": site.token(client)}
    assert client.post("/booking/form", data=data).status_code == 400
    assert client.get("/booking/", query_string={"q": char}).status_code == 400
    assert client.get(f"/booking/m/%{ord(char):02x}").status_code == 400


def test_line_breaks_and_accents_are_text(site: Site) -> None:
    client = site.client()
    data = {"name": "José\r\n\tLuis 🙂", "csrf_token": site.token(client)}
    assert client.post("/booking/form", data=data).text == "José\r\n\tLuis 🙂"


# Proxies


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(make_site) -> None:
    from shared.web.hosts import client_address

    blueprint = Blueprint("who", __name__, url_prefix="/booking")
    blueprint.get("/who")(public(client_address))
    headers = {"X-Forwarded-For": "203.0.113.9"}
    bare = make_site(blueprint, trusted_proxies=0).client()
    assert bare.get("/booking/who", headers=headers).text == "127.0.0.1"


def test_a_trusted_proxy_says_who_asks(make_site) -> None:
    from shared.web.hosts import client_address

    blueprint = Blueprint("who", __name__, url_prefix="/booking")
    blueprint.get("/who")(public(client_address))
    headers = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9", "X-Forwarded-Host": "evil.example"}
    behind = make_site(blueprint, trusted_proxies=1).client()
    assert behind.get("/booking/who", headers=headers).text == "203.0.113.9"


def test_links_come_from_the_public_address_and_never_from_the_host(make_site) -> None:
    from shared.web.hosts import public_url

    blueprint = Blueprint("link", __name__, url_prefix="/booking")
    blueprint.get("/link")(public(lambda: public_url("pages.personal", token="t")))
    client = make_site(blueprint, public_base_url="https://hh.example").client()
    answer = client.get("/booking/link", headers={"Host": "localhost:8000"})
    assert answer.text == "https://hh.example/booking/m/t"


def test_a_missing_slash_is_mended_within_the_site(make_site) -> None:
    client = make_site(public_base_url="https://hh.example").client()
    answer = client.get("/booking/staff", headers={"Host": "hh.example"})
    assert (answer.status_code, answer.headers["Location"]) == (308, "/booking/staff/")


# This machine


def test_the_outbox_is_open_to_one_person_trying_grip(site: Site) -> None:
    assert site.client().get("/booking/outbox").text == "outbox"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_forwarded_request_is_not_from_this_machine(site: Site, header: str) -> None:
    answer = site.client().get("/booking/outbox", headers={header: "127.0.0.1"})
    assert answer.status_code == 302


def test_the_outbox_asks_for_sign_in_when_the_public_address_is_elsewhere(make_site) -> None:
    client = make_site(public_base_url="https://hh.example").client()
    assert client.get("/booking/outbox").status_code == 302


def test_the_outbox_asks_others_to_sign_in(site: Site) -> None:
    answer = site.client().get("/booking/outbox", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 302


def test_metrics_answer_this_machine_and_operators_only(site: Site) -> None:
    site.hire()
    far = {"REMOTE_ADDR": "203.0.113.9"}
    assert "grip_http_requests_total" in site.client().get("/booking/metrics").text
    assert site.client().get("/booking/metrics", environ_overrides=far).status_code == 302
    answer = site.staff_client().get("/booking/metrics", environ_overrides=far)
    assert answer.status_code == 200
