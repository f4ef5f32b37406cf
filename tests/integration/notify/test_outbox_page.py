"""The outbox page: what was kept first, then what is planned and what that will say."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select, update

from services.notify.domain.segments import count
from services.notify.tables import AppointmentRow, MessageRow, ShortLinkRow
from services.notify.use_cases.preview_message import preview_message
from tests.integration.notify.samples import consult, contact, ny
from tests.integration.notify.test_web import client_of, get, signed_in

NIGHT = ny(2027, 1, 8, 22, 14)


def page_of(notify, path="/notify/outbox"):
    return unescape(get(client_of(notify), path).text)


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def preview(notify, row):
    with notify.service.database.reading() as session:
        stationery = notify.service.app.extensions["grip_notify"].stationery
        return preview_message(session, row.id, stationery, now=notify.clock.now())


def links(notify):
    with notify.service.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ShortLinkRow))


def test_who_booked_at_night_sees_that_the_text_waits_until_8_why_and_what_it_says(make_notify):
    notify = make_notify(now=NIGHT)
    notify.hear(consult())
    notify.step()
    page = page_of(notify)
    texts = plain(page[page.index('id="texts"') : page.index('id="emails"')])
    assert "To Rosa Castellano, planned for Saturday, January 9, 8:00 AM Eastern Time." in texts
    assert "It was due Friday, January 8, 10:14 PM Eastern Time, but texts go out from" in texts
    assert "Harbor House: your call is Thu Jan 14, 2:40 PM Eastern." in texts
    assert "2 segments" in texts
    planned = plain(page[page.index('id="planned"') :])
    assert "Due 10:14 PM: texts go out from 8 AM to 9 PM where the person is." in planned


def test_a_preview_says_what_is_sent_but_for_its_links_and_stores_none(notify):
    notify.hear(consult())
    previews = {m.channel: preview(notify, m) for m in notify.messages(purpose="consult_booked")}
    assert links(notify) == 0
    notify.step()
    sent = notify.captured("sms")[0]["body"]
    shown = previews["sms"].words
    token = re.compile(r"/r/([\w-]{22})(?= )")
    assert token.findall(shown)[0] == "made-when-this-is-sent"
    assert token.sub("/r/", shown) == token.sub("/r/", sent)
    assert previews["sms"].count == count(sent)
    email = notify.captured("email")[0]
    assert (previews["email"].subject, previews["email"].words) == (email["subject"], email["text"])
    assert get(client_of(notify), "/r/made-when-this-is-sent").status_code == 404


def test_a_reminder_is_shown_in_the_words_of_its_day(notify):
    notify.hear(consult())
    (row,) = notify.messages(purpose="consult_reminder", channel="sms")
    assert "your call is tomorrow, Thu Jan 14" in preview(notify, row).words


def test_a_preview_that_cannot_be_rendered_says_why_and_leaves_the_page_standing(make_notify):
    notify = make_notify(practice_sms_name="Harbor Therapy", now=NIGHT)
    notify.hear(consult())
    assert "These words may not be in a message: therapy" in plain(page_of(notify))


@pytest.mark.parametrize("details", [{}, {"consultant": 5, "meeting": None}])
def test_broken_facts_are_named_and_leave_the_page_standing(notify, details):
    notify.hear(consult())
    with notify.service.database.transaction() as session:
        session.execute(update(AppointmentRow).values(details=details))
    page = plain(page_of(notify))
    assert "It can’t be written as things stand:" in page


def test_newest_kept_come_first_and_planned_come_fifty_at_a_time(make_notify):
    notify = make_notify(now=NIGHT)
    for number in range(30):
        person = contact(f"p{number}", name=f"Person {number:02}", phone=f"+1207555{number:04d}")
        notify.hear(consult(consult_id=f"c{number}", person=person))
    notify.step()
    page = page_of(notify)
    order = [page.index(f'id="{name}"') for name in ("texts", "emails", "planned")]
    assert order == sorted(order)
    assert page.count("<tr>") - 1 == 50
    assert page.count("Calendar file") == 10
    later = re.findall(r'href="(/notify/outbox\?later=[^"]+)"', page)[0]
    rest = page_of(notify, later)
    assert rest.count("<tr>") - 1 == 90 - 50
    assert "Later ones" not in rest
    ids = re.compile(r"<tr>.*?</tr>", re.DOTALL)
    seen = [plain(row) for row in ids.findall(page)[1:] + ids.findall(rest)[1:]]
    assert len(seen) == len(set(seen)) == 90
    earlier = re.findall(r'href="(/notify/outbox\?emails=[^"]+)"', page)[0]
    older = page_of(notify, earlier)
    assert older.count("Calendar file") == 10
    assert 'id="planned"' not in older


@pytest.mark.parametrize("query", ["later=x", "later=2027-01-01~y", "texts=~", "emails=2027"])
def test_a_place_that_is_none_shows_the_whole_page(make_notify, query):
    assert get(client_of(make_notify()), f"/notify/outbox?{query}").status_code == 200


def test_a_planned_messages_story_shows_what_it_will_say(make_notify):
    notify = make_notify(now=NIGHT)
    client = signed_in(notify)
    notify.hear(consult())
    (row,) = notify.messages(purpose="consult_booked", channel="sms")
    page = plain(unescape(get(client, f"/notify/messages/{row.id}").text))
    assert "As things stand it will say: Harbor House: your call is Thu Jan 14" in page


def test_whoever_is_signed_in_is_named_on_the_outbox_of_their_own_machine(make_notify):
    notify = make_notify()
    assert "Nora Whitfield" in get(signed_in(notify), "/notify/outbox").text
    assert "Sign in" in get(client_of(notify), "/notify/outbox").text


def test_looking_changes_nothing(notify):
    notify.hear(consult())
    before = [(m.id, m.state, m.changed_at, m.rendered) for m in notify.messages()]
    page_of(notify)
    notify.clock.advance(timedelta(minutes=1))
    page_of(notify)
    assert [(m.id, m.state, m.changed_at, m.rendered) for m in notify.messages()] == before
    with notify.service.database.reading() as session:
        assert session.scalar(select(func.sum(MessageRow.attempts))) == 0
