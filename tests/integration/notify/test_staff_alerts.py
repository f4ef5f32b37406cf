"""A staff alert always goes out, whatever its title says."""

from datetime import timedelta

import pytest

from services.notify.domain.segments import count
from services.notify.domain.values import State
from shared.events import StaffAlerted
from tests.integration.notify.samples import BASE, staff
from tests.integration.notify.test_web import get, signed_in

SENSITIVE = [
    "Rosa's ketamine screening is overdue",
    "Med\u200bicine session: nobody is\u00a0in the room",
    "A group needs staff. " * 20,
    "A long but harmless sentence about the coming week. " * 5,
    " ",
]
ENGLISH = "Something needs you. Details are on the page."
SPANISH = "Algo necesita su atención. Los detalles están en la página."


def alert(title, url="/cohort/", severity="warning"):
    return StaffAlerted(
        alert_id="a1", roles=("coordinator",), severity=severity, title=title, url=url
    )


@pytest.mark.parametrize("title", SENSITIVE)
def test_a_title_that_may_not_be_said_becomes_a_plain_line_with_the_link(notify, title):
    notify.hear(staff())
    notify.hear(alert(title, severity="urgent"))
    notify.step()
    (email,), (text,) = notify.captured("email"), notify.captured("sms")
    assert email["subject"] == f"Urgent: {ENGLISH}"
    assert f"{BASE}/cohort/" in email["text"]
    assert text["body"].startswith(f"Harbor House staff: {ENGLISH} 127.0.0.1:8000/r/")
    assert count(text["body"]).segments <= 2
    assert title.strip() == "" or title.strip() not in email["text"] + text["body"]
    assert {m.state for m in notify.messages()} == {State.ACCEPTED}


def test_the_plain_line_is_in_the_readers_language(notify):
    notify.hear(staff(locale="es"))
    notify.hear(alert(SENSITIVE[0]))
    notify.step()
    assert notify.captured("email")[0]["subject"] == SPANISH
    body = notify.captured("sms")[0]["body"]
    assert "Algo necesita su atencion. Los detalles estan en la pagina." in body


def test_a_title_that_may_be_said_is_said(notify):
    notify.hear(staff())
    notify.hear(alert("A text needs a look"))
    notify.step()
    assert notify.captured("email")[0]["subject"] == "A text needs a look"


def test_without_a_page_of_its_own_the_link_leads_to_the_alert_in_the_log(make_notify):
    notify = make_notify()
    client = signed_in(notify)
    notify.hear(alert(SENSITIVE[0], url=None))
    notify.step()
    (row,) = notify.messages(purpose="staff_alert", channel="email")
    assert f"{BASE}/notify/messages/{row.id}" in notify.captured("email")[0]["text"]
    page = get(client, f"/notify/messages/{row.id}").text
    assert "ketamine screening is overdue" in page


def test_an_alert_heard_a_week_late_still_goes_out(notify):
    notify.hear(staff())
    notify.hear(alert("Look at this"), at=notify.clock.now() - timedelta(days=7))
    notify.step()
    assert len(notify.captured("email")) == len(notify.captured("sms")) == 1
