"""Staff take back what they recorded, on the call's page, for as long as it says."""

from datetime import timedelta

import pytest

from services.booking.domain.consult import Status
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.desk import acts, look, press, send, sign_in, the_call
from tests.integration.booking.office import NOW, TEN, book, employ, published, rows, wanted
from tests.integration.booking.site import open_site


@pytest.fixture
def site(any_database: DatabaseFactory) -> Service:
    url = any_database("booking").engine.url.render_as_string(hide_password=False)
    service = open_site(url, NOW)
    employ(service.database)
    book(service.database, wanted())
    service.app.extensions["grip"].clock.set(TEN)
    return service


def later(site: Service, seconds: int) -> None:
    site.app.extensions["grip"].clock.advance(timedelta(seconds=seconds))


def standing(site: Service) -> tuple[str, int]:
    with site.database.reading() as session:
        return rows(session)[0].status, len(published(session))


def test_the_page_says_until_when_and_undo_puts_it_back(site: Service) -> None:
    client, path = sign_in(site, "consultant"), the_call(site)
    page = send(client, path, outcome="qualified", note="Spoke well.")[1]
    assert "Rosa 1 is marked as qualified. You can take it back until 10:01 AM." in page
    later(site, 59)
    status, page = press(client, path, f"{path}/undo")
    assert status == 200
    assert "That is taken back, and nobody was told of it." in page
    assert "Spoke well." in page
    assert standing(site) == (Status.BOOKED, 1)
    assert "outcome.undo" in acts(site)
    assert "What was recorded was taken back by Nora." in page


def test_after_the_minute_it_is_refused_in_kind_words(site: Service) -> None:
    client, path = sign_in(site, "consultant"), the_call(site)
    send(client, path, outcome="not_a_fit", note="")
    later(site, 60)
    assert "You can take it back" not in look(client, path)
    page = press(client, path, f"{path}/undo")[1]
    assert "The minute is over and it has been passed on, so it stands." in page
    assert standing(site) == (Status.COMPLETED, 2)


def test_another_outcome_within_the_minute_takes_the_place_of_the_first(site: Service) -> None:
    client, path = sign_in(site, "consultant"), the_call(site)
    send(client, path, outcome="no_show", note="")
    page = send(client, path, outcome="qualified", note="")[1]
    assert "Rosa 1 is marked as qualified." in page
    with site.database.reading() as session:
        assert [each.event.TYPE for each in published(session)] == [
            "consult.booked",
            "consult.completed",
        ]


def test_a_no_show_offers_the_link_and_another_time(site: Service) -> None:
    client, path = sign_in(site, "coordinator"), the_call(site)
    page = send(client, path, outcome="no_show", note="")[1]
    assert "http://127.0.0.1:8000/booking/" in page
    assert "Book another time for them" in page
    assert "person=" in page
    consultant = sign_in(site, "consultant")
    assert "Book another time for them" not in look(consultant, path)


def test_whoever_may_not_record_may_not_undo(site: Service) -> None:
    path = the_call(site)
    assert sign_in(site, "clinician").post(f"{path}/undo").status_code in (400, 403)


def test_the_history_says_who_did_what_and_nothing_of_the_note(site: Service) -> None:
    client, path = sign_in(site, "consultant"), the_call(site)
    send(client, path, outcome="note", note="Secret words")
    page = look(client, path)
    history = page[page.index("What was done") : page.index("Person and call")]
    assert "Note saved by Nora." in history
    assert history.count("Opened by Nora.") == 1
    assert "Secret words" not in history
