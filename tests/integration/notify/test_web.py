"""Pages and callbacks: who may see what, and whom we believe."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.notify.tables import OptOutRow, ShortLinkRow
from shared.db.common import audit_log
from shared.web import cookie as cookies
from simulation.twilio import ACCOUNT, TOKEN, sign
from tests.integration.notify.samples import consult, contact, enrollment, moved, ny, staff

PUBLIC = "https://grip.example:8443"


def client_of(notify):
    return notify.service.app.test_client()


def signed_in(notify, roles=("coordinator",)):
    notify.hear(staff(roles=roles))
    settings = notify.service.app.extensions["grip"].settings
    cookie = cookies.StaffCookie(staff_id="nora", sid="s", epoch=1, issued=notify.clock.now())
    client = client_of(notify)
    client.set_cookie(cookies.NAME, cookie.sign(settings.secret_for("staff-cookie")),
                      domain="127.0.0.1")  # fmt: skip
    return client


def get(client, path, **kwargs):
    return client.get(path, base_url=kwargs.pop("base_url", "http://127.0.0.1:8000"), **kwargs)


def test_the_outbox_shows_what_was_kept_and_what_is_planned(make_notify):
    notify = make_notify()
    away = contact("owen", name="Owen Marsh", timezone="America/Los_Angeles", phone="+12075550188")
    notify.hear(consult(person=away))
    notify.step()
    assert notify.captured("sms") == []  # it is 7 AM in Los Angeles
    notify.advance(timedelta(hours=1))
    page = get(client_of(notify), "/notify/outbox/").text
    assert "Your call with Harbor House: Thu Jan 14, 11:40 AM Pacific" in page
    assert "2 segments, <span" in page
    assert "Wednesday, January 13, 11:40 AM Pacific Time" in page
    (row,) = notify.messages(purpose="consult_booked", channel="email")
    calendar = get(client_of(notify), f"/notify/outbox/{row.id}/call.ics")
    assert calendar.headers["Content-Type"] == "text/calendar; charset=utf-8; method=REQUEST"
    assert "UID:consult-c1@127.0.0.1" in calendar.text
    assert "BEGIN:VCALENDAR" in get(client_of(notify), f"/notify/outbox/{row.id}").text


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto", "X-Forwarded-Host"]
)
def test_the_outbox_asks_for_sign_in_behind_a_proxy(make_notify, header):
    answer = get(client_of(make_notify()), "/notify/outbox/", headers={header: "127.0.0.1"})
    assert answer.status_code == 302
    assert "/cohort/sign-in" in answer.headers["Location"]


def test_the_outbox_asks_for_sign_in_from_another_machine_or_address(make_notify):
    remote = {"REMOTE_ADDR": "10.0.0.9"}
    assert (
        get(client_of(make_notify()), "/notify/outbox/", environ_overrides=remote).status_code
        == 302
    )
    public = make_notify(public_base_url=PUBLIC)
    answer = get(client_of(public), "/notify/outbox/", base_url=PUBLIC)
    assert answer.status_code == 302


@pytest.mark.parametrize("path", ["/notify/messages/", "/notify/messages/unknown"])
def test_the_log_is_for_signed_in_staff_with_the_role(make_notify, path):
    notify = make_notify()
    assert get(client_of(notify), path).status_code == 302
    assert get(signed_in(notify, roles=("consultant",)), path).status_code == 403


def test_a_messages_story_is_told_and_its_reading_recorded(make_notify):
    notify = make_notify()
    client = signed_in(notify)
    notify.hear(consult())
    notify.step()
    notify.hear(moved())
    notify.step()
    (row,) = notify.messages(purpose="consult_moved", channel="sms")
    page = get(client, f"/notify/messages/{row.id}").text
    assert "your call is now Wed Jan 13" in page
    assert "(207) •••-0176" in page
    assert "(wording 3)" in page
    (dropped,) = notify.messages(purpose="consult_reminder", channel="sms", state="dropped")
    assert "has changed since" in get(client, f"/notify/messages/{dropped.id}").text
    with notify.service.database.reading() as session:
        lines = session.execute(select(audit_log.c.actor, audit_log.c.subject)).all()
    assert ("staff:nora", f"message:{row.id}") in [tuple(line) for line in lines]


def test_the_log_is_narrowed_by_person_kind_and_status(make_notify):
    notify = make_notify()
    client = signed_in(notify)
    notify.hear(consult())
    notify.hear(enrollment(person=contact("sam", name="Sam Teller", phone="+12075550177")))
    notify.step()
    names = [
        ("person=sam", "Sam Teller", "Rosa"),
        ("kind=Reminder&status=Planned", "Reminder", "booked</td>"),
        ("status=Sent&person=ROSA", "Call booked", "Sam Teller"),
    ]
    for query, shown, hidden in names:
        page = get(client, f"/notify/messages/?{query}").text
        assert shown in page
        assert hidden not in page
    assert get(client, "/notify/messages/?before=nonsense&kind=x").status_code == 200


def test_short_links_lead_to_our_own_pages_only(make_notify):
    notify = make_notify()
    notify.hear(consult())
    notify.step()
    token = notify.captured("sms")[0]["body"].split("/r/")[1].split()[0]
    assert len(token) == 22
    answer = get(client_of(notify), f"/r/{token}")
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/booking/m/AAAAAAAAAAAAAAAAAAAAAA",
    )
    assert get(client_of(notify), "/r/" + "x" * 22).status_code == 404
    with notify.service.database.reading() as session:
        (row,) = session.scalars(select(ShortLinkRow))
        assert token not in (row.digest, row.nonce)


@pytest.fixture
def texting(make_notify):
    return make_notify(
        twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_from="+12075550100",
        twilio_api_url="http://127.0.0.1:9", public_base_url=PUBLIC,
    )  # fmt: skip


INBOUND = {"MessageSid": "SM1", "From": "+12075550176", "To": "+12075550100", "Body": "C",
           "FromCity": "", "NumMedia": "0"}  # fmt: skip


def inbound(notify, *, url=f"{PUBLIC}/notify/twilio/inbound", signature=None, headers=None, **more):
    form = {**INBOUND, **more}
    sent = {"X-Twilio-Signature": sign(TOKEN, url, form) if signature is None else signature}
    return client_of(notify).post(
        "/notify/twilio/inbound", base_url=PUBLIC, data=form, headers={**sent, **(headers or {})}
    )


@pytest.mark.parametrize(
    ("case", "status"),
    [
        ({}, 200),
        ({"url": "https://grip.example:8443/notify/twilio/inbound"}, 200),
        ({"url": "https://grip.example/notify/twilio/inbound"}, 200),  # Twilio may drop the port
        ({"url": "http://grip.example:8443/notify/twilio/inbound"}, 403),
        ({"url": "https://evil.example/notify/twilio/inbound"}, 403),
        ({"url": "http://127.0.0.1:8003/notify/twilio/inbound"}, 403),
        ({"signature": ""}, 403),
        ({"signature": "AAAA"}, 403),
        ({"signature": "é"}, 403),
        (
            {
                "url": "https://evil.example/notify/twilio/inbound",
                "headers": {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
            },
            403,
        ),
        ({"headers": {"X-Forwarded-Host": "evil.example"}}, 200),
    ],
)
def test_callbacks_are_believed_by_the_configured_address_alone(texting, case, status):
    assert inbound(texting, **case).status_code == status


def test_a_missing_signature_is_forbidden(texting):
    for path in ("status", "inbound"):
        answer = client_of(texting).post(f"/notify/twilio/{path}", base_url=PUBLIC, data=INBOUND)
        assert answer.status_code == 403


def test_a_changed_or_missing_parameter_is_forbidden(texting):
    url = f"{PUBLIC}/notify/twilio/inbound"
    signature = sign(TOKEN, url, INBOUND)
    assert inbound(texting, signature=signature, Body="STOP").status_code == 403
    without_blank = {k: v for k, v in INBOUND.items() if v}
    answer = client_of(texting).post(
        "/notify/twilio/inbound", base_url=PUBLIC, data=without_blank,
        headers={"X-Twilio-Signature": signature},
    )  # fmt: skip
    assert answer.status_code == 403


def test_nothing_is_believed_while_no_token_is_configured(make_notify):
    notify = make_notify()
    here = "http://127.0.0.1:8000"
    signature = sign("", f"{here}/notify/twilio/inbound", INBOUND)
    answer = client_of(notify).post(
        "/notify/twilio/inbound", base_url=here, data=INBOUND,
        headers={"X-Twilio-Signature": signature},
    )  # fmt: skip
    assert answer.status_code == 403


def test_c_confirms_the_call_it_was_asked_for_and_is_not_asked_again(texting):
    send_as_accepted(texting)
    inbound(texting)
    inbound(texting)  # Twilio repeats itself
    assert texting.published().count("reply.received") == 1
    texting.clock.set(ny(2027, 1, 13, 14, 40))
    from services.notify.use_cases.facts import Links, addressee_of, facts_of

    (row,) = texting.messages(purpose="consult_reminder", channel="sms")
    with texting.service.database.transaction() as session:
        facts = facts_of(
            session,
            row,
            addressee_of(session, "rosa"),
            links=Links("", lambda _, url: url),
            now=texting.clock.now(),
        )
    assert facts["confirmed"] is True


def send_as_accepted(notify):
    """The booked text, as if the provider had taken it."""
    from services.notify.domain.outcomes import Answer, Outcome

    class Yes:
        repeatable = False

        def send(self, text, now):
            return Answer(Outcome.ACCEPTED, sid="SMout")

    notify.hear(consult())
    dispatcher = notify.service.jobs[0].step.__self__
    object.__setattr__(dispatcher.gateways, "texts", Yes())
    notify.step()


def test_a_letter_nobody_was_asked_for_goes_to_staff(texting):
    send_as_accepted(texting)
    inbound(texting, Body="R")
    with texting.service.database.reading() as session:
        from services.notify.tables import InboundRow

        assert session.get(InboundRow, "SM1").message_id is None
    assert "Needs a look" in get(signed_in_at(texting), "/notify/messages/", base_url=PUBLIC).text


def signed_in_at(notify):
    notify.hear(staff())
    settings = notify.service.app.extensions["grip"].settings
    cookie = cookies.StaffCookie(staff_id="nora", sid="s", epoch=1, issued=notify.clock.now())
    client = client_of(notify)
    client.set_cookie(cookies.NAME, cookie.sign(settings.secret_for("staff-cookie")),
                      domain="grip.example", secure=True)  # fmt: skip
    return client


def test_stop_suppresses_what_is_scheduled_at_once_and_start_lifts_it(texting):
    send_as_accepted(texting)
    inbound(texting, Body="Please stop texting me")
    (reminder,) = texting.messages(purpose="consult_reminder", channel="sms")
    assert (reminder.state, reminder.reason) == ("suppressed", "opted-out")
    assert "contact.opted_out" in texting.published()
    texting.hear(consult(consult_id="c9", starts=ny(2027, 1, 20, 9, 0)))  # a ticked form
    (text,) = texting.messages(purpose="consult_booked", channel="sms", source="consult/c9")
    assert text.state == "suppressed"
    inbound(texting, MessageSid="SM2", Body="START")
    (reminder,) = texting.messages(purpose="consult_reminder", channel="sms", source="consult/c1")
    assert reminder.state == "planned"
    with texting.service.database.reading() as session:
        (row,) = session.scalars(select(OptOutRow))
        assert (row.standing, row.sequence) == (False, 2)


def test_an_opt_out_belongs_to_the_number_that_people_share(texting):
    texting.hear(consult())
    texting.hear(consult(consult_id="c2", person=contact("sam", name="Sam")))
    inbound(texting, Body="STOP")
    assert {m.state for m in texting.messages(channel="sms")} == {"suppressed"}


def test_cancel_opts_out_and_calls_staff(texting):
    send_as_accepted(texting)
    inbound(texting, Body="CANCEL")
    assert {"contact.opted_out", "staff.alerted"} <= set(texting.published())


def test_a_text_from_a_stranger_goes_to_staff(texting):
    inbound(texting, From="+12075550999", Body="hello?")
    assert texting.published() == ["staff.alerted"]


def test_an_unknown_receipt_and_odd_fields_are_taken_calmly(texting):
    url = f"{PUBLIC}/notify/twilio/status?message=none&attempt=x"
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "ErrorCode": ""}
    answer = client_of(texting).post(
        "/notify/twilio/status?message=none&attempt=x", base_url=PUBLIC, data=form,
        headers={"X-Twilio-Signature": sign(TOKEN, url, form)},
    )  # fmt: skip
    assert answer.status_code == 204


def test_two_calls_asking_for_c_leave_the_answer_to_staff(texting):
    send_as_accepted(texting)
    texting.hear(consult(consult_id="c2", starts=ny(2027, 1, 20, 9, 0)))
    texting.advance(timedelta(seconds=5))
    inbound(texting)
    with texting.service.database.reading() as session:
        from services.notify.tables import InboundRow

        assert session.get(InboundRow, "SM1").message_id is None


def test_the_outbox_needs_no_trailing_slash(make_notify):
    answer = get(client_of(make_notify()), "/notify/outbox", follow_redirects=True)
    assert answer.status_code == 200
    assert "Nothing is planned." in answer.text
