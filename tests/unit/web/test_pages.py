"""The shared templates, their parts, and what they say."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Blueprint, flash, render_template, render_template_string
from jinja2 import UndefinedError

from shared.web import assets
from shared.web.auth import allow, public
from shared.web.permissions import Action
from shared.web.saying import crisis_lines, phone, tel
from tests.unit.web.conftest import Site

STATIC = Path(assets.__file__).parent / "static"


def render(site: Site, text: str, **values: object) -> str:
    lead = '{% import "parts.html" as parts with context %}'
    with site.app.test_request_context("/booking/"):
        return render_template_string(lead + text, **values)


@pytest.fixture
def site(make_site, tmp_path: Path) -> Site:
    """One page on each of the two bases."""
    pages = {
        "pub.html": '{% extends "public.html" %}{% block title %}Times{% endblock %}'
        "{% block main %}<h1>Times</h1>{{ parts.error_summary(errors) }}{% endblock %}",
        "st.html": '{% extends "staff.html" %}{% set active = "people" %}'
        "{% block title %}People{% endblock %}{% block main %}<h1>People</h1>{% endblock %}",
    }
    for name, text in pages.items():
        (tmp_path / name).write_text(text)
    blueprint = Blueprint("look", __name__, url_prefix="/booking")

    @blueprint.get("/pub")
    @public
    def pub() -> str:
        return render_template("pub.html", errors={})

    @blueprint.get("/wrong")
    @public
    def wrong() -> str:
        return render_template("pub.html", errors={"phone": "Enter all ten digits"})

    @blueprint.get("/st")
    @allow(Action.MANAGE_ACCOUNT)
    def st() -> str:
        flash("Nora <b> is added.")
        return render_template("st.html")

    made: Site = make_site(blueprint)
    return made


def test_public_pages_have_title_exit_crisis_lines_phone_and_privacy(site: Site) -> None:
    page = site.client().get("/booking/pub").text
    assert "<title>Times – Harbor House</title>" in page
    assert '<a class="button exit" href="https://www.weather.gov/" rel="noreferrer">' in page
    assert "<strong>Need to talk to someone right now?</strong>" in page
    assert '<a href="tel:911">911</a>' in page
    assert '<a href="tel:+12075550142">Call us: (207) 555-0142</a>' in page
    assert 'href="/booking/privacy"' in page
    assert page.index('class="skip"') < page.index('class="mast"')


def test_a_page_with_errors_says_so_first(site: Site) -> None:
    page = site.client().get("/booking/wrong").text
    assert "<title>Error: Times – Harbor House</title>" in page
    assert '<a href="#phone">Enter all ten digits</a>' in page
    assert "One thing to fix" in page


def test_staff_pages_show_the_places_a_role_may_open(site: Site) -> None:
    site.hire(roles=("consultant",))
    page = site.staff_client().get("/booking/st").text
    assert re.findall(r'<li><a href="([^"]+)"', page) == ["/cohort/", "/booking/staff/"]
    site.hire(roles=("coordinator",))
    page = site.staff_client().get("/booking/st").text
    assert len(re.findall(r'<li><a href="([^"]+)"', page)) == 5
    assert '<a href="/cohort/applicants/" aria-current="page">People</a>' in page
    assert '<a class="account" href="/cohort/account">Nora Whitfield</a>' in page


def test_a_notice_is_shown_once_and_escaped(site: Site) -> None:
    site.hire()
    client = site.staff_client()
    page = client.get("/booking/st").text
    assert '<div class="notice" role="status"><p>Nora &lt;b&gt; is added.</p></div>' in page


@pytest.mark.parametrize("path", ["/booking/pub", "/booking/st", "/booking/privacy", "/booking/x"])
def test_no_page_has_inline_script_or_style_or_anything_foreign(site: Site, path: str) -> None:
    site.hire()
    page = site.staff_client().get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page)
    loaded = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', page)
    assert loaded
    assert all(url.startswith("/") for url in loaded)


def test_an_unknown_name_in_a_template_is_an_error(site: Site) -> None:
    with pytest.raises(UndefinedError):
        render(site, "{{ nobody }}")


def test_a_field_ties_label_hint_and_error_to_its_control(site: Site) -> None:
    html = render(
        site, '{{ parts.field("phone", "Phone", "<1>", hint="Ten digits.", error="Too short") }}'
    )
    assert '<div class="field bad">' in html
    assert '<label for="phone">Phone</label>' in html
    assert 'aria-describedby="phone-hint phone-error" aria-invalid="true"' in html
    assert 'value="&lt;1&gt;"' in html


def test_a_plain_field_says_nothing_more(site: Site) -> None:
    html = render(site, '{{ parts.field("name", "Name", attributes={"maxlength": 100}) }}')
    assert '<div class="field">' in html
    assert "aria" not in html
    assert 'maxlength="100"' in html


def test_a_password_is_never_filled_in(site: Site) -> None:
    html = render(site, '{{ parts.field("password", "Password", "secret", type="password") }}')
    assert "secret" not in html


def test_a_choice_that_was_made_stays_made(site: Site) -> None:
    options = [("phone", "Phone"), ("video", "Video")]
    html = render(site, '{{ parts.pair("meeting", "How?", options, "video") }}', options=options)
    assert 'value="video" checked' in html
    assert html.count("checked") == 1
    html = render(site, '{{ parts.select("meeting", "How?", options, "video") }}', options=options)
    assert '<option value="video" selected>' in html


def test_a_notice_can_carry_a_form(site: Site) -> None:
    html = render(site, '{% call parts.notice("Done.") %}<button>Undo</button>{% endcall %}')
    assert html == '<div class="notice" role="status"><p>Done.</p><button>Undo</button></div>'


@pytest.mark.parametrize(
    ("count", "words"), [(0, "No calls"), (1, "One call"), (2, "Two calls"), (12, "12 calls")]
)
def test_small_numbers_are_words(site: Site, count: int, words: str) -> None:
    assert render(site, '{{ in_words(count, "call", "calls") }}', count=count) == words


def test_times_are_said_in_the_zone_asked_for(site: Site) -> None:
    at = datetime(2027, 1, 14, 19, 40, tzinfo=UTC)
    text = "{{ at | full_time(tz) }} · {{ at | long_day(tz, locale='es') }}"
    assert render(site, text, at=at, tz="America/New_York") == (
        "Thursday, January 14, 2:40 PM Eastern Time · jueves 14 de enero"
    )


# Phones and crisis lines


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+12075550142", "(207) 555-0142"),
        ("207 555 0142", "(207) 555-0142"),
        ("+442079460018", "+44 20 7946 0018"),
        ("ext. 12", "ext. 12"),
    ],
)
def test_a_phone_number_is_written_as_people_write_it(number: str, words: str) -> None:
    assert phone(number) == words


def test_a_number_is_called_in_full() -> None:
    assert tel("(207) 555-0142") == "tel:+12075550142"


def test_a_crisis_text_of_ones_own_is_escaped_and_callable() -> None:
    html = crisis_lines("Call <us> at 207-555-0142 or 988.")
    assert html == (
        'Call &lt;us&gt; at <a href="tel:+12075550142">207-555-0142</a> '
        'or <a href="tel:988">988</a>.'
    )


# Static files


def test_a_file_under_its_content_address_is_kept_for_a_year(site: Site) -> None:
    with site.app.test_request_context("/booking/"):
        url = render_template_string("{{ asset('grip.css') }}")
    assert re.fullmatch(r"/booking/static/grip\.css\?v=[0-9a-f]{12}", url)
    answer = site.client().get(url)
    assert answer.mimetype == "text/css"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_file_under_an_older_address_is_asked_for_again(site: Site) -> None:
    answer = site.client().get("/booking/static/grip.css?v=000000000000")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    again = site.client().get(
        "/booking/static/grip.css", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    "name", ["nothing.css", "../app.py", "..%2fapp.py", "%2e%2e/app.py", "x" * 6000, "x/" * 900]
)
def test_nothing_else_is_served(site: Site, name: str) -> None:
    assert site.client().get(f"/booking/static/{name}").status_code == 404


def test_every_service_has_its_icon(site: Site) -> None:
    answer = site.client().get("/favicon.ico")
    assert answer.status_code == 200
    assert answer.data.startswith(b"\x00\x00\x01\x00")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


def test_the_sheet_and_the_script_stay_small() -> None:
    assert len((STATIC / "grip.css").read_text().splitlines()) < 300
    assert len((STATIC / "grip.js").read_text().splitlines()) < 200
