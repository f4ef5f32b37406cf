"""Every template, in both languages, with everything it may have to say."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.notify.domain.policy import DEFAULT_POLICY
from services.notify.domain.segments import count
from services.notify.domain.values import Channel, Purpose
from services.notify.domain.wording import ForbiddenWords, forbidden_words
from services.notify.rendering.calendar import Entry, Party, render, uid
from services.notify.rendering.html import to_html
from services.notify.rendering.writer import TEMPLATES, CannotWrite, Practice, Writer
from shared.times import full, short, span, until_time

PRACTICE = Practice(
    name="Harbor House",
    sms_name="Harbor House",
    phone="+12075550142",
    crisis_text="Call or text 988 at any hour.",
    base_url="https://grip.harborhouse.example",
    mail_from="hello@harborhouse.example",
)
START, END = datetime(2027, 9, 22, 16, 40, tzinfo=UTC), datetime(2027, 9, 22, 17, 0, tzinfo=UTC)
SHORT = "grip.harborhouse.example/r/" + "x" * 22
TEXTS = [Purpose(p.parent.name) for p in sorted(TEMPLATES.glob("*/sms.en.txt"))]
EMAILS = [Purpose(p.parent.name) for p in sorted(TEMPLATES.glob("*/body.en.txt"))]


def facts(locale, *, video=False, day_word=""):
    zone = "America/Los_Angeles"
    return {
        "name": "Rosa", "when": full(START, zone, locale), "when_text": short(START, zone, locale),
        "span": span(START, END, zone, locale), "clock": "9:40 AM", "zone": "Pacific Time",
        "day_word": day_word, "consultant": "Nora Whitfield", "video": video,
        "join_url": "https://video.example/room" if video else "", "your_phone": "(207) 555-0176",
        "manage_url": "https://grip.example/booking/m/x", "rebook_url": "https://grip.example/b",
        "link": SHORT, "rebook_link": SHORT, "confirmed": False, "week": 3, "place": "Main room",
        "page_url": "https://grip.example/cohort/me/x", "page_link": SHORT, "previous": "",
        "dates": ["Thursday"], "first_when": short(START, zone, locale), "template": "sign_in",
        "title": "Look", "severity": "urgent", "url": "https://grip.example/x", "url_link": SHORT,
        "until": "Thursday", "held": until_time(START, zone, locale), "others": [],
    }  # fmt: skip


@pytest.mark.parametrize("locale", ["en", "es", "es-MX", "fr"])
@pytest.mark.parametrize("video", [False, True])
@pytest.mark.parametrize("purpose", TEXTS)
def test_texts_are_gsm_and_at_most_two_segments(purpose, video, locale):
    day_word = {"es": "mañana"}.get(locale[:2], "tomorrow")
    text = Writer(PRACTICE).sms(purpose, locale, facts(locale, video=video, day_word=day_word))
    counted = count(text)
    assert counted.encoding == "GSM-7"
    assert counted.segments <= 2, (counted, text)
    assert "  " not in text
    assert not text.endswith(f"{SHORT}.")


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("video", [False, True])
@pytest.mark.parametrize("purpose", EMAILS)
def test_emails_say_the_same_in_text_and_html(purpose, video, locale):
    email = Writer(PRACTICE).email(purpose, locale, facts(locale, video=video))
    assert email.subject
    assert "{" not in email.text
    assert "\n\n\n" not in email.text
    assert PRACTICE.crisis_text in email.text
    assert PRACTICE.crisis_text in email.html
    assert f'lang="{locale}"' in email.html


def test_every_message_the_policy_sends_has_its_templates_in_both_languages():
    wanted = {(r.purpose, r.channel) for r in DEFAULT_POLICY.reminders}
    wanted |= {(n.purpose, c) for n in DEFAULT_POLICY.news for c in n.channels}
    # A text that cannot go is emailed instead, so whatever is texted can be emailed.
    wanted |= {(p, Channel.EMAIL) for p, _ in wanted}
    for purpose, channel in wanted:
        parts = ["sms"] if channel is Channel.SMS else ["subject", "body"]
        for part in parts:
            for language in ("en", "es"):
                assert (TEMPLATES / purpose / f"{part}.{language}.txt").is_file()


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.glob("*/*.txt")), ids=lambda p: f"{p.parent.name}-{p.name}"
)
def test_no_template_holds_a_forbidden_word(path: Path):
    assert forbidden_words(path.read_text()) == ()


def test_a_practice_name_with_a_forbidden_word_is_refused():
    from dataclasses import replace

    writer = Writer(replace(PRACTICE, sms_name="Harbor Therapy"))
    with pytest.raises(ForbiddenWords):
        writer.sms(Purpose.CONSULT_BOOKED, "en", facts("en"))
    with pytest.raises(ForbiddenWords):
        writer.email(Purpose.CONSULT_BOOKED, "en", facts("en"))
    with pytest.raises(ForbiddenWords):
        writer.title(Purpose.CONSULT_BOOKED, "en", facts("en"))


def test_a_missing_fact_or_template_is_refused_by_name():
    with pytest.raises(CannotWrite, match=r"consult_booked/sms\.en\.txt"):
        Writer(PRACTICE).sms(Purpose.CONSULT_BOOKED, "en", {})
    with pytest.raises(CannotWrite):
        Writer(PRACTICE).sms(Purpose.CONSULT_CLOSED, "en", facts("en"))


def test_the_words_are_those_of_the_style_guide():
    ours = Writer(PRACTICE)
    assert ours.sms(Purpose.CONSULT_BOOKED, "en", facts("en")) == (
        f"Harbor House: your call is Wed Sep 22, 9:40 AM Pacific. We will call this number. "
        f"Reply C to confirm. To change it: {SHORT} Questions: 207-555-0142. STOP ends texts."
    )
    assert ours.sms(Purpose.CONSULT_REMINDER, "es", facts("es", day_word="mañana")) == (
        "Harbor House: su llamada es mañana, miércoles 22 de septiembre, 9:40 AM, hora del "
        "Pacifico. Le llamaremos a este numero. Responda C para confirmar. "
        f"Para cambiarla: {SHORT} Preguntas: 207-555-0142. STOP: no recibir mas textos."
    )


def test_names_are_escaped_in_html():
    page = to_html("Hello <b>&\n\nOpen: https://x.example/?a=1&b=2", "foot", title="T", lang="en")
    assert "&lt;b&gt;&amp;" in page
    assert 'href="https://x.example/?a=1&amp;b=2"' in page


def test_the_calendar_title_and_uid_say_nothing_of_the_person():
    entry = Entry("consult/1", 2, "Call with Harbor House", START, END, "", "", cancelled=False)
    text = render(
        entry,
        organizer=Party("Harbor House", "hello@x.example"),
        attendee=Party("Rosa", "rosa@x.example"),
        base_url="https://grip.example:8443",
        now=START,
    )
    assert "UID:consult-1@grip.example\r\n" in text
    assert "SEQUENCE:1\r\n" in text
    assert "METHOD:REQUEST\r\n" in text
    assert uid("consult/1", "https://grip.example:8443") == "consult-1@grip.example"
