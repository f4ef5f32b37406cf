"""What the emails about a call say: to confirm it, and of other calls of the same email."""

from datetime import timedelta

import pytest

from services.notify.domain.wording import forbidden_words
from shared.events import ConsultRescheduled, NoticeRequested, OtherCall
from tests.integration.notify.samples import BASE, NOW, consult, contact, ny

OTHERS = (
    OtherCall(starts_at=ny(2027, 1, 12, 9, 0), manage_url=f"{BASE}/booking/m/other-1"),
    OtherCall(starts_at=ny(2027, 1, 15, 9, 0), manage_url=f"{BASE}/booking/m/other-2"),
)


def unconfirmed(**who: object) -> NoticeRequested:
    return NoticeRequested(
        notice_id="c9",
        recipient=contact(timezone="America/Chicago", **who),
        template="consult_unconfirmed",
        url=f"{BASE}/booking/confirm/token",
        expires_at=NOW + timedelta(minutes=15),
        starts_at=ny(2027, 1, 14, 14, 40),
    )


def test_who_is_to_confirm_reads_when_by_when_and_that_nothing_is_booked(notify):
    notify.hear(unconfirmed())
    notify.step()
    (email,) = notify.captured("email")
    assert email["subject"] == "Please confirm your call with Harbor House"
    for said in (
        "Nothing is booked yet.",
        "Thursday, January 14, 1:40 PM Central Time",
        "by Friday, January 8, 9:15 AM Central Time",
        f"Confirm this call: {BASE}/booking/confirm/token",
        "If you did not ask for it, you need do nothing.",
    ):
        assert said in email["text"]
    assert f'href="{BASE}/booking/confirm/token"' in email["html"]
    assert forbidden_words(email["subject"] + email["text"].partition("\n-- ")[0]) == ()
    assert notify.captured("sms") == []


def test_the_same_in_spanish(notify):
    notify.hear(unconfirmed(locale="es"))
    notify.step()
    (email,) = notify.captured("email")
    assert email["subject"] == "Confirme su llamada con Harbor House"
    assert "Todavía no hay nada reservado." in email["text"]
    assert "jueves 14 de enero, 1:40 p. m., hora del Centro" in email["text"]
    assert "antes del viernes 8 de enero, 9:15 a. m., hora del Centro" in email["text"]


def test_a_link_that_is_past_its_time_is_not_sent(notify):
    notify.hear(unconfirmed())
    notify.step(at=NOW + timedelta(minutes=15))
    assert notify.captured("email") == []


def test_asking_to_confirm_changes_nobody_who_is_known(notify):
    notify.hear(consult())
    notify.hear(
        unconfirmed(locale="es", name="Mallory"), at=NOW + timedelta(minutes=1), event_id="later"
    )
    notify.step(at=NOW + timedelta(minutes=2))
    notify.hear(consult(ConsultRescheduled, 2, ny(2027, 1, 15, 14, 40), person=None))
    notify.step(at=NOW + timedelta(minutes=3))
    assert all(email["to_name"] == "Rosa Castellano" for email in notify.captured("email"))
    assert all("Hello" in email["text"] for email in notify.captured("email"))


@pytest.mark.parametrize(
    ("locale", "intro", "link"),
    [
        ("en", "You have other calls with us as well.", "Move or cancel that call: "),
        ("es", "Además, tiene otras llamadas con nosotros.", "Cambiar o cancelar esa llamada: "),
    ],
)
def test_the_confirmation_email_names_the_other_calls_and_nothing_else_does(
    notify, locale, intro, link
):
    notify.hear(consult(person=contact(locale=locale)).model_copy(update={"others": OTHERS}))
    notify.step()
    (email,) = notify.captured("email")
    assert intro in email["text"]
    day = {"en": "Tuesday, January 12, 9:00 AM", "es": "martes 12 de enero, 9:00 a. m."}
    assert day[locale] in email["text"]
    for other in OTHERS:
        assert link + other.manage_url in email["text"]
        assert f'href="{other.manage_url}"' in email["html"]
    notify.step(at=ny(2027, 1, 13, 14, 40))
    reminders = notify.captured("email")[1:]
    assert reminders
    texts = notify.captured("sms")
    assert len(texts) == 2
    assert "other-" not in str(reminders) + str(texts)


def test_a_move_names_no_other_calls(notify):
    notify.hear(consult().model_copy(update={"others": OTHERS}))
    notify.hear(consult(ConsultRescheduled, 2, ny(2027, 1, 13, 10, 20)), at=NOW)
    notify.step()
    (email,) = notify.captured("email")
    assert "Wednesday, January 13, 10:20 AM" in email["text"]
    assert "other-" not in str(email)


def test_one_other_call_is_said_of_one(notify):
    notify.hear(consult().model_copy(update={"others": OTHERS[:1]}))
    notify.step()
    (email,) = notify.captured("email")
    assert "You have another call with us as well. If one is enough, please cancel" in email["text"]


def test_without_other_calls_nothing_is_said_of_any(notify):
    notify.hear(consult())
    notify.step()
    assert "with us as well" not in notify.captured("email")[0]["text"]
