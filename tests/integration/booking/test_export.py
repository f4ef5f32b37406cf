"""Calls as a table: of the dates asked for, without notes, and harmless to a spreadsheet."""

import csv
from datetime import timedelta

import pytest

from services.booking.queries import export
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.desk import acts, send, sign_in, the_call
from tests.integration.booking.office import GRID, NOW, TEN, book, employ, wanted
from tests.integration.booking.site import open_site

PATH = "/booking/staff/consults.csv"
WEEK = "from=2027-01-04&to=2027-01-10"


@pytest.fixture
def site(any_database: DatabaseFactory) -> Service:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    service = open_site(url, NOW)
    employ(service.database)
    return service


def table(site: Service, query: str = WEEK) -> list[dict[str, str]]:
    answer = sign_in(site, "coordinator").get(f"{PATH}?{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(answer.get_data().decode("utf-8").splitlines()))


def test_each_call_is_a_row_in_the_zone_of_whoever_asks(site: Service) -> None:
    book(site.database, wanted(TEN, name="Zoë Ñandú"))
    (row,) = table(site)
    assert (row["date"], row["start"], row["end"]) == ("2027-01-06", "10:00", "10:20")
    assert (row["person"], row["email"]) == ("Zoë Ñandú", "rosa1@example.org")
    assert (row["status"], row["by"], row["time_zone"]) == ("booked", "phone", "America/New_York")
    assert acts(site)[-1] == "consults.export"


def test_both_dates_are_included_and_no_other(site: Service) -> None:
    for number in (1, 2):
        book(site.database, wanted(TEN + number * timedelta(days=1), number))
    assert [row["date"] for row in table(site, "from=2027-01-07&to=2027-01-07")] == ["2027-01-07"]
    assert len(table(site, "from=2027-01-07&to=2027-01-08")) == 2


def test_notes_are_left_out(site: Service) -> None:
    book(site.database, wanted(TEN))
    send(sign_in(site, "coordinator"), the_call(site), outcome="note", note="Private words")
    assert "Private words" not in str(table(site))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@A1"])
def test_no_cell_begins_a_formula(site: Service, name: str) -> None:
    book(site.database, wanted(TEN, name=name))
    (row,) = table(site)
    assert row["person"] == f"'{name}"
    assert row["phone"] == "'+12075550101"


def test_more_calls_than_a_page_come_each_once_and_in_order(
    site: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PAGE", 2)
    employ(site.database, "Tomas Sampler")
    for number in range(5):
        book(site.database, wanted(TEN + number // 2 * GRID, number))
    found = table(site)
    assert len({row["id"] for row in found}) == 5
    assert [row["start"] for row in found] == ["10:00", "10:00", "10:20", "10:20", "10:40"]


@pytest.mark.parametrize(
    "query", ["", "from=2027-01-04", "from=x&to=y", "from=2027-01-05&to=2027-01-04",
              "from=2020-01-01&to=2027-01-01"],
)  # fmt: skip
def test_dates_that_are_none_are_refused(site: Service, query: str) -> None:
    assert sign_in(site, "coordinator").get(f"{PATH}?{query}").status_code == 422


def test_only_those_who_manage_consults_take_them_along(site: Service) -> None:
    assert sign_in(site, "consultant").get(f"{PATH}?{WEEK}").status_code == 403
